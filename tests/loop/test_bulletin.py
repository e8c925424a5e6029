"""Bulletins: one approver an issue, nobody named, nothing deleted, whatever the code does."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from muster.loop.arrival import Caller
from muster.loop.audit import audit
from muster.loop.bulletin import Bulletin, BulletinItem, NumberTaken, PersonNamed
from muster.loop.command import ReplyNeeded
from muster.loop.matter import Matter
from muster.loop.refusals import AlreadyDone, NothingPending, NotYours
from muster.people.role import Role
from tests.cast import Cast
from tests.loop.stage import assigned, closed, drafted, published, refuses


def test_what_one_person_approves_under_a_number_is_one_issue(cast: Cast) -> None:
    for _n in range(3):
        published(cast)
    issue = Bulletin.objects.get()
    assert (issue.number, issue.author, issue.approver, issue.items.count()) == ("第 7 期", cast.chief, cast.deputy, 3)
    assert (issue.area, issue.organisation, issue.withdrawn_at) == (cast.city, cast.headquarters, None)
    assert not list(audit())


def test_nobody_adds_to_another_s_issue(cast: Cast) -> None:
    published(cast)
    matter = cast.finding()
    matter.draft_publication(by=cast.deputy, reason="典型")
    with refuses(NumberTaken):
        matter.publish(by=cast.chief, number=" 第  7 期 ")
    matter.publish(by=cast.chief, number="第 8 期")
    assert Bulletin.objects.count() == 2


def test_numbers_are_each_area_s_own(cast: Cast) -> None:
    cast.person("local", "headquarters", Role.HEADQUARTERS, area=cast.county)
    published(cast)
    drafted(cast).publish(by=cast.local, number="第 7 期")
    assert set(Bulletin.objects.values_list("area", flat=True)) == {cast.city.pk, cast.county.pk}


def test_an_issue_is_withdrawn_with_the_last_that_stands_in_it(cast: Cast) -> None:
    one, other = published(cast), published(cast)
    one.withdraw(by=cast.chief, reason="更正")
    assert Bulletin.objects.get().withdrawn_at is None
    other.withdraw(by=cast.chief, reason="更正")
    issue = Bulletin.objects.get()
    assert (issue.withdrawn_at, issue.items.count()) == (Matter.objects.get(pk=other.pk).recorded_at, 2)
    matter = drafted(cast)
    with refuses(NumberTaken):
        matter.publish(by=cast.deputy, number="第 7 期")
    assert not list(audit())


def test_no_person_is_named(cast: Cast) -> None:
    matter = assigned(cast, cast.request(caller=Caller("王女士", "13900000017")))
    matter.respond(by=cast.fixer, text="已送药")
    for named in ("经办人 Fixer 推诿", "王女士反映", "Operator 接听"):
        with refuses(PersonNamed):
            matter.draft_publication(by=cast.chief, reason=named)
    matter.draft_publication(by=cast.chief, reason="该社区居委会值班岗位推诿")


def test_the_unit_replies_once_to_each_draft_and_before_or_after_it_appears(cast: Cast) -> None:
    matter = assigned(cast, drafted(cast))
    with refuses(ReplyNeeded):
        matter.reply_to_publication(by=cast.fixer, text=" ")
    matter.reply_to_publication(by=cast.fixer, text="当日已补采")
    with refuses(AlreadyDone):
        matter.reply_to_publication(by=cast.fixer, text="再说一次")
    with refuses(NotYours):
        matter.reply_to_publication(by=cast.helper, text="协办也说")
    matter.publish(by=cast.deputy, number="第 7 期")
    matter.withdraw(by=cast.chief, reason="更正")
    with refuses(NothingPending):
        matter.reply_to_publication(by=cast.fixer, text="迟了")
    matter.draft_publication(by=cast.chief, reason="重登")
    matter.publish(by=cast.deputy, number="第 8 期")
    matter.reply_to_publication(by=cast.fixer, text="仍如前述")
    assert list(matter.publicationreplys.order_by("pk").values_list("text", flat=True)) == ["当日已补采", "仍如前述"]
    assert not list(audit())


def test_replying_takes_no_side_of_its_own(cast: Cast) -> None:
    """Who replies for the unit that did the work stands there already; the person takes no side by it."""
    matter = closed(cast, cast.finding())
    before = set(matter.hands.values_list("person", flat=True))
    matter.draft_publication(by=cast.chief, reason="典型")
    matter.reply_to_publication(by=cast.fixer, text="已改")
    assert set(matter.hands.values_list("person", flat=True)) == before
    assert not list(audit())


COLUMNS = "id, incident_id, area_id, number, author_id, approver_id, organisation_id, issued_at, recorded_at"
ATTACKS = {
    "an approver who drafted it": (
        "bulletin_second_person",
        f"insert into bulletin ({COLUMNS}) "
        "select gen_random_uuid(), incident_id, area_id, '9', author_id, author_id, organisation_id, issued_at, recorded_at "
        "from bulletin",
    ),
    "the same number twice": (
        "bulletin_number_once",
        f"insert into bulletin ({COLUMNS}) "
        "select gen_random_uuid(), incident_id, area_id, number, author_id, approver_id, organisation_id, issued_at, recorded_at "
        "from bulletin",
    ),
    "an issue taken away": ("rows_are_kept", "delete from bulletin"),
    "an issue numbered anew": ("rows_are_kept", "update bulletin set number = '9'"),
    "a withdrawal taken back": ("rows_are_kept", "update bulletin set withdrawn_at = null"),
    "a publication taken out of its issue": ("rows_are_kept", "delete from bulletin_item"),
    "a reply changed": ("rows_are_kept", "update publication_reply set text = 'sorry'"),
    "a publication put in an issue of another number": (
        "bulletin_item_of_issue",
        "insert into bulletin_item (publication_id, bulletin_id, number, approver_id) "
        "select gen_random_uuid(), id, '9', approver_id from bulletin",
    ),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_database_keeps_the_issue(cast: Cast, attack: str) -> None:
    matter = assigned(cast, drafted(cast))
    matter.reply_to_publication(by=cast.fixer, text="已改")
    matter.publish(by=cast.deputy, number="第 7 期")
    matter.withdraw(by=cast.chief, reason="更正")
    constraint, statement = ATTACKS[attack]
    with pytest.raises(IntegrityError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert getattr(caught.value.__cause__, "diag").constraint_name == constraint  # noqa: B009


def test_a_publication_stands_in_the_issue_of_its_own_number(cast: Cast) -> None:
    item = BulletinItem.objects.get(publication__matter=published(cast))
    assert (item.number, item.approver) == (item.publication.number, item.publication.by)
