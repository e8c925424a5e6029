"""The ground a benchmark stands on: a throwaway database of its own, the demo city in it, and people signed in."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from muster.server.embedded import running

if TYPE_CHECKING:
    from muster.incidents.incident import Incident
    from muster.people.person import Person

#: Since when the incident has been going on; matters are of the last 60 days.
LONG = timedelta(days=61)
KEPT = "MUSTER_BENCH_FOLDER"
CSRF = "benchbenchbenchbenchbenchbench32"


@dataclass(frozen=True)
class Ground:
    """A database that is up, empty but for the city, and Django ready to use it."""

    dsn: str
    folder: Path
    incident: Incident


@contextmanager
def ground(*, durable: bool) -> Iterator[Ground]:
    """A city in a fresh embedded server; ``durable``: with fsync. Gone when the block ends.

    Django takes its settings once, so a process stands on one ground only.
    """
    with folder() as place, running(place / "pg", durable=durable) as server:
        os.environ.pop("MUSTER_DATABASE_URL", None)
        os.environ |= {"MUSTER_DATABASE": server.dsn, "MUSTER_DATA": str(place / "data")}
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "muster.config.settings")
        try:
            yield Ground(server.dsn, place, _city())
        finally:
            _let_go()


@contextmanager
def filled(matters: int) -> Iterator[Ground]:
    """A city with so many matters. The folder of MUSTER_BENCH_FOLDER is kept, and used again as it is."""
    with ground(durable=True) as place:
        from bench.generate import generate
        from muster.loop.matter import Matter

        if not Matter.objects.exists():
            generate(place.dsn, place.incident, matters)
        yield place


@contextmanager
def folder() -> Iterator[Path]:
    """A folder that the server's unprivileged user reaches; removed at the end, unless it is to be kept."""
    kept = os.environ.get(KEPT)
    place = Path(kept or tempfile.mkdtemp(prefix="muster-bench-"))
    place.mkdir(exist_ok=True)
    place.chmod(0o755)
    try:
        yield place
    finally:
        if not kept:
            shutil.rmtree(place, ignore_errors=True)


def _city() -> Incident:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    from muster.demo.build import build
    from muster.demo.city import CITY
    from muster.incidents.incident import Incident

    return Incident.current() or _incident(build().areas[CITY].pk)


def _incident(area: str) -> Incident:
    """A real one, in which figures are tallied and finished days kept."""
    from django.utils import timezone

    from muster.incidents.incident import Incident
    from muster.policy.version import PackVersion

    began = timezone.now() - LONG
    incident = Incident.objects.create(name_zh="基准", name_en="Benchmark", area_id=area, started_at=began)
    text = files("muster.policy").joinpath("packs/cn-epidemic-2022-11.toml").read_text(encoding="utf-8")
    incident.put_in_force(PackVersion.adopt(text, "cn-epidemic-2022-11.toml"))
    return incident


def _let_go() -> None:
    from django.db import connection

    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]


def cookies(login: str, count: int) -> list[str]:
    """The Cookie headers of ``count`` sessions of this person, each with its second factor passed."""
    from muster.people.person import Person

    person = Person.objects.get(login=login)
    return [f"sessionid={_session(person)}; csrftoken={CSRF}" for _n in range(count)]


def _session(person: Person) -> str:
    from allauth.mfa.models import Authenticator
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from muster.web.rolecards import BACKEND
    from muster.web.secondfactor import MADE_HERE

    factor, _new = Authenticator.objects.get_or_create(user=person, type=Authenticator.Type.TOTP, defaults={"data": {}})
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(person.pk), BACKEND
    session[HASH_SESSION_KEY], session[MADE_HERE] = person.get_session_auth_hash(), factor.pk
    session.create()
    return str(session.session_key)
