"""A client of the API and a receiver of its webhooks, written from the document at /api/openapi.json alone: it knows nothing else
of Muster, and nothing but Python's own library."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

WAIT_S = 30
Told = dict[str, Any]


class Refused(Exception):
    def __init__(self, status: int, told: Told) -> None:
        super().__init__(f"{status} {told}")
        self.status, self.code = status, told["code"]
        self.fields: Mapping[str, Any] = told.get("fields") or {}


class Forged(Exception):
    """A message that wasn't signed with the secret."""


@dataclass
class Muster:
    address: str
    token: str

    def get(self, path: str, **query: Any) -> Any:
        given = f"?{urllib.parse.urlencode(query, doseq=True)}" if query else ""
        return json.loads(self.ask("GET", path + given))

    def post(self, path: str, **body: Any) -> Any:
        return json.loads(self.ask("POST", path, json.dumps(body, default=str).encode()))

    def pages(self, path: str, **query: Any) -> Iterator[list[Told]]:
        page = self.get(path, **query)
        yield page["items"]
        while page["after"] is not None:
            page = self.get(path, **query, after=page["after"])
            yield page["items"]

    def step(self, matter: str, noun: str, **body: Any) -> Told:
        told: Told = self.post(f"/matters/{matter}/{noun}", **body)
        return told

    def hand_in(self, name: str, media_type: str, content: bytes) -> str:
        mark = uuid.uuid4().hex
        head = f'Content-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: {media_type}'
        body = f"--{mark}\r\n{head}\r\n\r\n".encode() + content + f"\r\n--{mark}--\r\n".encode()
        kept: Told = json.loads(self.ask("POST", "/files", body, f"multipart/form-data; boundary={mark}"))
        return str(kept["id"])

    def made(self, export: str) -> bytes:
        """The file of an export, once it is made."""
        until = time.monotonic() + WAIT_S
        while self.get(f"/exports/{export}")["state"] == "making" and time.monotonic() < until:
            time.sleep(0.5)
        return self.ask("GET", f"/exports/{export}/file")

    def ask(self, method: str, path: str, data: bytes | None = None, kind: str = "application/json") -> bytes:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": kind, "Accept-Language": "en"}
        request = urllib.request.Request(f"{self.address}/api{path}", data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=WAIT_S) as answer:
                content: bytes = answer.read()
                return content
        except urllib.error.HTTPError as refusal:
            raise Refused(refusal.code, json.load(refusal)) from None


def check(secret: str, headers: Mapping[str, str], body: bytes) -> None:
    """Raises Forged."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    right = f"v1,{base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()}"
    if not any(hmac.compare_digest(right, one) for one in headers["webhook-signature"].split()):
        raise Forged


class Receiver:
    """Listens on this machine; keeps what is signed with the secret. Used in a ``with``."""

    def __init__(self) -> None:
        self.secret = ""
        self.got: list[tuple[Mapping[str, str], bytes]] = []
        self.known = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                self.send_response(receiver.take({name.lower(): value for name, value in self.headers.items()}, body))
                self.end_headers()

            def log_message(self, *_told: Any) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/told"

    def take(self, headers: Mapping[str, str], body: bytes) -> int:
        self.known.wait(WAIT_S)
        try:
            check(self.secret, headers, body)
        except Forged:
            return 401
        self.got.append((headers, body))
        return 204

    def trust(self, secret: str) -> None:
        """It is told only after the address."""
        self.secret = secret
        self.known.set()

    def of(self, matter: str, count: int, wait_s: float = 60) -> list[Told]:
        """What was told of the matter, once there is so much."""
        until = time.monotonic() + wait_s
        while len(self._of(matter)) < count and time.monotonic() < until:
            time.sleep(0.2)
        return self._of(matter)

    def types(self, count: int, wait_s: float = 60) -> list[str]:
        """Of all messages, once there are so many."""
        until = time.monotonic() + wait_s
        while len(self.got) < count and time.monotonic() < until:
            time.sleep(0.2)
        return [json.loads(body)["type"] for _headers, body in self.got]

    def _of(self, matter: str) -> list[Told]:
        told = [json.loads(body) for _headers, body in self.got]
        return [one for one in told if one["data"].get("matter") == matter]

    def __enter__(self) -> Receiver:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_fault: object) -> None:
        self.server.shutdown()
        self.server.server_close()
