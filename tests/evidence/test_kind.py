"""Content decides what a file is; names and claims don't."""

from __future__ import annotations

import random
import struct
import time
from pathlib import Path
from zipfile import ZipFile

import pytest
from PIL import Image

from muster.evidence.kind import (
    DOCUMENTS,
    DOCX,
    PDF,
    PHOTOS,
    XLSX,
    DamagedPhoto,
    HasMacros,
    TooManyPixels,
    UnknownKind,
    kind_of,
)
from muster.lib.refusal import Refusal
from tests.evidence import pictures

ALL = PHOTOS | DOCUMENTS
HTML = b"<!DOCTYPE html><script>alert(1)</script>"
MINIMAL_PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("format_", "media_type", "extension"),
    [
        ("JPEG", "image/jpeg", ".jpg"),
        ("PNG", "image/png", ".png"),
        ("WEBP", "image/webp", ".webp"),
        ("HEIF", "image/heic", ".heic"),
    ],
)
def test_photos(tmp_path: Path, format_: str, media_type: str, extension: str) -> None:
    path = tmp_path / "upload"
    pictures.scene().save(path, format_)
    kind = kind_of(path, ALL)
    assert (kind.media_type, kind.extension, kind.is_photo) == (media_type, extension, True)


def test_a_heif_of_another_brand_is_a_photo_too(tmp_path: Path) -> None:
    content = pictures.heic(tmp_path / "a").read_bytes()
    path = written(tmp_path / "b", content.replace(b"ftypheic", b"ftypmif1", 1))
    assert kind_of(path, ALL).media_type == "image/heif"


def test_documents(tmp_path: Path) -> None:
    assert kind_of(written(tmp_path / "a", MINIMAL_PDF), ALL) == PDF
    assert kind_of(pictures.package(tmp_path / "b"), ALL) == XLSX
    word = pictures.package(tmp_path / "c", pictures.DOCX_MAIN, "word/document.xml")
    assert kind_of(word, ALL) == DOCX


def test_a_photo_named_pdf_is_a_photo(tmp_path: Path) -> None:
    path = pictures.jpeg(tmp_path / "report.pdf")
    assert kind_of(path, ALL).media_type == "image/jpeg"
    with pytest.raises(UnknownKind, match=r"\(pdf\)"):
        kind_of(path, {PDF.media_type})


@pytest.mark.parametrize(
    "content",
    [
        HTML,
        b"",
        b"\n",
        b"%",
        b"GIF89a" + bytes(100),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"MZ" * 99,
    ],
)
def test_anything_else_is_refused_whatever_its_name(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(UnknownKind, match="jpg, png"):
        kind_of(written(tmp_path / "photo.jpg", content), ALL)


def test_text_that_mentions_a_brand_is_no_photo(tmp_path: Path) -> None:
    with pytest.raises(UnknownKind):
        kind_of(written(tmp_path / "a.heic", b"12345678heic and so on"), ALL)


def test_a_zip_that_is_no_office_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    with ZipFile(path, "w") as zipped:
        zipped.writestr("photo.jpg", b"x")
    with pytest.raises(UnknownKind):
        kind_of(path, ALL)


def test_an_office_file_without_its_main_part_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    content = pictures.package(path).read_bytes().replace(b"xl/workbook.xml", b"xl/other123.xml")
    with pytest.raises(UnknownKind):
        kind_of(written(path, content.replace(b"/xl/other123.xml", b"/xl/workbook.xml")), ALL)


def test_entities_that_explode_are_refused(tmp_path: Path) -> None:
    layers = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 12))
    bomb = f'<!DOCTYPE T [<!ENTITY e0 "lollollol">{layers}]><T><x PartName="&e11;"/></T>'
    path = tmp_path / "list.xlsx"
    with ZipFile(path, "w") as zipped:
        zipped.writestr("[Content_Types].xml", bomb)
    with pytest.raises(UnknownKind):
        kind_of(path, ALL)


def test_a_cut_office_file_is_refused(tmp_path: Path) -> None:
    path = pictures.package(tmp_path / "list.xlsx")
    with pytest.raises(UnknownKind):
        kind_of(written(path, path.read_bytes()[:-30]), ALL)


def test_macros_are_refused_however_they_are_hidden(tmp_path: Path) -> None:
    hidden = [
        pictures.package(tmp_path / "a.docm", pictures.DOCM_MAIN, "word/document.xml"),
        pictures.package(tmp_path / "b.xlsx", extra="xl/vbaProject.bin"),
        pictures.package(tmp_path / "c.xlsx", extra="xl/VBAPROJECT.BIN"),
        pictures.package(tmp_path / "d.xlsx", "application/vnd.ms-office.vbaProject", "xl/printer.bin"),
        pictures.package(tmp_path / "e.xlsx", "application/vnd.ms-excel.macrosheet+xml", "xl/s.xml"),
    ]
    for path in hidden:
        with pytest.raises(HasMacros, match="without macros"):
            kind_of(path, ALL)


def test_only_what_is_allowed_here(tmp_path: Path) -> None:
    with pytest.raises(UnknownKind):
        kind_of(pictures.package(tmp_path / "list.xlsx"), PHOTOS)
    with pytest.raises(UnknownKind):
        kind_of(pictures.jpeg(tmp_path / "photo.jpg"), DOCUMENTS)


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_a_photo_that_ends_too_early_is_damaged(tmp_path: Path, format_: str) -> None:
    path = tmp_path / "photo"
    noise = Image.frombytes("RGB", (200, 200), random.Random(1).randbytes(120_000))
    noise.save(path, format_)
    whole = path.read_bytes()
    for share in (0.02, 0.5, 0.9):
        with pytest.raises((DamagedPhoto, UnknownKind)) as refused:
            kind_of(written(path, whole[: int(len(whole) * share)]), ALL)
        assert refused.type is DamagedPhoto


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize(("width", "height"), [(8000, 7501), (12_000, 12_000), (60_000, 60_000)])
def test_a_bomb_is_refused_before_it_is_decoded(tmp_path: Path, width: int, height: int) -> None:
    began = time.process_time()
    with pytest.raises(TooManyPixels, match="60 megapixels"):
        kind_of(pictures.png_bomb(tmp_path / "photo.png", width, height), ALL)
    assert time.process_time() - began < 0.2


def test_just_below_the_limit_it_is_decoded_and_then_found_damaged(tmp_path: Path) -> None:
    with pytest.raises(DamagedPhoto):
        kind_of(pictures.png_bomb(tmp_path / "photo.png", 8000, 7500), ALL)


def test_a_heic_bomb_is_refused(tmp_path: Path) -> None:
    content = bytearray(pictures.heic(tmp_path / "a").read_bytes())
    at = content.index(b"ispe") + 8
    content[at : at + 8] = struct.pack(">II", 30_000, 30_000)
    with pytest.raises((TooManyPixels, DamagedPhoto)):
        kind_of(written(tmp_path / "b", bytes(content)), ALL)


def test_a_polyglot_is_what_its_first_bytes_say_and_only_that(tmp_path: Path) -> None:
    photo = pictures.jpeg(tmp_path / "a").read_bytes()
    sheet = pictures.package(tmp_path / "b").read_bytes()
    both = written(tmp_path / "c", photo + sheet)
    with ZipFile(both) as zipped:
        assert "xl/workbook.xml" in zipped.namelist()

    assert kind_of(both, ALL).media_type == "image/jpeg"
    with pytest.raises(UnknownKind):
        kind_of(both, DOCUMENTS)
    with pytest.raises(UnknownKind):
        kind_of(written(both, HTML + photo), ALL)


def test_noise_behind_every_signature_is_refused_by_name(tmp_path: Path) -> None:
    dice = random.Random(20221205)
    heads = [
        b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\x99\x00\x00\x00WEBP", b"\x00\x00\x00\x18ftypheic",
        b"\x00\x00\x00\x18ftyp", b"PK\x03\x04", b"PK\x05\x06",
    ]  # fmt: skip
    for head in heads * 25:
        path = written(tmp_path / "noise", head + dice.randbytes(dice.randrange(400)))
        with pytest.raises(Refusal):
            kind_of(path, ALL)
