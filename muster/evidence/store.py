"""The store of originals: every file is kept once, unchanged, under the SHA-256 of its content.

A file becomes visible only when it is whole: it is written on the same file system, forced to the disk, and
renamed. What a killed process leaves behind ends in ``.part`` and is removed by `sweep`.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import IO, Protocol

from muster.lib.refusal import Refusal
from muster.lib.said import said as _

CHUNK_BYTES = 1 << 20
UNFINISHED = ".part"
# EFBIG: the process or the file system has a limit on one file's size, which to the sender is the same.
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
HASH = re.compile(r"[0-9a-f]{64}")


class FileTooLarge(Refusal):
    code = "file_too_large"
    status = 413
    message = _(
        "The file is larger than {max_mb} MB; nothing was kept. Send a smaller copy, or split it into several files."
    )


class StoreFull(Refusal):
    code = "store_full"
    status = 507
    message = _(
        "There is no room left on the server for files; nothing was kept. Keep the file, tell the "
        "administrator that the file store is full, and send it again afterwards."
    )


class NotKept(Refusal):
    code = "file_not_kept"
    status = 404
    message = _("There is no file {sha256} in the store. Ask the administrator to restore it from the backup.")


class Stream(Protocol):
    """What can be read in pieces: an open file, an upload."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Kept:
    """A file in the store: hash of its content (64 lower-case hex digits), size in bytes, place."""

    sha256: str
    size: int
    path: Path


def keep(stream: Stream, root: Path, max_bytes: int, check: Callable[[Path], object] | None = None) -> Kept:
    """Keep what the stream holds, at most `max_bytes`, and return only when it is safely on the disk.

    `check` is called with the finished copy before it is kept; when it raises, nothing is kept. The same
    content twice is the same file. Raises `FileTooLarge` (reading stops there), `StoreFull`, and what the
    stream or `check` raise.
    """
    with unfinished(root / "incoming") as copy:
        sha256, size = _copied(stream, copy, max_bytes)
        if check:
            copy.flush()
            check(Path(copy.name))
        target = place(root, sha256)
        finish(copy, target)
    return Kept(sha256, size, target)


def open_(root: Path, sha256: str) -> BufferedReader:
    """The original, open for reading. Raises `NotKept`."""
    try:
        return place(root, sha256).open("rb")
    except FileNotFoundError:
        raise NotKept(sha256=sha256) from None


def verify(root: Path, sha256: str) -> bool:
    """True if the original is there and its content still has this hash."""
    try:
        with open_(root, sha256) as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except NotKept:
        return False


def sweep(root: Path, older_than_s: float) -> int:
    """Remove what killed processes left unfinished anywhere below `root`; returns how many files.

    A file counts as left behind when nothing was written to it for `older_than_s` seconds: choose more than
    the longest pause in an upload.
    """
    before = time.time() - older_than_s
    return sum(_removed(path, before) for path in _unfinished_below(root))


def place(root: Path, sha256: str) -> Path:
    """Where the original with this hash lies: root/ab/cd/<sha256>. Raises `NotKept` if it isn't a hash."""
    if not HASH.fullmatch(sha256):
        raise NotKept(sha256=sha256)
    return root / sha256[:2] / sha256[2:4] / sha256


@contextmanager
def unfinished(folder: Path) -> Iterator[IO[bytes]]:
    """An open temporary file in `folder`, gone afterwards unless it was finished. Raises `StoreFull`."""
    with _room_in(folder):
        _make(folder)
        with tempfile.NamedTemporaryFile(dir=folder, suffix=UNFINISHED, delete=False) as file:
            try:
                yield file
            finally:
                Path(file.name).unlink(missing_ok=True)


def finish(file: IO[bytes], target: Path) -> None:
    """Give an unfinished file its name, for good: content first, then the name, each forced to the disk."""
    file.flush()
    # Nothing may write to it again; the group may read it, for backups.
    os.fchmod(file.fileno(), 0o440)
    os.fsync(file.fileno())
    _make(target.parent)
    Path(file.name).replace(target)
    _sync(target.parent)


def _copied(stream: Stream, copy: IO[bytes], max_bytes: int) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(min(CHUNK_BYTES, max_bytes - size + 1)):
        size += len(chunk)
        if size > max_bytes:
            raise FileTooLarge(max_mb=f"{max_bytes / 1e6:g}")
        digest.update(chunk)
        copy.write(chunk)
    return digest.hexdigest(), size


@contextmanager
def _room_in(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            raise StoreFull(folder=str(folder)) from error
        raise


def _make(folder: Path) -> None:
    if folder.is_dir():
        return
    _make(folder.parent)
    with suppress(FileExistsError):
        folder.mkdir()
    _sync(folder.parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _unfinished_below(root: Path) -> Iterator[Path]:
    for folder, _folders, names in os.walk(root):
        yield from (Path(folder, name) for name in names if name.endswith(UNFINISHED))


def _removed(path: Path, before: float) -> bool:
    with suppress(FileNotFoundError):
        if path.stat().st_mtime < before:
            path.unlink()
            return True
    return False
