"""One PostgreSQL cluster as processes and files: make it, start it, see whether it lives, stop it.

Whoever calls holds the lock `Layout.arrivals`, except for `answers`.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

from psycopg.conninfo import make_conninfo
from psycopg.pq import PGconn, Ping

from muster.lib.refusal import Refusal
from muster.lib.said import said as _
from muster.server import locks
from muster.server.account import Account
from muster.server.layout import PORT, USER, Layout
from muster.server.preflight import check_space, disk_full

POLL_S = 0.05
# Orphans of a killed postmaster finish the query they are in; an old server may still be letting go.
GONE_S = 30.0
# Crash recovery reads back the log since the last checkpoint.
RECOVERY_S = 600.0
STOP_S = 60.0

# Written into postgresql.conf when the cluster is made, so that an operator may change them there.
# Django puts values into the text of statements, so the log shows neither statements nor the values in
# errors.
SETTINGS = {
    "max_connections": "100",
    "shared_buffers": "256MB",
    "fsync": "on",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
# A killed server keeps what was committed all the same: the system has it, if not yet the disk.
THROWAWAY = {"fsync": "off", "full_page_writes": "off", "shared_buffers": "32MB"}


class ClusterNotMade(Refusal):
    code = "database_not_made"
    message = _("PostgreSQL could not make its files in {path}: {reason}. Mend that and start again.")


class NotStarted(Refusal):
    code = "database_not_started"
    status = 503
    message = _("PostgreSQL in {path} doesn't start: {reason}. Its log is in {log}.")


class StillRecovering(Refusal):
    code = "database_recovering"
    status = 503
    message = _(
        "PostgreSQL in {path} has been recovering or stopping for over {wait_s} s. Leave it be, follow its "
        "log in {log}, and try again."
    )


class Unresponsive(Refusal):
    code = "database_unresponsive"
    status = 503
    message = _(
        "Processes of an earlier PostgreSQL still hold {path} after {wait_s} s and don't answer. Wait, or "
        "end the user {user}'s processes named postgres that work there, and start again. Their log is in "
        "{log}."
    )


class Noted(NamedTuple):
    """A postmaster as its file postmaster.pid notes it; host is a name, or the folder of its socket."""

    pid: int
    port: int
    host: str


class Cluster:
    """The cluster of one data folder, its programs in bin_dir run by account.

    `durable=False` is for throwaway servers: a crash of the machine may lose everything.
    """

    def __init__(self, layout: Layout, account: Account, bin_dir: Path, *, durable: bool) -> None:
        self._layout = layout
        self._account = account
        self._bin = bin_dir
        self._durable = durable
        self._process: subprocess.Popen[bytes] | None = None

    def make(self) -> None:
        """Make the cluster's files. They appear whole or not at all. Raises DiskFull, ClusterNotMade."""
        check_space(self._layout.data)
        new = Path(tempfile.mkdtemp(prefix="postgresql.new-", dir=self._layout.data))
        try:
            self._account.own(new)
            self._initdb(new)
            new.rename(self._layout.cluster)
        finally:
            shutil.rmtree(new, ignore_errors=True)

    def bring_up(self) -> None:
        """Return once the server accepts connections: a living one, one under way, or one started now.

        Raises NotStarted, StillRecovering, Unresponsive, DiskFull.
        """
        self.reap()
        began = heard = time.monotonic()
        while (answer := self.answers()) is not Ping.OK:
            now = time.monotonic()
            if answer is Ping.REJECT:
                heard = now
                self._refuse_after(RECOVERY_S, now - began, StillRecovering)
            elif (life := locks.taken(self._layout.life)) is not None:
                self._start_or_refuse(life, patient=now - began < GONE_S)
            else:
                self._refuse_after(GONE_S, now - heard, Unresponsive)
            time.sleep(POLL_S)

    def answers(self) -> Ping:
        """What the server says: OK, REJECT (it starts, recovers or stops), NO_RESPONSE (it isn't there)."""
        return _ping(str(self._layout.run), PORT)

    def stop(self) -> None:
        """Stop the server if it lives (fast: open transactions are rolled back), and wait for its end."""
        if not locks.free(self._layout.life) and self.answers() in (Ping.OK, Ping.REJECT):
            self._signal(signal.SIGINT)
            self._wait_gone()

    def reap(self) -> bool:
        """Take note of the end of a server that we started; whether there was one."""
        ended = self._process is not None and self._process.poll() is not None
        if ended:
            self._process = None
        return ended

    def _clear_unfinished(self) -> None:
        # Of a process killed while it made a cluster; its initdb may go on for a second, so not only now.
        for left_over in self._layout.data.glob("postgresql.new-*"):
            shutil.rmtree(left_over, ignore_errors=True)

    def _initdb(self, folder: Path) -> None:
        done = self._account.run([self._bin / "initdb", f"--pgdata={folder}", *self._initdb_options()])
        if done.returncode == 0:
            return
        if "No space left on device" in done.stderr:
            raise disk_full(self._layout.data)
        raise ClusterNotMade(path=self._layout.data, reason=_last_lines(done.stderr))

    def _initdb_options(self) -> list[str]:
        # pg_trgm looks at the C library's ctype even under the builtin provider: with C it finds no Chinese.
        ctype = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
        options = [f"--username={USER}", "--auth-local=trust", "--auth-host=reject", "--encoding=UTF8"]
        options += [
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            f"--lc-ctype={ctype}",
        ]
        options += [f"--set={name}={value}" for name, value in self._settings().items()]
        return options if self._durable else [*options, "--no-sync"]

    def _settings(self) -> dict[str, str]:
        statistics = any((self._bin.parent / "lib").rglob("pg_stat_statements.*"))
        return SETTINGS | ({"shared_preload_libraries": "pg_stat_statements"} if statistics else {})

    def _start_or_refuse(self, life: int, *, patient: bool) -> None:
        try:
            if self.reap():
                self._judge_failed_start(patient=patient)
            check_space(self._layout.data)
            self._forget_dead_postmaster()
            self._start(life)
        finally:
            os.close(life)

    def _judge_failed_start(self, *, patient: bool) -> None:
        said = self._layout.start_log.read_text(errors="replace") + self._logged_since_start()
        # A server that someone started by hand doesn't hold our lock; PostgreSQL's own locks still tell.
        in_the_way = "is still in use" in said or "already exists" in said
        if in_the_way and patient:
            time.sleep(1)
            return
        raise NotStarted(path=self._layout.data, reason=_last_lines(said), log=self._layout.log)

    def _logged_since_start(self) -> str:
        logs = sorted(self._layout.log.glob("*.log"), key=lambda path: path.stat().st_mtime)
        if not logs:
            return ""
        with logs[-1].open("rb") as log:
            log.seek(max(0, log.seek(0, os.SEEK_END) - 4096))
            tail = log.read().decode(errors="replace")
        return tail.rpartition("starting PostgreSQL")[2].partition("\n")[2]

    def _forget_dead_postmaster(self) -> None:
        # We hold the lock of life, so the pid is another program's by now (pids come again after a reboot,
        # soon in containers), and PostgreSQL would take that program for itself. Only a server that someone
        # started by hand could be behind it; that one answers where its file says.
        noted = self._postmaster()
        if noted and _exists(noted.pid) and _ping(noted.host, noted.port) is Ping.NO_RESPONSE:
            (self._layout.cluster / "postmaster.pid").unlink(missing_ok=True)
        # The same pid is noted there. It also "exists" while it is a zombie that its starter hasn't reaped.
        self._layout.socket.with_name(self._layout.socket.name + ".lock").unlink(missing_ok=True)

    def _start(self, life: int) -> None:
        self._clear_unfinished()
        self._make_folders()
        command: list[str | Path] = [self._bin / "postgres", "-D", self._layout.cluster]
        command += [f"--{name}={value}" for name, value in self._options().items()]
        with self._layout.start_log.open("wb") as log:
            output: dict[str, Any] = {
                "stdout": log,
                "stderr": log,
                "start_new_session": True,
                "pass_fds": (life,),
            }
            self._process = subprocess.Popen(command, **self._account.popen(), **output)

    def _make_folders(self) -> None:
        logs = self._layout.log.parent
        if not logs.exists():
            logs.mkdir()
            # The server's user passes through; mkdir's own mode would be cut by the umask.
            logs.chmod(0o711)
        for folder in (self._layout.run, self._layout.log):
            self._account.own(folder)

    def _options(self) -> dict[str, str]:
        fixed = {
            "listen_addresses": "",
            "port": str(PORT),
            "unix_socket_directories": '"' + str(self._layout.run).replace('"', '""') + '"',
            "unix_socket_permissions": "0700",
            "logging_collector": "on",
            "log_directory": str(self._layout.log),
            "log_filename": "postgresql-%a.log",
            "log_rotation_age": "1d",
            "log_truncate_on_rotation": "on",
        }
        return fixed if self._durable else fixed | THROWAWAY

    def _refuse_after(self, limit_s: float, waited_s: float, refusal: type[Refusal]) -> None:
        if waited_s > limit_s:
            path, log = self._layout.data, self._layout.log
            raise refusal(path=path, log=log, user=self._account.name, wait_s=round(limit_s))

    def _signal(self, number: signal.Signals) -> None:
        if (noted := self._postmaster()) and _exists(noted.pid):
            os.kill(noted.pid, number)

    def _wait_gone(self) -> None:
        deadline = time.monotonic() + STOP_S
        while not locks.free(self._layout.life) and time.monotonic() < deadline:
            time.sleep(POLL_S)
        if self._process is not None:
            # Its locks go a moment before it can be reaped.
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=1)
            self.reap()

    def _postmaster(self) -> Noted | None:
        # Its lines: pid, folder, start, port, folder of the socket, host (PostgreSQL manual, 66.1).
        try:
            lines = (self._layout.cluster / "postmaster.pid").read_text().splitlines()
            return Noted(int(lines[0]), int(lines[3]), lines[4] or lines[5])
        except (FileNotFoundError, ValueError, IndexError):
            return None


def _ping(host: str, port: int) -> Ping:
    dsn = make_conninfo(host=host, port=port, user=USER, dbname="postgres", connect_timeout=2)
    return Ping(PGconn.ping(dsn.encode()))


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _last_lines(text: str) -> str:
    return " / ".join(line.strip() for line in text.splitlines()[-3:] if line.strip()) or "it said nothing"
