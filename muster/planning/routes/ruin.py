"""What is taken out together: strings of stops from neighbouring routes. Compiled.

Christiaens and Vanden Berghe 2020, section 5.1 (adjacent string removal), with their names where they have any.
"""

from __future__ import annotations

from muster.planning.routes.chance import below, drawn
from muster.planning.routes.fast import fast
from muster.planning.routes.moves import take_out, tell_times
from muster.planning.routes.tables import Plan, Tables
from muster.planning.routes.work import OUT, Work, note

MEAN = 10
"""How many stops are taken out, on average."""
LONGEST = 10
"""The longest string."""
SPLIT = 0.5
KEPT_ON = 0.99
"""How likely one more stop is kept in the middle of a string that is split."""


@fast
def ruin(tables: Tables, plan: Plan, work: Work, part: int, seed: int, turn: int) -> int:
    """Take out strings around a stop, noted in the log; how many stops."""
    longest = LONGEST
    if plan.route[seed] >= 0:
        longest = min(LONGEST, plan.size[plan.route[seed]])
    strings = 1 + below(work.chance, int(4 * MEAN / (1 + longest)))
    gone, rank, stop = 0, 0, seed
    while True:
        route = plan.route[stop]
        if route >= 0 and plan.part[route] == part and work.seen[route] != turn:
            work.seen[route] = turn
            gone = _take_string(tables, plan, work, stop, longest, gone)
            tell_times(tables, plan, route)
            strings -= 1
        if strings == 0 or rank >= tables.near.shape[1]:
            return gone
        stop = tables.near[seed, rank]
        rank += 1
        if stop < 0:
            return gone


@fast
def _take_string(tables: Tables, plan: Plan, work: Work, stop: int, longest: int, gone: int) -> int:
    """Take out a string that begins up to its length before the stop; half of them keep a piece in the middle."""
    size = plan.size[plan.route[stop]]
    length = 1 + below(work.chance, min(size, longest))
    kept = 0
    if 1 < length < size and drawn(work.chance) < SPLIT:
        kept = 1
        while length + kept < size and drawn(work.chance) < KEPT_ON:
            kept += 1
    kept_from = 1 + below(work.chance, length - 1) if kept else 0
    place = _string_from(tables, plan, stop, length + kept, below(work.chance, length + kept))
    for nr in range(length + kept):
        after = plan.after[place]
        if not (kept_from <= nr < kept_from + kept):
            work.gone[gone] = place
            gone += 1
            note(work, OUT, place, plan.before[place], plan.route[place])
            take_out(tables, plan, place)
        place = after
    return gone


@fast
def _string_from(tables: Tables, plan: Plan, stop: int, length: int, back: int) -> int:
    """Where a string of that length begins that holds the stop, ``back`` places after its beginning if the route allows."""
    first, n = stop, tables.stops
    for _step in range(back):
        if plan.before[first] >= n:
            break
        first = plan.before[first]
    last = first
    for _step in range(length - 1):
        if plan.after[last] < n:
            last = plan.after[last]
        else:
            first = plan.before[first]
    return first
