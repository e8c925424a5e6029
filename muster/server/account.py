"""The user that PostgreSQL runs as: oneself, or, because PostgreSQL refuses root, an unprivileged user."""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from muster.lib.refusal import Refusal
from muster.lib.said import said as _

CANDIDATES = ("muster", "postgres", "_postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """An operating-system user; `switch` says whether a process must change to it."""

    uid: int
    gid: int
    name: str
    switch: bool

    def popen(self) -> dict[str, Any]:
        """The arguments of subprocess that run a program as this user, free of our environment and folder."""
        environment = {"PATH": os.defpath, "LC_ALL": "C"}
        start: dict[str, Any] = {"cwd": "/", "env": environment, "stdin": subprocess.DEVNULL}
        return start | {"user": self.uid, "group": self.gid, "extra_groups": []} if self.switch else start

    def run(self, command: Sequence[str | Path]) -> subprocess.CompletedProcess[str]:
        """Run a program as this user to its end; its output is kept, its failure is the caller's to judge."""
        return subprocess.run(command, capture_output=True, text=True, errors="replace", **self.popen())

    def own(self, folder: Path) -> Path:
        """Make folder this user's, for no one else to enter."""
        folder.mkdir(mode=0o700, exist_ok=True)
        folder.chmod(0o700)
        if self.switch:
            os.chown(folder, self.uid, self.gid)
        return folder

    def can_enter(self, folder: Path) -> bool:
        """Whether this user can reach folder through all the folders above it."""
        return self.run(["/bin/sh", "-c", 'cd "$1"', "sh", folder]).returncode == 0


class NoUnprivilegedUser(Refusal):
    code = "no_unprivileged_user"
    message = _(
        "PostgreSQL doesn't run as root, and none of the users {tried} exists here. Make one (useradd "
        "--system muster), or start Muster as an ordinary user."
    )


def server_account(cluster: Path) -> Account:
    """Who runs the server of the folder cluster; as root, the owner of what is there already."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), _name(os.geteuid()), switch=False)
    if cluster.exists() and (owner := cluster.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid, _name(owner.st_uid), switch=True)
    return _unprivileged()


def _unprivileged() -> Account:
    for entry in map(_entry, CANDIDATES):
        if entry and entry.pw_uid != 0:
            return Account(entry.pw_uid, entry.pw_gid, entry.pw_name, switch=True)
    raise NoUnprivilegedUser(tried=", ".join(CANDIDATES))


def _entry(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        # Containers run under numbers that have no name.
        return str(uid)
