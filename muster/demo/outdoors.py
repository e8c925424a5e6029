"""Invented gates, markets and squares of the demo, each as found and as put right."""

from __future__ import annotations

from math import cos, radians, sin
from random import Random

from muster.demo.canvas import Canvas, sanitiser

GREENS = ("#7f9b58", "#6b8a4e", "#93a865")
PRODUCE = ("#c65f43", "#d89a46", "#8aa35a", "#b8503f", "#d9c07a")


def gate(place: Random, after: bool) -> Canvas:
    """The gate of a compound: unmanned and open, or manned, closed, with its table and sign."""
    canvas = _street(place)
    _booth(canvas, place.choice(("#d8d3c6", "#cfd4d2", "#dccfbd")))
    if after:
        _guard(canvas, 94, 132)
        canvas.box(64, 156, 64, 4, "#8d8a82")
        _barrier(canvas, 0)
        _gate_table(canvas)
    else:
        _barrier(canvas, 62)
        _stool_on_its_side(canvas)
    return canvas


def market(place: Random, after: bool) -> Canvas:
    """A market stall: crates in the aisle and no screen, or tidy behind a screen with places to stand."""
    canvas = _hall()
    _counter(canvas, place)
    _awning(canvas, place.choice(("#8c5a4c", "#4f7a6a", "#5b6f8c")))
    if after:
        _screen(canvas)
        for x in (96, 200, 304):
            _standing_place(canvas, x, 262, 20)
        sanitiser(canvas, 297, 131, 0.74)
    else:
        _crate(canvas, 52, 224, place)
        _crate(canvas, 128, 236, place)
        _litter(canvas, place)
    return canvas


def queue(place: Random, after: bool) -> Canvas:
    """The way to a sampling tent: an empty square, or a line of marked places between ropes."""
    canvas = _square()
    _tent(canvas, place.choice(("#5f86a6", "#6d9484", "#8a7f9e")))
    if after:
        for y in (172, 190, 214, 246):
            _standing_place(canvas, 200, y, (y - 110) / 7)
        for side in (-1, 1):
            _rope(canvas, side)
    else:
        _fallen_posts(canvas, place)
    return canvas


def _street(place: Random) -> Canvas:
    canvas = Canvas("#c9d3d8")
    for left in (150, 214, 286, 344):
        top = place.randrange(40, 84)
        canvas.box(left, top, 56, 140, "#b4bfc5")
        for y in range(top + 12, 150, 18):
            for x in (left + 9, left + 24, left + 39):
                canvas.box(x, y, 8, 9, "#a3b0b7")
    canvas.box(0, 140, 400, 60, "#b5a796")
    canvas.box(0, 136, 400, 6, "#9c8f80")
    canvas.box(176, 120, 176, 80, "#aeb8bb")
    canvas.box(0, 200, 400, 100, "#8f918f")
    canvas.shape([(176, 200), (352, 200), (440, 300), (120, 300)], "#9a9c9a")
    return canvas


def _booth(canvas: Canvas, wall: str) -> None:
    canvas.dot(96, 232, 84, "#00000022", 0.12)
    canvas.box(36, 92, 120, 140, wall)
    canvas.box(28, 80, 136, 14, "#5f6a70")
    canvas.box(56, 108, 80, 52, "#5b666b")
    canvas.box(60, 112, 72, 48, "#8fa1a8")
    canvas.box(36, 176, 120, 8, "#00000018")


def _guard(canvas: Canvas, x: float, y: float) -> None:
    canvas.shape([(x - 22, 156), (x - 17, y + 6), (x + 17, y + 6), (x + 22, 156)], "#38506b")
    canvas.dot(x, y - 6, 11, "#d9b494")
    canvas.box(x - 11, y - 19, 22, 8, "#2f4257", 3)
    canvas.box(x - 9, y - 5, 18, 9, "#e6eff3", 3)


def _barrier(canvas: Canvas, raised: float) -> None:
    canvas.box(168, 176, 22, 56, "#d9a441")
    canvas.box(168, 176, 22, 10, "#b98529")
    across, up = cos(radians(raised)), -sin(radians(raised))
    for part in range(10):
        near, far = part * 18, part * 18 + 18
        ends = [(180 + near * across, 190 + near * up), (180 + far * across, 190 + far * up)]
        canvas.line(ends, "#b9473b" if part % 2 else "#f1efe8", 7)


def _gate_table(canvas: Canvas) -> None:
    canvas.dot(300, 262, 66, "#00000022", 0.14)
    for x in (252, 342):
        canvas.box(x, 226, 5, 38, "#7d7a72")
    canvas.box(244, 220, 112, 8, "#e4e1d8")
    sanitiser(canvas, 262, 196, 0.66)
    canvas.box(292, 204, 22, 16, "#f0ede4")
    canvas.box(320, 210, 26, 6, "#3d4a52", 2)
    canvas.box(52, 190, 44, 36, "#f7f6f1")
    _code(canvas, 58, 195)
    canvas.sheet(104, 190, 38, 36, 3, False)


def _code(canvas: Canvas, left: float, top: float) -> None:
    for row in range(6):
        for column in range(7):
            if (row * 5 + column * 3 + row * column) % 4 < 2:
                canvas.box(left + column * 4.6, top + row * 4.6, 4.2, 4.2, "#2b2f33")


def _stool_on_its_side(canvas: Canvas) -> None:
    canvas.dot(84, 256, 38, "#00000022", 0.14)
    for y, reach in ((233, 112), (241, 106), (250, 114)):
        canvas.line([(62, y), (reach, y + 3)], "#8a6a50", 3)
    canvas.shape([(54, 228), (62, 226), (64, 255), (56, 257)], "#6a4d3a")


def _hall() -> Canvas:
    canvas = Canvas("#cfcabd")
    canvas.box(0, 0, 400, 40, "#bdb8ab")
    for x in (40, 170, 300):
        canvas.box(x, 14, 64, 6, "#f4f1e6")
    canvas.box(0, 210, 400, 90, "#a39f96")
    for x in range(-200, 601, 80):
        canvas.line([(200 + (x - 200) * 0.55, 210), (x, 300)], "#98948b", 1)
    for y in (226, 256):
        canvas.line([(0, y), (400, y)], "#98948b", 1)
    return canvas


def _awning(canvas: Canvas, colour: str) -> None:
    for x in (34, 360):
        canvas.box(x, 60, 6, 158, "#77736b")
    for part in range(10):
        left = 20 + part * 36
        fill = colour if part % 2 == 0 else "#efece2"
        canvas.box(left, 52, 36, 30, fill)
        canvas.dot(left + 18, 82, 18, fill, 0.5)
    canvas.box(20, 82, 360, 2, "#00000018")


def _counter(canvas: Canvas, place: Random) -> None:
    canvas.dot(200, 218, 186, "#00000026", 0.06)
    canvas.box(28, 164, 344, 54, "#9b7f60")
    canvas.box(28, 158, 344, 9, "#b3977a")
    for x in (40, 104, 168, 232):
        _heaped(canvas, x, 158, 58, place.choice(PRODUCE), place)
    canvas.box(320, 150, 36, 8, "#59636a")
    canvas.box(324, 145, 28, 5, "#a9b1b4")
    for x in (114, 200, 286):
        canvas.line([(x, 170), (x, 218)], "#8b7054", 1.5)


def _heaped(canvas: Canvas, left: float, bottom: float, width: float, colour: str, place: Random) -> None:
    for row in range(3):
        for column in range(5 - row):
            x = left + 9 + row * 5 + column * (width - 18) / 4
            canvas.dot(x + place.uniform(-1, 1), bottom - 12 - row * 8, 7, colour)
            canvas.dot(x - 2, bottom - 14 - row * 8, 2, "#ffffff40")
    canvas.box(left, bottom - 12, width, 13, "#c8ac82")
    canvas.line([(left, bottom - 5), (left + width, bottom - 5)], "#af936b", 1.5)


def _crate(canvas: Canvas, x: float, y: float, place: Random) -> None:
    canvas.dot(x + 32, y + 34, 44, "#00000026", 0.14)
    _heaped(canvas, x, y + 14, 64, place.choice(GREENS), place)
    canvas.box(x, y + 4, 64, 30, "#b8966a")
    for line in (13, 23):
        canvas.line([(x, y + line), (x + 64, y + line)], "#9c7c53", 2)


def _litter(canvas: Canvas, place: Random) -> None:
    for _ in range(9):
        x, y = place.uniform(210, 370), place.uniform(226, 262)
        canvas.shape([(x, y), (x + 9, y - 3), (x + 12, y + 3), (x + 3, y + 5)], place.choice(GREENS))


def _screen(canvas: Canvas) -> None:
    canvas.box(42, 96, 250, 62, "#eaf4f738")
    canvas.frame(42, 96, 250, 62, "#f2f5f5", 1.5)
    for x in (125, 208):
        canvas.line([(x, 96), (x, 158)], "#f2f5f5", 1.5)
    for x in (60, 146, 228):
        canvas.shape([(x, 158), (x + 14, 158), (x + 40, 96), (x + 26, 96)], "#ffffff22")
    canvas.sheet(180, 172, 40, 40, 2, True)


def _standing_place(canvas: Canvas, x: float, y: float, radius: float) -> None:
    canvas.dot(x, y, radius, "#e3b64a", 0.34)
    canvas.dot(x, y, radius * 0.8, "#a8a59d", 0.34)
    canvas.dot(x, y, radius * 0.66, "#e9c873", 0.34)


def _square() -> Canvas:
    canvas = Canvas("#cdd6da")
    canvas.box(0, 92, 400, 58, "#b3bdb6")
    for x in (24, 66, 330, 372):
        canvas.dot(x, 96, 26, "#8fa38c")
        canvas.box(x - 3, 112, 6, 38, "#7b6a58")
    canvas.box(0, 146, 400, 154, "#a8a59d")
    for x in range(-600, 1001, 100):
        canvas.line([(200 + (x - 200) * 0.28, 146), (x, 300)], "#9c9991", 1)
    for y in (156, 170, 190, 220, 258):
        canvas.line([(0, y), (400, y)], "#9c9991", 1)
    return canvas


def _tent(canvas: Canvas, colour: str) -> None:
    canvas.dot(200, 152, 96, "#00000024", 0.08)
    canvas.box(126, 92, 148, 58, "#dfe3e2")
    canvas.box(168, 100, 64, 50, "#6e7a80")
    canvas.shape([(112, 92), (150, 52), (250, 52), (288, 92)], colour)
    canvas.shape([(186, 92), (192, 52), (208, 52), (214, 92)], "#ffffff26")
    canvas.box(112, 90, 176, 7, "#00000020")
    canvas.box(162, 132, 76, 20, "#f0eee7")
    canvas.box(162, 130, 76, 4, "#d5d2c8")


def _rope(canvas: Canvas, side: int) -> None:
    posts = [(200 + side * (y - 84) * 0.62, y) for y in (164, 190, 222, 264)]
    tops = [(x, y - (y - 84) * 0.26) for x, y in posts]
    canvas.line(tops, "#a9483c", 2.6)
    for (x, y), (_x, top) in zip(posts, tops, strict=True):
        canvas.dot(x, y, (y - 84) * 0.06, "#4c5257", 0.4)
        canvas.line([(x, y), (x, top)], "#5f666b", (y - 84) * 0.022)
        canvas.dot(x, top, (y - 84) * 0.018, "#3f464b")


def _fallen_posts(canvas: Canvas, place: Random) -> None:
    for x, y, tilt in ((96, 236, 34), (286, 214, -28)):
        reach = place.uniform(0.9, 1.1)
        end = (x + tilt * 1.5 * reach, y - 9)
        canvas.dot(x + tilt * 0.7, y + 3, 36, "#0000001c", 0.12)
        canvas.line([(x, y), end], "#5f666b", 3.4)
        canvas.shape([(x - 3, y - 8), (x + 3, y - 9), (x + 3, y + 7), (x - 3, y + 8)], "#4c5257")
    canvas.line([(147, 227), (176, 238), (206, 230), (246, 206)], "#a9483c", 2.4)
