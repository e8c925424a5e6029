"""What is read and written: instances as research has them, our own tables, matrices, tables and maps of plans."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
import typst
import vrplib

from muster.planning.refused import PlanRefused
from muster.planning.routes import printed
from muster.planning.routes.plannedfiles import read_table, write_map, write_table
from muster.planning.routes.printed import Paper, said_on, write_pages
from muster.planning.routes.problem import Problem, Stop, Team
from muster.planning.routes.sheets import read_sheet
from muster.planning.routes.solve import Stopping, solve
from muster.planning.routes.travel import Matrix
from muster.planning.routes.vrplibfiles import read_instance, write_solution
from tests.planning.checker import faults_of

CVRP = """NAME : small
TYPE : CVRP
DIMENSION : 5
EDGE_WEIGHT_TYPE : EUC_2D
CAPACITY : 10
NODE_COORD_SECTION
1 0 0
2 0 10
3 0 20
4 10 0
5 20 0
DEMAND_SECTION
1 0
2 5
3 5
4 5
5 5
DEPOT_SECTION
1
-1
EOF
"""
TIMED = """NAME : timed
TYPE : PCVRPTW
DIMENSION : 4
VEHICLES : 2
CAPACITY : 10
SERVICE_TIME : 10
EDGE_WEIGHT_TYPE : EUC_2D
NODE_COORD_SECTION
1 0 0
2 0 11
3 3 4
4 90 0
DEMAND_SECTION
1 0
2 5
3 5
4 5
TIME_WINDOW_SECTION
1 0 1000
2 50 60
3 0 900
4 0 900
PRIZE_SECTION
1 0
2 0
3 0
4 20
DEPOT_SECTION
1
-1
EOF
"""
EXPLICIT = """NAME : explicit
TYPE : CVRP
DIMENSION : 3
EDGE_WEIGHT_TYPE : EXPLICIT
EDGE_WEIGHT_FORMAT : FULL_MATRIX
CAPACITY : 10
EDGE_WEIGHT_SECTION
0 5 9
5 0 2
9 2 0
DEMAND_SECTION
1 0
2 1
3 1
DEPOT_SECTION
1
-1
EOF
"""
SHEET = """id,kind,x_km,y_km,service_s,tw_early_s,tw_late_s,windows,team_days,needs,skills,demand,capacity,prize_s
市中心,base,0,0,,0,28800,,2,,cctv,,40,
学校,site,1,0,600,,,0-3600;7200-9000,,cctv,,12,,
医院,site,0,1.5,600.0,,14400,,,,,8,,
菜市场,,2,2,300,,,,,,,,,3600
"""


def made(tmp_path: Path, name: str, text: str) -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_capacitated_instance(tmp_path: Path) -> None:
    instance = read_instance(made(tmp_path, "small.vrp", CVRP))
    result = solve(instance.problem, Stopping(turns=500))
    assert not faults_of(instance.problem, result)
    assert (result.cost, result.team_days, instance.unit) == (80, 2, 1)
    write_solution(tmp_path / "small.sol", result, instance.unit)
    written = vrplib.read_solution(str(tmp_path / "small.sol"))
    assert {frozenset(route) for route in written["routes"]} == {frozenset({1, 2}), frozenset({3, 4})}
    assert written["cost"] == 80


def test_windows_and_prizes_are_counted_in_tenths(tmp_path: Path) -> None:
    instance = read_instance(made(tmp_path, "timed.vrp", TIMED))
    result = solve(instance.problem, Stopping(turns=500))
    assert not faults_of(instance.problem, result)
    assert instance.unit == 10
    assert [one.stop for one in result.left_out] == ["3"], "its prize is less than the way"
    # 5 to the second, 7.6 on, 11 back; and the prize of 20 that is forgone.
    assert result.cost == 50 + 76 + 110 + 200


def test_explicit_ways(tmp_path: Path) -> None:
    instance = read_instance(made(tmp_path, "explicit.vrp", EXPLICIT))
    assert isinstance(instance.problem.travel, Matrix)
    assert solve(instance.problem, Stopping(turns=200)).cost == 16


BAD = [
    "",
    "hello",
    CVRP.replace("EUC_2D", "GEO"),
    CVRP.replace("CAPACITY", "DISTANCE : 5\nCAPACITY"),
    "NAME : nothing\nEOF\n",
    CVRP.replace("2 0 10\n", "2 0 ten\n"),
    CVRP.replace("CAPACITY : 10", "CAPACITY : x"),
]


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_instance_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(PlanRefused, match=r"bad\.vrp"):
        read_instance(made(tmp_path, "bad.vrp", text))


def test_our_sheet(tmp_path: Path) -> None:
    sheet = read_sheet(made(tmp_path, "sites.csv", SHEET))
    school, hospital, market = sheet.problem.stops
    assert school.windows == ((0, 3600), (7200, 9000))
    assert school.needs == {"cctv"}
    assert (hospital.service_s, hospital.windows, hospital.demand) == (600, ((0, 14400),), (8,))
    assert (market.prize_s, school.prize_s) == (3600, None)
    (base,) = sheet.problem.teams
    assert (base.count, base.closes_s, base.capacity) == (2, 28_800, (40,))
    result = solve(sheet.problem, Stopping(turns=500))
    assert not faults_of(sheet.problem, result)
    assert result.team_days == 1


def test_a_table_of_a_chinese_windows_is_read(tmp_path: Path) -> None:
    path = tmp_path / "sites.csv"
    path.write_bytes(SHEET.encode("gb18030"))
    assert [one.id for one in read_sheet(path).problem.stops] == ["学校", "医院", "菜市场"]


def test_times_may_be_before_the_moment_that_they_count_from(tmp_path: Path) -> None:
    text = "id,kind,x_km,y_km,tw_early_s,tw_late_s,team_days\nb,base,0,0,-7200,0,1\ns,site,1,0,-3600,-1800,\n"
    problem = read_sheet(made(tmp_path, "sites.csv", text)).problem
    result = solve(problem, Stopping(turns=50))
    assert not faults_of(problem, result)
    assert -3600 <= result.routes[0].visits[0].begins_s <= -1800


def test_places_are_said_alike(tmp_path: Path) -> None:
    teams = made(tmp_path, "teams.csv", "id,kind,lat,lon,team_days\nb,base,36,115,1\n")
    with pytest.raises(PlanRefused, match="don't say alike"):
        read_sheet(made(tmp_path, "sites.csv", SHEET), teams)


def test_degrees_become_kilometres(tmp_path: Path) -> None:
    text = "id,kind,lat,lon,service_s,tw_late_s,team_days\nb,base,36.45,115.98,,28800,1\ns,site,36.45,116.08,600,,\n"
    sheet = read_sheet(made(tmp_path, "sites.csv", text))
    (stop,), (team,) = sheet.problem.stops, sheet.problem.teams
    assert stop.x - team.start[0] == pytest.approx(8.94, abs=0.02)
    assert sheet.places["s"] == (116.08, 36.45)


@pytest.mark.parametrize("name", ["ways.csv", "ways.json"])
def test_a_matrix_is_in_the_order_of_the_table(tmp_path: Path, name: str) -> None:
    rows = [[0, 100, 200, 300], [110, 0, 20, 30], [210, 21, 0, 31], [310, 32, 33, 0]]
    plain = "\n".join(",".join(map(str, row)) for row in rows)
    text = json.dumps({"durations": rows}) if name.endswith("json") else plain
    sheet = read_sheet(made(tmp_path, "sites.csv", SHEET.replace("cctv", "")), matrix=made(tmp_path, name, text))
    assert isinstance(sheet.problem.travel, Matrix)
    assert sheet.problem.travel.seconds.tolist() == [
        [0, 20, 30, 110, 110], [21, 0, 31, 210, 210], [32, 33, 0, 310, 310], [100, 200, 300, 0, 0], [100, 200, 300, 0, 0],
    ]  # fmt: skip


def test_where_there_is_no_way_nobody_goes(tmp_path: Path) -> None:
    rows = [[0, 100, None, 300], [110, 0, None, 30], [None, None, 0, None], [310, 32, None, 0]]
    ways = made(tmp_path, "ways.json", json.dumps({"durations": rows}))
    result = solve(read_sheet(made(tmp_path, "sites.csv", SHEET), matrix=ways).problem, Stopping(turns=300))
    assert [(one.stop, one.why) for one in result.left_out] == [("医院", "out_of_reach")]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("600.0", "ten", "line 4, service_s: “ten”"),
        ("0-3600;", "morning;", "line 3, windows"),
        ("x_km", "x", "lacks the column x_km"),
        ("医院,", "学校,", "学校 stands twice"),
        ("1.5", "", "line 4, y_km"),
        ("菜市场,,", "菜市场,market,", "line 5, kind: “market”"),
        ("医院,", "市中心,", "市中心 stands twice"),
        ("0-3600", "3600-0", "line 3.*windows"),
    ],
)
def test_what_is_unclear_is_said_with_its_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(PlanRefused, match=said):
        read_sheet(made(tmp_path, "sites.csv", SHEET.replace(old, new)))


@pytest.mark.parametrize(
    ("name", "text"), [("m.csv", "1,2\n3,4"), ("m.csv", "a,b"), ("m.json", "[]"), ("m.json", '{"durations": []}')]
)
def test_what_is_no_matrix_is_refused(tmp_path: Path, name: str, text: str) -> None:
    with pytest.raises(PlanRefused, match="no matrix"):
        read_sheet(made(tmp_path, "sites.csv", SHEET), matrix=made(tmp_path, name, text))


def test_a_plan_as_table_and_map(tmp_path: Path) -> None:
    sheet = read_sheet(made(tmp_path, "sites.csv", SHEET.replace("3600\n", "1\n")))
    result = solve(sheet.problem, Stopping(turns=300))
    write_table(tmp_path / "plan.csv", result)
    with (tmp_path / "plan.csv").open(newline="", encoding="utf-8-sig") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["stop"]: row["left_out"] for row in rows} == {"学校": "", "医院": "", "菜市场": "not_worth_it"}
    write_map(tmp_path / "plan.geojson", sheet.problem, result, sheet.places)
    features = json.loads((tmp_path / "plan.geojson").read_text(encoding="utf-8"))["features"]
    assert [one["geometry"]["type"] for one in features] == ["LineString", "Point", "Point", "Point"]
    assert features[0]["geometry"]["coordinates"][0] == [0.0, 0.0]


DAYS = """id,kind,x_km,y_km,service_s,tw_early_s,tw_late_s,team_days,days,pause,speed,group
市中心,base,0,0,,0,28800,1,3,14400-16200,0.5,
学校,site,1,0,600,0,14400,,2;3,,,甲
医院,site,0,1.5,600,,,,,,,甲
菜市场,,2,2,300,,7200,,,,,
"""


def test_days_pauses_speeds_and_groups(tmp_path: Path) -> None:
    problem = read_sheet(made(tmp_path, "sites.csv", DAYS)).problem
    school, hospital, market = problem.stops
    assert school.windows == ((86_400, 100_800), (172_800, 187_200))
    assert hospital.windows == ()
    assert [early for early, _late in market.windows] == [0, 86_400, 172_800]
    assert (school.group, hospital.group, market.group) == ("甲", "甲", "")
    assert [(one.day, one.opens_s, one.pause) for one in problem.teams][1] == (2, 86_400, (100_800, 102_600))
    assert {one.speed for one in problem.teams} == {0.5}
    result = solve(problem, Stopping(turns=500))
    assert not faults_of(problem, result)
    assert not result.left_out


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("2;3", "4", "line 3, days: “4”"),
        (",3,14400", ",0,14400", "line 2, days: “0”"),
        (",28800,", ",,", "line 2, tw_late_s"),
        ("14400-16200", "14400-16200;17000-18000", "line 2, pause"),
        ("14400-16200", "16200-14400", "line 2.*pause"),
        (",0.5,", ",0.01,", "line 2.*speed: 0.01"),
    ],
)
def test_what_is_unclear_of_days_is_said_with_its_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(PlanRefused, match=said):
        read_sheet(made(tmp_path, "sites.csv", DAYS.replace(old, new)))


def test_a_plan_is_read_again(tmp_path: Path) -> None:
    problem = read_sheet(made(tmp_path, "sites.csv", DAYS)).problem
    result = solve(problem, Stopping(turns=500))
    path = tmp_path / "plan.csv"
    write_table(path, result)
    kept = read_table(path, problem)
    assert [(one.nr, one.team, one.day) for one in kept] == [(one.nr, one.team, one.day) for one in result.routes]
    assert [one.stops for one in kept] == [tuple(visit.stop for visit in one.visits) for one in result.routes]
    fewer = Problem(problem.stops[1:], problem.teams, problem.travel)
    assert {stop for one in read_table(path, fewer) for stop in one.stops} == {"医院", "菜市场"}
    assert len(read_table(path, problem, [kept[0].nr])) == len(kept) - 1
    assert read_table(path, Problem(problem.stops, ())) == ()


def test_what_is_no_plan_is_refused(tmp_path: Path) -> None:
    problem = read_sheet(made(tmp_path, "sites.csv", DAYS)).problem
    with pytest.raises(PlanRefused, match="lacks the columns route, stop, team"):
        read_table(made(tmp_path, "a.csv", DAYS), problem)
    with pytest.raises(PlanRefused, match="visits none of them"):
        read_table(made(tmp_path, "b.csv", "route,team,stop\n1,市中心,somewhere\n"), problem)
    with pytest.raises(PlanRefused, match="no plan"):
        read_table(made(tmp_path, "c.csv", "route,team,stop\none,市中心,学校\n"), problem)
    with pytest.raises(PlanRefused, match="has no route 7"):
        read_table(made(tmp_path, "d.csv", "route,team,stop\n1,市中心,学校\n"), problem, [7])


needs_font = pytest.mark.skipif(
    not set(printed.FONTS) & set(typst.Fonts().families()), reason="no font with Chinese characters: fonts-noto-cjk"
)


def test_without_a_font_nothing_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printed, "FONTS", ("No Such Font",))
    with pytest.raises(PlanRefused, match="fonts-noto-cjk"):
        printed.must_have_fonts()


@needs_font
@pytest.mark.parametrize(("language", "stop"), [("zh-hans", "点位"), ("en", "Stop")])
def test_a_plan_on_paper(tmp_path: Path, language: str, stop: str) -> None:
    """An overview and a page a team-day; what is on them is seen where Typst is asked for it."""
    problem = read_sheet(made(tmp_path, "sites.csv", DAYS)).problem
    result = solve(problem, Stopping(turns=500))
    paper = Paper("巡查", language, 8 * 3600)
    write_pages(tmp_path / "plan.pdf", problem, result, paper)
    assert (tmp_path / "plan.pdf").read_bytes().startswith(b"%PDF")
    said = said_on(problem, result, paper)
    assert said["words"]["stop"] == stop
    assert len(said["routes"]) == result.team_days
    first = result.routes[0].visits[0]
    begins = (first.begins_s - (result.routes[0].day - 1) * 86_400) // 60 + 8 * 60
    assert said["routes"][0]["visits"][0][3] == f"{begins // 60:02d}:{begins % 60:02d}"
    ways = [at for route in said["routes"] for at in route["map"]["way"]]
    assert all(0 <= x <= 180 and 0 <= y <= 96 for x, y in ways)


def test_nonsense_is_refused_where_it_stands() -> None:
    with pytest.raises(PlanRefused, match="service_s: -1"):
        Problem((Stop("a", 0, 0, -1),), ())
    with pytest.raises(PlanRefused, match=r"team b .*closes_s: 5"):
        Problem((), (Team("b", (0, 0), 10, 5),))
