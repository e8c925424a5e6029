"""A verb through the API, from request to commit: requests a second against bare endpoints that run the same SQL.

One has no framework at all, the other is the least that Django serves. All are served by granian with the settings of
``muster serve``, on the same database with fsync, and called by turns.
"""

from __future__ import annotations

import contextlib
import json
import pickle
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from uuid import UUID

from bench.client import Call, Load, Plan, load
from bench.ground import CSRF, Ground, cookies, ground
from bench.measure import ROUNDS, Line, at_least
from bench.served import MUSTER, served

MATTERS = 40_000
CLIENTS = (1, 8, 32)
PEERS = {"a bare Django view": "bench.peer:view", "no framework": "bench.peer:application"}
TARGET = 0.7
FOR_S = 1.5
#: No machine here takes more than this many steps a second; a step isn't taken twice on the same matter.
PER_S_MAX = 1200


@dataclass(frozen=True)
class Step:
    noun: str
    body: str
    once: bool


def measure(rounds: int = ROUNDS) -> Iterator[Line]:
    with ground(durable=True) as place:
        from bench.generate import generate

        generate(place.dsn, place.incident, MATTERS, registered_only=True)
        stock = _matters()
        for step in (Step("note", json.dumps({"text": "已电话核实"}), False), Step("assignment", _assignment(), True)):
            yield from _measure(place, step, stock, rounds)


def _measure(place: Ground, step: Step, stock: list[str], rounds: int) -> Iterator[Line]:
    signed_in = cookies("demo.duty", max(CLIENTS))
    recorded = _record(place.folder, step, stock, signed_in[0])
    with contextlib.ExitStack() as opened:
        muster = opened.enter_context(served(MUSTER))
        peers = {
            name: opened.enter_context(served(peer, BENCH_STATEMENTS=str(recorded))) for name, peer in PEERS.items()
        }
        ports = (muster, *peers.values())
        for port in ports:
            _called(port, step, stock, signed_in[:8])
        for clients in CLIENTS:
            turns = [_turn(ports, step, stock, signed_in[:clients], turn) for turn in range(rounds)]
            yield from (
                _line(step, clients, name, [(one[muster], one[port]) for one in turns]) for name, port in peers.items()
            )


def _turn(ports: tuple[int, ...], step: Step, stock: list[str], signed_in: list[str], turn: int) -> dict[int, float]:
    """Requests a second of each, measured right after each other; who is first changes from round to round."""
    first = turn % len(ports)
    return {port: _called(port, step, stock, signed_in).per_s for port in ports[first:] + ports[:first]}


def _line(step: Step, clients: int, peer: str, pairs: list[tuple[float, float]]) -> Line:
    per_s = median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)
    return at_least(
        f"POST …/{step.noun}, {clients} client{'s' * (clients > 1)}: requests/s ÷ {peer}", TARGET,
        [pair[0] / pair[1] for pair in pairs], f"; {per_s[0]:.0f}/s ÷ {per_s[1]:.0f}/s",
    )  # fmt: skip


def _called(port: int, step: Step, stock: list[str], signed_in: list[str]) -> Load:
    wanted = int(FOR_S * PER_S_MAX) if step.once else 500
    calls = [Call("POST", f"/api/matters/{matter}/{step.noun}") for matter in stock[-wanted:]]
    done = load(Plan(port, calls, signed_in, FOR_S, step.body, CSRF, over_again=not step.once))
    if set(done.statuses) != {"201"}:
        raise RuntimeError(f"answers by status: {done.statuses}")
    if step.once:
        if done.calls > len(calls):
            raise RuntimeError("too few matters for this machine: raise MATTERS")
        del stock[len(stock) - wanted : len(stock) - wanted + done.calls]
    return done


def _record(folder: Path, step: Step, stock: list[str], cookie: str) -> Path:
    from bench.replay import record

    path = folder / f"{step.noun}.pickle"
    # The first request fills caches and reads more than later ones.
    for _n in range(2):
        statements = record(UUID(stock.pop()), step.noun, step.body, cookie)
    path.write_bytes(pickle.dumps(statements))
    return path


def _matters() -> list[str]:
    from muster.loop.matter import Matter

    return [str(pk) for pk in Matter.objects.filter(kind="finding").values_list("pk", flat=True)]


def _assignment() -> str:
    from muster.people.organisation import Organisation

    return json.dumps({"lead": Organisation.objects.filter(name__endswith="居民委员会").order_by("pk")[0].pk})
