"""Members of a team by rows: found or told why not, and nobody is added before somebody has looked."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from muster.people.person import Person
from muster.people.team import Team, TeamMember
from tests.cast import Cast
from tests.web.asking import few_questions
from tests.web.signed_in import signed_in

ENGLISH: Any = {"HTTP_ACCEPT_LANGUAGE": "en"}


@pytest.fixture
def team(cast: Cast) -> Team:
    return Team.objects.create(kind="field_team", name="一组", area=cast.town, organisation=cast.unit)


def paste(cast: Cast, team: Team, rows: str, who: str = "administrator", **more: str) -> Any:
    return signed_in(cast.people[who]).post(f"/teams/{team.pk}/members/", {"rows": rows, **more}, **ENGLISH)


def why(answer: Any) -> list[str]:
    found = re.findall(r'<td class="wrong">.*?</svg>(.*?)</td>', answer.content.decode())
    return [one.split(".")[0].split(":")[0] for one in found]


def test_a_sign_up_chain_is_looked_at_then_taken_in(cast: Cast, team: Team) -> None:
    chain = "#接龙 12月6日采样\n1. Fixer unit 13800000042\n2. Helper，support\n3. 王无名 医院"
    looked = paste(cast, team, chain)
    assert "2 persons found" in looked.content.decode()
    assert why(looked) == ["Nobody of this name here"]
    assert not TeamMember.objects.exists()
    answer = paste(cast, team, chain, take="1")
    assert answer["Location"] == f"/teams/{team.pk}/"
    assert {one.person for one in TeamMember.objects.all()} == {cast.fixer, cast.helper}


def test_cells_of_a_spreadsheet_and_why_others_are_not_added(cast: Cast, team: Team) -> None:
    TeamMember.objects.create(team=team, person=cast.reader)
    rows = "姓名\t单位\nFixer\tunit\nfixer\t\nReader\t\n\nhelper\tsupport\n"
    assert why(paste(cast, team, rows)) == [
        "Nobody of this name here", "Stands in row 2 already", "Reader is in the team already",
    ]  # fmt: skip


def test_namesakes_are_told_apart_or_asked_about(cast: Cast, team: Team) -> None:
    Person.objects.filter(login="helper").update(name="Fixer", phone="13900000001")
    assert why(paste(cast, team, "Fixer")) == ["Several persons"]
    for row, login in (("Fixer\t139-0000-0001", "helper"), ("Fixer\tsupport", "helper"), ("Fixer\tfixer", "fixer")):
        assert why(paste(cast, team, row)) == []
        paste(cast, team, row, take="1")
        assert TeamMember.objects.latest("pk").person.login == login
        TeamMember.objects.all().delete()


def test_nothing_or_too_much_is_said(cast: Cast, team: Team) -> None:
    assert paste(cast, team, " \n").status_code == 422
    assert paste(cast, team, "Fixer\n" * 301).status_code == 422


def test_only_those_that_one_administers_and_only_by_administrators(cast: Cast, team: Team) -> None:
    local = cast.person("local", "bureau")
    cast.grant("local", "administrator", "bureau", area=cast.county)  # type: ignore[arg-type]
    assert why(paste(cast, team, "Reader\nFixer", "local")) == ["Nobody of this name here"]
    assert local.is_active
    for who in ("chief", "outsider", "fixer"):
        assert paste(cast, team, "Fixer", who, take="1").status_code == 404
    assert Client().get(f"/teams/{team.pk}/members/").status_code == 302
    assert not TeamMember.objects.exists()


def test_many_rows_cost_no_more_questions(cast: Cast, team: Team) -> None:
    client = signed_in(cast.administrator)
    with few_questions(16):
        client.post(f"/teams/{team.pk}/members/", {"rows": "\n".join(f"Nobody {nr}" for nr in range(200))})
