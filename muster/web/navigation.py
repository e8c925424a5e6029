"""The main navigation: the doors that somebody has, in their order; where they are many, the rare ones fold into a menu."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

#: As many fit on one line of 1024 px beside the incident and the name, in both languages.
ROW = 5


SET_UP = ("administration", "incidents", "packs", "walls")


class Entry(NamedTuple):
    """The name of its address, which is its pages' section too, and the door that it needs."""

    name: str
    label: StrOrPromise
    door: str


ENTRIES = (
    Entry("desk", _("Desk"), "desk"),
    Entry("work", _("My work"), "work"),
    Entry("matters", _("Matters"), "matters"),
    Entry("figures", _("Figures"), "figures"),
    Entry("bulletins", _("Bulletins"), "bulletins"),
    Entry("people", _("People"), "administration"),
    Entry("organisations", _("Organisations"), "administration"),
    Entry("places", _("Places"), "administration"),
    Entry("incidents", _("Incidents"), "incidents"),
    Entry("packs", _("Packs"), "packs"),
    Entry("walls", _("Walls"), "walls"),
)


class Navigation(NamedTuple):
    row: list[Entry]
    more: list[Entry]

    @property
    def folded(self) -> list[str]:
        """The sections whose door is in the menu."""
        return [one.name for one in self.more]

    @property
    def everything(self) -> list[Entry]:
        return [*self.row, *self.more]

    @property
    def set_up(self) -> list[Entry]:
        """What is seldom changed, and by few."""
        return [one for one in self.everything if one.door in SET_UP]


def navigation(doors: dict[str, bool]) -> Navigation:
    """A menu that held a single door would only hide it."""
    found = [one for one in ENTRIES if doors[one.door]]
    return Navigation(found, []) if len(found) <= ROW + 1 else Navigation(found[:ROW], found[ROW:])
