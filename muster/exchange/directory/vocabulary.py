"""What lists of a city's areas, sites, organisations, persons and roles look like: their columns, headings and words."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy

from muster.exchange.columns import Column, Vocabulary
from muster.people.organisation import OrganisationKind
from muster.people.role import Role
from muster.places.area import Level
from muster.places.placefile import LEVELS
from muster.places.site import SiteKind

WORDS: dict[str, Any] = tomllib.loads(files("muster.exchange.directory").joinpath("words.toml").read_text("utf-8"))
OF_AREA = (Column("area", _("Area")), Column("area_code", _("Code of the area")))


def _vocabulary(kind: str, needed: tuple[str, ...], *columns: Column) -> Vocabulary:
    return Vocabulary({one.key: one for one in columns}, WORDS[kind], needed[0], needed)


AREAS = _vocabulary(
    "areas", ("name",), Column("code", _("Code")), Column("name", _("Name")), Column("name_en", _("Name in English")),
    Column("level", _("Level")), Column("parent_code", _("Code of what it is part of")), Column("parent", _("Part of")),
    Column("alias", _("Also called")), Column("former", _("Formerly")),
)  # fmt: skip
SITES = _vocabulary(
    "sites", ("name",), Column("name", _("Name")), Column("kind", _("Kind")), *OF_AREA,
    Column("organisation", _("Responsible organisation")), Column("longitude", _("Longitude")),
    Column("latitude", _("Latitude")), Column("state", _("State")),
)  # fmt: skip
ORGANISATIONS = _vocabulary(
    "organisations", ("name",), Column("name", _("Name")), Column("kind", _("Kind")), *OF_AREA,
    Column("parent", _("Part of")),
)  # fmt: skip
PEOPLE = _vocabulary(
    "people", ("name", "login"), Column("name", pgettext_lazy("of a person", "Name")), Column("login", _("Sign-in name")),
    Column("phone", _("Telephone")), Column("organisation", _("Organisation")),
)  # fmt: skip
GRANTS = _vocabulary(
    "grants", ("role",), Column("name", pgettext_lazy("of a person", "Name")), Column("login", _("Sign-in name")),
    Column("role", _("Role")), *OF_AREA, Column("organisation", _("Organisation")), Column("until", _("Until")),
)  # fmt: skip


def _called(choices: Iterable[tuple[str, Any]], more: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Every way to say each, by its key."""
    found: dict[str, list[str]] = {}
    for key, label in choices:
        said = [key]
        for language in ("zh-hans", "en"):
            with override(language):
                said.append(str(label))
        found[str(key)] = list(dict.fromkeys([*said[1:], *more.get(str(key), []), said[0]]))
    return found


def site_kinds() -> dict[str, list[str]]:
    return _called(SiteKind.choices, WORDS["kinds"]["sites"])


def organisation_kinds() -> dict[str, list[str]]:
    return _called(OrganisationKind.choices, WORDS["kinds"]["organisations"])


def states() -> dict[str, list[str]]:
    return _called(
        [("open", pgettext_lazy("site", "Open")), ("closed", pgettext_lazy("site", "Closed"))], WORDS["states"]
    )


def roles() -> dict[str, list[str]]:
    return _called(Role.choices, WORDS["roles"])


def levels() -> dict[str, list[str]]:
    more: dict[str, list[str]] = {}
    for word, level in LEVELS.items():
        more.setdefault(str(level), []).append(word)
    return _called(Level.choices, more)


def kind_by_name(name: str) -> str:
    """The kind that an organisation's name tells by how it ends; empty where it doesn't."""
    endings: dict[str, list[str]] = WORDS["endings"]
    fits = [(len(end), kind) for kind, ends in endings.items() for end in ends if name.endswith(end)]
    return max(fits, default=(0, ""))[1]
