"""Persons taken in: known by their sign-in name, else by their name in an organisation, or by their telephone."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from muster.exchange.changes import Change
from muster.exchange.directory.entry import Entry, change, shown, told_once
from muster.exchange.directory.names import ScopeNames, spelled
from muster.exchange.directory.vocabulary import PEOPLE
from muster.exchange.names import Question, Unclear
from muster.exchange.values import several
from muster.lib.refusal import Refusal
from muster.lib.said import said
from muster.people.administration import AdminAction, AdminEntry
from muster.people.belonging import add_person, begin_membership
from muster.people.organisation import Organisation
from muster.people.person import Membership, Person, masked
from muster.places.placenames import normalise, syllables
from muster.register.names import Candidate

PHONE = re.compile(r"\+?[0-9][0-9 -]{4,19}")
NEW = "new"


class UnclearPhone(Refusal):
    code = "unclear_phone"
    status = 422
    message = said("“{text}” is no telephone number. Write digits, with spaces or hyphens between.")


class UnclearLogin(Refusal):
    code = "unclear_login"
    status = 422
    message = said("“{text}” is no sign-in name: letters, digits and @ . + - _ only.")


class LoginTaken(Refusal):
    code = "login_taken"
    status = 422
    message = said("Somebody whom you don't administer signs in as “{text}”. Choose another name, or leave it empty.")


class SeveralPersons(Refusal):
    code = "several_persons"
    status = 422
    message = said("“{text}” may be somebody who is here already. Say who is meant.")


class ElsewhereToo(Refusal):
    code = "person_elsewhere_too"
    message = said(
        "This person also belongs somewhere or has a role outside your area: only who administers all of it changes it."
    )


class New(NamedTuple):
    """A new person of this list, by what another line may tell of the same one."""

    entry: Entry
    digits: str
    bodies: set[int]


class PeopleIn:
    words = PEOPLE

    def __init__(self, names: ScopeNames, by: Person) -> None:
        self.names, self.scope, self.by = names, names.scope, by
        self.taken = {login.casefold() for login in Person.objects.values_list("login", flat=True)}
        self.logins: dict[str, Entry] = {}
        self.new: dict[str, list[New]] = defaultdict(list)
        self.known = list(self.scope.people())
        self.of: dict[int, dict[int, Organisation]] = defaultdict(dict)
        belongs = Membership.objects.filter(until=None, person__in=self.known).select_related("organisation__area")
        for row in belongs.defer("organisation__area__outline"):
            self.of[row.person_id][row.organisation_id] = row.organisation
        self.by_login = {one.login.casefold(): one for one in self.known}
        self.by_name: dict[str, list[Person]] = defaultdict(list)
        for one in self.known:
            self.by_name[normalise(one.name)].append(one)

    def judge(self, found: Sequence[Entry]) -> None:
        for one in found:
            self._judge(one)
        told_once(found)

    def _judge(self, one: Entry) -> None:
        name = one.said.get("name", "")
        organisations = one.read("organisation", self._organisations, one.said) or []
        phone = one.read("phone", _phone, one.said)
        login = one.read("login", self._login, one.said)
        there = one.read("name", self._there, one.said, organisations, phone) if not one.line.faults else None
        if there:
            one.thing = there.pk
            self._compare(one, there, name, phone, organisations)
            return
        one.need("name", name)
        one.need("organisation", organisations)
        if not one.line.faults:
            before = self._told_before(one, name, login or "", phone or "", organisations)
            one.thing = id(before)
            login = login or (self._free_login(name) if before is one else "")
            self.taken |= {login.casefold()} if login else set()
        one.told = shown({"name": name, "login": login, "phone": masked(phone or ""),
                          "organisation": "、".join(map(str, organisations))})  # fmt: skip
        one.makes(partial(self._make, Person(name=name, login=login or "", phone=phone or ""), organisations))

    def _told_before(
        self, one: Entry, name: str, login: str, phone: str, organisations: Sequence[Organisation]
    ) -> Entry:
        """The line of this list that tells of the same new person: by the sign-in name, else by the rules for those who are
        here; itself where there is none."""
        here, digits = {other.pk for other in organisations}, _digits(phone)
        if login:
            return self.logins.setdefault(login.casefold(), one)
        for other in self.new[normalise(name)]:
            if digits == other.digits if digits and other.digits else here & other.bodies:
                return other.entry
        self.new[normalise(name)].append(New(one, digits, here))
        return one

    def _make(self, person: Person, organisations: Sequence[Organisation]) -> None:
        with transaction.atomic():
            add_person(person, organisations[0], self.by)
            for organisation in organisations[1:]:
                begin_membership(person, organisation, self.by)

    def _compare(
        self, one: Entry, there: Person, name: str, phone: str | None, organisations: Sequence[Organisation]
    ) -> None:
        joins = [other for other in organisations if other.pk not in self.of[there.pk]]
        name, number = name or there.name, there.phone if phone is None else phone
        own = [*change("name", there.name, name), *_other_number(there.phone, number)]
        if own and not self.scope.controls(there):
            one.refuse(own[0].key, ElsewhereToo())
        one.told = shown({"name": there.name, "login": there.login})
        changes = [*own, *change("organisation", "", "、".join(map(str, joins)))]
        one.changes_to(changes, partial(self._change, there, name, number, joins, bool(own)))

    def _change(self, there: Person, name: str, phone: str, joins: Sequence[Organisation], own: bool) -> None:
        with transaction.atomic():
            if own:
                Person.objects.filter(pk=there.pk).update(name=name, phone=phone)
                AdminEntry.objects.create(action=AdminAction.PERSON_EDITED, by=self.by, person=there)
            for organisation in joins:
                begin_membership(there, organisation, self.by)

    def _organisations(self, said: dict[str, str]) -> list[Organisation]:
        """Several in a cell: dual registration. Of several of that name, the one to which the person belongs already."""
        known = self.by_login.get(said.get("login", "").casefold())
        own = self.of[known.pk] if known else {}
        return [self._organisation(name, own) for name in several(said.get("organisation", ""))]

    def _organisation(self, name: str, own: dict[int, Organisation]) -> Organisation:
        """What our own list says of the person is no news, even of a body outside the scope."""
        there = [body for body in own.values() if name in spelled(body)]
        return there[0] if len(there) == 1 else self.names.organisation(name, None, among=own)

    def _login(self, said: dict[str, str]) -> str:
        login = said.get("login", "")
        try:
            UnicodeUsernameValidator()(login or "x")
        except ValidationError as fault:
            raise UnclearLogin(text=login[:40]) from fault
        if login.casefold() in self.taken - self.by_login.keys() - self.logins.keys():
            raise LoginTaken(text=login)
        return login

    def _there(self, said: dict[str, str], organisations: Sequence[Organisation], phone: str | None) -> Person | None:
        """Who is meant, if somebody who is here. Raises Unclear where it may be somebody."""
        if "login" in said:
            return self.by_login.get(said["login"].casefold())
        same = self.by_name.get(normalise(said.get("name", "")), [])
        here = {other.pk for other in organisations}
        by_phone = [one for one in same if phone and _digits(one.phone) == _digits(phone)]
        colleagues = [one for one in same if self.of[one.pk].keys() & here]
        for some in (by_phone, colleagues):
            if len(some) == 1:
                return some[0]
        return self._asked(said, same) if same else None

    def _asked(self, said: dict[str, str], same: Sequence[Person]) -> Person | None:
        text = f"{said['name']} {said.get('organisation', '')}".strip()
        answer = self.names.answered("name", text)
        if answer == NEW:
            return None
        if answer.casefold() in self.by_login:
            return self.by_login[answer.casefold()]
        choices = [Candidate(one.login, f"{one.name}（{one.login}）") for one in same]
        choices.append(Candidate(NEW, _("Somebody else: a new person")))
        raise Unclear(Question("name", text, SeveralPersons(text=said["name"]), tuple(choices)))

    def _free_login(self, name: str) -> str:
        """Made from the name as it is spoken: zhangsan, zhangsan2."""
        spoken = re.sub(r"[^a-z0-9]", "", "".join(syllables(name))) or "person"
        nr, login = 1, spoken
        while login in self.taken:
            nr += 1
            login = f"{spoken}{nr}"
        return login


def _phone(said: dict[str, str]) -> str | None:
    """None where it isn't said, or only with its middle hidden, as our own lists have it."""
    text = said.get("phone", "")
    if not text or "*" in text:
        return None
    if not PHONE.fullmatch(text):
        raise UnclearPhone(text=text[:30])
    return text


def _digits(phone: str) -> str:
    return re.sub(r"\D", "", phone)


def _other_number(before: str, after: str) -> list[Change]:
    """Told with its middle hidden, which two numbers may share."""
    return [] if _digits(before) == _digits(after) else [Change("phone", masked(before), masked(after))]
