"""The commands that plan."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from muster.planning.routes.problem import Problem
    from muster.planning.routes.result import LeftOut, Moment, Result

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
OUT = click.Path(path_type=Path, dir_okay=False)
SHOWN = 20


@click.group()
def plan() -> None:
    """Plan who goes where and when. Needs no database."""


@plan.command()
@click.argument("source", metavar="FILE", type=FILE)
@click.option(
    "--stop-s",
    type=click.FloatRange(min=0),
    default=60.0,
    show_default=True,
    help="How long to look for a better plan.",
)
@click.option(
    "--turns", type=click.IntRange(min=0), help="Stop after so many turns instead: the same seed gives the same plan."
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Another one gives another plan, about as good.",
)
@click.option(
    "--processes", type=click.IntRange(1, 64), help="How many parts are worked on side by side; as many as processors."
)
@click.option("--teams", type=FILE, help="A table of bases and teams, where FILE has none.")
@click.option(
    "--matrix",
    type=FILE,
    help="Travel times in seconds: CSV, or OSRM's answer (.json); a row for each line of the table.",
)
@click.option(
    "--out",
    type=OUT,
    multiple=True,
    required=True,
    help="Where to: .csv, .geojson, or .sol (VRPLIB). May be given again.",
)
def routes(
    source: Path, stop_s: float, turns: int | None, seed: int, processes: int | None, teams: Path | None, matrix: Path | None,
    out: tuple[Path, ...],
) -> None:  # fmt: skip
    """Plan the routes of FILE: our table of sites and bases (.csv), or a VRPLIB instance (.vrp).

    Ctrl-C ends with the best plan so far.
    """
    from muster.planning.routes.result import impossible
    from muster.planning.routes.solve import Solver, Stopping, compile_all

    write = [_writer(path, source) for path in out]
    problem, unit, places = _read(source, teams, matrix)
    compile_all()  # Before the clock runs.
    stopping = Stopping(seconds=stop_s) if turns is None else Stopping(turns=turns)
    solver = Solver(problem, stopping, seed, processes or os.cpu_count() or 1, told=_told(unit))
    _say_left_out(impossible(problem, solver.tables), "can't be visited by any team")
    with _ended_by_ctrl_c(solver.end):
        result = solver.run()
    _say(result, unit)
    for path, written in zip(out, write, strict=True):
        written(path, problem, result, unit, places)
        click.echo(f"Written: {path}")


@contextlib.contextmanager
def _ended_by_ctrl_c(end: Callable[[], None]) -> Iterator[None]:
    before = signal.signal(signal.SIGINT, lambda _signal, _frame: end())
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


Places = Mapping[str, tuple[float, float]]
Writer = Callable[[Path, "Problem", "Result", int, Places], None]


def _read(source: Path, teams: Path | None, matrix: Path | None) -> tuple[Problem, int, Places]:
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
    from muster.planning.routes.vrplibfiles import write_solution

    writers: dict[str, Writer] = {
        ".csv": lambda path, _problem, result, _unit, _places: write_table(path, result),
        ".geojson": lambda path, problem, result, _unit, places: write_map(path, problem, result, places),
        ".sol": lambda path, _problem, result, unit, _places: write_solution(path, result, unit),
    }
    if path.suffix not in writers:
        raise click.BadParameter(f"{path.name} ends in none of {', '.join(writers)}.", param_hint="--out")
    if path.suffix == ".sol" and source.suffix != ".vrp":
        raise click.BadParameter(f"{path.name}: only plans of VRPLIB instances are written so.", param_hint="--out")
    if not path.absolute().parent.is_dir():
        raise click.BadParameter(f"There is no folder {path.absolute().parent}.", param_hint="--out")
    return writers[path.suffix]


def _told(unit: int) -> Callable[[Moment], None]:
    last = -1.0

    def tell(moment: Moment) -> None:
        nonlocal last
        if moment.at_s - last >= 1.0 or last < 0:
            last = moment.at_s
            left_out = f", {moment.left_out:,} left out" if moment.left_out else ""
            click.echo(
                f"{moment.at_s:7.1f} s  {moment.team_days:,} team-days, cost {moment.cost / unit:,.0f}{left_out}",
                err=True,
            )

    return tell


def _say(result: Result, unit: int) -> None:
    click.echo(f"{result.team_days:,} team-days (no plan needs fewer than {result.bound.team_days:,}), "
               f"cost {result.cost / unit:,.1f}, travel {result.travel_s / unit:,.1f}")  # fmt: skip
    if unit == 1 and result.routes:
        click.echo(
            f"Travel in all {result.travel_s / 3600:,.1f} h, {result.travel_s / 60 / result.team_days:,.0f} min a team-day"
        )
    _say_left_out(result.left_out, "left out")


def _say_left_out(left_out: tuple[LeftOut, ...], what: str) -> None:
    from muster.planning.routes.result import WHY

    if left_out:
        click.echo(f"{len(left_out):,} {what}:")
    for one in left_out[:SHOWN]:
        click.echo(f"  {one.stop}: {WHY[one.why]}")
    if len(left_out) > SHOWN:
        click.echo(f"  … and {len(left_out) - SHOWN:,} more, in the table (.csv)")
