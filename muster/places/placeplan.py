"""What a list of areas would change: a plan is made first, told, and carried out all or nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from muster.places.area import Area, AreaName, Level, forget_counties
from muster.places.gazetteer import Place
from muster.places.placefile import Fault, Line
from muster.places.placerules import faults_of


@dataclass
class Plan:
    """``added``: what is above comes first. ``renamed``: each with the name it had. ``names``: (code, text, kind)."""

    added: list[Line] = field(default_factory=list)
    renamed: list[tuple[Area, str, Line]] = field(default_factory=list)
    names: list[tuple[str, str, str]] = field(default_factory=list)
    unchanged: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        return not (self.added or self.renamed or self.names)


def planned(lines: list[Line], faults: list[Fault]) -> Plan:
    """What carrying the lines out would change; with faults nothing may be. Areas that no line names stay as they are."""
    plan = Plan(faults=list(faults))
    known = {area.code: area for area in Area.objects.defer("outline")}
    of_code = {line.code: line for line in lines if line.code}
    faulty = {fault.row for fault in faults}
    plan.faults += _twice(lines)
    for line in lines:
        if line.row not in faulty:
            plan.faults += _in_tree(line, of_code, known)
    plan.faults.sort(key=lambda fault: fault.row)
    if not plan.faults:
        _fill(plan, lines, of_code, known)
    return plan


@transaction.atomic
def carry_out(lines: list[Line], faults: list[Fault]) -> Plan:
    """Plan anew while nobody else changes areas, and do it, all or nothing. With faults, nothing is changed."""
    with connection.cursor() as cursor:
        cursor.execute("lock table area, area_name in share row exclusive mode")
    plan = planned(lines, faults)
    if not plan.faults:
        _add(plan.added)
        for area, _was, line in plan.renamed:
            area.rename(line.name, line.name_en)
        AreaName.objects.bulk_create(AreaName(area_id=code, text=text, kind=kind) for code, text, kind in plan.names)
        forget_counties()
    return plan


def _twice(lines: list[Line]) -> Iterator[Fault]:
    first: dict[str, int] = {}
    for line in lines:
        if line.code and first.setdefault(line.code, line.row) != line.row:
            words = {"code": line.code, "row": first[line.code]}
            yield Fault(line.row, "code", _("“%(code)s” stands in row %(row)s already.") % words)


def _in_tree(line: Line, of_code: dict[str, Line], known: dict[str, Area]) -> Iterator[Fault]:
    """What is wrong with where a line puts its area."""
    present = known.get(line.code)
    if present:
        yield from _moved(line, present)
        return
    above = of_code.get(line.above) or known.get(line.above)
    if line.above and not above:
        what = _("No area has the code “%(code)s”, here or in the file.") % {"code": line.above}
        yield Fault(line.row, "above", what)
        return
    if isinstance(above, Area) and above.closed_at:
        yield Fault(line.row, "above", _("%(name)s is closed: nothing is added below it.") % {"name": above.name_zh})
        return
    if line.above and _round(line, of_code, known):
        yield Fault(line.row, "above", _("The areas above lead back to this one."))
        return
    if above and above.level not in Level.values:
        return  # Said of its own row.
    for column, what in faults_of(line.code, line.level, above.level if above else None):
        yield Fault(line.row, column, what)


def _moved(line: Line, present: Area) -> Iterator[Fault]:
    """An area that is there keeps its place and its level: what was registered in it is found by them."""
    if line.above != (present.parent_id or ""):
        words = {"above": present.parent_id or "–"}
        yield Fault(
            line.row, "above", _("The area stands below %(above)s. Close it and add one with another code.") % words
        )
    if line.level != present.level:
        words = {"level": present.level}
        yield Fault(line.row, "level", _("The area is a %(level)s. Close it and add one with another code.") % words)


def _round(line: Line, of_code: dict[str, Line], known: dict[str, Area]) -> bool:
    """Whether what stands above leads back to the line itself, and never to the top."""
    seen = {line.code}
    while (above := of_code.get(line.above)) and above.code not in known:
        if above.code in seen:
            return True
        seen.add(above.code)
        line = above
    return False


def _fill(plan: Plan, lines: list[Line], of_code: dict[str, Line], known: dict[str, Area]) -> None:
    there = set(AreaName.objects.values_list("area_id", "text", "kind"))
    new = {line.code: line for line in lines if line.code not in known}
    plan.added = sorted(new.values(), key=lambda line: _depth(line, new))
    for line in lines:
        present = known.get(line.code)
        renamed = present and (present.name_zh != line.name or line.name_en not in ("", present.name_en))
        if present and renamed:
            plan.renamed.append((present, present.name_zh, line))
            there.add((line.code, present.name_zh, "former"))
        names = [(line.code, text, kind) for text, kind in line.names if text not in (line.name, line.code)]
        fresh = [name for name in names if name not in there]
        plan.names += fresh
        plan.unchanged += bool(present and not renamed and not fresh)


def _depth(line: Line, new: dict[str, Line]) -> int:
    """How many areas that are new, too, stand above."""
    depth = 0
    while line.above in new:
        line, depth = new[line.above], depth + 1
    return depth


def _add(added: list[Line]) -> None:
    """After the siblings that are there, in the order of the file."""
    parents = Area.objects.defer("outline").in_bulk([line.above for line in added if line.above])
    last = dict(
        Area.objects.filter(parent__in=parents).values_list("parent").annotate(Max("position")).order_by("parent")
    )
    next_ = Counter({code: position + 1 for code, position in last.items()})
    made: dict[str, Area] = {}
    for line in added:
        parent = made.get(line.above) or parents.get(line.above)
        place = Place(line.code, line.above or None, line.level, line.name)
        area = Area.add(place, parent, next_[line.above])
        area.name_en = line.name_en or area.name_en
        made[line.code] = area
        next_[line.above] += 1
    Area.objects.bulk_create(made.values(), batch_size=500)


def told(plan: Plan, *, applied: bool) -> Iterator[str]:
    """The plan in words, for the command line."""
    yield from map(str, plan.faults)
    if plan.faults:
        yield _("%(count)s faults: nothing was changed. Correct the file, then try again.") % {
            "count": len(plan.faults)
        }
        return
    for line in plan.added[:TOLD]:
        yield _("new: %(name)s (%(code)s)") % {"name": line.name, "code": line.code}
    if len(plan.added) > TOLD:
        yield _("… and %(count)s more") % {"count": len(plan.added) - TOLD}
    for _area, was, line in plan.renamed:
        yield _("renamed: %(was)s is %(name)s (%(code)s)") % {"was": was, "name": line.name, "code": line.code}
    counts = {"added": len(plan.added), "renamed": len(plan.renamed), "names": len(plan.names), "same": plan.unchanged}
    yield _("%(added)s new areas, %(renamed)s renamed, %(names)s other names, %(same)s as they were.") % counts
    yield _said_last(plan, applied)


def _said_last(plan: Plan, applied: bool) -> str:
    if plan.empty:
        return _("There is nothing to do.")
    return _("It is done.") if applied else _("Nothing was changed yet. Run it again with --apply to do it.")


TOLD = 20
