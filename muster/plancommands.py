"""The commands that plan."""

from __future__ import annotations

import contextlib
import os
import re
import signal
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from muster import planningsaid as said

if TYPE_CHECKING:
    from muster.planning.routes.printed import Paper
    from muster.planning.routes.problem import Problem
    from muster.planning.routes.result import Result

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
OUT = click.Path(path_type=Path, dir_okay=False)
CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


@click.group()
def plan() -> None:
    """Plan who goes where and when. Needs no database."""


def _clock(_context: click.Context, _option: click.Parameter, text: str) -> int:
    """Seconds since midnight."""
    if not (found := CLOCK.fullmatch(text)):
        raise click.BadParameter(f"{text} is no time of day like 08:30.")
    return int(found[1]) * 3600 + int(found[2]) * 60


def _numbers(_context: click.Context, _option: click.Parameter, text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.split(",") if part.strip())
    except ValueError as fault:
        raise click.BadParameter(f"{text} aren't numbers of routes like 3,17.") from fault


OPTIONS = (
    click.argument("source", metavar="FILE", type=FILE),
    click.option("--stop-s", type=click.FloatRange(min=0), default=60.0, show_default=True,
                 help="How long to look for a better plan."),
    click.option("--turns", type=click.IntRange(min=0),
                 help="Stop after so many turns instead: the same seed gives the same plan."),
    click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True,
                 help="Another one gives another plan, about as good."),
    click.option("--processes", type=click.IntRange(1, 64),
                 help="How many parts are worked on side by side; as many as processors."),
    click.option("--teams", type=FILE, help="A table of bases and teams, where FILE has none."),
    click.option("--matrix", type=FILE,
                 help="Travel times in seconds: CSV, or OSRM's answer (.json); a row for each line of the table."),
    click.option("--balance", type=click.FloatRange(0, 1), default=0.0, show_default=True,
                 help="How much it is worth that teams work equally long."),
    click.option("--keep", type=FILE, metavar="PLAN.csv", help="A plan that was made before: change as little of it as can be."),
    click.option("--move-s", type=click.IntRange(min=0), default=600, show_default=True,
                 help="With --keep: what it costs, in seconds of travel, that another team visits a stop."),
    click.option("--without", default="", metavar="3,17", callback=_numbers,
                 help="With --keep: numbers of routes whose teams are missing today."),
    click.option("--what-if-s", type=click.FloatRange(min=0),
                 help="Plan so long each for one hour more a day, and for one team more."),
    click.option("--people", type=click.IntRange(min=1), help="Tell how many days so many people take in teams of two, three, …"),
    click.option("--zero", default="00:00", show_default=True, callback=_clock,
                 help="On paper: the time of day that 0 seconds stand for."),
    click.option("--language", type=click.Choice(["zh-hans", "en"]), default="zh-hans", show_default=True, help="On paper."),
    click.option("--out", type=OUT, multiple=True, required=True,
                 help="Where to: .csv, .geojson, .pdf, or .sol (VRPLIB). May be given again."),
)  # fmt: skip


def _told(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(OPTIONS):
        command = option(command)
    return command


@dataclass(frozen=True)
class Asked:
    """``unit``: how many of the problem's seconds are one of the file's."""

    problem: Problem
    unit: int
    places: Mapping[str, tuple[float, float]]
    paper: Paper


Writer = Callable[[Path, Asked, "Result"], None]


@plan.command()
@_told
def routes(source: Path, stop_s: float, turns: int | None, seed: int, processes: int | None, out: tuple[Path, ...],
           what_if_s: float | None, people: int | None, **told: Any) -> None:  # fmt: skip
    """Plan the routes of FILE: our table of sites and bases (.csv), or a VRPLIB instance (.vrp).

    Ctrl-C ends with the best plan so far.
    """
    from muster.planning.routes.result import impossible
    from muster.planning.routes.solve import Solver, Stopping, compile_all

    write = [_writer(path, source) for path in out]
    asked = _asked(source, told)
    compile_all()  # Before the clock runs.
    stopping = Stopping(seconds=stop_s) if turns is None else Stopping(turns=turns)
    parts = processes or os.cpu_count() or 1
    solver = Solver(asked.problem, stopping, seed, parts, told=said.progress(asked.unit))
    said.left_out(impossible(asked.problem, solver.tables), "can't be visited by any team")
    with _ended_by_ctrl_c(solver.end):
        result = solver.run()
    said.outcome(asked.problem, result, asked.unit)
    for path, written in zip(out, write, strict=True):
        written(path, asked, result)
        click.echo(f"Written: {path}")
    if people:
        said.crews(result, people)
    if what_if_s is not None:
        said.what_ifs(
            asked.problem, result, lambda other: Solver(other, Stopping(seconds=what_if_s), seed, parts).run()
        )


@contextlib.contextmanager
def _ended_by_ctrl_c(end: Callable[[], None]) -> Iterator[None]:
    before = signal.signal(signal.SIGINT, lambda _signal, _frame: end())
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _asked(source: Path, told: dict[str, Any]) -> Asked:
    from muster.planning.routes.plannedfiles import read_table
    from muster.planning.routes.printed import Paper

    problem, unit, places = _read(source, told["teams"], told["matrix"])
    problem = replace(problem, balance=told["balance"])
    if told["keep"]:
        kept = read_table(told["keep"], problem, told["without"])
        problem = replace(problem, kept=kept, move_s=told["move_s"] * unit)
    elif told["without"]:
        raise click.UsageError("--without goes with --keep: it names routes of a plan that is kept.")
    return Asked(problem, unit, places, Paper(source.stem, told["language"], told["zero"]))


def _read(
    source: Path, teams: Path | None, matrix: Path | None
) -> tuple[Problem, int, Mapping[str, tuple[float, float]]]:
    from muster.planning.routes.sheets import read_sheet
    from muster.planning.routes.vrplibfiles import read_instance

    if source.suffix == ".vrp":
        if teams or matrix:
            raise click.UsageError("--teams and --matrix are for tables: an instance says both itself.")
        instance = read_instance(source)
        places = {one.id: (one.x, one.y) for one in instance.problem.stops}
        return instance.problem, instance.unit, places | {one.id: one.start for one in instance.problem.teams}
    sheet = read_sheet(source, teams, matrix)
    return sheet.problem, 1, sheet.places


def _writer(path: Path, source: Path) -> Writer:
    """Refused before anything is planned: a plan that can't be written is lost."""
    from muster.planning.routes.plannedfiles import write_map, write_table
    from muster.planning.routes.printed import must_have_fonts, write_pages
    from muster.planning.routes.vrplibfiles import write_solution

    writers: dict[str, Writer] = {
        ".csv": lambda path, _asked, result: write_table(path, result),
        ".geojson": lambda path, asked, result: write_map(path, asked.problem, result, asked.places),
        ".pdf": lambda path, asked, result: write_pages(path, asked.problem, result, asked.paper),
        ".sol": lambda path, asked, result: write_solution(path, result, asked.unit),
    }
    if path.suffix not in writers:
        raise click.BadParameter(f"{path.name} ends in none of {', '.join(writers)}.", param_hint="--out")
    if path.suffix == ".sol" and source.suffix != ".vrp":
        raise click.BadParameter(f"{path.name}: only plans of VRPLIB instances are written so.", param_hint="--out")
    if path.suffix == ".pdf" and source.suffix == ".vrp":
        raise click.BadParameter(f"{path.name}: only plans of tables are printed.", param_hint="--out")
    if path.suffix == ".pdf":
        must_have_fonts()
    if not path.absolute().parent.is_dir():
        raise click.BadParameter(f"There is no folder {path.absolute().parent}.", param_hint="--out")
    return writers[path.suffix]
