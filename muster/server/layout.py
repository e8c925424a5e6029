"""What stands where in the data folder, and the one server address that follows from it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from psycopg.conninfo import make_conninfo

PORT = 5432
USER = "muster"
DATABASE = "muster"


@dataclass(frozen=True)
class ConnectionInfo:
    """How to reach a database of the embedded server: `host` is its socket's folder; no password."""

    host: str
    port: int = PORT
    user: str = USER
    dbname: str = DATABASE

    @property
    def dsn(self) -> str:
        """The libpq connection string."""
        return make_conninfo(host=self.host, port=self.port, user=self.user, dbname=self.dbname)

    def database(self, name: str) -> ConnectionInfo:
        """The same server's database of that name."""
        return replace(self, dbname=name)


@dataclass(frozen=True)
class Layout:
    """The paths inside the data folder `data`."""

    data: Path

    @property
    def arrivals(self) -> Path:
        """Held by whoever starts, joins or stops the server. Made first, it marks a folder as ours."""
        return self.data / "muster.lock"

    @property
    def users(self) -> Path:
        """Held, as one of many, by every process that uses the server."""
        return self.data / "users.lock"

    @property
    def life(self) -> Path:
        """Held by the server's own processes, down to the last orphan: free means that none is alive."""
        return self.data / "postgresql.lock"

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own data directory."""
        return self.data / "postgresql"

    @property
    def run(self) -> Path:
        """The folder of the socket. Whoever can enter it may do anything in the database."""
        return self.data / "run"

    @property
    def socket(self) -> Path:
        return self.run / f".s.PGSQL.{PORT}"

    @property
    def log(self) -> Path:
        """The folder of the server's log, a file a weekday."""
        return self.data / "log/postgresql"

    @property
    def start_log(self) -> Path:
        """What the server said before its log began; written by us, so outside its user's folder."""
        return self.data / "log/postgresql-start.log"

    @property
    def connection(self) -> ConnectionInfo:
        return ConnectionInfo(host=str(self.run))
