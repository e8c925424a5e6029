"""A ledger of 100,000 lines and 24 columns: its dry run against just reading the workbook, taking it in against bare COPY.

COPY writes the very same rows into the same tables, with every guard on. Beside, what taking in does to others' pages.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import psycopg
import xlsxwriter
from python_calamine import CalamineWorkbook

from bench.clicks import CLIENTS, Clicks
from bench.client import Call
from bench.fill import copy_in, file_of, kept, timed
from bench.ground import Ground, cookies, ground
from bench.measure import ROUNDS, Line, at_most
from bench.served import MUSTER, served

LINES, TAKEN = 100_000, 10_000
DRY_MAX, TAKE_MAX, MEMORY_MAX_MB, SLOWER_MAX = 3.0, 6.0, 1000, 2.0
HEADINGS = [
    *("序号", "编号", "检查时间", "检查组", "检查方式", "被检查单位/点位", "区划", "问题描述", "问题类别", "严重程度"),
    *("责任单位", "牵头领导", "责任人", "整改措施", "整改时限", "整改情况", "申请销号时间"),
    *("复查人", "复查时间", "复查结论", "是否销号", "是否反弹", "通报期号", "备注"),
]
AREAS = ("东昌府区", "临清市", "冠县", "莘县", "阳谷县", "东阿县", "高唐县")
UNITS = ("卫生健康局", "商务局", "民政局", "交通运输局", "综合行政执法局")
CATEGORIES = ("采样检测", "消杀", "卡口", "隔离", "生活物资")
PROBLEMS = ("楼道消杀未留记录，药剂浓度不明", "上门采样漏采", "一米线未设置", "值守人员脱岗", "缺供户物资未送达")
#: In the order of what points at what; what is searched is written by a trigger.
ORDER = (
    "matter", "party", "hand", "ledger_line", "assignment", "acceptance", "response", "closure_request", "span", "entry",
    "imported_line",
)  # fmt: skip
PAGE = "/matters/"
FOR_S = 8.0


def measure(rounds: int = ROUNDS, lines: int = LINES, taken: int = TAKEN) -> Iterator[Line]:
    with ground(durable=True) as place:
        whole, part = (workbook(place.folder / f"{count}.xlsx", count) for count in (lines, min(lines, taken)))
        yield from dry(place, whole, rounds, lines)
        yield from taking(place, part, rounds)
        yield from beside(place, whole, lines)


def workbook(path: Path, lines: int) -> Path:
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet, days = book.add_worksheet("台账"), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write(0, 0, "疫情防控督导检查问题整改台账")
        sheet.write_row(1, 0, HEADINGS)
        for nr in range(lines):
            for place, cell in enumerate(line(nr)):
                if isinstance(cell, datetime):
                    sheet.write_datetime(nr + 2, place, cell, days)
                elif cell != "":
                    sheet.write(nr + 2, place, cell)
    return path


def line(nr: int) -> list[Any]:
    """A line as counties write them; hardly two tell of the same problem, or of the same response."""
    area, day = AREAS[nr % 7], datetime.fromisoformat("2026-10-01") + timedelta(days=nr % 30)
    done = nr % 4 > 0
    found = f"{PROBLEMS[nr * 7 % 5]}，{nr}号点位第{nr % 17}次发现，需整改到位"
    site = f"{'春夏秋冬'[nr % 4]}园{nr % 5000}号"
    where = [f"第{nr % 9 + 1}组", "明察" if nr % 3 else "暗访", site, area, found, CATEGORIES[nr % 5]]
    whose = [
        ("紧急", "重要", "一般")[nr % 3],
        area + UNITS[nr % 5],
        "张" + "三四五六七"[nr % 5],
        "李" + "一二三四五"[nr % 5],
    ]
    work = ["落实责任，限期整改", "3天内" if nr % 2 else "11月8日前", f"已完成{nr}号点位整改并复核" if done else ""]
    end = [day + timedelta(days=2) if done else "", "", "", "", "是" if done else "正在推进", "否", "", "无"]
    return [nr + 1, f"{area}-{nr:06d}", day, *where, *whose, *work, *end]


def dry(place: Ground, path: Path, rounds: int, lines: int) -> Iterator[Line]:
    """In turn; the first of each isn't counted."""
    ratios, took_s = [], []
    for _round in range(rounds + 1):
        read_s = timed(lambda: just_read(path))
        took_s.append(timed(lambda: run_dry(place, path)))
        ratios.append(took_s[-1] / read_s)
    said = f"; {sorted(took_s[1:])[rounds // 2]:.1f} s"
    yield at_most(f"dry run of {lines:,} lines ÷ reading them with calamine", DRY_MAX, ratios[1:], said)


def just_read(path: Path) -> None:
    for row in CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).iter_rows():
        len(row)


def run_dry(place: Ground, path: Path) -> None:
    from muster.exchange.command import importer
    from muster.exchange.ledger import read, sender_called

    sender = sender_called(place.incident, "基准")
    found = read(path, path.name, sender).run_dry(sender, importer(place.incident, ""))
    if found.counts["refused"]:
        raise RuntimeError(f"{found.counts}: {next(found.of('refused')).faults}")


def taking(place: Ground, path: Path, rounds: int) -> Iterator[Line]:
    ratios, took_s = [], []
    with psycopg.connect(place.dsn, autocommit=True) as bare:
        take(place, path)
        tables, rows = kept(bare, place.folder)
        bare.execute("alter table entry disable trigger recorded_now")
        for _round in range(rounds):
            empty(bare, tables)
            took_s.append(timed(lambda: take(place, path)))
            empty(bare, tables)
            ratios.append(took_s[-1] / timed(lambda: copied(place, tables)))
        empty(bare, tables)
        bare.execute("alter table entry enable trigger recorded_now")
    count = f"{rows:,} rows; {sorted(took_s)[rounds // 2]:.1f} s, dry run and all"
    yield at_most(f"taking {path.stem} lines in ÷ COPY of the same rows, guards on", TAKE_MAX, ratios, f"; {count}")


def take(place: Ground, path: Path) -> None:
    from muster.exchange.command import run

    run(path, True, False, None, sender="基准", login="", answers=None)


def empty(bare: psycopg.Connection[Any], tables: dict[str, str]) -> None:
    bare.execute("set session_replication_role = replica")
    bare.execute(f"truncate {', '.join(tables)} cascade")


def copied(place: Ground, tables: dict[str, str]) -> None:
    """With every guard but the one that asks whether it is recorded now: it was recorded before."""
    for table in ORDER:
        if file_of(place.folder, table).stat().st_size > 21:  # More than the frame of an empty one.
            copy_in(place.dsn, table, tables[table], place.folder, guarded=True)


def beside(place: Ground, path: Path, lines: int) -> Iterator[Line]:
    """Taking the whole of it in by the command, while others look at the register."""
    from muster.exchange.command import importer

    cookie = cookies(importer(place.incident, "").login, 1)[0]
    with served(MUSTER) as port:
        clicks = Clicks(port, [Call("GET", PAGE)], [cookie] * CLIENTS)
        clicks.p95_s(FOR_S)
        command = [sys.executable, "-m", "bench.ledger", str(path)]
        began = time.perf_counter()
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as taking:
            while_s = []
            while taking.poll() is None:
                while_s.append(clicks.p95_s(FOR_S))
            told = taking.stdout.read() if taking.stdout else ""
        # Afterwards, over as many matters as there are now.
        alone_s = median(clicks.p95_s(FOR_S) for _round in range(3))
    took_s, memory_mb = time.perf_counter() - began, int(told.split()[-1])
    ratios = [one / alone_s for one in while_s]
    said = f"; {alone_s * 1000:.0f} ms alone"
    yield at_most(f"the register's p95 while {lines:,} lines are taken in ÷ alone", SLOWER_MAX, ratios, said)
    yield at_most(f"memory of taking {lines:,} lines in", MEMORY_MAX_MB, [memory_mb], f"; {took_s:.0f} s", " MB")


def main(path: Path) -> None:
    import django

    django.setup()
    take(None, path)  # type: ignore[arg-type]
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
