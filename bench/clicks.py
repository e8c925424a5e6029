"""Eight people who click: about once a second, for the server's time, or at once, for requests a second."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median, quantiles

from bench.client import Call, Load, Plan, load
from bench.measure import Line, at_most

CLIENTS, THINK_S, SERVER_MS_MAX = 8, 1.0, 100.0


@dataclass(frozen=True)
class Clicks:
    """What they call in turn; one of them per cookie."""

    port: int
    calls: list[Call]
    cookies: list[str]

    def server_time(self, what: str, for_s: float, rounds: int) -> Line:
        """The 95th percentile of the time inside the application, of each round."""
        _warm, *found = [self.done(for_s, THINK_S) for _round in range(rounds + 1)]
        p95_ms = [quantiles(done.server_s, n=20)[-1] * 1000 for done in found]
        p50_ms = median(median(done.server_s) * 1000 for done in found)
        return at_most(f"{what}: server time p95", SERVER_MS_MAX, p95_ms, f"; p50 {p50_ms:.0f} ms", " ms")

    def p95_s(self, for_s: float) -> float:
        """Of one round."""
        return quantiles(self.done(for_s, THINK_S).server_s, n=20)[-1]

    def done(self, for_s: float, think_s: float = 0) -> Load:
        """One round. Every answer must be a page."""
        done = load(Plan(self.port, self.calls, self.cookies, for_s, think_s=think_s, over_again=True))
        if set(done.statuses) != {"200"}:
            raise RuntimeError(f"answers by status: {done.statuses}")
        return done
