"""Guards of the database: nobody closes own work, whatever statement is sent past the verbs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone

from muster.loop.matter import Matter
from tests.cast import Cast
from tests.loop import stage
from tests.loop.attack import (
    CHECKER,
    HAND,
    LAST_CHECK,
    PARTY,
    STEP,
    closing,
    in_one_breath,
    known_to,
    passing,
    sided,
    step,
    stopped_by,
)

Ready = Callable[[Cast], Matter]


def at_closure(cast: Cast) -> Matter:
    return cast.at_closure()


def reopened(cast: Cast) -> Matter:
    matter = cast.closed()
    matter.reopen(by=cast.chief, reason="反弹")
    return matter


def revisited(cast: Cast) -> Matter:
    """In its second cycle, with a revisit's pass in it."""
    matter = reopened(cast)
    cast.closed(matter)
    matter.revisit(by=cast.second_verifier, passed=True, photos=[cast.photo()])
    return matter


def request_at_closure(cast: Cast) -> Matter:
    return cast.at_closure(cast.request())


def supported(cast: Cast) -> Matter:
    return cast.at_closure(stage.assigned(cast))


CLOSING: dict[str, tuple[str, Ready, str]] = {
    "say so": ("matter_closed_by_check", at_closure, "update matter set status = 'closed' where id = %(m)s"),
    "by a check that isn't there": ("matter_closing_check", at_closure, closing("select gen_random_uuid()")),
    "stay open by a check": (
        "matter_closed_by_check", stage.failed,
        f"update matter set closing_check = ({LAST_CHECK}) where id = %(m)s",
    ),
    "by a check that failed": ("matter_closing_check", stage.failed, closing(LAST_CHECK)),
    "by a pass of an earlier cycle": ("matter_closing_check", reopened, closing(LAST_CHECK)),
    "by going back to an earlier cycle": (
        "rows_are_kept", reopened,
        f"update matter set status = 'closed', cycle = 1, closing_check = ({LAST_CHECK}) where id = %(m)s",
    ),
    "by a new pass dated to an earlier cycle": (
        "matter_closing_check", reopened, passing(cycle="1") + closing(LAST_CHECK),
    ),
    "by the pass of another matter": (
        "matter_closing_check", at_closure,
        closing("select closing_check from matter where closing_check is not null limit 1"),
    ),
    "by a revisit": ("matter_closing_check", revisited, closing(LAST_CHECK)),
    "by a revisit in the same breath": (
        "matter_closing_check", at_closure, CHECKER + in_one_breath(passing(how="sample")),
    ),
    "as another kind": ("verification_kind", at_closure, passing("null", "null", "rating", kind="proposal", rating="5")),
    "by a call-back of a finding": ("verification_how", at_closure, CHECKER + passing(how="call_back")),
    "by an anonymous rating of a finding": ("verification_how", at_closure, passing("null", "null", "rating")),
    "by an anonymous visit": ("verification_by_somebody", at_closure, passing("null", "null")),
    "for no organisation": ("verification_by_somebody", at_closure, CHECKER + passing(organisation="null")),
    "without evidence": ("verification_has_evidence", at_closure, CHECKER + passing(evidence="null")),
    "by a visit while the resident may be heard": (
        "verification_after_silence", request_at_closure, CHECKER + passing(kind="request"),
    ),
    "with a rating there is none of": ("rating_1_to_5", at_closure, CHECKER + passing(rating="6")),
    "failing it without a word": (
        "failed_says_why", at_closure, CHECKER + passing(passed=False).replace("'seen'", "''"),
    ),
    "by own hand": ("verifier_independent", at_closure, passing("fixer", "unit") + closing(LAST_CHECK)),
    "by own hand, having left": ("verification_person_on_side", at_closure, passing("fixer", "checkers")),
    "for the own organisation": (
        "verification_organisation_on_side", at_closure, CHECKER + passing(organisation="unit"),
    ),
    "for an organisation that the verifier isn't of": (
        "verification_member", at_closure, CHECKER + sided("checker", None, "other") + passing(organisation="other"),
    ),
    "by somebody on no side": ("verification_person_on_side", at_closure, passing()),
    "for an organisation below the doer": ("sides_stay_apart", at_closure, sided("checker", None, "crew")),
    "by somebody below the doer": ("sides_stay_apart", at_closure, sided("checker", "junior")),
    "by a member of the doer who is on no side yet": ("verifier_independent", at_closure, passing("junior", "crew")),
    "for a supporting organisation": ("sides_stay_apart", supported, sided("checker", "helper")),
    "on the spot by the doer": ("verifier_independent", at_closure, passing("fixer", "unit", "on_spot")),
}  # fmt: skip


@pytest.mark.parametrize("attack", CLOSING)
def test_nobody_closes(cast: Cast, attack: str) -> None:
    constraint, ready, statement = CLOSING[attack]
    cast.closed()
    matter = ready(cast)
    if attack.endswith("having left"):
        cast.fixer.memberships.update(until=timezone.now())
        cast.join("fixer", "checkers")
    assert stopped_by(statement, known_to(cast, matter)) == constraint


def test_the_forged_rows_are_sound_but_for_what_stops_them(cast: Cast) -> None:
    """Or the attacks above would be stopped by a slip of their own."""
    statement = CHECKER + passing() + closing(LAST_CHECK)
    assert stopped_by(statement, known_to(cast, cast.at_closure())) is None


RULING = f"insert into return_ruling ({STEP}, asked_id, upheld, reason) values"
ASKED = "(select id from return_ where matter_id = %(m)s)"

SIDES: dict[str, tuple[str, Ready, str]] = {
    "an assignment of an organisation on no side": (
        "assignment_on_side", at_closure,
        f"insert into assignment ({STEP}, part, organisation_id, dispatched_at, due_at, reason) "
        f"values ({step('dispatcher', 'headquarters')}, 'support', %(other)s, %(now)s, %(now)s, '')",
    ),
    "an assignment of a checker": ("sides_stay_apart", stage.failed, sided("doer", None, "checkers")),
    "a response of somebody on no side": (
        "response_on_side", at_closure,
        f"insert into response ({STEP}, text) values ({step('stranger', 'other')}, 'done')",
    ),
    "a response of a checker": (
        "response_on_side", stage.failed,
        sided("doer", "verifier") + f"insert into response ({STEP}, text) values ({step('verifier', 'checkers')}, 'x')",
    ),
    "a ruling of the unit on its own return": (
        "return_ruling_person_on_side", stage.returned, f"{RULING} ({step('fixer', 'unit')}, {ASKED}, true, 'ours')",
    ),
    "a ruling of nobody": ("by_id", stage.returned, f"{RULING} ({step('null', 'null')}, {ASKED}, true, 'ours')"),
    "a reopening of somebody on no side": (
        "reopening_person_on_side", at_closure,
        f"insert into reopening ({STEP}, reason) values ({step('chief', 'headquarters')}, 'why')",
    ),
    "a second side of an organisation": (
        "party_pkey", stage.failed, f"{PARTY} (%(m)s, %(checkers)s, 'checker')",
    ),
    "a second side of a person": ("hand_pkey", at_closure, f"{HAND} (%(m)s, %(fixer)s, 'doer')"),
    "a third side": ("hand_side_known", at_closure, f"{HAND} (%(m)s, %(stranger)s, 'both')"),
    "voiding by one person alone": (
        "second_person", stage.voiding_asked,
        f"insert into voiding ({STEP}, reason, asked_id) values ({step('chief', 'headquarters')}, '', "
        "(select id from voiding_request where matter_id = %(m)s))",
    ),
    "voiding by one person alone, in one breath": (
        "second_person", stage.assigned,
        sided("checker", "chief", "headquarters") + f"with asked as (insert into voiding_request ({STEP}, reason) values "
        f"({step('chief', 'headquarters').replace('gen_random_uuid()', '%(m)s')}, 'x')) "
        f"insert into voiding ({STEP}, reason, asked_id) values ({step('chief', 'headquarters')}, '', %(m)s)",
    ),
    "publishing by one person alone": (
        "second_person", stage.drafted,
        f"insert into publication ({STEP}, number, asked_id) values ({step('chief', 'headquarters')}, '7', "
        "(select id from publication_draft where matter_id = %(m)s))",
    ),
    "a grant for an organisation that the person isn't of": (
        "grant_of_member", at_closure,
        "insert into grant_ (person_id, role, area_id, organisation_id, from_at) "
        "values (%(fixer)s, 'verifier', '371500', %(checkers)s, %(now)s)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("attack", SIDES)
def test_nobody_acts_beside_the_own_side(cast: Cast, attack: str) -> None:
    constraint, ready, statement = SIDES[attack]
    assert stopped_by(statement, known_to(cast, ready(cast))) == constraint
