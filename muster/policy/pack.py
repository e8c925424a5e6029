"""A dated policy pack: the rules that headquarters changes instead of code."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, cast

from django.utils.text import format_lazy
from pydantic import Field, ValidationError

from muster.lib.refusal import Refusal
from muster.lib.said import said as _
from muster.policy.crosschecks import crosschecks
from muster.policy.faults import BadPack, Fault, Faults, Found, from_pydantic
from muster.policy.lines import Lines, Path, dotted
from muster.policy.sections import (
    Category,
    Confirm,
    Escalation,
    EvidenceFiles,
    Extension,
    HoursOverride,
    Kind,
    KindKey,
    Level,
    Moment,
    Name,
    OnSpot,
    PackKey,
    Phrase,
    Reopen,
    Retention,
    Section,
    Severity,
    Text,
)


def parse(text: str, name: str) -> Pack:
    """The pack that a TOML text holds; ``name`` is what faults call the file.

    Raises BadPack with every fault at once.
    """
    text = text.removeprefix("\ufeff")  # Notepad writes one
    raw, lines = _read(text, name)
    pack, found = _validate(raw)
    if pack is None or found:
        faults = (Fault(name, lines.of(path), dotted(path), what) for path, what in found.items())
        raise BadPack(name=name, faults=Faults(sorted(faults, key=lambda fault: fault.line)))
    return pack


@dataclass(frozen=True)
class Rules:
    """What one matter is judged by; it is copied onto the matter when that is registered.

    Hours run from dispatch (``due_h``), from a failed check (``redo_h``), from the request for closure
    (``verify_h``), from a return or an extension asked for (``ruling_h``). ``evidence`` is the pieces that a
    verification needs at least, ``evidence_to_close`` those that the unit files in a cycle before it may
    request closure. ``silence_days`` is None where the check is a visit. ``ladder`` is (hours past due, level
    of area), rising.
    """

    confirm: Confirm
    due_h: int
    redo_h: int
    verify_h: int
    evidence: int
    evidence_to_close: int
    silence_days: int | None
    ruling_h: int
    extension_max_count: int
    extension_max_h: int
    reopen_days: int
    ladder: tuple[tuple[int, Level], ...]


class Pack(Section):
    """In force from ``from_at`` on. Categories and severities stand in the order of the file."""

    key: PackKey
    title: Text
    from_at: Moment = Field(alias="from")
    source: Phrase
    kinds: Annotated[Mapping[KindKey, Kind], Field(min_length=1)]
    categories: Annotated[Mapping[Name, Category], Field(min_length=1)]
    severities: Annotated[Mapping[Name, Severity], Field(min_length=1)]
    escalation: Escalation
    extension: Extension
    on_spot: OnSpot
    reopen: Reopen
    retention: Retention
    evidence: EvidenceFiles

    def rules(self, kind: str, category: str, severity: str) -> Rules:
        """What a matter of this kind, category and severity is judged by.

        Raises UnknownKind, UnknownCategory, CategoryNotForKind, UnknownSeverity.
        """
        how, about, grade = self.kind(kind), self.category(kind, category), self.severity(severity)
        hours = about.hours.get(severity, HoursOverride())
        return Rules(
            confirm=how.confirm,
            due_h=hours.due_h or grade.due_h,
            redo_h=hours.redo_h or grade.redo_h,
            verify_h=hours.verify_h or grade.verify_h,
            evidence=_first(how.evidence, grade.evidence),
            evidence_to_close=_first(how.evidence_to_close, grade.evidence_to_close),
            silence_days=how.silence_days,
            ruling_h=how.ruling_h,
            extension_max_count=self.extension.max_count,
            extension_max_h=self.extension.max_h,
            reopen_days=self.reopen.days,
            ladder=tuple(zip(self.escalation.ladder_h, self.escalation.to, strict=True)),
        )

    def kind(self, key: str) -> Kind:
        """Raises UnknownKind."""
        kind = self.kinds.get(cast("KindKey", key))
        if kind is None:
            raise UnknownKind(kind=key, pack=self.key, allowed=", ".join(self.kinds))
        return kind

    def categories_for(self, kind: str) -> dict[str, Category]:
        """The categories meant for this kind, by key, in its words. Raises UnknownKind."""
        self.kind(kind)
        known = cast("KindKey", kind)
        return {key: c.worded_for(known) for key, c in self.categories.items() if known in c.kinds}

    def category(self, kind: str, key: str) -> Category:
        """One category in the words of this kind. Raises UnknownKind, UnknownCategory, CategoryNotForKind."""
        meant = self.categories_for(kind)
        if key in meant:
            return meant[key]
        refusal = CategoryNotForKind if key in self.categories else UnknownCategory
        raise refusal(category=key, kind=kind, pack=self.key, allowed=", ".join(meant))

    def severity(self, key: str) -> Severity:
        """Raises UnknownSeverity."""
        if key not in self.severities:
            raise UnknownSeverity(severity=key, pack=self.key, allowed=", ".join(self.severities))
        return self.severities[key]


class UnknownKind(Refusal):
    code = "unknown_kind"
    status = 422
    message = _("Policy pack {pack} knows no kind of matter “{kind}”. Choose one of: {allowed}.")


class UnknownCategory(Refusal):
    code = "unknown_category"
    status = 422
    message = _("Policy pack {pack} knows no category “{category}”. For a {kind}, choose one of: {allowed}.")


class CategoryNotForKind(Refusal):
    code = "category_not_for_kind"
    status = 422
    message = _("Category “{category}” of policy pack {pack} isn't for a {kind}. Choose one of: {allowed}.")


class UnknownSeverity(Refusal):
    code = "unknown_severity"
    status = 422
    message = _("Policy pack {pack} knows no severity “{severity}”. Choose one of: {allowed}.")


def _first(own: int | None, general: int) -> int:
    return general if own is None else own


def _validate(raw: dict[str, Any]) -> tuple[Pack | None, dict[Path, Any]]:
    """The pack where its keys are sound, and what was found: one fault a path, the plainest first."""
    pack, found = None, list[Found]()
    try:
        pack = Pack.model_validate(raw)
    except ValidationError as error:
        found = from_pydantic(Pack, error.errors(include_url=False, include_context=False))
    faults: dict[Path, Any] = {}
    for path, what in (*found, *crosschecks(raw)):
        faults.setdefault(path, what)
    return pack, faults


def _read(text: str, name: str) -> tuple[dict[str, Any], Lines]:
    """The tables of a TOML text and where they stand; raises BadPack where it isn't TOML."""
    try:
        return tomllib.loads(text), Lines(text)
    except RecursionError:
        line, reason = _first_line_failing(text, RecursionError), "nested too deep"
    except ValueError as error:
        line, reason = _line_told(text, error), str(error)
    what = format_lazy(_("is not TOML ({reason}); allowed: key = value, [table], [[list]]"), reason=reason)
    raise BadPack(name=name, faults=Faults([Fault(name, line, "", what)])) from None


def _line_told(text: str, error: ValueError) -> int:
    """tomllib says "(at line 3, column 5)" or "(at end of document)"; Python's own errors name no line."""
    told = re.search(r"\(at line (\d+), column \d+\)$", str(error))
    if told:
        return int(told[1])
    if isinstance(error, tomllib.TOMLDecodeError):
        return len(text.removesuffix("\n").split("\n"))
    return _first_line_failing(text, ValueError)


def _first_line_failing(text: str, how: type[Exception]) -> int:
    """The last line of the shortest beginning of the text that fails in just this way."""
    rows = text.split("\n")

    def fails(count: int) -> bool:
        try:
            tomllib.loads("\n".join(rows[:count]))
        except (ValueError, RecursionError) as error:
            return type(error) is how
        return False

    return bisect_left(range(len(rows)), True, key=fails) or 1
