"""Sites taken in: known by their name in their area."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from typing import Any

from django.utils.translation import pgettext

from muster.exchange.directory.entry import Entry, Known, change, shown, told_once
from muster.exchange.directory.names import ScopeNames, spelled
from muster.exchange.directory.vocabulary import SITES, site_kinds, states
from muster.lib import clock
from muster.lib.refusal import Refusal
from muster.lib.said import said
from muster.people.organisation import Organisation
from muster.people.person import Person
from muster.places.area import Area
from muster.places.placenames import normalise
from muster.places.site import Site, SiteKind

LONGEST = 120
DEGREES = {"longitude": 180, "latitude": 90}
NUMBER = re.compile(r"-?\d{1,3}(?:\.\d+)?")


class UnclearDegrees(Refusal):
    code = "unclear_degrees"
    status = 422
    message = said("“{text}” is no {what} in degrees, as 36.456789 is (WGS 84).")


class HalfAPoint(Refusal):
    code = "half_a_point"
    status = 422
    message = said("A point needs both longitude and latitude. Fill in the other one, or leave both empty.")


class UnclearState(Refusal):
    code = "unclear_state"
    status = 422
    message = said("“{text}” is neither open nor closed. Write 在用 or 停用.")


class TooLong(Refusal):
    code = "too_long"
    status = 422
    message = said("This is longer than {most} characters. Shorten it.")


class SitesIn:
    words = SITES

    def __init__(self, names: ScopeNames, by: Person) -> None:
        self.names, self.kinds, self.states = names, site_kinds(), states()
        known = names.scope.sites().select_related("organisation__area").defer("outline", "organisation__area__outline")
        self.known = Known(known)

    def judge(self, found: Sequence[Entry]) -> None:
        for one in found:
            self._judge(one)
        told_once(found)

    def _judge(self, one: Entry) -> None:
        name, area = one.said.get("name", ""), one.read("area", self.names.area, one.said)
        kind = one.read("kind", self._kind, one.said)
        there = self.known.find(area, name)
        organisation = one.read("organisation", self._organisation, one.said, area, there)
        point = {what: one.read(what, _degrees, what, one.said) for what in DEGREES}
        closed = one.read("state", self._closed, one.said)
        if (point["longitude"] is None) != (point["latitude"] is None) and not one.line.faults:
            one.refuse("latitude" if point["latitude"] is None else "longitude", HalfAPoint())
        one.need("name", name)
        one.need("area", area)
        if len(name) > LONGEST:
            one.refuse("name", TooLong(most=LONGEST))
        one.thing = there.pk if there else (area.pk if area else "", name)
        values = {"kind": kind, "organisation": organisation, **point}
        one.told = shown({"name": name, "area": area.place if area else "", "kind": self._label(kind),
                          "organisation": organisation})  # fmt: skip
        if there:
            self._compare(one, there, {key: value for key, value in values.items() if value is not None}, closed)
        else:
            one.need("kind", kind)
            closed_at = clock.now() if closed else None
            one.makes(partial(Site.objects.create, name=name, area=area, closed_at=closed_at, **values))

    def _compare(self, one: Entry, there: Site, values: dict[str, Any], closed: bool | None) -> None:
        changes = [
            *change("kind", there.get_kind_display(), self._label(values.get("kind", there.kind))),
            *change("organisation", there.organisation or "", values.get("organisation", there.organisation) or ""),
            *change("longitude", there.longitude, values.get("longitude", there.longitude)),
            *change("latitude", there.latitude, values.get("latitude", there.latitude)),
        ]
        if closed is not None and closed != bool(there.closed_at):
            changes += change("state", self._state(bool(there.closed_at)), self._state(closed))
            values = {**values, "closed_at": clock.now() if closed else None}
        one.changes_to(changes, partial(Site.objects.filter(pk=there.pk).update, **values))

    def _kind(self, said: dict[str, str]) -> str | None:
        return self.names.word("kind", said["kind"], self.kinds) if "kind" in said else None

    def _organisation(self, said: dict[str, str], area: Area | None, there: Site | None) -> Organisation | None:
        """What our own list says of the site is no news, even of a body outside the scope."""
        text = said.get("organisation", "")
        if there and there.organisation and text in spelled(there.organisation):
            return there.organisation
        return self.names.organisation(text, area) if text else None

    def _closed(self, said: dict[str, str]) -> bool | None:
        text = normalise(said.get("state", ""))
        for state, several in self.states.items():
            if text and text in {normalise(one) for one in several}:
                return state == "closed"
        if text:
            raise UnclearState(text=said["state"])
        return None

    def _state(self, closed: bool) -> str:
        return str(pgettext("site", "Closed") if closed else pgettext("site", "Open"))

    def _label(self, kind: str | None) -> str:
        return str(SiteKind(kind).label) if kind else ""


def _degrees(what: str, said: dict[str, str]) -> float | None:
    text = said.get(what)
    if text is None:
        return None
    text = text.rstrip("°")
    if not NUMBER.fullmatch(text) or abs(float(text)) > DEGREES[what]:
        raise UnclearDegrees(text=text, what=SITES.label(what))
    return float(text)
