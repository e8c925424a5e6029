"""What a photo says about itself, and the copies that pages show."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from math import isfinite
from pathlib import Path

from PIL import Image, ImageCms, ImageOps
from PIL.ExifTags import GPS, IFD, Base

from muster.evidence.kind import BROKEN, opened
from muster.evidence.store import finish, unfinished

QUALITY = 82
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


@dataclass(frozen=True, slots=True)
class PhotoFacts:
    """What a photo says about itself; unsaid is None or "".

    `width`, `height`: pixels as seen upright. `taken_at`: the camera's time, only if it names its offset from
    UTC; `taken_text`: the same by the camera's clock, as "2022-12-05 09:12:33". `position`: latitude and
    longitude in degrees, WGS 84. All of it can be forged or wrong: it supports a statement and proves none.
    """

    width: int
    height: int
    taken_at: datetime | None
    taken_text: str
    position: tuple[float, float] | None


def read(path: Path) -> PhotoFacts:
    """Read a photo's header. Raises `DamagedPhoto`, `TooManyPixels`."""
    with opened(path) as image:
        size = image.size
        exif = _exif(image)
        width, height = size if _orientation(exif) < 5 else size[::-1]
        times = _part(exif, IFD.Exif)
        position = _position(_part(exif, IFD.GPSInfo))
    return PhotoFacts(width, height, _taken_at(times), _taken_text(times), position)


def show(path: Path, target: Path, longest_px: int = 1600, keep_position: bool = False) -> None:
    """Write the copy that people see: an upright JPEG in sRGB, at most `longest_px` long, no metadata.

    With `keep_position` latitude and longitude stay in it, nothing else. Raises `DamagedPhoto`,
    `TooManyPixels`, `StoreFull`.
    """
    with opened(path) as image:
        exif = _exif(image)
        picture = _upright(_small(image, longest_px), _orientation(exif))
        position = _position_only(_part(exif, IFD.GPSInfo)) if keep_position else b""
    _write(picture, target, position)


def thumbnail(path: Path, target: Path, box_px: int = 320) -> None:
    """Write the same at the size of a thumbnail: it fits into a square of `box_px`."""
    show(path, target, longest_px=box_px)


def _write(picture: Image.Image, target: Path, exif: bytes) -> None:
    # By way of memory: Pillow doesn't notice when a file on a full disk takes only half of the picture.
    encoded = BytesIO()
    picture.save(encoded, "JPEG", quality=QUALITY, optimize=True, progressive=True, exif=exif)
    with unfinished(target.parent) as file:
        file.write(encoded.getbuffer())
        finish(file, target)


def _small(image: Image.Image, longest_px: int) -> Image.Image:
    """A fresh image without metadata, RGB, so that nothing can slip through into what is written."""
    if image.format in ("JPEG", "MPO"):
        image.draft(None, (2 * longest_px, 2 * longest_px))
    # Loaded before it is scaled: otherwise the preview inside a HEIC file, perhaps another picture, is taken.
    image.load()
    profile = image.info.get("icc_profile")
    picture = _flat(image)
    picture.thumbnail((longest_px, longest_px), Image.Resampling.LANCZOS, reducing_gap=None)
    fresh = _in_srgb(picture, profile)
    fresh.info = {}
    return fresh


def _flat(image: Image.Image) -> Image.Image:
    """The picture as RGB, L or CMYK: transparent becomes white, 16 bits of grey become 8."""
    if image.mode.startswith("I;16"):
        return image.point(lambda value: value * (1 / 256)).convert("L")
    if image.has_transparency_data:
        above = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", above.size, "white"), above).convert("RGB")
    return image if image.mode in ("RGB", "L", "CMYK") else image.convert("RGB")


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Telephones write wide colours; without their profile these would look dull."""
    if profile:
        with suppress(ImageCms.PyCMSError, *BROKEN):
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            converted = ImageCms.profileToProfile(picture, source, SRGB, outputMode="RGB")
            if converted is not None:
                return converted
    return picture.convert("RGB")


def _upright(picture: Image.Image, orientation: int) -> Image.Image:
    picture.getexif()[Base.Orientation] = orientation
    turned = ImageOps.exif_transpose(picture)
    turned.info = {}
    return turned


def _exif(image: Image.Image) -> Image.Exif:
    # Broken metadata in a good photo is common and no reason to refuse it.
    try:
        return image.getexif()
    except BROKEN:
        return Image.Exif()


def _part(exif: Image.Exif, part: IFD) -> Mapping[int, object]:
    try:
        return exif.get_ifd(part)
    except BROKEN:
        return {}


def _orientation(exif: Image.Exif) -> int:
    found = exif.get(Base.Orientation)
    return found if isinstance(found, int) and 1 <= found <= 8 else 1


def _taken_at(times: Mapping[int, object]) -> datetime | None:
    offset = times.get(Base.OffsetTimeOriginal)
    return _parsed(times, offset.strip("\0 ")) if isinstance(offset, str) else None


def _taken_text(times: Mapping[int, object]) -> str:
    taken = _parsed(times, "+00:00")
    return f"{taken:%Y-%m-%d %H:%M:%S}" if taken else ""


def _parsed(times: Mapping[int, object], offset: str) -> datetime | None:
    text = times.get(Base.DateTimeOriginal)
    if not isinstance(text, str):
        return None
    with suppress(ValueError, OverflowError):
        taken = datetime.strptime(text.strip("\0 ") + offset, "%Y:%m:%d %H:%M:%S%z")
        taken.astimezone(UTC)
        return taken
    return None


def _position(place: Mapping[int, object]) -> tuple[float, float] | None:
    """None also for 0, 0, which cameras write when they know no position."""
    latitude = _degrees(place, GPS.GPSLatitude, GPS.GPSLatitudeRef, {"N": 1, "S": -1}, 90)
    longitude = _degrees(place, GPS.GPSLongitude, GPS.GPSLongitudeRef, {"E": 1, "W": -1}, 180)
    if latitude is None or longitude is None or (latitude, longitude) == (0, 0):
        return None
    return latitude, longitude


def _degrees(
    place: Mapping[int, object], value: int, reference: int, signs: Mapping[str, int], limit: int
) -> float | None:
    """Degrees, minutes, seconds and a letter (EXIF 2.32, section 4.6.6) as signed degrees."""
    parts, letter = place.get(value), str(place.get(reference, "")).strip("\0 ").upper()
    if not isinstance(parts, tuple) or len(parts) != 3 or letter not in signs:
        return None
    try:
        degrees = sum(float(part) / 60**power for power, part in enumerate(parts))
    except BROKEN:
        return None
    return round(signs[letter] * degrees, 7) if isfinite(degrees) and 0 <= degrees <= limit else None


def _position_only(place: Mapping[int, object]) -> bytes:
    if _position(place) is None:
        return b""
    exif = Image.Exif()
    kept = (GPS.GPSLatitudeRef, GPS.GPSLatitude, GPS.GPSLongitudeRef, GPS.GPSLongitude)
    exif.get_ifd(IFD.GPSInfo).update({tag: place[tag] for tag in kept})
    return exif.tobytes()
