"""What an area must be to stand where it shall: its code, its level and what it stands below."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from muster.places.area import Level

#: Below which levels each may stand. Those that may stand below nothing can be the top of the tree.
ABOVE: dict[str, tuple[str, ...]] = {
    Level.PROVINCE: (),
    Level.CITY: (Level.PROVINCE,),
    Level.COUNTY: (Level.CITY, Level.PROVINCE),
    Level.ZONE: (Level.CITY, Level.COUNTY, Level.PROVINCE),
    Level.TOWN: (Level.COUNTY, Level.ZONE, Level.CITY),
    Level.COMMUNITY: (Level.TOWN, Level.ZONE, Level.COUNTY),
}
TOPS = (Level.PROVINCE, Level.CITY, Level.COUNTY)
CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,29}")
SIX_DIGITS = re.compile(r"[0-9]{6}")


def faults_of(code: str, level: str, above: str | None) -> Iterator[tuple[str, str]]:
    """What is wrong, each as (field, sentence); ``above`` is the level of the area above, None at the top."""
    yield from (("code", said) for said in _of_code(code, level))
    if above is None and level not in TOPS:
        yield "above", _("Only a province, a city or a county stands at the top. Write the code of the area above.")
    if above is not None and above not in ABOVE[level]:
        words = {"level": Level(level).label, "above": Level(above).label}
        yield "level", _("A “%(level)s” doesn't stand below a “%(above)s”.") % words


def _of_code(code: str, level: str) -> Iterator[str]:
    if not CODE.fullmatch(code):
        yield _("A code is made of digits, letters and hyphens: “%(code)s” isn't one.") % {"code": code}
    elif level in TOPS and not SIX_DIGITS.fullmatch(code):
        yield _("The code of a province, a city or a county has 6 digits: matters are numbered by it.")
    elif level not in TOPS and SIX_DIGITS.fullmatch(code):
        yield _("Six digits are for provinces, cities and counties. Write the area's full code.")
