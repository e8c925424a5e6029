"""The watermark of a workbook that goes out: faintly behind its cells, who took it out, when, and its number."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

SIZE_PX = 420, 300
TEXT_PX = 19
SLANT = 24
"""Degrees; like a stamp across the page, so that no row can be cut free of it."""
GREY = (20, 30, 40, 34)


def drawn(text: str) -> BytesIO:
    """A tile as PNG, transparent but for the text. What the font that comes along can't draw, as Chinese, is left out: sign-in
    names, times and numbers need none."""
    tile = Image.new("RGBA", SIZE_PX, (0, 0, 0, 0))
    said = "".join(c for c in text if c.isascii() and c.isprintable())
    font = ImageFont.load_default(TEXT_PX)
    ImageDraw.Draw(tile).text((SIZE_PX[0] / 2, SIZE_PX[1] / 2), said, fill=GREY, font=font, anchor="mm")
    stream = BytesIO()
    tile.rotate(SLANT, resample=Image.Resampling.BICUBIC).save(stream, "PNG")
    stream.seek(0)
    return stream
