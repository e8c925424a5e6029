"""A light generator of load, in a process of its own: threads with one kept-alive connection each.

Reads a Plan as JSON from standard input and writes what it measured as JSON. Raw sockets, as ``http.client`` takes longer
over an answer than a small endpoint does, and there are two processors for all.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from itertools import cycle
from random import Random

TIMING = b"x-server-s: "


@dataclass(frozen=True)
class Call:
    """A request; ``cookie`` empty: that of the client that sends it."""

    method: str
    path: str
    cookie: str = ""


@dataclass(frozen=True)
class Plan:
    """Who calls what for how long. Calls are taken in turn; ``over_again``: begin anew at the end."""

    port: int
    calls: list[Call]
    cookies: list[str]
    for_s: float
    body: str = ""
    csrf: str = ""
    think_s: float = 0
    over_again: bool = False


@dataclass
class Load:
    """What came back: answers by status, how long it took in all, and the server's own time for each answer."""

    took_s: float = 0
    statuses: dict[str, int] = field(default_factory=dict)
    server_s: list[float] = field(default_factory=list)
    calls: int = 0

    @property
    def per_s(self) -> float:
        return sum(self.statuses.values()) / self.took_s


def load(plan: Plan) -> Load:
    """Run a plan in a process of its own. One client per cookie."""
    given = json.dumps(asdict(plan)).encode()
    done = subprocess.run([sys.executable, "-m", "bench.client"], input=given, stdout=subprocess.PIPE, check=True)
    return Load(**json.loads(done.stdout))


def run(plan: Plan) -> Load:
    calls = Calls(plan)
    clients = [Client(plan, calls, cookie, nr) for nr, cookie in enumerate(plan.cookies)]
    began = time.perf_counter()
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    measured = Load(took_s=time.perf_counter() - began, calls=calls.taken)
    for client in clients:
        measured.server_s += client.server_s
        for status, count in client.statuses.items():
            measured.statuses[status] = measured.statuses.get(status, 0) + count
    return measured


class Calls:
    """The calls of a plan, taken by one client after another until the time is over."""

    def __init__(self, plan: Plan) -> None:
        self._calls: Iterator[Call] = cycle(plan.calls) if plan.over_again else iter(plan.calls)
        self._until = time.monotonic() + plan.for_s
        self._lock = threading.Lock()
        self.taken = 0

    def next(self) -> Call | None:
        if time.monotonic() >= self._until:
            return None
        with self._lock:
            self.taken += 1
            return next(self._calls, None)


class Client(threading.Thread):
    def __init__(self, plan: Plan, calls: Calls, cookie: str, nr: int) -> None:
        super().__init__()
        self.plan, self.calls, self.cookie, self.nr = plan, calls, cookie, nr
        self.statuses: dict[str, int] = {}
        self.server_s: list[float] = []
        self._random = Random(nr)

    def run(self) -> None:
        # They don't all begin, nor go on, at once.
        time.sleep(self._random.uniform(0, self.plan.think_s))
        with socket.create_connection(("127.0.0.1", self.plan.port)) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while call := self.calls.next():
                connection.sendall(self._request(call))
                self._note(_head(connection))
                if self.plan.think_s:
                    time.sleep(self.plan.think_s * self._random.uniform(0.5, 1.5))

    def _request(self, call: Call) -> bytes:
        body = self.plan.body.encode() if call.method == "POST" else b""
        lines = [
            f"{call.method} {call.path} HTTP/1.1", f"Host: 127.0.0.1:{self.plan.port}", "Accept-Language: zh-CN",
            f"Cookie: {call.cookie or self.cookie}", f"Content-Length: {len(body)}",
        ]  # fmt: skip
        if call.method == "POST":
            lines += ["Content-Type: application/json", f"X-CSRFToken: {self.plan.csrf}"]
        return "\r\n".join([*lines, "", ""]).encode() + body

    def _note(self, head: bytes) -> None:
        status = head[9:12].decode()
        self.statuses[status] = self.statuses.get(status, 0) + 1
        at = head.find(TIMING)
        if at >= 0:
            self.server_s.append(float(head[at + len(TIMING) : head.index(b"\r", at)]))


def _head(connection: socket.socket) -> bytes:
    """Read one whole answer; its head, in lower case."""
    got = b""
    while (end := got.find(b"\r\n\r\n")) < 0:
        got += _more(connection)
    head = got[:end].lower() + b"\r\n"
    at = head.index(b"content-length: ") + 16
    missing = int(head[at : head.index(b"\r", at)]) - (len(got) - end - 4)
    while missing > 0:
        missing -= len(_more(connection))
    return head


def _more(connection: socket.socket) -> bytes:
    if not (got := connection.recv(65536)):
        raise ConnectionError("the server closed the connection")
    return got


def plan_of(text: str) -> Plan:
    given = json.loads(text)
    return Plan(**{**given, "calls": [Call(**call) for call in given["calls"]]})


if __name__ == "__main__":
    json.dump(asdict(run(plan_of(sys.stdin.read()))), sys.stdout)
