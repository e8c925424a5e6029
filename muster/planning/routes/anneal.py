"""Ruin and recreate under simulated annealing: take a few stops out, put each where it adds least, keep that or go back.

Compiled. Christiaens and Vanden Berghe 2020 (Slack Induction by String Removals for Vehicle Routing Problems, Transportation
Science 54), with their way to fewer routes: while some stops are left out, what counts is how often those have been missed (the
sum of absences).
"""

from __future__ import annotations

import math

from muster.planning.routes.chance import below, drawn
from muster.planning.routes.fast import fast
from muster.planning.routes.groups import begins_alone, is_among, route_of_mates, take_mates
from muster.planning.routes.moves import NEVER, UNKNOWN, put, take_out, tell_times, tell_times_around
from muster.planning.routes.places import NOWHERE, best_anywhere, best_beside, best_opening, route_at
from muster.planning.routes.ruin import ruin
from muster.planning.routes.tables import MUST, Ints, Plan, Tables
from muster.planning.routes.tails import swap_tails
from muster.planning.routes.work import IN, LEFT, NOTED, OUT, TURN, Work, note

TRIED = 10
"""So many of those who are left out nearby are tried to be put somewhere, each turn."""
ANYWAY = 0.1
"""How often somebody is visited who isn't worth the way alone: together they may be."""
ANYWHERE = 0.1
"""How often every place is tried, which takes long, for whom there is none beside a neighbour. Never while a route is emptied:
its stops would go far away."""
TAILS = 40
"""So many exchanges of tails are tried each turn: they take little time, and long routes need them. With 150, less of the rest is
done in the same time, and most plans were worse."""
AT_LEFT = 0.5
"""How often stops that are left out are where it begins."""


@fast
def anneal(tables: Tables, plan: Plan, work: Work, part: int, turns: int, heat: float) -> None:
    """So many turns at a heat; routes may be opened, and who isn't worth the way may be left out."""
    for _turn in range(turns):
        before = plan.cost[part]
        seed = work.stops[below(work.chance, len(work.stops))]
        gone = _left_out_near(tables, plan, work, part, seed, _ruined(tables, plan, work, part, seed))
        if tables.grouped:
            gone = take_mates(tables, plan, work, part, gone)
        _order(tables, work, gone)
        limit = before + int(min(-heat * math.log(drawn(work.chance) + 1e-300), MUST))
        _put_all(tables, plan, work, part, gone, limit)
        if _is_late(plan, work) or plan.cost[part] >= limit:
            _go_back(tables, plan, work)
        for _try in range(0 if tables.weighed or tables.grouped else TAILS):
            swap_tails(tables, plan, work, part, heat)


@fast
def _put_all(tables: Tables, plan: Plan, work: Work, part: int, gone: int, limit: int) -> None:
    """Each of the ``gone`` where it adds least, for as long as that may end below a limit of costs: where no way past a place is
    longer than by it, none of them adds less than nothing."""
    rest = 0
    for nr in range(gone):
        rest += tables.prize[work.gone[nr]]
    for nr in range(gone):
        room = limit - plan.cost[part] + rest if tables.way else NEVER
        if room <= 0:
            return
        stop = work.gone[nr]
        rest -= tables.prize[stop]
        _put_best(tables, plan, work, part, stop, True, ANYWHERE, room)


@fast
def put_everybody(tables: Tables, plan: Plan, work: Work, count: int) -> None:
    """At the beginning: each of so many who are ``gone`` where it adds least, also who isn't worth the way."""
    work.counts[NOTED] = 0
    _order(tables, work, count)
    for nr in range(count):
        stop = work.gone[nr]
        if not _put_best(tables, plan, work, 0, stop, False, 0.0, NEVER) and not _open(tables, plan, work, stop):
            _put_best(tables, plan, work, 0, stop, False, 1.0, NEVER)


@fast
def squeeze_in(tables: Tables, plan: Plan, work: Work, part: int, turns: int, heat: float) -> int:
    """At most so many turns for putting those somewhere who are ``left`` out, without another route, until nobody is; how many it
    took."""
    for turn in range(turns):
        # With groups always all: who is taken out brings others with it, who may be left.
        before, tried = plan.cost[part], work.counts[LEFT] if tables.grouped else 0
        seed = work.stops[below(work.chance, len(work.stops))]
        if drawn(work.chance) < AT_LEFT:
            tried = max(tried, min(TRIED, work.counts[LEFT]))
            seed = _bring_to_end(work, tried)
        missed = _missed(work, work.left, work.counts[LEFT] - tried, work.counts[LEFT])
        still = _turn_over(tables, plan, work, part, seed, tried)
        misses = _missed(work, work.still, 0, still)
        for nr in range(still):
            work.missed[work.still[nr]] += 1.0
        worse = before - heat * math.log(drawn(work.chance) + 1e-300)
        better = misses < missed or (misses == missed and plan.cost[part] < worse)
        if better and not _is_late(plan, work):
            others = work.counts[LEFT] - tried
            for nr in range(still):
                work.left[others + nr] = work.still[nr]
            work.counts[LEFT] = others + still
            if others + still == 0:
                return turn + 1
        else:
            _go_back(tables, plan, work)
    return turns


@fast
def _ruined(tables: Tables, plan: Plan, work: Work, part: int, seed: int) -> int:
    """Take strings out around a stop; how many stops."""
    work.counts[NOTED] = 0
    work.counts[TURN] += 1
    return ruin(tables, plan, work, part, seed, work.counts[TURN])


@fast
def _left_out_near(tables: Tables, plan: Plan, work: Work, part: int, seed: int, gone: int) -> int:
    """Those who were left out before and are near, beside the ``gone``; how many together."""
    ruined = gone
    for rank in range(-1, tables.near.shape[1]):
        stop = seed if rank < 0 else tables.near[seed, rank]
        if stop < 0 or gone >= ruined + TRIED:
            break
        if plan.route[stop] < 0 and plan.keeper[stop] == part and not is_among(work, stop, ruined):
            work.gone[gone] = stop
            gone += 1
    return gone


@fast
def _bring_to_end(work: Work, tried: int) -> int:
    """Of those who are left, one that is drawn and who stands around it, which was near it in its route, come last; which one."""
    left, count = work.left, work.counts[LEFT]
    drawn_at = below(work.chance, count)
    stop = int(left[drawn_at])
    end = min(max(drawn_at + tried // 2, tried), count)
    for back in range(1, tried + 1):
        left[end - back], left[count - back] = left[count - back], left[end - back]
    return stop


@fast
def _turn_over(tables: Tables, plan: Plan, work: Work, part: int, seed: int, tried: int) -> int:
    """Take strings out around a stop, and put them and the last of who is left where each adds least; how many ``still`` are
    out."""
    gone = _ruined(tables, plan, work, part, seed)
    for nr in range(work.counts[LEFT] - tried, work.counts[LEFT]):
        work.gone[gone] = work.left[nr]
        gone += 1
    if tables.grouped:
        gone = take_mates(tables, plan, work, part, gone)
    _order(tables, work, gone)
    still = 0
    for nr in range(gone):
        if not _put_best(tables, plan, work, part, work.gone[nr], False, 0.0, NEVER):
            work.still[still] = work.gone[nr]
            still += 1
    return still


@fast
def _put_best(
    tables: Tables, plan: Plan, work: Work, part: int, stop: int, opening: bool, anywhere: float, room: int
) -> bool:
    """``anywhere``: how often every place is tried for who must be visited and can't be put beside a neighbour. ``room``: what
    it adds must be less."""
    mates = route_of_mates(tables, plan, stop) if tables.grouped else -1
    adds, place = best_beside(tables, plan, stop, part, mates, room, work.chance)
    alone = tables.grouped and begins_alone(tables, work, stop)
    if opening and mates < 0 and (adds > tables.alone[stop] or alone):
        opens, begins = best_opening(tables, plan, stop, part)
        if opens < adds or (alone and opens < NEVER):
            adds, place = opens, begins
    if place == NOWHERE and (mates >= 0 or (tables.prize[stop] >= MUST and drawn(work.chance) < anywhere)):
        adds, place = best_anywhere(tables, plan, stop, part, mates)
    if place < 0 or adds >= UNKNOWN or (adds > tables.prize[stop] and drawn(work.chance) >= ANYWAY):
        return False
    _put_there(tables, plan, work, stop, place)
    return True


@fast
def _open(tables: Tables, plan: Plan, work: Work, stop: int) -> bool:
    if tables.grouped and route_of_mates(tables, plan, stop) >= 0:
        return False
    adds, place = best_opening(tables, plan, stop, 0)
    if adds >= UNKNOWN:
        return False
    _put_there(tables, plan, work, stop, place)
    return True


@fast
def _put_there(tables: Tables, plan: Plan, work: Work, stop: int, place: int) -> None:
    route = route_at(tables, plan, place)
    note(work, IN, stop, place, route)
    put(tables, plan, stop, place, route)
    tell_times_around(tables, plan, route, stop)


@fast
def _order(tables: Tables, work: Work, gone: int) -> None:
    """In which order they are put somewhere: at random, the largest, the farthest, the nearest, those with least time first."""
    drawn_at = drawn(work.chance) * (17.0 if tables.timed else 11.0)
    for nr in range(gone):
        work.keys[nr] = _key(tables, work, work.gone[nr], drawn_at)
    for nr in range(1, gone):
        key, stop, at = work.keys[nr], work.gone[nr], nr - 1
        while at >= 0 and work.keys[at] > key:
            work.keys[at + 1], work.gone[at + 1] = work.keys[at], work.gone[at]
            at -= 1
        work.keys[at + 1], work.gone[at + 1] = key, stop


@fast
def _key(tables: Tables, work: Work, stop: int, drawn_at: float) -> float:
    if drawn_at < 4.0:
        return drawn(work.chance)
    if drawn_at < 8.0:
        return -float(tables.demand[stop, 0]) if tables.demand.shape[1] else drawn(work.chance)
    if drawn_at < 11.0:
        far = math.hypot(tables.x[stop] - tables.x[tables.stops], tables.y[stop] - tables.y[tables.stops])
        return -far if drawn_at < 10.0 else far
    if drawn_at < 13.0:
        return float(tables.last[stop] - tables.soonest[stop])
    return float(tables.soonest[stop]) if drawn_at < 15.0 else -float(tables.last[stop])


@fast
def _go_back(tables: Tables, plan: Plan, work: Work) -> None:
    """Undo what the log tells, the last first."""
    for nr in range(work.counts[NOTED] - 1, -1, -1):
        what, stop, before, route = work.log[nr]
        if what == OUT:
            put(tables, plan, stop, before, route)
        else:
            take_out(tables, plan, stop)
    work.counts[TURN] += 1
    turn = work.counts[TURN]
    for nr in range(work.counts[NOTED]):
        route = work.log[nr, 3]
        if work.seen[route] != turn:
            work.seen[route] = turn
            tell_times(tables, plan, route)


@fast
def _is_late(plan: Plan, work: Work) -> bool:
    for nr in range(work.counts[NOTED]):  # noqa: SIM110 - compiled
        if plan.tardy[work.log[nr, 3]]:
            return True
    return False


@fast
def _missed(work: Work, who: Ints, first: int, end: int) -> float:
    total = 0.0
    for nr in range(first, end):
        total += work.missed[who[nr]]
    return total
