"""Workbooks as they come: looked at before anything of them is read, then read sheet by sheet.

Read are .xlsx (ECMA-376), the older .xls, and text with commas or tabs. What could fill the memory is refused by what
the parts of the file really unpack to, not by what the file says of itself.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from python_calamine import CalamineError, CalamineWorkbook, PasswordError
from xlsxwriter.utility import xl_cell_to_rowcol

from muster.exchange.sheet import NotAWorkbook, Sheet, must_fit
from muster.exchange.textfile import of_bytes, of_text
from muster.lib.refusal import Refusal
from muster.lib.said import said as _

MAX_BYTES = 50_000_000
MAX_UNPACKED = 800_000_000
MAX_PARTS = 5_000
CHUNK = 1 << 20
OVERLAP = 4096
"""Read again with the next chunk: an element of interest may lie across two."""

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED_PART = "EncryptedPackage".encode("utf-16-le")
ROW = re.compile(rb'<(?:\w+:)?row [^>]*?\br="(\d+)"')
#: A cell so far to the right (DA and on) that no ledger has it: a table is made as wide as its widest row.
FAR_RIGHT = re.compile(rb'r="([A-Z]{3}|[D-Z][A-Z])\d')
#: A formula whose cell holds no value: whoever wrote the file never computed it. One that came to “” says so by its type.
UNCOMPUTED = re.compile(
    rb'<(?:\w+:)?c r="([A-Z]{1,3}\d+)"(?![^>]*\bt="str")[^>]*>\s*<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)\s*'
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)


class WorkbookEncrypted(Refusal):
    code = "workbook_encrypted"
    status = 422
    message = _(
        "{file} is protected by a password. Save a copy without it (File, Information, Protect), and send that."
    )


class WorkbookHasMacros(Refusal):
    code = "workbook_has_macros"
    status = 415
    message = _("{file} contains macros. Save it as “Excel workbook (.xlsx)”, which has none, and send that.")


class WorkbookTooLarge(Refusal):
    code = "workbook_too_large"
    status = 413
    message = _("{file} unpacks to more than {max_mb} MB. Send a copy with the ledger alone, without pictures.")


class NotComputed(Refusal):
    code = "formulas_not_computed"
    status = 422
    message = _(
        "“{sheet}” has formulas without a value ({cells}). Open it in a spreadsheet, save it, and send it again; or "
        "replace the formulas by their values."
    )


@dataclass(frozen=True)
class Workbook:
    file: str
    sheets: list[Sheet]


def opened(path: Path, file: str) -> Workbook:
    """The sheets of a workbook; ``file`` is its name, for what is said of it.

    Raises NotAWorkbook, WorkbookEncrypted, WorkbookHasMacros, WorkbookTooLarge, TooManyRows, TooManyColumns, NotComputed.
    """
    with path.open("rb") as stream:
        head = stream.read(8)
        if path.stat().st_size > MAX_BYTES:
            raise WorkbookTooLarge(file=file, max_mb=MAX_BYTES // 1_000_000)
        if head.startswith(ZIP):
            _look_into(stream, file)
        elif head == OLE:
            _must_not_be_encrypted(stream, file)
        else:
            return Workbook(file, [of_bytes(path.read_bytes(), file)])
    return Workbook(file, _sheets(path, file))


def typed(text: str, name: str = "") -> Workbook:
    """What was pasted, as a workbook of one sheet."""
    return Workbook(name, [of_text(text, name)])


def _sheets(path: Path, file: str) -> list[Sheet]:
    try:
        book = CalamineWorkbook.from_path(path)
        found = [book.get_sheet_by_name(name) for name in book.sheet_names]
    except PasswordError as fault:
        raise WorkbookEncrypted(file=file) from fault
    except CalamineError as fault:
        raise NotAWorkbook(file=file, fault=f"{fault}"[:120]) from fault
    sheets = [Sheet(one.name, one, one.start[1]) for one in found if one.start]
    for one in found:
        must_fit(one.name, one.total_height, one.total_width)
    return sheets


def _must_not_be_encrypted(stream: IO[bytes], file: str) -> None:
    """A compound file is either an older workbook, or the envelope around an encrypted one (MS-OFFCRYPTO 2.3.4.4)."""
    stream.seek(0)
    if ENCRYPTED_PART in stream.read():
        raise WorkbookEncrypted(file=file)


def _look_into(stream: IO[bytes], file: str) -> None:
    try:
        archive = ZipFile(stream)
        parts = archive.infolist()
        names = {part.filename for part in parts}
        if any(name.endswith("vbaProject.bin") for name in names):
            raise WorkbookHasMacros(file=file)
        if "[Content_Types].xml" not in names or not any(name.startswith("xl/worksheets/") for name in names):
            raise NotAWorkbook(file=file, fault="it has no worksheets")
        if len(parts) > MAX_PARTS:
            raise NotAWorkbook(file=file, fault="it has too many parts")
        room = MAX_UNPACKED
        for part in parts:
            room -= _measured(stream, archive, part, room, file)
    except (BadZipFile, zlib.error, NotImplementedError, EOFError) as fault:
        raise NotAWorkbook(file=file, fault=f"{fault}") from fault


def _measured(stream: IO[bytes], archive: ZipFile, part: ZipInfo, room: int, file: str) -> int:
    """How many bytes a part really unpacks to. Worksheets are looked through on the way."""
    looks = Looks(part.filename) if part.filename.startswith("xl/worksheets/") else None
    unpacked = 0
    for piece in _unpacked(stream, archive, part):
        unpacked += len(piece)
        if unpacked > room:
            raise WorkbookTooLarge(file=file, max_mb=MAX_UNPACKED // 1_000_000)
        if looks:
            looks.at(piece)
    if looks:
        looks.judge()
    return unpacked


def _unpacked(stream: IO[bytes], archive: ZipFile, part: ZipInfo) -> Iterator[bytes]:
    """A part to its end, whatever the archive says its size is."""
    if part.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise BadZipFile("packed in an unusual way")
    with archive.open(part):
        pass  # Checks its own header.
    stream.seek(part.header_offset + 26)
    lengths = stream.read(4)
    stream.seek(int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little"), io.SEEK_CUR)
    left, unpack = part.compress_size, zlib.decompressobj(-15)
    while left > 0 and (packed := stream.read(min(CHUNK, left))):
        left -= len(packed)
        if part.compress_type == ZIP_STORED:
            yield packed
            continue
        yield unpack.decompress(packed, CHUNK)
        while unpack.unconsumed_tail:
            yield unpack.decompress(unpack.unconsumed_tail, CHUNK)


class Looks:
    """What is looked for in a worksheet while it is unpacked: how far it goes, and formulas without a value."""

    def __init__(self, name: str) -> None:
        self.name = name.rpartition("/")[2].removesuffix(".xml")
        self.row, self.column, self.uncomputed = 0, 0, list[str]()
        self._last = b""

    def at(self, piece: bytes) -> None:
        text = self._last + piece
        self._last = text[-OVERLAP:]
        last = text.rfind(b"<row ")
        if last >= 0 and (row := ROW.match(text, last)):
            self.row = max(self.row, int(row[1]))
        if far := FAR_RIGHT.search(text):
            self.column = max(self.column, xl_cell_to_rowcol(f"{far[1].decode()}1")[1] + 1)
        if b"<f" in text and len(self.uncomputed) < 5:
            found = [one[1].decode() for one in UNCOMPUTED.finditer(text)]
            self.uncomputed = list(dict.fromkeys([*self.uncomputed, *found]))[:5]

    def judge(self) -> None:
        must_fit(self.name, self.row, self.column)
        if self.uncomputed:
            raise NotComputed(sheet=self.name, cells=", ".join(self.uncomputed))
