"""A province pulls its cities' figures with the example of the documents, against cities that are served."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys.conftest import Served

pytestmark = pytest.mark.xdist_group("journeys")
EXAMPLE = Path(__file__).parents[2] / "docs/examples/province.py"


def pulled(cities: Path, *more: str) -> tuple[int, list[dict[str, str]]]:
    done = subprocess.run(
        [sys.executable, str(EXAMPLE), str(cities), *more], capture_output=True, text=True, check=False, timeout=60
    )
    return done.returncode, list(csv.DictReader(io.StringIO(done.stdout)))


def test_the_figures_of_all_cities_stand_side_by_side(city: Served, tmp_path: Path) -> None:
    given = ("demo.duty", "--name", "省平台", "--scope", "figures:read")
    token = city.muster("token", *given).stdout.strip()
    cities = tmp_path / "cities.csv"
    cities.write_text(
        f"聊城市,{city.address},{token}\n别的市,{city.address},muster_wrong\n没开的市,http://127.0.0.1:9,{token}\n"
    )
    status, rows = pulled(cities, "--as-of", "2022-12-05")
    own, wrong, off = rows
    asked = ("figures", "--area", "371500", "--as-of", "2022-12-05", "--format", "json")
    told = city.muster(*asked).stdout
    assert (status, own["city"], own["fault"]) == (1, "聊城市", "")
    assert '"key": "findings_found"' in told
    assert f'"value": {own["findings_found"]}' in told
    assert int(own["findings_found"]) > 300
    assert wrong["fault"].startswith("401 ")
    assert (off["findings_found"], bool(off["fault"])) == ("", True)
