"""The demo's photos: drawn, so that no real place is shown, and the same again from the same seed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFont

from muster.demo import indoors, outdoors
from muster.demo.canvas import Canvas

SIZE = WIDTH, HEIGHT = 1200, 900
BAND_PX = 96
TEXT_PX = 48
MARGIN_PX = 36
QUALITY = 87

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

# Fonts with Chinese as systems ship them: file, and the simplified face in it.
CHINESE_FONTS = (
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/google-noto-sans-cjk-fonts/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", 0),
    ("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", 0),
    ("/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf", 0),
    ("/System/Library/Fonts/PingFang.ttc", 0),
    ("/System/Library/Fonts/Hiragino Sans GB.ttc", 0),
    ("/System/Library/Fonts/STHeiti Light.ttc", 0),
    ("C:/Windows/Fonts/msyh.ttc", 0),
    ("C:/Windows/Fonts/simhei.ttf", 0),
)

DRAWN: dict[str, Callable[[Random, bool], Canvas]] = {
    "doors": lambda place, after: indoors.doors(place, 3 if after else 0),
    "gate": outdoors.gate,
    "market": outdoors.market,
    "shelf": indoors.shelf,
    "boxes": indoors.boxes,
    "queue": outdoors.queue,
}
SCENES = tuple(DRAWN)


def draw(scene: str, after: bool, caption: str, seed: int) -> bytes:
    """One of `SCENES` as it was found, or as it was put right (`after`): a JPEG of 1200 × 900 pixels.

    The same scene and seed is the same place. `caption`, a date and a place, stands at the bottom.
    """
    canvas = DRAWN[scene](Random(f"{scene} {seed}"), after)
    return _taken(canvas, caption, Random(f"{scene} {seed} {after}"))


def doors(marked: int, caption: str, seed: int, total: int = 3) -> bytes:
    """The scene "doors" with signs on the first `marked` of `total` doors: the two of three that a verifier sees."""
    canvas = indoors.doors(Random(f"doors {seed}"), marked, total)
    return _taken(canvas, caption, Random(f"doors {seed} {marked}"))


def caption_font(fonts: Sequence[tuple[str, int]] = CHINESE_FONTS) -> tuple[Font, bool]:
    """A font for captions, and whether it has Chinese: the first of `fonts` on this machine, else Pillow's own."""
    for file, face in fonts:
        if Path(file).exists():
            return ImageFont.truetype(file, TEXT_PX, face), True
    return ImageFont.load_default(TEXT_PX), False


def writable(caption: str, has_chinese: bool) -> str:
    """The caption, or without Chinese letters its leading date and time."""
    dated = re.search(r"\d[\d:.\- ]*\d", caption)
    return caption if has_chinese else (dated.group() if dated else "")


def _taken(canvas: Canvas, caption: str, moment: Random) -> bytes:
    """The scene as a hand-held camera would have it: not quite straight on, its light, its grain."""
    photo = _lit(_framed(canvas.image, moment), moment)
    photo = ImageChops.soft_light(photo, _grain(moment))
    _caption(photo, caption)
    file = BytesIO()
    photo.save(file, "JPEG", quality=QUALITY, optimize=True)
    return file.getvalue()


def _framed(image: Image.Image, moment: Random) -> Image.Image:
    width = image.width * moment.uniform(0.965, 0.995)
    height = width * HEIGHT / WIDTH
    # The lower edge stays: the caption covers it, and what stands there must not slip below.
    left, top = moment.uniform(0, image.width - width), image.height - height
    return image.resize(SIZE, Image.Resampling.LANCZOS, (left, top, left + width, top + height))


def _lit(photo: Image.Image, moment: Random) -> Image.Image:
    edges = Image.radial_gradient("L").resize(SIZE).point(lambda distance: max(0, distance - 90) // 4)
    photo = Image.composite(Image.new("RGB", SIZE, "#20262c"), photo, edges)
    return ImageEnhance.Brightness(photo).enhance(moment.uniform(1.0, 1.06))


def _grain(moment: Random) -> Image.Image:
    size = WIDTH // 2, HEIGHT // 2
    noise = Image.frombytes("L", size, moment.randbytes(size[0] * size[1]))
    return noise.point(lambda value: 122 + value // 20).resize(SIZE, Image.Resampling.BILINEAR).convert("RGB")


def _caption(photo: Image.Image, caption: str) -> None:
    font, has_chinese = caption_font()
    pen = ImageDraw.Draw(photo, "RGBA")
    pen.rectangle((0, HEIGHT - BAND_PX, WIDTH, HEIGHT), "#10161dc7")
    pen.text((MARGIN_PX, HEIGHT - BAND_PX / 2), writable(caption, has_chinese), "#ffffff", font, "lm")
