"""`muster plan routes`, as it is typed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from click.testing import CliRunner

from muster.cli import main
from tests.planning.test_files import CVRP, SHEET, made, needs_font

MUSTER = [sys.executable, "-c", "from muster.cli import main; main()"]


def typed(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["plan", "routes", *map(str, arguments)])
    return result.exit_code, result.output


def test_a_sheet_is_planned(tmp_path: Path) -> None:
    source, out = made(tmp_path, "sites.csv", SHEET), tmp_path / "plan.csv"
    code, said = typed(source, "--turns", 300, "--out", out, "--out", tmp_path / "plan.geojson")
    assert code == 0, said
    assert "1 team-days (no plan needs fewer than 1)" in said
    assert "学校" in out.read_text(encoding="utf-8-sig")
    assert (tmp_path / "plan.geojson").exists()


def test_what_no_team_can_reach_is_said_first(tmp_path: Path) -> None:
    source = made(tmp_path, "sites.csv", SHEET.replace("cctv,,40", ",,40"))
    code, said = typed(source, "--turns", 300, "--out", tmp_path / "plan.csv")
    assert code == 0
    assert said.startswith("1 can't be visited by any team:\n  学校: No team has the skills that it needs.")


def test_an_instance_is_planned(tmp_path: Path) -> None:
    code, said = typed(made(tmp_path, "small.vrp", CVRP), "--stop-s", "1", "--out", tmp_path / "small.sol")
    assert code == 0, said
    assert (tmp_path / "small.sol").read_text().endswith("Cost: 80\n")


@needs_font
def test_a_plan_is_changed_printed_and_asked_what_if(tmp_path: Path) -> None:
    source, out = made(tmp_path, "sites.csv", SHEET), tmp_path / "plan.csv"
    typed(source, "--turns", 300, "--out", out)
    more = made(tmp_path, "more.csv", SHEET + "车站,site,1,1,600,,,,,,,,,\n")
    asked = (
        "--turns",
        300,
        "--keep",
        out,
        "--people",
        50,
        "--what-if-s",
        0.1,
        "--zero",
        "08:00",
        "--out",
        tmp_path / "again.pdf",
    )
    code, said = typed(more, *asked)
    assert code == 0, said
    assert "Moved to another team: 0 of 3 stops" in said
    assert "25 teams of 2: 1 days" in said
    assert "One hour more a day: 1 team-days instead of 1" in said
    assert (tmp_path / "again.pdf").read_bytes().startswith(b"%PDF")
    code, said = typed(more, "--turns", 300, "--keep", out, "--without", "9", "--out", out)
    assert (code, "plan.csv has no route 9." in said) == (1, True)
    assert typed(more, "--without", "1", "--out", out)[0] == 2
    assert "no time of day" in typed(more, "--zero", "25:00", "--out", out)[1]
    assert "aren't numbers of routes" in typed(more, "--keep", out, "--without", "a", "--out", out)[1]


def test_what_is_wrong_is_said_in_a_paragraph(tmp_path: Path) -> None:
    code, said = typed(made(tmp_path, "sites.csv", SHEET.replace("600.0", "ten")), "--out", tmp_path / "plan.csv")
    assert code == 1
    assert "sites.csv, line 4, service_s: “ten” can't be read." in said
    code, said = typed(made(tmp_path, "sites.csv", SHEET), "--out", tmp_path / "plan.docx")
    assert code == 2
    assert "plan.docx ends in none of .csv, .geojson, .pdf, .sol" in said


def test_ctrl_c_ends_with_the_best_so_far(tmp_path: Path) -> None:
    source, out = made(tmp_path, "sites.csv", SHEET), tmp_path / "plan.csv"
    begun = time.monotonic()
    asked = [*MUSTER, "plan", "routes", str(source), "--stop-s", "100", "--out", str(out)]
    with subprocess.Popen(asked, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as command:
        assert command.stderr
        assert "team-days" in command.stderr.readline(), "the first plan"
        os.kill(command.pid, signal.SIGINT)
        said = command.communicate()[0]
    assert time.monotonic() - begun < 80
    assert f"Written: {out}" in said
    assert out.exists()
