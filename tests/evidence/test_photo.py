"""What a photo says about itself, and that the copies shown say nothing."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageCms
from PIL.ExifTags import GPS, IFD, Base

from muster.evidence.kind import DamagedPhoto, TooManyPixels
from muster.evidence.photo import PhotoFacts, read, show, thumbnail
from muster.evidence.store import StoreFull
from tests.evidence import pictures
from tests.evidence.pictures import BLUE, RED, WHITE
from tests.evidence.test_store import small_disk  # noqa: F401

LINQING = (36.8512345, 115.7123456)
CHINA = timezone(timedelta(hours=8))
Writer = Callable[[Path, Image.Image, Image.Exif], Path]
# A photo that is to be seen upright, as each orientation stores it.
STORED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def near(found: object, expected: tuple[int, ...]) -> bool:
    assert isinstance(found, tuple)
    return all(abs(one - other) < 12 for one, other in zip(found, expected, strict=True))


def shown(path: Path, **options: bool | int) -> Image.Image:
    target = path.with_suffix(".shown.jpg")
    show(path, target, **options)  # type: ignore[arg-type]
    with Image.open(target) as image:
        image.load()
    assert (image.format, image.mode) == ("JPEG", "RGB")
    return image


def test_facts_of_a_telephone_photo(tmp_path: Path) -> None:
    said = pictures.exif(6, "2022:12:05 09:12:33", "+08:00", LINQING)
    facts = read(pictures.jpeg(tmp_path / "a", said=said))

    assert facts.taken_at == datetime(2022, 12, 5, 9, 12, 33, tzinfo=CHINA)
    assert facts.taken_text == "2022-12-05 09:12:33"
    assert (facts.width, facts.height) == (300, 400)
    assert facts.position == pytest.approx(LINQING, abs=1e-6)


def test_facts_of_a_heic_photo(tmp_path: Path) -> None:
    said = pictures.exif(6, "2022:12:05 09:12:33", "+08:00", LINQING)
    facts = read(pictures.heic(tmp_path / "a", said=said))
    assert (facts.width, facts.height) == (300, 400)
    assert facts.taken_at == datetime(2022, 12, 5, 9, 12, 33, tzinfo=CHINA)
    assert facts.position == pytest.approx(LINQING, abs=1e-6)


def test_a_photo_that_says_nothing(tmp_path: Path) -> None:
    assert read(pictures.jpeg(tmp_path / "a")) == PhotoFacts(400, 300, None, "", None)


def test_without_an_offset_the_time_stays_text(tmp_path: Path) -> None:
    facts = read(pictures.jpeg(tmp_path / "a", said=pictures.exif(taken="2022:12:05 09:12:33")))
    assert (facts.taken_at, facts.taken_text) == (None, "2022-12-05 09:12:33")


@pytest.mark.parametrize("taken", ["0000:00:00 00:00:00", "    :  :     :  :  ", "gestern\0\0", "2022:13:45 09:12:33"])
def test_nonsense_times_are_no_times(tmp_path: Path, taken: str) -> None:
    facts = read(pictures.jpeg(tmp_path / "a", said=pictures.exif(taken=taken, offset="+08:00")))
    assert (facts.taken_at, facts.taken_text) == (None, "")


def test_a_time_at_the_edge_of_the_calendar_does_not_break_later_sums(tmp_path: Path) -> None:
    said = pictures.exif(taken="0001:01:01 00:00:00", offset="+08:00")
    assert read(pictures.jpeg(tmp_path / "a", said=said)).taken_at is None


@pytest.mark.parametrize("position", [(-33.5, -70.25), (0.0, 10.0), (90.0, 180.0)])
def test_positions_in_every_quarter(tmp_path: Path, position: tuple[float, float]) -> None:
    facts = read(pictures.jpeg(tmp_path / "a", said=pictures.exif(position=position)))
    assert facts.position == pytest.approx(position, abs=1e-6)


def test_positions_that_cannot_be_are_none(tmp_path: Path) -> None:
    for position in ((0.0, 0.0), (91.0, 10.0), (10.0, 181.0)):
        assert read(pictures.jpeg(tmp_path / "a", said=pictures.exif(position=position))).position is None
    said = pictures.exif(position=LINQING)
    del said.get_ifd(IFD.GPSInfo)[GPS.GPSLatitudeRef]
    assert read(pictures.jpeg(tmp_path / "a", said=said)).position is None


@pytest.mark.parametrize("orientation", STORED)
@pytest.mark.parametrize("write", [pictures.jpeg, pictures.heic])
def test_the_copy_is_upright(tmp_path: Path, orientation: int, write: Writer) -> None:
    turn = STORED[orientation]
    stored = pictures.scene() if turn is None else pictures.scene().transpose(turn)
    image = shown(write(tmp_path / "a", stored, pictures.exif(orientation)))
    assert image.size == (400, 300)
    assert near(image.getpixel((20, 20)), RED)
    assert near(image.getpixel((380, 280)), BLUE)


def test_the_copy_says_nothing(tmp_path: Path) -> None:
    said = pictures.exif(1, "2022:12:05 09:12:33", "+08:00", LINQING)
    path = pictures.jpeg(tmp_path / "a", said=said)
    assert b"secret comment" in path.read_bytes()
    image = shown(path)

    assert dict(image.getexif()) == {}
    assert set(image.info) <= {
        "jfif",
        "jfif_version",
        "jfif_unit",
        "jfif_density",
        "progressive",
        "progression",
    }
    raw = path.with_suffix(".shown.jpg").read_bytes()
    assert not any(word in raw for word in (b"Exif", b"Telephone", b"secret", b"2022:12", b"ICC_PROFILE"))


def test_position_is_all_that_stays_when_asked(tmp_path: Path) -> None:
    said = pictures.exif(6, "2022:12:05 09:12:33", "+08:00", LINQING)
    for path in (
        pictures.jpeg(tmp_path / "a", said=said),
        pictures.heic(tmp_path / "b", said=said),
    ):
        image = shown(path, keep_position=True)
        assert set(image.getexif()) == {Base.GPSInfo}
        assert GPS.GPSAltitude not in image.getexif().get_ifd(IFD.GPSInfo)
        facts = read(path.with_suffix(".shown.jpg"))
        assert facts == PhotoFacts(300, 400, None, "", facts.position)
        assert facts.position == pytest.approx(LINQING, abs=1e-6)


def test_asking_for_a_position_that_is_not_there_is_fine(tmp_path: Path) -> None:
    assert dict(shown(pictures.jpeg(tmp_path / "a"), keep_position=True).getexif()) == {}


def test_sizes(tmp_path: Path) -> None:
    path = pictures.jpeg(tmp_path / "a", pictures.scene(3000, 4000))
    assert shown(path).size == (1200, 1600)
    assert shown(path, longest_px=800).size == (600, 800)
    thumbnail(path, tmp_path / "t.jpg")
    with Image.open(tmp_path / "t.jpg") as image:
        assert image.size == (240, 320)
    assert shown(pictures.jpeg(tmp_path / "b", pictures.scene(40, 30))).size == (40, 30)


def test_cmyk(tmp_path: Path) -> None:
    image = shown(pictures.jpeg(tmp_path / "a", pictures.scene(mode="CMYK")))
    assert near(image.getpixel((20, 20)), RED)


def test_a_palette_with_transparency_stands_on_white(tmp_path: Path) -> None:
    picture = pictures.scene(mode="RGBA")
    picture.paste((0, 0, 0, 0), (200, 150, 400, 300))
    picture.quantize(8).save(tmp_path / "a.png", "PNG")
    image = shown(tmp_path / "a.png")
    assert near(image.getpixel((300, 220)), WHITE)
    assert near(image.getpixel((20, 20)), RED)


def test_grey_of_16_bits_keeps_its_grey(tmp_path: Path) -> None:
    Image.new("I;16", (60, 40), 0x8000).save(tmp_path / "a.png", "PNG")
    assert near(shown(tmp_path / "a.png").getpixel((5, 5)), (128, 128, 128))


def test_colours_are_read_through_their_profile(tmp_path: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    pictures.scene().save(tmp_path / "a.jpg", "JPEG", quality=95, icc_profile=profile)
    assert near(shown(tmp_path / "a.jpg").getpixel((20, 20)), RED), "a profile that doesn't fit is ignored"
    pictures.scene().save(tmp_path / "b.jpg", "JPEG", quality=95, icc_profile=b"no profile at all")
    assert near(shown(tmp_path / "b.jpg").getpixel((20, 20)), RED)


def test_another_preview_inside_a_heic_is_not_what_is_shown(tmp_path: Path) -> None:
    picture, preview = pictures.scene(1600, 1200), Image.new("RGB", (1600, 1200), WHITE)
    path = pictures.heic_with_another_preview(tmp_path / "a.heic", picture, preview)
    with Image.open(path) as image:
        image.thumbnail((150, 150))
        assert near(image.getpixel((5, 5)), WHITE), "the ordinary way would show the preview"

    assert near(shown(path, longest_px=150).getpixel((5, 5)), RED)


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_broken_metadata_in_a_good_photo_is_no_obstacle(tmp_path: Path) -> None:
    said = pictures.exif(6, "2022:12:05 09:12:33", "+08:00", LINQING).tobytes()
    dice = random.Random(7)
    for _ in range(60):
        bad = bytearray(said)
        for _ in range(8):
            bad[dice.randrange(6, len(bad))] = dice.randrange(256)
        content = BytesIO()
        pictures.scene(40, 30).save(content, "JPEG", exif=bytes(bad))
        path = tmp_path / "a"
        path.write_bytes(content.getvalue())
        assert {read(path).width, read(path).height} == {30, 40}
        assert set(shown(path, keep_position=True).size) == {30, 40}


def test_a_damaged_photo_writes_nothing(tmp_path: Path) -> None:
    path = pictures.jpeg(tmp_path / "a", Image.effect_noise((300, 300), 90))
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(DamagedPhoto):
        show(path, tmp_path / "shown" / "a.jpg")
    with pytest.raises(TooManyPixels):
        thumbnail(pictures.png_bomb(tmp_path / "b", 9000, 9000), tmp_path / "shown" / "b.jpg")
    assert not (tmp_path / "shown").exists()


def test_a_missing_photo_is_missing_not_damaged(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "nowhere")


def test_a_full_disk_leaves_no_half_copy(tmp_path: Path, small_disk: Path) -> None:  # noqa: F811
    noise = Image.frombytes("RGB", (1600, 1600), random.Random(3).randbytes(1600 * 1600 * 3))
    path = pictures.jpeg(tmp_path / "a", noise)
    with pytest.raises(StoreFull):
        show(path, small_disk / "ab" / "a.jpg")
    assert [found for found in small_disk.rglob("*") if found.is_file()] == []
