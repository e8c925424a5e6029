from __future__ import annotations

import io
import json
import os
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from muster.server.archive import Damaged, Manifest
from muster.server.backup import (
    NotEmpty,
    RestoreFailed,
    ServerTooOldForBackup,
    TargetUnusable,
    backup,
    restore,
)
from muster.server.embedded import ensure_database
from muster.server.layout import ConnectionInfo
from muster.server.swap import Databases, FolderSwap

PHOTO = os.urandom(3_000_000)


class House:
    """A database and a data folder with something in them."""

    def __init__(self, info: ConnectionInfo, data: Path) -> None:
        self.dsn = info.dsn
        self.data = data

    def fill(self, word: str) -> None:
        with psycopg.connect(self.dsn) as connection:
            connection.execute("create extension if not exists pg_trgm")
            connection.execute("create table if not exists matter (id int primary key, said text)")
            connection.execute("create index if not exists said on matter using gin (said gin_trgm_ops)")
            connection.execute("truncate matter")
            connection.execute("insert into matter select n, %s || n from generate_series(1, 500) n", [word])
        (self.data / "files/ab").mkdir(parents=True, exist_ok=True)
        (self.data / "files/ab/照片.jpg").write_bytes(PHOTO)
        (self.data / "files/note.txt").write_text(word)

    def holds(self) -> tuple[int, str, bytes, str]:
        with psycopg.connect(self.dsn) as connection:
            row = connection.execute("select count(*), min(said) from matter").fetchone()
        assert row is not None
        files = self.data / "files"
        return *row, (files / "ab/照片.jpg").read_bytes(), (files / "note.txt").read_text()

    def leftovers(self) -> list[str]:
        with psycopg.connect(self.dsn) as connection:
            query = "select datname from pg_database where datname ~ '_(before|restoring)_'"
            found = [name for (name,) in connection.execute(query)]
        return found + [name for name in os.listdir(self.data) if name not in ("files", "b.muster", "cut.muster")]


@pytest.fixture
def house(server: ConnectionInfo, tmp_path: Path) -> Iterator[House]:
    house = House(ensure_database(server, "house"), tmp_path)
    yield house
    with psycopg.connect(server.dsn, autocommit=True) as admin:
        admin.execute("drop database house with (force)")


def test_a_backup_brings_back_the_rows_and_the_files(house: House) -> None:
    house.fill("消杀")
    told: list[tuple[int, int]] = []
    made = backup(house.data / "b.muster", house.dsn, house.data, progress=lambda *step: told.append(step))
    assert told[-1][0] == told[-1][1] > len(PHOTO)
    assert (house.data / "b.muster").stat().st_mode & 0o777 == 0o600
    house.fill("later")
    told.clear()
    restored = restore(
        house.data / "b.muster", house.dsn, house.data, replace=True, progress=lambda *step: told.append(step)
    )
    assert restored == made
    assert house.holds() == (500, "消杀1", PHOTO, "消杀")
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1]
    assert house.leftovers() == []


def test_the_restored_database_has_the_locale_of_the_old_one(house: House) -> None:
    house.fill("消杀")
    backup(house.data / "b.muster", house.dsn, house.data)
    query = "select datlocprovider, datlocale, datctype, datcollate from pg_database where datname = 'house'"
    with psycopg.connect(house.dsn) as connection:
        before = connection.execute(query).fetchone()
    restore(house.data / "b.muster", house.dsn, house.data, replace=True)
    with psycopg.connect(house.dsn) as connection:
        assert connection.execute(query).fetchone() == before
        assert connection.execute("select count(*) from matter where said like '%消杀1%'").fetchone() == (111,)


def test_sessions_in_the_old_database_are_ended(house: House) -> None:
    house.fill("消杀")
    backup(house.data / "b.muster", house.dsn, house.data)
    with psycopg.connect(house.dsn) as in_the_way:
        in_the_way.execute("select from matter for update")
        restore(house.data / "b.muster", house.dsn, house.data, replace=True)
        with pytest.raises(psycopg.OperationalError):
            in_the_way.execute("select 1")
    assert house.holds()[0] == 500


def test_data_are_only_replaced_when_that_is_said(house: House, server: ConnectionInfo) -> None:
    house.fill("消杀")
    backup(house.data / "b.muster", house.dsn, house.data)
    house.fill("later")
    with pytest.raises(NotEmpty, match="house"):
        restore(house.data / "b.muster", house.dsn, house.data)
    with pytest.raises(NotEmpty, match="files"):
        restore(house.data / "b.muster", ensure_database(server, "new").dsn, house.data)
    assert house.holds() == (500, "later1", PHOTO, "later")


def test_an_empty_place_needs_no_word(house: House, server: ConnectionInfo, data: Path) -> None:
    house.fill("消杀")
    backup(house.data / "b.muster", house.dsn, house.data)
    data.mkdir()
    new = House(ensure_database(server, "new"), data)
    restore(house.data / "b.muster", new.dsn, data)
    assert new.holds() == house.holds()
    with psycopg.connect(server.dsn, autocommit=True) as admin:
        admin.execute("drop database new with (force)")


@pytest.mark.parametrize("kept", [0.0, 0.1, 0.5, 0.99])
def test_a_backup_cut_short_is_refused_and_the_data_stay(house: House, kept: float) -> None:
    house.fill("消杀")
    backup(house.data / "b.muster", house.dsn, house.data)
    house.fill("later")
    whole = (house.data / "b.muster").read_bytes()
    # Less than the tar's own padding would be nothing lost.
    end = whole.rindex(b"}") if kept == 0.99 else int(len(whole) * kept)
    (house.data / "cut.muster").write_bytes(whole[:end])
    with pytest.raises(Damaged):
        restore(house.data / "cut.muster", house.dsn, house.data, replace=True)
    assert house.holds() == (500, "later1", PHOTO, "later")
    assert house.leftovers() == []


def _flip(tar: dict[str, bytes]) -> None:
    tar["files/note.txt"] = b"x" * len(tar["files/note.txt"])


def _drop(tar: dict[str, bytes]) -> None:
    del tar["files/note.txt"]


def _smuggle(tar: dict[str, bytes]) -> None:
    manifest = json.loads(tar.pop("manifest.json"))
    tar["files/../../smuggled"] = tar["files/note.txt"]
    (note,) = (member for member in manifest["members"] if member["name"] == "files/note.txt")
    manifest["members"].append(note | {"name": "files/../../smuggled"})
    tar["manifest.json"] = json.dumps(manifest).encode()


def _add(tar: dict[str, bytes]) -> None:
    tar["files/more"] = b"x"


@pytest.mark.parametrize("harm", [_flip, _drop, _smuggle, _add])
def test_a_backup_that_was_changed_is_refused(house: House, harm: Callable[[dict[str, bytes]], None]) -> None:
    house.fill("消杀")
    backup(house.data / "b.muster", house.dsn, house.data)
    _rewrite(house.data / "b.muster", harm)
    with pytest.raises(Damaged):
        restore(house.data / "b.muster", house.dsn, house.data, replace=True)
    assert house.holds() == (500, "消杀1", PHOTO, "消杀")


def test_a_dump_that_does_not_load_leaves_the_old_data(house: House) -> None:
    house.fill("消杀")
    with psycopg.connect(house.dsn) as connection:
        # A foreign key that its rows don't keep: it was never looked at, but it is when it's loaded.
        connection.execute("create table bad (n int primary key)")
        connection.execute("insert into bad values (1)")
        connection.execute("create table worse (n int)")
        connection.execute("alter table worse add foreign key (n) references bad")
        connection.execute("insert into worse values (1)")
        connection.execute("set session_replication_role = replica")
        connection.execute("delete from bad")
    backup(house.data / "b.muster", house.dsn, house.data)
    with psycopg.connect(house.dsn) as connection:
        connection.execute("drop table bad, worse")
    house.fill("later")
    with pytest.raises(RestoreFailed, match="foreign key"):
        restore(house.data / "b.muster", house.dsn, house.data, replace=True)
    assert house.holds() == (500, "later1", PHOTO, "later")
    assert house.leftovers() == []


def test_files_that_cannot_be_swapped_leave_the_old_database(house: House) -> None:
    house.fill("消杀")
    backup(house.data / "b.muster", house.dsn, house.data)
    house.fill("later")
    databases = Databases(house.dsn)
    with databases.fresh() as fresh, pytest.raises(OSError, match="gone"):
        databases.put_in_place(fresh, FolderSwap(house.data / "files", house.data / "gone"))
    assert house.holds() == (500, "later1", PHOTO, "later")
    assert house.leftovers() == []


def test_a_backup_of_a_newer_server_is_refused(house: House) -> None:
    house.fill("消杀")
    backup(house.data / "b.muster", house.dsn, house.data)

    def newer(tar: dict[str, bytes]) -> None:
        tar["manifest.json"] = json.dumps(json.loads(tar["manifest.json"]) | {"server": 99}).encode()

    _rewrite(house.data / "b.muster", newer)
    with pytest.raises(ServerTooOldForBackup, match="99"):
        restore(house.data / "b.muster", house.dsn, house.data, replace=True)


def test_a_target_that_cannot_be_written_is_refused_and_nothing_is_left(house: House) -> None:
    house.fill("消杀")
    for target in (house.data, house.data / "files/b.muster", house.data / "missing/b.muster"):
        with pytest.raises(TargetUnusable):
            backup(target, house.dsn, house.data)
    assert house.leftovers() == []


def test_the_backup_says_what_it_is(house: House) -> None:
    house.fill("消杀")
    made: Manifest = backup(house.data / "b.muster", house.dsn, house.data)
    assert [member.name for member in made.members] == ["database.dump", "files/ab/照片.jpg", "files/note.txt"]
    assert made.server == made.tool == 18
    with tarfile.open(house.data / "b.muster") as tar:
        assert tar.getnames() == [*(member.name for member in made.members), "manifest.json"]


def _rewrite(path: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    with tarfile.open(path) as tar:
        held = {info.name: (tar.extractfile(info) or io.BytesIO()).read() for info in tar.getmembers()}
    manifest = held.pop("manifest.json")
    held["manifest.json"] = manifest
    change(held)
    held["manifest.json"] = held.pop("manifest.json")
    with tarfile.open(path, "w") as tar:
        for name, content in held.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
