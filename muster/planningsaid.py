"""What the planning commands say on the screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from muster.planning.routes.problem import Problem
    from muster.planning.routes.result import LeftOut, Moment, Result

SHOWN = 20


def progress(unit: int) -> Callable[[Moment], None]:
    """Tells of the best plan so far, at most once a second."""
    last = -1.0

    def tell(moment: Moment) -> None:
        nonlocal last
        if moment.at_s - last >= 1.0 or last < 0:
            last = moment.at_s
            left = f", {moment.left_out:,} left out" if moment.left_out else ""
            told = f"{moment.at_s:7.1f} s  {moment.team_days:,} team-days, cost {moment.cost / unit:,.0f}{left}"
            click.echo(told, err=True)

    return tell


def outcome(problem: Problem, result: Result, unit: int) -> None:
    click.echo(f"{result.team_days:,} team-days (no plan needs fewer than {result.bound.team_days:,}), "
               f"cost {result.cost / unit:,.1f}, travel {result.travel_s / unit:,.1f}")  # fmt: skip
    if unit == 1 and result.routes:
        a_day = result.travel_s / 60 / result.team_days
        click.echo(f"Travel in all {result.travel_s / 3600:,.1f} h, {a_day:,.0f} min a team-day")
    if problem.kept:
        before = sum(len(route.stops) for route in problem.kept)
        click.echo(f"Moved to another team: {len(result.moved):,} of {before:,} stops")
    left_out(result.left_out, "left out")


def left_out(stops: tuple[LeftOut, ...], what: str) -> None:
    from muster.planning.routes.result import WHY

    if stops:
        click.echo(f"{len(stops):,} {what}:")
    for one in stops[:SHOWN]:
        click.echo(f"  {one.stop}: {WHY[one.why]}")
    if len(stops) > SHOWN:
        click.echo(f"  … and {len(stops) - SHOWN:,} more, in the table (.csv)")


def crews(result: Result, people: int) -> None:
    from muster.planning.routes.whatif import crews_of

    for one in crews_of(result.team_days, people):
        click.echo(f"{one.teams:,} teams of {one.people}: {one.days:,} days")


def what_ifs(problem: Problem, result: Result, planned: Callable[[Problem], Result]) -> None:
    from muster.planning.routes.whatif import one_hour_more, one_team_more

    others = {
        "One hour more a day": one_hour_more(problem),
        "One team more": one_team_more(problem, result),
    }
    for what, other in others.items():
        found = planned(other)
        click.echo(f"{what}: {found.team_days:,} team-days instead of {result.team_days:,}, travel "
                   f"{found.travel_s / 3600:,.1f} h instead of {result.travel_s / 3600:,.1f} h, "
                   f"{len(found.left_out):,} left out instead of {len(result.left_out):,}")  # fmt: skip
