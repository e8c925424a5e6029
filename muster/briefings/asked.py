"""What people write to ask for figures: an area, and times. What isn't clear is asked back, never guessed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from muster.briefings.scope import Scope
from muster.incidents.incident import Incident
from muster.lib.refusal import Refusal
from muster.lib.said import said as _
from muster.people.organisation import Organisation
from muster.people.person import Person
from muster.people.role import AREA_ROLES, Role
from muster.places.area import Area

EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)
COMMANDS = (Role.HEADQUARTERS, Role.DISPATCHER)


class UnclearTime(Refusal):
    code = "unclear_time"
    status = 422
    message = _("“{text}” is no time. Write a date, as 2022-12-05, or a time with its zone, as 2022-12-05T18:00+08:00.")


class WindowEmpty(Refusal):
    code = "window_empty"
    status = 422
    message = _("The window ends before it begins. Let “from” be earlier than “to”.")


class NoIncident(Refusal):
    code = "no_incident"
    status = 404
    message = _("There is no such incident. Name another by its number.")


class UnknownOrganisation(Refusal):
    code = "unknown_organisation"
    status = 404
    message = _("There is no organisation “{text}”. Open its figures from its own page.")


def scope_asked(incident: Incident, asked: Mapping[str, str], own: Area | None = None) -> Scope:
    """The scope that ``area``, ``organisation`` (its id), ``as_of``, ``from`` and ``to`` say.

    Without an area: one's own or the incident's.

    A date is its end for ``as_of`` and ``to``, and its beginning for ``from``. Nothing is known as of the future: there,
    ``as_of`` is now. Raises the gazetteer's refusals for the area.
    """
    area = Area.named(asked["area"]) if asked.get("area") else own or incident.area
    organisation = organisation_asked(asked.get("organisation", ""))
    now = Scope(incident, area)
    as_of, from_at, to_at = (moment_asked(asked.get(name, ""), name, incident.tz) for name in ("as_of", "from", "to"))
    if from_at and to_at and from_at >= to_at:
        raise WindowEmpty
    return Scope(incident, area, min(as_of, now.moment) if as_of else None, from_at, to_at, organisation)


def organisation_asked(text: str) -> Organisation | None:
    """The organisation of that id; none where none is asked for."""
    if not text:
        return None
    known = Organisation.objects.select_related("area").defer("area__outline")
    found = known.filter(pk=int(text)).first() if re.fullmatch(r"[0-9]{1,18}", text) else None
    if not found:
        raise UnknownOrganisation(text=text)
    return found


def moment_asked(text: str, name: str, zone: tzinfo) -> datetime | None:
    """The moment that a text says; in the incident's zone where it says none."""
    # A plus sign that wasn't escaped in an address arrives as a space.
    text = re.sub(r"(T.*) (\d\d:?\d\d)$", r"\1+\2", text.strip())
    if not text:
        return None
    try:
        moment = _of_date(date.fromisoformat(text), name, zone) if len(text) == 10 else datetime.fromisoformat(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
        clear = EARLIEST <= moment < LATEST
    except (ValueError, OverflowError):
        clear = False
    if not clear:
        raise UnclearTime(text=text)
    return moment


def _of_date(day: date, name: str, zone: tzinfo) -> datetime:
    begins = datetime.combine(day, time(), zone)
    ends = datetime.combine(day + timedelta(days=1), time(), zone)
    return {"from": begins, "to": ends}.get(name, ends - INSTANT)


def incident_asked(number: int | None) -> Incident:
    """The incident of that number; without one, the current."""
    found = Incident.objects.filter(pk=number).first() if number is not None else Incident.current()
    if not found:
        raise NoIncident
    return found


def own_area(person: Person, incident: Incident) -> Area | None:
    """The largest area of which a person may read figures: the incident's where that is one's own."""
    own = sorted(
        (grant.area for grant in person.grants_at() if grant.role in AREA_ROLES), key=lambda area: len(area.codes)
    )
    if any(area.holds(incident.area.path) for area in own):
        return incident.area
    return own[0] if own else None


def may_read(person: Person, area: Area, organisation: Organisation | None = None) -> bool:
    """Whether a person sees all matters of the area, by role, or as liaison those of the organisation: then their figures."""
    here = [grant for grant in person.grants_at() if grant.area.holds(area.path)]
    return any(
        grant.role in AREA_ROLES
        or (grant.role == Role.LIAISON and organisation and grant.organisation.holds(organisation.path))
        for grant in here
    )


def commanded(person: Person, incident: Incident) -> tuple[Area, ...]:
    """The areas that a person commands in the incident, largest first, none twice."""
    held = {grant.area_id: grant.area for grant in person.grants_at() if grant.role in COMMANDS}
    if any(area.holds(incident.area.path) for area in held.values()):
        held = {pk: area for pk, area in held.items() if not area.holds(incident.area.path)}
        held[incident.area_id] = incident.area
    return tuple(sorted(held.values(), key=lambda area: (len(area.codes), area.position, area.pk)))
