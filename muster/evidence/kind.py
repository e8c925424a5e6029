"""What a file is, decided by its content: neither its name nor what the browser claims is asked."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree
from zipfile import BadZipFile, ZipFile

import filetype
import pillow_heif
from PIL import Image

from muster.lib.refusal import Refusal
from muster.lib.said import said as _

# Decoding takes about 4 bytes a pixel; the largest telephones' ordinary photos have 50 megapixels.
MAX_PIXELS = 60_000_000
HEAD_BYTES = 8192
MAX_CONTENT_TYPES_BYTES = 1 << 20

# What Pillow's readers raise on broken content.
BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    EOFError,
    RuntimeError,
    struct.error,
    zlib.error,
)
BROKEN_ZIP = (BadZipFile, KeyError, ElementTree.ParseError, RuntimeError, ValueError, EOFError, zlib.error)

pillow_heif.register_heif_opener()


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of file: IANA media type, extension with its dot, and whether it is a photo."""

    media_type: str
    extension: str
    is_photo: bool


PHOTO_KINDS = (
    Kind("image/jpeg", ".jpg", True),
    Kind("image/png", ".png", True),
    Kind("image/webp", ".webp", True),
    Kind("image/heic", ".heic", True),
    Kind("image/heif", ".heif", True),
)
PDF = Kind("application/pdf", ".pdf", False)
XLSX = Kind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx", False)
DOCX = Kind("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx", False)
OFFICE_KINDS = (XLSX, DOCX)
KINDS = {kind.media_type: kind for kind in (*PHOTO_KINDS, PDF, *OFFICE_KINDS)}

PHOTOS = frozenset(kind.media_type for kind in PHOTO_KINDS)
DOCUMENTS = frozenset({PDF.media_type, XLSX.media_type, DOCX.media_type})


class UnknownKind(Refusal):
    code = "unknown_file_kind"
    status = 415
    message = _(
        "By its content, this file is none of the kinds taken here ({accepted}), whatever its name says. "
        "Save or export it as one of them and send it again."
    )


class HasMacros(Refusal):
    code = "has_macros"
    status = 415
    message = _("This office file contains macros. Save it as {accepted}, without macros, and send it again.")


class DamagedPhoto(Refusal):
    code = "damaged_photo"
    status = 422
    message = _(
        "The photo is damaged: it ends too early or can't be read. Open it on the device that took it; if it "
        "shows there, send it again, otherwise take it again."
    )


class TooManyPixels(Refusal):
    code = "too_many_pixels"
    status = 413
    message = _(
        "The photo has more than {max_megapixels} megapixels. Take it at a lower resolution or scale it "
        "down, and send it again."
    )


def kind_of(path: Path, allowed: Collection[str]) -> Kind:
    """The kind of a file, one of the media types `allowed`; a photo has then been decoded once, to its end.

    A file that is several things at once is what its first bytes say, and must be served as that alone.
    Raises `UnknownKind`, `HasMacros`, `DamagedPhoto`, `TooManyPixels`.
    """
    kind = _by_content(path, allowed)
    if kind is None or kind.media_type not in allowed:
        raise UnknownKind(accepted=_extensions(allowed))
    if kind.is_photo:
        _decode(path)
    return kind


@contextmanager
def opened(path: Path) -> Iterator[Image.Image]:
    """A photo with its header read and nothing decoded yet; only decoding belongs inside.

    Raises `TooManyPixels`, and `DamagedPhoto` also for what goes wrong while decoding.
    """
    with path.open("rb") as file:
        try:
            with Image.open(file, formats=("JPEG", "PNG", "WEBP", "HEIF")) as image:
                _refuse_too_many_pixels(image)
                yield image
        except Image.DecompressionBombError:
            raise _too_many_pixels() from None
        except BROKEN as error:
            # With a number it is the disk that failed, not the photo.
            if isinstance(error, OSError) and error.errno is not None:
                raise
            raise DamagedPhoto from error


def _by_content(path: Path, allowed: Collection[str]) -> Kind | None:
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if head.startswith(b"PK\x03\x04"):
        return _office(path, allowed)
    return KINDS.get(_guessed(head))


def _guessed(head: bytes) -> str:
    if head[4:8] == b"ftyp":
        # filetype knows few of the brands that telephones write here, and stumbles over unknown ones.
        return pillow_heif.get_file_mimetype(head)
    guess = filetype.guess(head)
    return str(guess.mime) if guess else ""


def _decode(path: Path) -> None:
    with opened(path) as image:
        if image.format in ("JPEG", "MPO"):
            # At an eighth of the size every byte is still read, for a fraction of the memory.
            image.draft(None, (1, 1))
        image.load()


def _refuse_too_many_pixels(image: Image.Image) -> None:
    if image.width * image.height > MAX_PIXELS:
        raise _too_many_pixels()


def _too_many_pixels() -> TooManyPixels:
    return TooManyPixels(max_megapixels=MAX_PIXELS // 1_000_000)


def _office(path: Path, allowed: Collection[str]) -> Kind | None:
    """The office kind whose main part the package declares and has (ECMA-376 part 2, clause 7.2.3)."""
    accepted = [kind for kind in OFFICE_KINDS if kind.media_type in allowed]
    try:
        with ZipFile(path) as package:
            names = set(package.namelist())
            types = _content_types(package)
    except BROKEN_ZIP:
        return None
    if accepted and _has_macros(names, types):
        raise HasMacros(accepted=_extensions([kind.media_type for kind in accepted]))
    mains = {media_type for part, media_type in types if part.lstrip("/") in names}
    return next((kind for kind in OFFICE_KINDS if f"{kind.media_type}.main+xml" in mains), None)


def _content_types(package: ZipFile) -> list[tuple[str, str]]:
    """(part name, or "" for a default; content type) as `[Content_Types].xml` lists them."""
    with package.open("[Content_Types].xml") as file:
        text = file.read(MAX_CONTENT_TYPES_BYTES)
    rows = ElementTree.fromstring(text)
    return [(row.get("PartName", ""), row.get("ContentType", "")) for row in rows]


def _has_macros(names: Collection[str], types: Collection[tuple[str, str]]) -> bool:
    # The part may be renamed, so its declared type counts too; Excel 4 macro sheets have one of their own.
    return any(name.lower().endswith("vbaproject.bin") for name in names) or any(
        word in media_type.lower() for _part, media_type in types for word in ("vbaproject", "macro")
    )


def _extensions(media_types: Collection[str]) -> str:
    return ", ".join(kind.extension.lstrip(".") for kind in KINDS.values() if kind.media_type in media_types)
