"""The store keeps every byte or nothing, and says which."""

from __future__ import annotations

import hashlib
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from threading import Thread

import pytest

from muster.evidence.store import FileTooLarge, Kept, NotKept, StoreFull, keep, open_, place, sweep, verify

CONTENT = b"what the inspector saw" * 1000
SHA256 = hashlib.sha256(CONTENT).hexdigest()
MEBIBYTE = 1 << 20

KILLED_IN_THE_MIDDLE = """
import os, signal, sys
from pathlib import Path
from muster.evidence.store import keep

class Dying:
    def __init__(self):
        self.pieces = [b"x" * 3_000_000, b"y" * 3_000_000]
    def read(self, size):
        if not self.pieces:
            os.kill(os.getpid(), signal.SIGKILL)
        return self.pieces.pop()

keep(Dying(), Path(sys.argv[1]), 10**9)
"""

FILE_SIZE_LIMITED = """
import sys
from io import BytesIO
from pathlib import Path
from muster.evidence.store import StoreFull, keep

try:
    keep(BytesIO(bytes(5_000_000)), Path(sys.argv[1]), 10**9)
except StoreFull as refusal:
    print(refusal.code)
"""


class Endless:
    """A sender who never stops; counts what was taken from it."""

    taken = 0

    def read(self, size: int, /) -> bytes:
        self.taken += size
        return bytes(size)


class Broken:
    """A connection that is cut after the first piece."""

    begun = False

    def read(self, size: int, /) -> bytes:
        if self.begun:
            raise ConnectionResetError
        self.begun = True
        return b"half a photo"


def files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


def test_what_is_kept_lies_under_its_hash_and_reads_back(tmp_path: Path) -> None:
    kept = keep(BytesIO(CONTENT), tmp_path, MEBIBYTE)

    assert kept == Kept(SHA256, len(CONTENT), tmp_path / SHA256[:2] / SHA256[2:4] / SHA256)
    assert files(tmp_path) == [kept.path]
    with open_(tmp_path, SHA256) as file:
        assert file.read() == CONTENT
    assert verify(tmp_path, SHA256)


def test_the_same_content_twice_is_one_file(tmp_path: Path) -> None:
    assert keep(BytesIO(CONTENT), tmp_path, MEBIBYTE) == keep(BytesIO(CONTENT), tmp_path, MEBIBYTE)
    assert len(files(tmp_path)) == 1


def test_the_same_content_at_the_same_time_is_one_whole_file(tmp_path: Path) -> None:
    senders = [Thread(target=keep, args=(BytesIO(CONTENT), tmp_path, MEBIBYTE)) for _ in range(8)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert len(files(tmp_path)) == 1
    assert verify(tmp_path, SHA256)


def test_exactly_as_large_as_allowed_is_kept_one_byte_more_is_not(tmp_path: Path) -> None:
    assert keep(BytesIO(CONTENT), tmp_path, len(CONTENT)).size == len(CONTENT)
    with pytest.raises(FileTooLarge):
        keep(BytesIO(CONTENT + b"!"), tmp_path, len(CONTENT))
    assert len(files(tmp_path)) == 1


def test_too_large_stops_reading_and_leaves_nothing(tmp_path: Path) -> None:
    sender = Endless()
    with pytest.raises(FileTooLarge, match=r"larger than 3\.5 MB"):
        keep(sender, tmp_path, 3_500_000)
    assert sender.taken == 3_500_001
    assert files(tmp_path) == []


def test_a_cut_connection_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ConnectionResetError):
        keep(Broken(), tmp_path, MEBIBYTE)
    assert files(tmp_path) == []


def test_what_the_check_refuses_is_not_kept(tmp_path: Path) -> None:
    seen: list[bytes] = []

    def check(path: Path) -> None:
        seen.append(path.read_bytes())
        raise FileTooLarge(max_mb=0)

    with pytest.raises(FileTooLarge):
        keep(BytesIO(CONTENT), tmp_path, MEBIBYTE, check)
    assert seen == [CONTENT]
    assert files(tmp_path) == []


def test_a_changed_original_does_not_verify_and_arriving_again_heals_it(tmp_path: Path) -> None:
    kept = keep(BytesIO(CONTENT), tmp_path, MEBIBYTE)
    kept.path.chmod(0o640)
    kept.path.write_bytes(CONTENT[:-1])
    assert not verify(tmp_path, SHA256)

    keep(BytesIO(CONTENT), tmp_path, MEBIBYTE)
    assert verify(tmp_path, SHA256)


@pytest.mark.parametrize("asked", ["0" * 64, "", "../../../etc/passwd", SHA256.upper(), SHA256 + "\n"])
def test_what_is_not_in_the_store_is_refused(tmp_path: Path, asked: str) -> None:
    keep(BytesIO(CONTENT), tmp_path, MEBIBYTE)
    with pytest.raises(NotKept):
        open_(tmp_path, asked)
    assert not verify(tmp_path, asked)


def test_a_killed_process_leaves_no_original_and_sweep_removes_the_rest(tmp_path: Path) -> None:
    whole = keep(BytesIO(CONTENT), tmp_path, MEBIBYTE)
    died = subprocess.run([sys.executable, "-c", KILLED_IN_THE_MIDDLE, tmp_path], check=False, timeout=60)
    assert died.returncode == -signal.SIGKILL
    [left] = [path for path in files(tmp_path) if path != whole.path]
    assert left.stat().st_size > 0

    assert sweep(tmp_path, older_than_s=3600) == 0
    assert left.exists()
    hours_ago = time.time() - 7200
    os.utime(left, (hours_ago, hours_ago))
    os.utime(whole.path, (hours_ago, hours_ago))
    assert sweep(tmp_path, older_than_s=3600) == 1
    assert files(tmp_path) == [whole.path]


def test_a_limit_on_file_size_is_refused_by_name(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FILE_SIZE_LIMITED, tmp_path],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (MEBIBYTE, MEBIBYTE)),
    )
    assert done.stdout.strip() == StoreFull.code
    assert files(tmp_path) == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of one mebibyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if sys.platform != "linux" or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small disk needs root on Linux")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_refused_by_name_and_keeps_what_it_had(small_disk: Path) -> None:
    before = keep(BytesIO(CONTENT), small_disk, MEBIBYTE)
    for size in (2 * MEBIBYTE, MEBIBYTE - 1000):
        with pytest.raises(StoreFull, match="nothing was kept"):
            keep(BytesIO(os.urandom(size)), small_disk, 10 * MEBIBYTE)
    assert files(small_disk) == [before.path]
    assert keep(BytesIO(b"there is room for this"), small_disk, MEBIBYTE).path.exists()


def test_the_hash_decides_the_place() -> None:
    assert place(Path("/kept"), SHA256) == Path(f"/kept/{SHA256[:2]}/{SHA256[2:4]}/{SHA256}")
