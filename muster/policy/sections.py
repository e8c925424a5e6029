"""The sections of a policy pack, as frozen models; every type says in words what it allows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal, TypeVar

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Allowed:
    """What may stand at a key, in words, for the fault that names the key."""

    text: StrOrPromise


T = TypeVar("T")

# Strict elsewhere, but TOML has lists only, and a frozen model holds tuples.
Several = Annotated[tuple[T, ...], Field(strict=False, min_length=1)]
Name = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$"),
    Allowed(_("a name of up to 40 small letters, digits and underscores, beginning with a letter")),
]
PackKey = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,63}$"),
    Allowed(_("a name of up to 64 small letters, digits and hyphens, beginning with a letter")),
]
Phrase = Annotated[
    str,
    StringConstraints(pattern=r"^\S(?:.*\S)?$", max_length=300),
    Allowed(_("one line of text, 1 to 300 characters, without spaces at its ends")),
]
Moment = Annotated[AwareDatetime, Allowed(_("a date and time with its zone, such as 2022-11-11T00:00:00+08:00"))]
Prefix = Annotated[
    str, StringConstraints(pattern=r"^[A-Z]{2,4}$"), Allowed(_("two to four capital letters, such as WT"))
]
MediaType = Annotated[
    str,
    StringConstraints(pattern=r"^(application|audio|image|text|video)/[a-z0-9][a-z0-9.+-]{0,99}$"),
    Allowed(_("a media type, such as image/jpeg")),
]
Hours = Annotated[int, Field(ge=1, le=8760), Allowed(_("whole hours from 1 to 8760"))]
HoursLate = Annotated[int, Field(ge=0, le=8760), Allowed(_("whole hours from 0 to 8760"))]
Days = Annotated[int, Field(ge=1, le=3650), Allowed(_("whole days from 1 to 3650"))]
Count = Annotated[int, Field(ge=0, le=20), Allowed(_("a whole number from 0 to 20"))]
Share = Annotated[float, Field(ge=0, le=1), Allowed(_("a number from 0 to 1"))]
Bytes = Annotated[int, Field(ge=100_000, le=2_000_000_000), Allowed(_("whole bytes from 100000 to 2000000000"))]
Flag = Annotated[bool, Allowed(_("true or false"))]

KindKey = Literal["finding", "request", "proposal", "supply"]
Confirm = Literal["visit", "call_back", "rating", "receipt"]
Level = Literal["town", "county", "city", "province"]


class Section(BaseModel):
    """A table of the pack: nothing in it is guessed, converted or left over."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Text(Section):
    zh: Phrase
    en: Phrase

    @property
    def label(self) -> str:
        """In the reader's language: Chinese, or English for any other."""
        return self.zh if (get_language() or "zh").startswith("zh") else self.en


class Kind(Text):
    """A kind of matter: who says that it is done, and how it is numbered.

    ``silence_days``: after that many days without an answer a verifier goes. ``ruling_h``: hours within which
    a return or an extension is ruled on. ``evidence`` and ``evidence_to_close``, where given, stand in for
    those of the severity: what is confirmed by telephone needs no photo.
    """

    prefix: Prefix
    confirm: Confirm
    ruling_h: Hours
    silence_days: Days | None = None
    evidence: Count | None = None
    evidence_to_close: Count | None = None


class Severity(Text):
    """How fast a matter must go.

    ``due_h`` runs from dispatch, ``redo_h`` from a failed check, ``verify_h`` from the request for closure.
    ``evidence`` is the pieces that a verification needs, ``evidence_to_close`` those that the unit files in a
    cycle before it may request closure.
    """

    due_h: Hours
    redo_h: Hours
    verify_h: Hours
    evidence: Count
    evidence_to_close: Count


class HoursOverride(Section):
    """Hours of a category that differ from those of the severity."""

    due_h: Hours | None = None
    redo_h: Hours | None = None
    verify_h: Hours | None = None


class Wording(Text):
    """What a category is called, the sentences offered at intake (the n-th of one language is the n-th of the
    other), and what "done" means."""

    phrases: Several[Phrase]
    phrases_en: Several[Phrase]
    standard: Several[Text]


class Category(Wording):
    """What a matter is about. ``wording`` replaces its words for a kind that speaks of it otherwise."""

    kinds: Several[KindKey]
    hours: Mapping[Name, HoursOverride] = {}
    wording: Mapping[KindKey, Wording] = {}

    def worded_for(self, kind: KindKey) -> Category:
        """The same category in the words of that kind."""
        words = self.wording.get(kind, self)
        return self.model_copy(update={field: getattr(words, field) for field in Wording.model_fields})


class Escalation(Section):
    """Hours past due, and the level of area that the matter is then raised to."""

    ladder_h: Several[HoursLate]
    to: Several[Level]


class Extension(Section):
    max_count: Count
    max_h: Hours


class OnSpot(Section):
    """The share of what was put right on the spot that is drawn for a revisit."""

    revisit_share: Share


class Reopen(Section):
    days: Days


class Retention(Section):
    contact_days: Days


class EvidenceFiles(Section):
    """What a file of evidence may be, and whether the position in a photo is kept."""

    max_bytes: Bytes
    keep_position: Flag
    types: Several[MediaType]
