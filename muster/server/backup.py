"""Backup and restore: the database and the evidence originals (`files` in the data folder) in one file."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import IO

import psycopg

from muster.lib.refusal import Refusal
from muster.lib.said import said as _
from muster.server import archive, tools
from muster.server.archive import DUMP, FILES, MANIFEST, Manifest, Meter, Progress
from muster.server.swap import Databases, FolderSwap

RAW = ("--no-owner", "--no-privileges")


class TargetUnusable(Refusal):
    code = "backup_target_unusable"
    message = _(
        "No backup can be written to {path}: {reason}. Name a file in a folder with room, outside Muster's files."
    )


class DumpFailed(Refusal):
    code = "dump_failed"
    message = _("{program} could not read the database: {reason}. No backup was written.")


class RestoreFailed(Refusal):
    code = "restore_failed"
    message = _("The backup could not be put in place: {reason}. What was there before is untouched.")


class NotEmpty(Refusal):
    code = "restore_over_data"
    message = _(
        "There are data already in {what}. Restore into an empty place, or say that they are to be replaced "
        "(they are gone then: make a backup of them first)."
    )


class ServerTooOldForBackup(Refusal):
    code = "server_older_than_backup"
    message = _(
        "The backup comes from PostgreSQL {backup}, and this server is PostgreSQL {server}, which can't read "
        "it. Nothing was changed. Restore it into PostgreSQL {backup} or newer, such as the one that comes "
        "with Muster."
    )


def backup(target: Path, dsn: str, data_dir: Path, *, progress: Progress | None = None) -> Manifest:
    """Write the database at dsn and data_dir/files into one file, which appears whole or not at all.

    The database is dumped first, so that every file it knows of is in the copy made afterwards. progress is
    told bytes done and bytes in all. Raises TargetUnusable, DumpFailed, and the refusals of `tools`.
    """
    target = target.absolute()
    files = (data_dir / FILES).resolve()
    if target.is_dir() or target.resolve().is_relative_to(files):
        raise TargetUnusable(path=target, reason="a folder, or inside the files themselves")
    tool = tools.find("pg_dump", dsn)
    try:
        with _scratch(target) as scratch:
            _dump(tool, dsn, scratch / DUMP)
            manifest = _write(scratch / "backup", scratch / DUMP, files, Databases(dsn).major, tool.major, progress)
            (scratch / "backup").rename(target)
            _sync_folder(target.parent)
    except OSError as error:
        raise TargetUnusable(path=target, reason=error.strerror or error) from error
    return manifest


def restore(
    source: Path, dsn: str, data_dir: Path, *, replace: bool = False, progress: Progress | None = None
) -> Manifest:
    """Put the backup source in the place of the database at dsn and of data_dir/files.

    All of it is verified first, then unpacked beside, and swapped in by renaming: whatever fails leaves the
    old data as they were. Sessions in the database are ended by the swap. progress counts the bytes twice:
    read, then unpacked. Raises Damaged, UnknownFormat, NotEmpty (unless replace), ServerTooOldForBackup,
    RestoreFailed, and the refusals of `swap` and `tools`.
    """
    manifest = archive.verify(source, _part(progress, 0))
    databases = Databases(dsn)
    if databases.major < manifest.server:
        raise ServerTooOldForBackup(backup=manifest.server, server=databases.major)
    tool = tools.find("pg_restore", dsn, at_least=manifest.tool)
    files = (data_dir / FILES).resolve()
    if not replace:
        _check_empty(databases, files)
    meter = Meter(archive.size(manifest), _part(progress, 1))
    try:
        with databases.fresh() as fresh, _staging(files) as staged:
            _unpack(source, tool, databases.dsn(fresh), staged, meter)
            swap = FolderSwap(files, staged)
            old = databases.put_in_place(fresh, swap)
    except (OSError, psycopg.Error) as error:
        raise RestoreFailed(reason=str(error).strip()) from error
    swap.forget()
    databases.drop(old)
    return manifest


@contextmanager
def _scratch(target: Path) -> Iterator[Path]:
    # In the target's own folder, so that the last step is a rename; for no one else to read.
    folder = Path(tempfile.mkdtemp(prefix=f".{target.name[:100]}.", dir=target.parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _dump(tool: tools.Tool, dsn: str, path: Path) -> None:
    command, environment = tools.command(tool, dsn)
    done = subprocess.run(
        [*command, "--format=custom", *RAW, f"--file={path}"],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
    )
    if done.returncode != 0:
        raise DumpFailed(program=tool.path, reason=done.stderr.strip())


def _write(path: Path, dump: Path, files: Path, server: int, tool: int, progress: Progress | None) -> Manifest:
    listed = sorted(_listed(files))
    meter = Meter(dump.stat().st_size + sum(size for _name, size in listed), progress)
    with open(path, "xb", opener=_private) as raw:
        with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as tar:
            writer = archive.Writer(tar, meter)
            writer.add(DUMP, dump)
            for name, _size in listed:
                writer.add(f"{FILES}/{name}", files / name)
            made_at = datetime.now(UTC).isoformat(timespec="seconds")
            manifest = Manifest(_version(), made_at, server, tool, tuple(writer.members))
            writer.finish(manifest)
        raw.flush()
        os.fsync(raw.fileno())
    return manifest


def _listed(files: Path) -> Iterator[tuple[str, int]]:
    for place, _folders, names in os.walk(files):
        for path in (Path(place, name) for name in names):
            with contextlib.suppress(FileNotFoundError):
                if path.is_file() and not path.is_symlink():
                    yield str(path.relative_to(files)), path.stat().st_size


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _version() -> str:
    try:
        return metadata.version("muster")
    except metadata.PackageNotFoundError:
        return "unknown"


def _part(progress: Progress | None, part: int) -> Progress | None:
    if progress is None:
        return None
    return lambda done, total: progress(part * total + done, 2 * total)


def _check_empty(databases: Databases, files: Path) -> None:
    if not databases.empty:
        raise NotEmpty(what=databases.name)
    if next(_listed(files), None) is not None:
        raise NotEmpty(what=files)


@contextmanager
def _staging(files: Path) -> Iterator[Path]:
    folder = files.with_name(f"{files.name}.restoring-{secrets.token_hex(4)}")
    folder.mkdir(mode=0o700)
    _give(folder, files.parent)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unpack(source: Path, tool: tools.Tool, dsn: str, staged: Path, meter: Meter) -> None:
    with archive.opened(source) as members:
        for name, content in members:
            if name == DUMP:
                _load(tool, dsn, content, meter)
            elif name != MANIFEST:
                _extract(content, staged / Path(name).relative_to(FILES), staged, meter)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("analyze")
    # What was unpacked must be on the disk before the old is given up.
    os.sync()


def _load(tool: tools.Tool, dsn: str, dump: IO[bytes], meter: Meter) -> None:
    command, environment = tools.command(tool, dsn)
    options = [*command, "--format=custom", "--exit-on-error", *RAW]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(options, env=environment, stdin=subprocess.PIPE, stdout=said, stderr=said)
        # It stops reading when it fails; its own words then say why.
        with contextlib.suppress(BrokenPipeError), process, _stream(process) as stream:
            _copy(dump, stream, meter)
        said.seek(0)
        if process.returncode != 0:
            raise RestoreFailed(reason=said.read().decode(errors="replace").strip())


@contextmanager
def _stream(process: subprocess.Popen[bytes]) -> Iterator[IO[bytes]]:
    assert process.stdin is not None
    try:
        yield process.stdin
    except BrokenPipeError:
        raise
    except BaseException:
        process.kill()
        raise


def _extract(content: IO[bytes], path: Path, staged: Path, meter: Meter) -> None:
    for folder in reversed(path.relative_to(staged).parents):
        if not (staged / folder).exists():
            (staged / folder).mkdir(mode=0o700)
            _give(staged / folder, staged)
    with open(path, "xb", opener=_private) as out:
        _copy(content, out, meter)
    _give(path, staged)


def _give(path: Path, like: Path) -> None:
    # A restore by root must leave files that whoever runs Muster can read.
    if os.geteuid() == 0:
        os.chown(path, like.stat().st_uid, like.stat().st_gid)


def _copy(content: IO[bytes], out: IO[bytes], meter: Meter) -> None:
    while chunk := content.read(archive.CHUNK_BYTES):
        out.write(chunk)
        meter.add(len(chunk))
