"""What is wrong with a policy pack: every fault with its file, line and key, and what is allowed there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import NoneType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args, get_origin, get_type_hints

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel

from muster.lib.refusal import Refusal
from muster.lib.said import said
from muster.policy.lines import Path
from muster.policy.sections import Allowed

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise
    from pydantic_core import ErrorDetails


Found = tuple[Path, "StrOrPromise"]
"""A fault as it is found: the key's path, and what is wrong there."""


class Fault(NamedTuple):
    """``line`` counts from 1; ``key`` is dotted, and empty where the text isn't TOML at all."""

    file: str
    line: int
    key: str
    what: StrOrPromise

    def __str__(self) -> str:
        return ": ".join(str(part) for part in (f"{self.file}:{self.line}", self.key, self.what) if part)


class Faults(tuple[Fault, ...]):
    """Every fault of one pack, by line; as text one a line."""

    def __str__(self) -> str:
        return "\n".join(map(str, self))


class BadPack(Refusal):
    """``faults`` in the details holds them all."""

    code = "bad_pack"
    status = 422
    message = said("This policy pack can't be used. Mend these lines, then load it again:\n{faults}")


def from_pydantic(model: type[BaseModel], errors: list[ErrorDetails]) -> list[Found]:
    """Where pydantic found faults, and what each is in our words."""
    # A list whose items are wrong is also called too short; only the items are.
    parents = {error["loc"][:-1] for error in errors}
    return [_told(model, e) for e in errors if not (e["type"] == "too_short" and e["loc"] in parents)]


def _told(model: type[BaseModel], error: ErrorDetails) -> Found:
    path: Path = error["loc"]
    if error["type"] == "extra_forbidden":
        return path, misplaced(keys(_bare(hint_at(model, path[:-1]))))
    if error["type"] == "missing":
        return path, missing(allowed(hint_at(model, path)))
    if path[-1:] == ("[key]",) and (name := _name_at(model, path[:-2])):
        return path[:-1], misplaced(allowed(name))
    return path, refused(error["input"], allowed(hint_at(model, path)))


def _name_at(model: type[BaseModel], path: Path) -> Any:
    """The type of the names in a table of tables; None for any other table: "[key]" is then a key's name."""
    bare = _bare(hint_at(model, path))
    return get_args(bare)[0] if get_origin(bare) is Mapping else None


def missing(words: StrOrPromise) -> StrOrPromise:
    return format_lazy(_("is missing; allowed: {allowed}"), allowed=words)


def misplaced(words: StrOrPromise) -> StrOrPromise:
    return format_lazy(_("can't stand here; allowed: {allowed}"), allowed=words)


def refused(found: object, words: StrOrPromise) -> StrOrPromise:
    return format_lazy(_("can't be {found}; allowed: {allowed}"), found=shown(found), allowed=words)


def shown(value: object) -> StrOrPromise:
    """A value briefly, on one line."""
    if isinstance(value, Mapping):
        return _("a table")
    if isinstance(value, list):
        return format_lazy(_("a list of {count}"), count=len(value))
    if isinstance(value, int) and value.bit_length() > 64:
        return _("so large a number")
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:59]}…"


def allowed(hint: Any) -> StrOrPromise:
    """In words, what may stand where this type is asked for."""
    own = [note.text for note in getattr(_required(hint), "__metadata__", ()) if isinstance(note, Allowed)]
    bare = _bare(hint)
    if own:
        return own[-1]
    if isinstance(bare, type) and issubclass(bare, BaseModel):
        return format_lazy(_("a table of {keys}"), keys=keys(bare))
    if get_origin(bare) is Literal:
        return ", ".join(get_args(bare))
    return _allowed_many(bare)


def keys(model: type[BaseModel]) -> str:
    """As the file spells them."""
    return ", ".join(field.alias or name for name, field in model.model_fields.items())


def _allowed_many(bare: Any) -> StrOrPromise:
    if get_origin(bare) is Mapping:
        return format_lazy(_("a table of tables, each named: {name}"), name=allowed(get_args(bare)[0]))
    return format_lazy(_("a list of one or more, each: {item}"), item=allowed(get_args(bare)[0]))


def hint_at(model: type[BaseModel], path: Path) -> Any:
    """The type, with its annotations, of what stands at a path of the model."""
    hint: Any = model
    for step in path:
        hint = _inner(hint, step)
    return hint


def _inner(hint: Any, step: str | int) -> Any:
    bare = _bare(hint)
    if isinstance(bare, type) and issubclass(bare, BaseModel):
        names = {field.alias or name: name for name, field in bare.model_fields.items()}
        return get_type_hints(bare, include_extras=True)[names[str(step)]]
    arguments = get_args(bare)
    return arguments[1] if get_origin(bare) is Mapping else arguments[0]


def _bare(hint: Any) -> Any:
    """Without its annotations, and without the None of what may be left out."""
    hint = _required(hint)
    return _bare(hint.__origin__) if hasattr(hint, "__metadata__") else hint


def _required(hint: Any) -> Any:
    options = get_args(hint)
    return next(o for o in options if o is not NoneType) if NoneType in options else hint
