"""Who may take a step: by grant, and by the side of the matter that the person stands on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from muster.loop.refusals import DoersCannotClose, NotYours, WrongSide
from muster.loop.situation import Actor, Situation
from muster.people.person import Grant
from muster.people.role import Role

if TYPE_CHECKING:
    from muster.loop.matter import Matter

Standing = Callable[[Actor, "Matter", Situation], Grant | None]


def in_area(*roles: Role) -> Standing:
    """Whoever holds one of the roles in the matter's area."""

    def standing(actor: Actor, matter: Matter, situation: Situation) -> Grant:
        return _area_grant(actor, matter, roles)

    return standing


def checking(*roles: Role) -> Standing:
    """The same, but nobody who did the work or belongs to (or below) an organisation that did."""

    def standing(actor: Actor, matter: Matter, situation: Situation) -> Grant:
        if not situation.may_check:
            raise DoersCannotClose
        return _area_grant(actor, matter, roles)

    return standing


def ruling(*roles: Role) -> Standing:
    """A checker's step that closes nothing: rulings, reclassification, reopening."""

    def standing(actor: Actor, matter: Matter, situation: Situation) -> Grant:
        if not situation.may_check:
            raise WrongSide
        return _area_grant(actor, matter, roles)

    return standing


def liaison_of_lead(actor: Actor, matter: Matter, situation: Situation) -> Grant:
    """The liaison of the organisation that is responsible now."""
    return _liaison(actor, matter, [situation.lead_path] if situation.lead_path else [])


def liaison_of_any(actor: Actor, matter: Matter, situation: Situation) -> Grant:
    """The liaison of the responsible or of a supporting organisation."""
    lead = [situation.lead_path] if situation.lead_path else []
    return _liaison(actor, matter, lead + situation.support_paths)


def finder(actor: Actor, matter: Matter, situation: Situation) -> Grant:
    """Who registered it."""
    if not actor.person or matter.reporter_id != actor.person.pk:
        raise NotYours
    return _area_grant(actor, matter, (Role.INSPECTOR, Role.HEADQUARTERS, Role.DISPATCHER))


def timer_or(*roles: Role) -> Standing:
    """The timer, which is nobody, or whoever holds one of the roles in the area."""

    def standing(actor: Actor, matter: Matter, situation: Situation) -> Grant | None:
        return _area_grant(actor, matter, roles) if actor.person else None

    return standing


def whoever_sees_it(actor: Actor, matter: Matter, situation: Situation) -> Grant:
    for grant in actor.grants:
        if matter.shown_by(grant, situation):
            return grant
    raise NotYours


def _area_grant(actor: Actor, matter: Matter, roles: tuple[Role, ...]) -> Grant:
    for grant in actor.grants:
        if grant.role in roles and grant.area.holds(matter.area_path):
            return grant
    raise NotYours


def _liaison(actor: Actor, matter: Matter, paths: list[str]) -> Grant:
    for grant in actor.grants:
        if (
            grant.role == Role.LIAISON
            and grant.area.holds(matter.area_path)
            and any(grant.organisation.holds(path) for path in paths)
        ):
            return grant
    raise NotYours
