"""Taking such a list in: run dry, then made and changed, all of it or the good lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import nullcontext

from django.db import IntegrityError, transaction

from muster.exchange.directory.areas import AreasIn
from muster.exchange.directory.entry import Entry, entries
from muster.exchange.directory.grants import GrantsIn
from muster.exchange.directory.names import ScopeNames
from muster.exchange.directory.organisations import OrganisationsIn
from muster.exchange.directory.people import PeopleIn
from muster.exchange.directory.sites import SitesIn
from muster.exchange.dryrun import CHANGED, MADE, REFUSED, DryRun
from muster.exchange.line import Fault
from muster.exchange.names import Answers
from muster.exchange.table import BLANK, Table
from muster.exchange.taking import SomeRefused
from muster.lib.refusal import Refusal
from muster.lib.said import said
from muster.people.person import Person
from muster.people.scope import Scope

KINDS: dict[str, type[AreasIn] | type[SitesIn] | type[OrganisationsIn] | type[PeopleIn] | type[GrantsIn]] = {
    "areas": AreasIn, "sites": SitesIn, "organisations": OrganisationsIn, "people": PeopleIn, "grants": GrantsIn,
}  # fmt: skip
VOCABULARIES = {name: kind.words for name, kind in KINDS.items()}


class ChangedMeanwhile(Refusal):
    code = "changed_meanwhile"
    status = 409
    message = said("Somebody changed this at the same moment. Look at the list again, and take in what is left.")


def run_dry(kind: str, tables: Iterable[Table], by: Person, answers: Answers) -> DryRun:
    """What taking the list in would make, change and refuse, line by line, within what the person administers."""
    found, some = DryRun(words=VOCABULARIES[kind]), list[Entry]()
    for table in tables:
        for one, number, what in entries(table):
            if one:
                some.append(one)
            elif what == BLANK:
                found.blank += 1
            else:
                found.left_out.append((table.sheet.name, number, what))
    KINDS[kind](ScopeNames(Scope.of(by), answers), by).judge(some)
    for one in some:
        one.outcome = REFUSED if one.line.faults else one.outcome
    found.verdicts += some
    return found


def take_in(found: DryRun, all_or_nothing: bool, progress: Callable[[int], object]) -> None:
    """Make and change what the dry run says. Raises SomeRefused; then, and whenever all is asked for, nothing is done."""
    if all_or_nothing and found.counts[REFUSED]:
        raise SomeRefused(count=found.counts[REFUSED])
    with transaction.atomic() if all_or_nothing else nullcontext():
        some = [one for one in found.verdicts if isinstance(one, Entry) and one.outcome in (MADE, CHANGED)]
        for one in sorted(some, key=lambda one: one.depth):
            _do(one, all_or_nothing)
            progress(1)


def _do(one: Entry, all_or_nothing: bool) -> None:
    try:
        with transaction.atomic():
            if one.act:
                one.act()
    except (Refusal, IntegrityError) as fault:
        refusal = fault if isinstance(fault, Refusal) else ChangedMeanwhile()
        if all_or_nothing:
            raise refusal from fault
        one.outcome = REFUSED
        one.line.faults.append(Fault(one.line.words.main, refusal))
