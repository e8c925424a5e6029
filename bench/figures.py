"""Every named figure over 1,000,000 matters, 10,000,000 entries: of the city, a county, a town; now and as of moments.

Now is told from the last tally, as pages tell it, with a minute's acts since. Before it is measured, each value is held
against the same figure counted from the rows.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING

from bench.ground import filled
from bench.measure import ROUNDS, Line

if TYPE_CHECKING:
    from muster.briefings.figure import Figure
    from muster.briefings.scope import Scope

MATTERS = 1_000_000
NOW_MS_MAX, ONCE_MS_MAX = 100.0, 1000.0
#: A city that has a million matters in two months sees so many acts a minute.
A_MINUTE = 120
AGO = {
    "an hour": timedelta(hours=1),
    "a day": timedelta(days=1),
    "2 weeks": timedelta(days=14),
    "6 weeks": timedelta(days=42),
}
COUNTY, TOWN_LEVEL = "371581", "town"


def measure(rounds: int = ROUNDS, matters: int = MATTERS) -> Iterator[Line]:
    with filled(matters) as place:
        from muster.briefings.figure import FIGURES, Scope
        from muster.briefings.tally import keep
        from muster.places.area import Area

        incident = place.incident
        first_s = once_s(lambda: keep(incident))
        go_on()
        next_s = once_s(lambda: keep(incident))
        yield Line("a tally, the first; the next, a minute later", "", f"{first_s:.1f} s; {next_s:.2f} s", None)
        go_on()
        county = Area.objects.get(pk=COUNTY)
        town = Area.objects.filter(path__startswith=county.path, level=TOWN_LEVEL)[0]
        scopes = [Scope(incident, area) for area in (incident.area, county, town)]
        must_agree(scopes)
        for figure in FIGURES.values():
            yield now(figure, scopes, rounds)
            if figure.opens == "matters":
                yield then(figure, scopes[0], rounds)
        yield all_at_once(scopes, rounds)


def go_on() -> None:
    """A minute's acts."""
    from muster.loop.matter import Matter
    from muster.people.person import Person

    by = Person.objects.get(login="demo.duty")
    for matter in Matter.objects.filter(status="assigned").order_by("-id")[:A_MINUTE]:
        matter.note(by=by, text="已电话核实")


def must_agree(scopes: Sequence[Scope]) -> None:
    from muster.briefings.chain import chain, counted
    from muster.briefings.figure import FIGURES, Number

    # What changes with time alone may change between the two.
    keys = [key for key, figure in FIGURES.items() if figure.tallied]
    for scope in scopes:
        found: dict[str, Number] = {key: value for key, _place, value in counted(scope, keys, nowhere)}
        if (told := chain(scope, keys)) != found:
            raise RuntimeError(f"{scope.area}: {told} is told, and {found} is counted")


def nowhere(path: object) -> object:
    from django.db.models import TextField, Value

    return Value("", TextField())


def now(figure: Figure, scopes: Sequence[Scope], rounds: int) -> Line:
    """The slowest of the areas counts, of a median what it may take as of any moment."""
    bound = NOW_MS_MAX if figure.additive else ONCE_MS_MAX
    times = [timed(figure, scope, rounds) for scope in scopes]
    return Line(f"{figure.key} now: city; county; town", f"≤ {bound:g} ms", said(times), max(times) <= bound)


def then(figure: Figure, scope: Scope, rounds: int) -> Line:
    moment: datetime = scope.moment
    times = [timed(figure, replace(scope, as_of=moment - ago), rounds) for ago in AGO.values()]
    what = f"{figure.key} as of {'; '.join(AGO)} ago, city"
    return Line(what, f"≤ {ONCE_MS_MAX:g} ms", said(times), max(times) <= ONCE_MS_MAX)


def all_at_once(scopes: Sequence[Scope], rounds: int) -> Line:
    from muster.briefings.chain import chain
    from muster.briefings.figure import FIGURES

    times = [ms(lambda scope=scope: chain(scope, list(FIGURES)), rounds) for scope in scopes]  # type: ignore[misc]
    return Line("all figures now, as a page tells them: city; county; town", "", said(times), None)


def timed(figure: Figure, scope: Scope, rounds: int) -> float:
    from muster.briefings.chain import chain

    return ms(lambda: chain(scope, [figure.key]), rounds)


def ms(call: Callable[[], object], rounds: int) -> float:
    """Milliseconds of a call, the median; the first fills caches and isn't counted."""
    return 1000 * median([once_s(call) for _round in range(rounds + 1)][1:])


def once_s(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def said(times: Sequence[float]) -> str:
    return "; ".join(f"{one:.0f}" for one in times) + " ms"
