"""The drawn photos: the same from the same seed, different before and after, and light enough for a demo."""

from __future__ import annotations

from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from muster.demo.drawing import SCENES, caption_font, doors, draw, writable
from muster.evidence.kind import PHOTOS, kind_of

CAPTION = "2022-12-05 09:12 澄湖苑 3 号楼"


def decoded(photo: bytes) -> Image.Image:
    return Image.open(BytesIO(photo)).convert("RGB")


def difference(one: bytes, other: bytes) -> float:
    """Mean difference of two photos above the caption, of 255."""
    above = (0, 0, 1200, 800)
    apart = ImageChops.difference(decoded(one).crop(above), decoded(other).crop(above))
    return sum(ImageStat.Stat(apart).mean) / 3


@pytest.mark.parametrize("scene", SCENES)
def test_a_scene_is_a_photo_drawn_the_same_again(tmp_path: Path, scene: str) -> None:
    photo = draw(scene, False, CAPTION, 7)
    assert photo == draw(scene, False, CAPTION, 7)
    assert decoded(photo).size == (1200, 900)
    assert 60_000 < len(photo) < 120_000
    (tmp_path / "photo").write_bytes(photo)
    assert kind_of(tmp_path / "photo", PHOTOS).extension == ".jpg"


@pytest.mark.parametrize("scene", SCENES)
def test_after_differs_from_before_and_seed_from_seed(scene: str) -> None:
    before = draw(scene, False, CAPTION, 1)
    assert difference(before, draw(scene, True, CAPTION, 1)) > 3
    assert before != draw(scene, False, CAPTION, 2)
    assert 60_000 < len(draw(scene, True, CAPTION, 1)) < 120_000


def test_each_sign_on_a_door_makes_the_photo_lighter() -> None:
    white = [_white_px(doors(marked, CAPTION, 1)) for marked in range(4)]
    assert all(after - before > 20_000 for before, after in pairwise(white))


def test_the_caption_is_written() -> None:
    assert draw("gate", False, CAPTION, 1) != draw("gate", False, "2022-12-05 09:13", 1)


def test_without_a_chinese_font_date_and_time_remain() -> None:
    font, has_chinese = caption_font(fonts=())
    assert not has_chinese
    assert writable(CAPTION, has_chinese) == "2022-12-05 09:12"
    assert font.getlength("2022-12-05 09:12") > 100
    assert writable("澄湖苑", has_chinese) == ""
    assert writable(CAPTION, True) == CAPTION


def _white_px(photo: bytes) -> int:
    """Pixels as light as paper where signs hang."""
    return sum(decoded(photo).crop((0, 270, 1200, 470)).convert("L").histogram()[215:])
