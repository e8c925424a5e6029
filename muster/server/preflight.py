"""What is looked at before the embedded server starts; each reason against it names the way out."""

from __future__ import annotations

import os
import pwd
import shutil
from pathlib import Path

from muster.lib.refusal import Refusal
from muster.lib.said import said as _
from muster.server.account import Account
from muster.server.layout import Layout

# sun_path holds 104 bytes with its final zero on macOS and BSD, 108 on Linux (unix(4), unix(7)).
SOCKET_PATH_BYTES = 103
FREE_BYTES = 200 * 1024 * 1024
# May stand in a folder that bears no mark yet: what a volume of its own has, what Muster writes before it first
# needs a database, and PostgreSQL's programs, which root keeps in the default data folder.
UNMARKED = ("lost+found", "secret_key", "files", "postgresql.lock", "postgresql-")


class NotAFolder(Refusal):
    code = "data_not_a_folder"
    message = _("{path} isn't a folder. Set MUSTER_DATA to a folder, or move that file away.")


class PathTooLong(Refusal):
    code = "data_path_too_long"
    message = _(
        "The path {path} is too long: the socket in it would have {bytes} bytes and the system allows "
        "{limit}. Set MUSTER_DATA to a shorter path."
    )


class NotWritable(Refusal):
    code = "data_not_writable"
    message = _(
        "{user} can't write in {path} ({reason}; it belongs to {owner}). Start Muster as {owner}, give the "
        "folder to {user} (chown), or set MUSTER_DATA to another folder."
    )


class NotOurs(Refusal):
    code = "data_not_ours"
    message = _(
        "{path} holds other things ({found}) and isn't Muster's data folder. Nothing was touched. Set "
        "MUSTER_DATA to an empty or a new folder."
    )


class NotReachable(Refusal):
    code = "data_not_reachable"
    message = _(
        "PostgreSQL runs as the user {user}, who can't enter {path}: a folder on the way is closed to "
        "others. Set MUSTER_DATA to a path such as /var/lib/muster, or open the folders above it (chmod o+x)."
    )


class OtherOwner(Refusal):
    code = "data_of_other_owner"
    message = _(
        "{path} belongs to {owner}, and PostgreSQL would run as {user}, who can't use it. Start Muster as "
        "{owner}, or give the folder over: chown -R {user} {path}"
    )


class OtherVersion(Refusal):
    code = "data_of_other_version"
    message = _(
        "The data in {path} were made by PostgreSQL {found}, and this Muster brings PostgreSQL {ours}. "
        "Nothing was touched. With the Muster that made them: muster backup; then restore it here into an "
        "empty folder."
    )


class DiskFull(Refusal):
    code = "disk_full"
    message = _(
        "The disk of {path} is too full for PostgreSQL: {free_mb} MB are free and at least {needed_mb} MB are "
        "needed, or it takes no more files. Free some space there (old backups, logs), or move the folder to a "
        "bigger disk."
    )


def claim(data: Path) -> Layout:
    """Make the data folder if need be and mark it as Muster's.

    One that holds other things and no mark is refused: somebody's home folder, or data of another program.
    Raises NotAFolder, NotWritable, NotOurs, PathTooLong.
    """
    layout = Layout(data.expanduser().resolve())
    _check_path_length(layout)
    _make(layout.data)
    _check_writable(layout.data)
    _check_ours(layout)
    try:
        layout.arrivals.touch()
    except OSError as error:
        _refuse_writing(layout.data, error.strerror)
    return layout


def check_reachable(layout: Layout, account: Account) -> None:
    """Refuse a folder that the server's user can't enter, and one whose server belongs to somebody else."""
    if not account.can_enter(layout.data):
        raise NotReachable(user=account.name, path=layout.data)
    if layout.cluster.exists() and (owner := layout.cluster.stat().st_uid) != account.uid:
        raise OtherOwner(path=layout.cluster, owner=_user(owner), user=account.name)


def check_version(layout: Layout, ours: int) -> bool:
    """Whether there are data, which must be of the major version `ours`; False when there are none yet."""
    try:
        found = (layout.cluster / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        if layout.cluster.is_dir() and (inside := os.listdir(layout.cluster)):
            raise NotOurs(path=layout.cluster, found=_some(inside)) from None
        return False
    if found != str(ours):
        raise OtherVersion(path=layout.cluster, found=found, ours=ours)
    return True


def check_space(data: Path) -> None:
    """Refuse to start with less than FREE_BYTES free: a server that meets a full disk stops in mid-work."""
    free = shutil.disk_usage(data).free
    if free < FREE_BYTES:
        raise disk_full(data)


def disk_full(data: Path) -> DiskFull:
    """The refusal for a disk without room, with the figures of the moment."""
    free_mb = shutil.disk_usage(data).free // 2**20
    return DiskFull(path=data, free_mb=free_mb, needed_mb=FREE_BYTES // 2**20)


def _check_path_length(layout: Layout) -> None:
    length = len(os.fsencode(layout.socket))
    if length > SOCKET_PATH_BYTES:
        raise PathTooLong(path=layout.data, bytes=length, limit=SOCKET_PATH_BYTES)


def _make(data: Path) -> None:
    try:
        if not data.is_dir():
            data.mkdir(parents=True, exist_ok=True)
            # As root the server's user must pass through; nobody but us may list it.
            data.chmod(0o711 if os.geteuid() == 0 else 0o700)
    except (FileExistsError, NotADirectoryError):
        raise NotAFolder(path=data) from None
    except OSError as error:
        _refuse_writing(data, error.strerror)


def _check_writable(data: Path) -> None:
    if not os.access(data, os.R_OK | os.W_OK | os.X_OK):
        _refuse_writing(data, "no right to")


def _refuse_writing(path: Path, reason: str | None) -> None:
    there = next(place for place in (path, *path.parents) if _exists(place))
    raise NotWritable(path=path, reason=reason, user=_user(os.geteuid()), owner=_user(there.stat().st_uid))


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except PermissionError:
        return False


def _check_ours(layout: Layout) -> None:
    if layout.arrivals.exists():
        return
    found = [name for name in os.listdir(layout.data) if not name.startswith(UNMARKED)]
    # Another process may have claimed the empty folder between the two looks.
    if found and not layout.arrivals.exists():
        raise NotOurs(path=layout.data, found=_some(found))


def _some(names: list[str]) -> str:
    return ", ".join(sorted(names)[:3]) + (", …" if len(names) > 3 else "")


def _user(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
