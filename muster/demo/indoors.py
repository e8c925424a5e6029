"""Invented rooms of the demo, each as found and as put right. No real place is shown."""

from __future__ import annotations

from math import cos, radians, sin
from random import Random

from muster.demo.canvas import Canvas, sanitiser

WOODS = ("#6d4f3d", "#74553f", "#664938", "#5f5348", "#7a5a45")
CARTONS = ("#c9a779", "#bf9c6d", "#d0b084", "#b99566")
LABELS = ("#5d87a8", "#6f9a86", "#a8895d")


def doors(place: Random, marked: int, total: int = 3) -> Canvas:
    """A corridor with `total` doors of flats, the first `marked` of them with a sampling sign."""
    canvas = _corridor()
    pitch = 366 / total
    for number in range(total):
        left = 20 + number * pitch
        _door(canvas, left, pitch - 6, place.choice(WOODS))
        if number < marked:
            canvas.sheet(left + pitch / 2 - 27, 98, 48, 62, 3, True)
    _delivery(canvas, place) if marked < total else sanitiser(canvas, 190, 236, 1.0)
    return canvas


def shelf(place: Random, after: bool) -> Canvas:
    """A shelf of disinfectant with its log: sparse and unwritten, or full, labelled and kept."""
    canvas = _store_room()
    label = place.choice(LABELS)
    for board in (102, 168, 234):
        full = range(6) if after else sorted(place.sample(range(6), 2))
        for slot in full:
            _can(canvas, 48 + slot * 36, board, label if after else "", (slot + board) % 3 == 0)
    if not after:
        _can_on_its_side(canvas, 176, 234)
        _puddle(canvas, 262, 274)
    _log(canvas, after, place)
    return canvas


def boxes(place: Random, after: bool) -> Canvas:
    """A store of supplies: a heap on the floor, or a counted stack on a pallet."""
    canvas = _warehouse()
    _stack(canvas, place) if after else _heap(canvas, place)
    return canvas


def _corridor() -> Canvas:
    canvas = Canvas("#b9b6ae")
    canvas.box(0, 0, 400, 52, "#d6d4cd")
    canvas.shape([(110, 0), (290, 0), (272, 18), (128, 18)], "#f1efe8")
    canvas.box(0, 160, 400, 70, "#a9a69d")
    canvas.box(0, 228, 400, 72, "#8b877e")
    canvas.box(0, 228, 400, 6, "#6f6b63")
    for x in range(-80, 481, 70):
        canvas.line([(200 + (x - 200) * 0.8, 234), (x, 300)], "#837f76", 1)
    return canvas


def _door(canvas: Canvas, left: float, width: float, wood: str) -> None:
    canvas.box(left, 70, width, 160, "#77736b")
    canvas.box(left + 6, 76, width - 12, 154, wood)
    canvas.frame(left + 18, 90, width - 36, 52, "#00000040")
    canvas.frame(left + 18, 154, width - 36, 62, "#00000040")
    canvas.dot(left + width - 16, 158, 5, "#cfc7b4")
    canvas.box(left + width / 2 - 13, 80, 26, 12, "#e8e3d5")
    canvas.shape([(left, 234), (left + width, 234), (left + width + 4, 242), (left - 4, 242)], "#00000018")


def _delivery(canvas: Canvas, place: Random) -> None:
    x = place.choice((50, 168, 286))
    canvas.shape([(x - 18, 266), (x + 78, 266), (x + 86, 274), (x - 26, 274)], "#00000028")
    canvas.box(x, 228, 60, 40, "#d2b68c")
    canvas.box(x, 228, 60, 9, "#dcc39d")
    canvas.box(x + 26, 228, 8, 40, "#bfa074")


def _store_room() -> Canvas:
    canvas = Canvas("#c8cbc6")
    canvas.box(0, 262, 400, 38, "#96958e")
    canvas.box(0, 260, 400, 4, "#83827b")
    canvas.box(36, 44, 6, 226, "#6e767b")
    canvas.box(266, 44, 6, 226, "#6e767b")
    for board in (102, 168, 234):
        canvas.box(34, board, 240, 7, "#7f888d")
        canvas.box(42, board + 7, 224, 6, "#0000001c")
    canvas.box(34, 40, 240, 6, "#7f888d")
    return canvas


def _can(canvas: Canvas, x: float, board: float, label: str, tall: bool) -> None:
    height = 48 if tall else 38
    canvas.box(x + 9, board - height - 7, 10, 8, "#5f7f96" if tall else "#b5564a", 1)
    canvas.box(x, board - height, 28, height, "#eceae3" if tall else "#dfe6e8", 4)
    canvas.box(x + 22, board - height + 3, 4, height - 5, "#00000014")
    if label:
        canvas.box(x, board - height + 12, 28, 17, label)
        canvas.line([(x + 5, board - height + 18), (x + 22, board - height + 18)], "#ffffffc0", 2)
        canvas.line([(x + 5, board - height + 24), (x + 16, board - height + 24)], "#ffffffc0", 2)


def _can_on_its_side(canvas: Canvas, x: float, board: float) -> None:
    canvas.box(x, board - 26, 40, 26, "#dfe6e8", 4)
    canvas.box(x + 40, board - 18, 8, 10, "#b5564a", 1)


def _puddle(canvas: Canvas, x: float, y: float) -> None:
    canvas.dot(x, y - 8, 30, "#b9c6cb90", 0.2)
    canvas.dot(x + 22, y - 6, 18, "#b9c6cb90", 0.22)


def _log(canvas: Canvas, kept: bool, place: Random) -> None:
    canvas.box(300, 74, 72, 104, "#8a6f55", 2)
    canvas.box(306, 84, 60, 88, "#f7f6f1")
    canvas.box(324, 70, 24, 9, "#5f666a", 2)
    for row in range(7):
        y = 94 + row * 11
        canvas.line([(310, y + 5), (362, y + 5)], "#cfccc3", 0.8)
        if kept:
            canvas.line([(312, y), (312 + place.uniform(20, 30), y)], "#59636e", 2.2)
            canvas.tick(350, y, 8, "#3d6b52", 1.6)


def _warehouse() -> Canvas:
    canvas = Canvas("#c4c6c3")
    for x in range(0, 400, 50):
        canvas.box(x, 0, 1.5, 200, "#b7bab7")
    canvas.box(250, 36, 110, 60, "#d9e2e6")
    canvas.frame(250, 36, 110, 60, "#8f9698", 3)
    canvas.line([(305, 36), (305, 96)], "#8f9698", 2)
    canvas.box(0, 200, 400, 100, "#a09d95")
    canvas.box(0, 198, 400, 4, "#8c8981")
    canvas.shape([(0, 286), (400, 250), (400, 254), (0, 291)], "#d2b24f90")
    return canvas


def _stack(canvas: Canvas, place: Random) -> None:
    canvas.dot(166, 254, 144, "#00000026", 0.07)
    for x in (50, 150, 262):
        canvas.box(x, 244, 20, 10, "#8d6f4e")
    canvas.box(44, 238, 244, 8, "#a58560")
    for row in range(4):
        for column in range(4):
            _carton(canvas, 48 + column * 59, 198 - row * 41, place.choice(CARTONS), True)
    canvas.line([(342, 180), (342, 252)], "#6f6b63", 4)
    canvas.sheet(316, 130, 52, 64, 3, True)


def _heap(canvas: Canvas, place: Random) -> None:
    canvas.dot(190, 252, 170, "#00000026", 0.08)
    spots = [(60, 212, -4), (128, 216, 3), (212, 210, 7), (290, 222, -14), (92, 172, 9), (166, 168, -12)]
    for x, y, turn in [*spots, (246, 166, 24), (134, 134, -7)]:
        _carton(canvas, x, y, place.choice(CARTONS), False, turn + place.uniform(-3, 3))
    canvas.shape([(30, 256), (56, 248), (60, 262), (36, 266)], "#b99566")
    canvas.shape([(330, 196), (352, 186), (360, 192), (340, 204)], "#d0b084")


def _carton(canvas: Canvas, x: float, y: float, fill: str, labelled: bool, turn: float = 0) -> None:
    def corner(across: float, down: float) -> tuple[float, float]:
        angle = radians(turn)
        return x + across * cos(angle) - down * sin(angle), y + across * sin(angle) + down * cos(angle)

    def patch(left: float, top: float, width: float, height: float, colour: str) -> None:
        right, bottom = left + width, top + height
        canvas.shape([corner(left, top), corner(right, top), corner(right, bottom), corner(left, bottom)], colour)

    patch(0, 0, 58, 40, fill)
    patch(25, 0, 8, 40, "#00000014")
    patch(0, 38.5, 58, 1.5, "#00000030")
    patch(56.5, 0, 1.5, 40, "#00000030")
    if labelled:
        patch(5, 16, 17, 17, "#f7f6f1")
        patch(8, 20, 11, 2, "#8f8b83")
        patch(8, 25, 8, 2, "#8f8b83")
