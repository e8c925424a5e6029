"""A backup as a file: a plain tar of the dump, the files, and last a manifest that vouches for them."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from muster.lib.refusal import Refusal
from muster.lib.said import said as _

FORMAT = 1
DUMP = "database.dump"
FILES = "files"
MANIFEST = "manifest.json"
CHUNK_BYTES = 1 << 20

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Member:
    """One thing in a backup: its name in the tar, its size in bytes, its SHA-256 in hexadecimal."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself.

    Muster's version, when it was made (ISO 8601, UTC), the major versions of the server and of the pg_dump
    that wrote it, and its members, the dump first.
    """

    muster: str
    made_at: str
    server: int
    tool: int
    members: tuple[Member, ...]


class Damaged(Refusal):
    code = "backup_damaged"
    message = _(
        "{path} isn't a whole backup of Muster: {reason}. Nothing was changed. Copy it again from where it "
        "was kept, or take an older one."
    )


class UnknownFormat(Refusal):
    code = "backup_of_newer_muster"
    message = _(
        "{path} was written in format {found}, and this Muster reads format {ours}. Nothing was changed. "
        "Restore it with the Muster that wrote it ({version}) or a newer one."
    )


class Meter:
    """Counts bytes towards a total and tells whoever wants to know."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self._done = 0
        self._total = total
        self._progress = progress

    def add(self, count: int) -> None:
        self._done += count
        if self._progress:
            self._progress(min(self._done, self._total), self._total)


class Writer:
    """Writes a backup's members into an open tar, noting their sizes and hashes on the way."""

    def __init__(self, tar: tarfile.TarFile, meter: Meter) -> None:
        self._tar = tar
        self._meter = meter
        self.members: list[Member] = []

    def add(self, name: str, path: Path) -> None:
        """Write the file at path as `name`; one that has gone meanwhile (retention deletes) is left out."""
        try:
            content = path.open("rb")
        except FileNotFoundError:
            return
        with content:
            info = tarfile.TarInfo(name)
            info.size = os.fstat(content.fileno()).st_size
            hashed = _Hashed(content, self._meter)
            self._tar.addfile(info, hashed)
        self._note(Member(name, info.size, hashed.digest.hexdigest()))

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest, as the last member: a backup cut short has none."""
        text = json.dumps({"format": FORMAT} | asdict(manifest), indent=1).encode()
        info = tarfile.TarInfo(MANIFEST)
        info.size = len(text)
        self._tar.addfile(info, io.BytesIO(text))

    def _note(self, member: Member) -> None:
        self.members.append(member)
        _forget_members(self._tar)


@contextmanager
def opened(source: Path) -> Iterator[Iterator[tuple[str, IO[bytes]]]]:
    """The members of the backup at source, one after the other: name, and content to read before the next.

    Raises Damaged for whatever can't be read.
    """
    try:
        with tarfile.open(source, "r:") as tar:
            yield _each(tar, source)
    except (tarfile.TarError, EOFError) as error:
        raise Damaged(path=source, reason=error) from error
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        if error.filename is not None and Path(error.filename) == source:
            raise Damaged(path=source, reason=error.strerror) from error
        raise


def verify(source: Path, progress: Progress | None = None) -> Manifest:
    """Read the whole backup and compare it with its manifest. Raises Damaged, UnknownFormat."""
    meter = Meter(source.stat().st_size if source.is_file() else 0, progress)
    found: list[Member] = []
    manifest: Manifest | None = None
    with opened(source) as members:
        for name, content in members:
            if manifest is not None:
                raise Damaged(path=source, reason=f"{name} stands after the manifest")
            if name == MANIFEST:
                manifest = _parse(content.read(), source)
            else:
                found.append(_measure(name, content, meter))
    if manifest is None:
        raise Damaged(path=source, reason="its end is missing")
    _compare(source, manifest, found)
    return manifest


def size(manifest: Manifest) -> int:
    """The bytes of all members together."""
    return sum(member.size for member in manifest.members)


def _measure(name: str, content: IO[bytes], meter: Meter) -> Member:
    hashed = _Hashed(content, meter)
    count = 0
    while chunk := hashed.read(CHUNK_BYTES):
        count += len(chunk)
    return Member(name, count, hashed.digest.hexdigest())


def _compare(source: Path, manifest: Manifest, found: list[Member]) -> None:
    if found[:1] != list(manifest.members[:1]) or not found or found[0].name != DUMP:
        raise Damaged(path=source, reason=f"{DUMP} isn't what its manifest says")
    for wanted, got in zip(manifest.members, found, strict=False):
        if wanted != got:
            raise Damaged(path=source, reason=f"{wanted.name} isn't what its manifest says")
    if len(found) != len(manifest.members):
        raise Damaged(path=source, reason=f"it has {len(found)} members, not {len(manifest.members)}")
    for member in found[1:]:
        _check_name(source, member.name)


def _check_name(source: Path, name: str) -> None:
    parts = PurePosixPath(name).parts
    if len(parts) < 2 or parts[0] != FILES or ".." in parts:
        raise Damaged(path=source, reason=f"{name} has no place in it")


def _parse(text: bytes, source: Path) -> Manifest:
    try:
        said: dict[str, Any] = json.loads(text)
        if said.pop("format") != FORMAT:
            raise UnknownFormat(path=source, found=said.get("format"), ours=FORMAT, version=said.get("muster"))
        return Manifest(**said | {"members": tuple(Member(**member) for member in said["members"])})
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Damaged(path=source, reason=f"its manifest can't be read ({error})") from error


def _each(tar: tarfile.TarFile, source: Path) -> Iterator[tuple[str, IO[bytes]]]:
    while (info := tar.next()) is not None:
        content = tar.extractfile(info) if info.isreg() else None
        if content is None:
            raise Damaged(path=source, reason=f"{info.name} isn't a file")
        yield info.name, content
        _forget_members(tar)


def _forget_members(tar: tarfile.TarFile) -> None:
    # tarfile remembers every member, which for a million photos is a gigabyte.
    tar.members = []  # type: ignore[attr-defined]


class _Hashed(io.RawIOBase):
    """A reader that hashes and counts what passes through it."""

    def __init__(self, content: IO[bytes], meter: Meter) -> None:
        self._content = content
        self._meter = meter
        self.digest = hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        chunk = self._content.read(size)
        self.digest.update(chunk)
        self._meter.add(len(chunk))
        return chunk
