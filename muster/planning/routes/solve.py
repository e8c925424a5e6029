"""Solving: a problem, when to stop, a seed and parameters in; a result out. The best plan so far is always there."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from muster.planning.routes.anneal import anneal, put_everybody, squeeze_in
from muster.planning.routes.costs import cost_of, travelled
from muster.planning.routes.moves import make_ready, put_in_order
from muster.planning.routes.parts import cut, routes_of, stops_of
from muster.planning.routes.problem import Problem, Stop, Team
from muster.planning.routes.reach import WELL
from muster.planning.routes.result import Moment, Result, reach_of, result_of
from muster.planning.routes.squeeze import empty_easiest, keep, restore, squeeze
from muster.planning.routes.tables import MUST, PARTS, kept_as, plan_of, tables_of
from muster.planning.routes.work import LEFT, work_of

FEWEST_ROUTES, FEWEST_STOPS = 8, 100
"""Of a part."""
FEWEST_ROUNDS = 20
"""Of so many turns."""
FAILS, REST = 12, 6
"""So many routes in a row couldn't be emptied before one is emptied for good; so many rounds between two of these."""
LEARNT_FROM_S = 0.001
A_WHILE_S = 0.5
"""How long parts are worked on before they are cut anew."""


@dataclass(frozen=True)
class Stopping:
    """After so many seconds, or so many turns, whichever is first; turns repeat exactly, seconds don't."""

    seconds: float | None = None
    turns: int | None = None

    def share(self, spent_s: float, turns: int) -> float:
        """How much of it is over, from 0 to 1."""
        shares = [spent_s / self.seconds if self.seconds else 0.0 if self.seconds is None else 1.0]
        if self.turns is not None:
            shares.append(turns / self.turns if self.turns else 1.0)
        return min(1.0, max(shares))


@dataclass(frozen=True)
class Parameters:
    """``near``: how many neighbours places are looked for beside, and how many more where every stop has its own times: whoever
    is near may have other ones. ``hot`` and ``cold``: how much worse than the mean way between two stops a step may be, at the
    beginning and at the end; ``warm``: at the beginning where there is a plan that is kept. ``squeeze_from`` to ``squeeze_to``:
    in which share of the time routes are emptied, each in at most ``squeeze_turns``, or where that fails in at most a share of
    the time, ``patience``."""

    near: int = 40
    near_in_time: int = 160
    hot: float = 0.6
    cold: float = 0.01
    warm: float = 0.03
    patience: float = 0.1
    squeeze_from: float = 0.12
    squeeze_to: float = 0.95
    squeeze_turns: int = 10_000


@dataclass
class Solver:
    """``told``: is called with every better plan."""

    problem: Problem
    stopping: Stopping
    seed: int = 0
    parts: int = 1
    parameters: Parameters = field(default_factory=Parameters)
    told: Callable[[Moment], None] | None = None

    def __post_init__(self) -> None:
        self.parts = min(self.parts, PARTS)
        self.ended = False
        self.tables = tables_of(self.problem, self._near())
        self.plan = plan_of(self.tables)
        make_ready(self.tables, self.plan)
        self.can_be = (self.tables.prize >= MUST) & (reach_of(self.tables) == WELL)
        self.random = np.random.default_rng(self.seed)
        self.missed = np.zeros(self.tables.stops)
        self.work = [work_of(self.tables, self.missed, self.seed, part) for part in range(self.parts)]
        self.kept = np.zeros((self.tables.stops, 2), np.int64)
        self.best, self.best_count, self.best_value = self.kept.copy(), 0, int(self.tables.prize.sum()) + 1
        self.history: list[Moment] = []
        self.turns, self.rounds, self.mean_way, self.begun = 0, 0, 1.0, time.monotonic()
        self.routes = [np.zeros(0, np.int64) for _part in range(self.parts)]
        self.emptied = [False] * self.parts
        self.fails, self.rest, self.pushed_since = 0, 0, -1.0
        self.rates = {"anneal": 2_000.0, "squeeze": 2_000.0}

    def run(self) -> Result:
        """Until it is time to stop, or to ``end``."""
        self._begin()
        while self.share < 1.0 and self.tables.stops:
            self._round()
        self._go_to_best()
        return result_of(self.problem, self.tables, self.plan, self.history, self.turns)

    def end(self) -> None:
        """End after this round, with the best so far; from any thread, or from a signal's handler."""
        self.ended = True

    @property
    def share(self) -> float:
        return 1.0 if self.ended else self.stopping.share(time.monotonic() - self.begun, self.turns)

    @property
    def heat(self) -> float:
        """Of the share of time that is over; relative to the mean way."""
        given = self.parameters
        hot = given.warm if self.problem.kept else given.hot
        return self.mean_way * float(hot * (given.cold / hot) ** self.share)

    def _near(self) -> int:
        opens = min((one.opens_s for one in self.problem.teams), default=0)
        closes = max((one.closes_s for one in self.problem.teams), default=0)
        own = sum(bool(one.windows) and one.windows != ((opens, closes),) for one in self.problem.stops)
        return self.parameters.near + round(own / max(1, len(self.problem.stops)) * self.parameters.near_in_time)

    def _begin(self) -> None:
        """Put everybody where they add least; it also compiles everything before threads begin."""
        if not self.tables.stops or not self.tables.routes:
            self.stopping = Stopping(turns=0)
            return
        work = self.work[0]._replace(stops=np.arange(self.tables.stops))
        self._put_kept()
        left = np.flatnonzero(self.plan.route < 0)
        work.gone[: len(left)] = left
        put_everybody(self.tables, self.plan, work, len(left))
        self._look()
        visited, used = int((self.plan.route >= 0).sum()), int((self.plan.size > 0).sum())
        self.mean_way = max(1.0, travelled(self.tables, self.plan) / max(1, visited + used))
        anneal(self.tables, self.plan, work, 0, 1, self.mean_way)
        squeeze(self.tables, self.plan, work, 0, routes_of(self.plan, 0), self.kept, 0, 1.0)

    def _put_kept(self) -> None:
        """Whoever the plan that is kept visits, in its order, where that still can be."""
        number = {one.id: nr for nr, one in enumerate(self.problem.stops)}
        for route, kept in zip(kept_as(self.problem, self.tables.team), self.problem.kept, strict=True):
            put_in_order(self.tables, self.plan, np.array([number[stop] for stop in kept.stops], np.int64), route)

    def _round(self) -> None:
        """Cut into parts, and work on each beside the others for a while."""
        step = self._step()
        count = self._how_many_parts()
        cut(self.tables, self.plan, count, self.random)
        # Before threads begin: while another one changes its part, where its stops are can't be read.
        for part in range(count):
            self.work[part] = self.work[part]._replace(stops=stops_of(self.plan, part))
            self.routes[part] = routes_of(self.plan, part)
        parts = [part for part in range(count) if len(self.work[part].stops)]
        with ThreadPoolExecutor(len(parts) or 1) as pool:
            self.turns += max(1, sum(pool.map(step, parts)))
        if step == self._squeeze:
            self.fails = 0 if any(self.emptied[part] for part in parts) else self.fails + len(parts)
        self._look()

    def _how_many_parts(self) -> int:
        """Of a few routes, one: those of two parts never exchange anything while they are apart."""
        used = int((self.plan.size > 0).sum())
        return max(1, min(self.parts, used // FEWEST_ROUTES, self.tables.stops // FEWEST_STOPS))

    def _step(self) -> Callable[[int], int]:
        """Two rounds of three, routes are emptied, until that fails; then one is emptied for good, and all are pushed together to
        take its stops, for longer. The same is done with whoever must be visited and isn't."""
        self.rounds += 1
        is_time = self.parameters.squeeze_from < self.share < self.parameters.squeeze_to
        self._end_pushing(is_time)
        if self.pushed_since >= 0:
            return self._push
        if self.rest > 0 or not is_time:
            self.rest -= 1
            return self._anneal
        if self._somebody_is_missing() or (self._may_empty() and self.fails >= FAILS and self._empty()):
            self.pushed_since = self.share
            return self._push
        return self._squeeze if self._may_empty() and self.rounds % 3 else self._anneal

    def _end_pushing(self, is_time: bool) -> None:
        """When it is done, or has gone on for too long: then the best plan is gone back to."""
        if self.pushed_since < 0:
            return
        done = not self._somebody_is_missing()
        if not done and is_time and self.share - self.pushed_since < self.parameters.patience:
            return
        if not done:
            self._go_to_best()
        self.pushed_since, self.rest = -1.0, REST

    def _somebody_is_missing(self) -> bool:
        return bool((self.can_be & (self.plan.route < 0)).any())

    def _may_empty(self) -> bool:
        """Where a team-day costs something, and there is no plan to be kept."""
        return bool(self.tables.cheapest) and not self.problem.kept

    def _empty(self) -> bool:
        emptied = empty_easiest(self.tables, self.plan, self.work[0], np.flatnonzero(self.plan.size))
        self.work[0].counts[LEFT] = 0
        return emptied

    def _anneal(self, part: int) -> int:
        turns, begun = self._turns("anneal"), time.monotonic()
        anneal(self.tables, self.plan, self.work[part], part, turns, self.heat)
        self._learn("anneal", turns, begun)
        return turns

    def _squeeze(self, part: int) -> int:
        work, routes = self.work[part], self.routes[part]
        kept = np.zeros((len(work.stops), 2), np.int64)
        turns, begun = min(self.parameters.squeeze_turns, self._turns("squeeze")), time.monotonic()
        done, turns = squeeze(self.tables, self.plan, work, part, routes, kept, turns, self.heat)
        self.emptied[part] = done
        self._learn("squeeze", turns, begun)
        return turns

    def _push(self, part: int) -> int:
        """Squeeze in who is left out of the part; if nobody is, make it better meanwhile."""
        work = self.work[part]
        left = work.stops[self.can_be[work.stops] & (self.plan.route[work.stops] < 0)]
        if not len(left):
            return self._anneal(part)
        work.left[: len(left)], work.counts[LEFT] = left, len(left)
        turns, begun = self._turns("squeeze"), time.monotonic()
        turns = squeeze_in(self.tables, self.plan, work, part, turns, self.heat)
        work.counts[LEFT] = 0
        self._learn("squeeze", turns, begun)
        return turns

    def _turns(self, what: str) -> int:
        """As many as fit in a while, and before it is time to stop."""
        if self.stopping.seconds is None:
            total = self.stopping.turns or 0
            return max(1, min(2_000, total // FEWEST_ROUNDS, total - self.turns) // self.parts)
        while_s = min(A_WHILE_S, self.stopping.seconds / 100, self.stopping.seconds - (time.monotonic() - self.begun))
        return max(1, int(self.rates[what] * while_s))

    def _learn(self, what: str, turns: int, begun: float) -> None:
        """How many turns a second, so that the next while is as long as it should be. Of a few turns nothing is learnt."""
        took_s = time.monotonic() - begun
        if took_s > LEARNT_FROM_S:
            self.rates[what] = min(2 * self.rates[what], max(100.0, turns / took_s))

    def _look(self) -> None:
        """Keep the plan if it is the best so far."""
        out = self.plan.route < 0
        cost = cost_of(self.tables, self.plan)
        value = cost + int(self.tables.prize[out].sum())
        if value >= self.best_value:
            return
        self.best_value = value
        self.best_count = keep(self.tables, self.plan, np.flatnonzero(self.plan.size), self.best)
        forgone = self.tables.prize[out]
        moment = Moment(
            time.monotonic() - self.begun,
            cost + int(forgone[forgone < MUST].sum()),
            int((self.plan.size > 0).sum()),
            int(out.sum()),
        )
        self.history.append(moment)
        if self.told:
            self.told(moment)

    def _go_to_best(self) -> None:
        restore(self.tables, self.plan, np.arange(self.tables.routes), self.best, self.best_count)


def solve(
    problem: Problem, stopping: Stopping, seed: int = 0, parts: int = 1, told: Callable[[Moment], None] | None = None,
    parameters: Parameters | None = None,
) -> Result:  # fmt: skip
    """The best plan that is found in time. ``parts``: how many threads work beside each other."""
    return Solver(problem, stopping, seed, parts, parameters or Parameters(), told).run()


def compile_all() -> None:
    """Compile what is compiled, unless it is kept: by a plan of one stop."""
    solve(Problem((Stop("a", 1.0, 1.0),), (Team("b", (0.0, 0.0), closes_s=100, cost_s=1),)), Stopping(turns=4))


if __name__ == "__main__":
    compile_all()
