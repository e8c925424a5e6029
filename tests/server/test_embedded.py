from __future__ import annotations

import os
import signal
import stat
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from muster.server import locks
from muster.server.account import server_account
from muster.server.embedded import ensure_database, running
from muster.server.layout import ConnectionInfo, Layout
from tests.server.users import PROGRAM, User, answers, postmaster


def test_the_first_starts_it_the_last_stops_it_and_the_data_stay(data: Path) -> None:
    with running(data, durable=False) as first:
        with running(data, durable=False) as second, psycopg.connect(second.dsn) as connection:
            connection.execute("create table kept as select 7 as n")
        assert answers(data)
        assert first == second
    assert not answers(data)
    assert locks.free(Layout(data).life)
    with running(data, durable=False) as again, psycopg.connect(again.dsn) as connection:
        assert connection.execute("select n from kept").fetchone() == (7,)


def test_processes_that_race_to_start_it_share_one_server(data: Path, users: list[User]) -> None:
    assert {user.dsn() for user in users} == {Layout(data).connection.dsn}
    pid = postmaster(data)
    for user in users[:2]:
        user.end()
        assert answers(data)
    assert postmaster(data) == pid
    users[2].end()
    assert not answers(data)


def test_a_server_left_by_killed_users_is_joined_and_stopped_by_the_next(data: Path, users: list[User]) -> None:
    (dsn,) = {user.dsn() for user in users}
    pid = postmaster(data)
    for user in users:
        user.kill()
    with running(data, durable=False) as joined:
        assert joined.dsn == dsn
        assert postmaster(data) == pid
    assert not answers(data)


def test_a_forked_child_counts_as_a_user(data: Path) -> None:
    # The parent goes first; the child tells us so and stays.
    fork = "import os\nif os.fork():\n    sys.exit()\n"
    user = User(data, PROGRAM.replace("sys.stdin.read()", fork + "sys.stdin.read()"))
    user.dsn()
    assert user.process.wait(timeout=30) == 0
    assert answers(data)
    assert user.process.stdin is not None
    user.process.stdin.close()
    assert user.process.stdout is not None
    # The pipe ends when the child has ended, and the child when it has stopped the server.
    assert user.process.stdout.read() == ""
    assert not answers(data)


def test_a_dead_postmasters_pid_that_is_another_programs_now_is_seen_through(data: Path) -> None:
    with running(data, durable=False) as info, psycopg.connect(info.dsn) as connection:
        connection.execute("create table kept as select 7 as n")
        noted = (data / "postgresql/postmaster.pid").read_text()
    account = server_account(data / "postgresql")
    other = subprocess.Popen(["sleep", "60"], **account.popen())
    try:
        pid_file = data / "postgresql/postmaster.pid"
        pid_file.write_text("\n".join([str(other.pid), *noted.splitlines()[1:]]) + "\n")
        os.chown(pid_file, account.uid, account.gid)
        with running(data, durable=False) as info, psycopg.connect(info.dsn) as connection:
            assert connection.execute("select n from kept").fetchone() == (7,)
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_it_starts_while_the_orphans_of_a_killed_postmaster_still_work(data: Path) -> None:
    with running(data, durable=False) as info:
        busy = psycopg.connect(info.dsn)
        # It doesn't look up until it is done: two seconds or so.
        busy.pgconn.send_query(b"select count(*) from generate_series(1, 20000000)")
        time.sleep(0.3)
        os.kill(postmaster(data), signal.SIGKILL)
        time.sleep(0.3)
        assert not locks.free(Layout(data).life)
        # Our own unreaped child is a zombie by now, whose number still exists.
        with running(data, durable=False) as again, psycopg.connect(again.dsn) as connection:
            assert connection.execute("select 1").fetchone() == (1,)
        busy.close()


def test_it_never_listens_on_the_network(server: ConnectionInfo) -> None:
    with psycopg.connect(server.dsn) as connection:
        assert connection.execute("show listen_addresses").fetchone() == ("",)
        query = "select count(*) from pg_settings where name = 'listen_addresses' and source = 'command line'"
        # So no file in the cluster can change it either.
        assert connection.execute(query).fetchone() == (1,)


def test_only_its_user_can_enter_the_sockets_folder(server: ConnectionInfo) -> None:
    assert stat.S_IMODE(Path(server.host).stat().st_mode) == 0o700
    assert Path(server.host).stat().st_uid == server_account(Path(server.host).parent / "postgresql").uid != 0


def test_the_server_outlives_signals_to_its_starters_group(server: ConnectionInfo, place: Path) -> None:
    assert os.getsid(postmaster(place)) == postmaster(place)


def test_it_finds_chinese_by_trigrams(server: ConnectionInfo) -> None:
    with psycopg.connect(server.dsn) as connection:
        connection.execute("create extension pg_trgm")
        query = "select cardinality(show_trgm('消杀记录')), similarity('消杀记录缺失', '消杀记录不全') > 0.2"
        trigrams, similar = connection.execute(query).fetchone() or (0, False)
        connection.rollback()
    assert trigrams > 0
    assert similar


def test_its_settings_are_the_products(server: ConnectionInfo) -> None:
    with psycopg.connect(server.dsn) as connection:
        connection.execute("create extension pg_stat_statements")
        connection.execute("select from pg_stat_statements")
        connection.rollback()
        query = "select current_setting('timezone'), current_setting('max_connections'), current_user::text"
        assert connection.execute(query).fetchone() == ("UTC", "100", "muster")


def test_the_log_keeps_failing_statements_and_their_values_out(server: ConnectionInfo, place: Path) -> None:
    with psycopg.connect(server.dsn) as connection:
        connection.execute("create temp table t (phone text unique)")
        connection.execute("insert into t values ('13800000001')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("insert into t values ('13800000001')")
    log = _log_with("duplicate key", place)
    assert "13800000001" not in log


def test_databases_are_made_once_also_by_two_at_a_time(server: ConnectionInfo) -> None:
    with ThreadPoolExecutor(3) as pool:
        made = list(pool.map(lambda _: ensure_database(server, 'odd "name'), range(3)))
    assert {info.dbname for info in made} == {'odd "name'}
    with psycopg.connect(made[0].dsn) as connection:
        assert connection.info.dbname == 'odd "name'


def _log_with(text: str, place: Path) -> str:
    """The log, once the text is in it: a process of its own writes it."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        log = "".join(path.read_text() for path in (place / "log/postgresql").iterdir())
        if text in log:
            return log
        time.sleep(0.1)
    raise AssertionError(f"{text!r} isn't in the log")
