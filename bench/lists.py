"""The register taken out as a workbook of 100,000 rows, against XlsxWriter writing the very same cells.

The whole of it: asking the database, making cells, the file kept and its line in the log. The cells of the bare limit are read
back from that file; times get their format, as there.
"""

from __future__ import annotations

import resource
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter
from python_calamine import CalamineWorkbook

from bench.fill import timed
from bench.ground import Ground, filled
from bench.measure import ROUNDS, Line, at_most

MATTERS, MOST, MEMORY_MAX_MB = 100_000, 1.5, 1000


def measure(rounds: int = ROUNDS, matters: int = MATTERS) -> Iterator[Line]:
    with filled(matters) as place:
        path = taken_out(place)
        used_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
        cells = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
        ratios, took_s = [], []
        for _round in range(rounds):
            took_s.append(timed(lambda: taken_out(place)))
            ratios.append(took_s[-1] / timed(lambda: written(place.folder / "bare.xlsx", cells)))
        said = f"; {len(cells[3])} columns; {sorted(took_s)[rounds // 2]:.1f} s, {path.stat().st_size / 1e6:.0f} MB"
        yield at_most(f"register of {matters:,} rows taken out ÷ XlsxWriter writing the same cells", MOST, ratios, said)
        yield at_most("memory of the process that takes it out, MB", MEMORY_MAX_MB, [used_mb])


def taken_out(place: Ground) -> Path:
    from muster.exchange.command import importer
    from muster.exchange.lists.making import make
    from muster.exchange.lists.records import ListExport

    export = ListExport.objects.create(
        kind="matters",
        by=importer(place.incident, ""),
        incident=place.incident,
        reason="基准",
        language="zh-hans",
        whole=True,
    )
    make(export)
    return export.path


def written(path: Path, cells: list[list[Any]]) -> None:
    options = {"constant_memory": True, "default_date_format": "yyyy-mm-dd hh:mm"}
    with xlsxwriter.Workbook(str(path), options) as book:
        sheet, plain = book.add_worksheet(), book.add_format({"valign": "top"})
        for nr, row in enumerate(cells):
            for place, cell in enumerate(row):
                if isinstance(cell, str):
                    if cell:
                        sheet.write_string(nr, place, cell, plain)
                elif isinstance(cell, date):
                    sheet.write_datetime(nr, place, cell)
                else:
                    sheet.write_number(nr, place, cell, plain)
