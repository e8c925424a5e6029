"""Real files to try: photos as telephones write them, documents, and things that pretend to be either."""

from __future__ import annotations

import struct
import zlib
from fractions import Fraction
from pathlib import Path
from zipfile import ZipFile

import pillow_heif
from PIL import Image, ImageDraw
from PIL.ExifTags import GPS, IFD, Base

from muster.evidence.kind import DOCX, XLSX

pillow_heif.register_heif_opener()

XLSX_MAIN = f"{XLSX.media_type}.main+xml"
DOCX_MAIN = f"{DOCX.media_type}.main+xml"
DOCM_MAIN = "application/vnd.ms-word.document.macroEnabled.main+xml"
RED, BLUE, WHITE = (200, 30, 30), (30, 30, 200), (255, 255, 255)


def scene(width: int = 400, height: int = 300, mode: str = "RGB") -> Image.Image:
    """Blue, with a red corner at the top left, so that a turn or a flip shows."""
    image = Image.new("RGB", (width, height), BLUE)
    ImageDraw.Draw(image).rectangle((0, 0, width // 4, height // 4), fill=RED)
    return image.convert(mode)


def exif(
    orientation: int = 1, taken: str = "", offset: str = "", position: tuple[float, float] | None = None
) -> Image.Exif:
    made = Image.Exif()
    made[Base.Orientation] = orientation
    made[Base.Make] = "Telephone-Maker"
    times = made.get_ifd(IFD.Exif)
    if taken:
        times[Base.DateTimeOriginal] = taken
    if offset:
        times[Base.OffsetTimeOriginal] = offset
    if position:
        made.get_ifd(IFD.GPSInfo).update(_gps(*position))
    return made


def jpeg(path: Path, image: Image.Image | None = None, said: Image.Exif | None = None) -> Path:
    (image or scene()).save(path, "JPEG", quality=90, exif=said or Image.Exif(), comment=b"secret comment")
    return path


def heic(path: Path, image: Image.Image | None = None, said: Image.Exif | None = None) -> Path:
    (image or scene()).save(path, "HEIF", quality=90, exif=(said or Image.Exif()).tobytes())
    return path


def heic_with_another_preview(path: Path, image: Image.Image, preview: Image.Image) -> Path:
    """As a careless editor leaves it: the embedded preview shows something else than the picture."""
    content, at, length = _heic_with_preview(path, image)
    other, other_at, other_length = _heic_with_preview(path, preview)
    assert other_length <= length
    content = content.replace(_extent(at, length), _extent(at, other_length))
    swapped = other[other_at : other_at + other_length]
    path.write_bytes(content[:at] + swapped + content[at + other_length :])
    return path


def png_bomb(path: Path, width: int, height: int) -> Path:
    """A valid header that promises a huge picture, and a few bytes behind it."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b""))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks))
    return path


def package(path: Path, main: str = XLSX_MAIN, part: str = "xl/workbook.xml", extra: str = "") -> Path:
    """An office package with its main part; `extra` names one more."""
    types = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/{part}" ContentType="{main}"/></Types>'
    )
    with ZipFile(path, "w") as zipped:
        zipped.writestr("[Content_Types].xml", types)
        zipped.writestr(part, "<x/>")
        if extra:
            zipped.writestr(extra, b"anything")
    return path


def _heic_with_preview(path: Path, image: Image.Image) -> tuple[bytes, int, int]:
    """A HEIC file, and where in it the preview's data begin and how long they are."""
    heif = pillow_heif.from_pillow(image)
    heif.save(path)
    picture = path.read_bytes().partition(b"mdat")[2]
    heif.info["thumbnails"] = [400]
    heif.save(path)
    content = path.read_bytes()
    at = content.index(picture) + len(picture)
    return content, at, len(content) - at


def _extent(at: int, length: int) -> bytes:
    """How libheif writes a place in the file (ISO/IEC 14496-12, box iloc): base offset, one extent."""
    return struct.pack(">IHII", at, 1, 0, length)


def _gps(latitude: float, longitude: float) -> dict[int, object]:
    return {
        GPS.GPSLatitudeRef: "N" if latitude >= 0 else "S",
        GPS.GPSLatitude: _sexagesimal(abs(latitude)),
        GPS.GPSLongitudeRef: "E" if longitude >= 0 else "W",
        GPS.GPSLongitude: _sexagesimal(abs(longitude)),
        GPS.GPSAltitude: Fraction(37),
    }


def _sexagesimal(degrees: float) -> tuple[Fraction, Fraction, Fraction]:
    whole, rest = divmod(degrees, 1)
    minutes, rest = divmod(rest * 60, 1)
    return Fraction(int(whole)), Fraction(int(minutes)), Fraction(round(rest * 60 * 10_000), 10_000)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
