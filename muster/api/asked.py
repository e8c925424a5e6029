"""What endpoints have in common: who asks, about which incident, by which fields, and how a list is paged.

What a page takes by a form is taken here by that very form: the same fields, the same rules, the same words for what is wrong.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

from django import forms
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import AwareDatetime, ConfigDict, Field, create_model

from muster.briefings.asked import NoIncident
from muster.duty.handover import How
from muster.incidents.incident import Incident
from muster.lib.refusal import Refusal
from muster.lib.said import said
from muster.people.person import Person
from muster.people.role import Role
from muster.people.scope import Scope
from muster.web import trusted
from muster.web.asking import Asking, AskingInput
from muster.web.context import incident_of, incidents_of, roles_of
from muster.web.formpage import saved
from muster.web.leaf import Leaf, leaf
from muster.web.scope import scope_of

PAGE_MAX = 100
#: A moment with its zone, within reason.
Moment = Annotated[AwareDatetime, Field(ge=datetime(2000, 1, 1, tzinfo=UTC), lt=datetime(2100, 1, 1, tzinfo=UTC))]
#: A number that is a key: none is larger in the database. In an address it comes as text, in a body as what it is.
Key = Annotated[int, Field(ge=1, le=2**31 - 1)]
Number = Annotated[int, Field(ge=1, le=2**31 - 1, strict=True)]
Flag = Annotated[bool, Field(strict=True)]
Degrees = Annotated[float, Field(strict=True)]
#: How many rows of a list are answered at once.
Limit = Annotated[int, Field(ge=1, le=PAGE_MAX)]
Row = TypeVar("Row", bound=Model)


class Invalid(Refusal):
    """``fields`` says of each field what is wrong, and what else may have been meant."""

    code = "invalid"
    status = 422
    message = said("Something isn’t right yet: “fields” says what and where. Mend it, and send it again.")


class CandidateOut(Schema):
    """``value`` can be sent in place of what wasn't clear."""

    value: str
    name: str
    more: str


class FaultOut(Schema):
    messages: list[str]
    candidates: list[CandidateOut] = []


class RefusedOut(Schema):
    """How a refusal is told. ``fields``: by the name of a field, what is wrong there; with the codes malformed and invalid."""

    code: str
    message: str
    fields: dict[str, FaultOut] | None = None


def person(request: HttpRequest) -> Person:
    signed_in: Person = request.user  # type: ignore[assignment]
    return signed_in


def must_hold(request: HttpRequest, *roles: Role) -> None:
    """For who holds none of the roles it doesn't exist, as its page doesn't."""
    if not roles_of(request).intersection(roles):
        raise Http404


def administered(request: HttpRequest) -> Scope:
    """What the person administers."""
    must_hold(request, Role.ADMINISTRATOR)
    return scope_of(request)


def worked_in(request: HttpRequest) -> Scope:
    """Where the person has any role."""
    must_hold(request, *Role)
    return Scope.of(person(request), *Role)


@contextlib.contextmanager
def about(request: HttpRequest, incident: int | None) -> Iterator[Incident]:
    """The incident of that number, else the person's current one, under its clock. Raises NoIncident."""
    with clocked(request, incident) as here:
        if not here:
            raise NoIncident
        yield here


@contextlib.contextmanager
def clocked(request: HttpRequest, incident: int | None = None) -> Iterator[Incident | None]:
    """The same where there may be none: then by the world's clock."""
    if incident is not None:
        found = next((one for one in incidents_of(request) if one.pk == incident), None)
        if not found:
            raise NoIncident
        request._incident = found  # type: ignore[attr-defined]
    here = incident_of(request)
    with here.clock() if here else contextlib.nullcontext():
        yield here


def how(request: HttpRequest) -> str:
    """How who acts here came in: what a signature says. A token counts as a session, whatever cookie comes with it."""
    return How.SESSION if hasattr(request, "token") else trusted.how(request)


def listed(
    request: HttpRequest, found: QuerySet[Row], shown: Callable[[Row], dict[str, Any]], limit: int, *keys: str
) -> dict[str, Any]:
    """One page: its items, and the cursor of the next. Raises Invalid for a cursor that is none."""
    after = request.GET.get("after")
    if after and not found.model._default_manager.filter(pk=after).exists():
        raise Invalid(fields={"after": {"messages": [_("This is the cursor of no page.")]}})
    page: Leaf[Row] = leaf(request, found, *keys, most=limit)
    return {"items": [shown(one) for one in page.rows], "after": page.after}


class Form(Schema):
    model_config = ConfigDict(extra="forbid")


def body_of(form: Any, *left_out: str, called: str = "", partly: bool = False, **more: Any) -> type[Form]:
    """The body that fills a form; ``partly``: what isn't in it stays as it is. ``more``: name to type and default.

    No two may be ``called`` alike: the document names them.
    """
    fields: dict[str, Any] = {
        name: asked_as(field, partly=partly) for name, field in form.base_fields.items() if name not in left_out
    }
    name = called or form.__name__.removesuffix("Form") + ("Change" if partly else "") + "In"
    return create_model(name, __base__=Form, **fields, **more)


def asked_as(field: forms.Field, *, partly: bool) -> tuple[Any, Any]:
    """The type of a field, and what it is where it isn't said."""
    kind = _kind(field)
    if partly or not field.required:
        return kind | None, None
    return kind, ... if field.initial is None else field.initial


def _kind(field: forms.Field) -> Any:
    match field:
        case forms.ModelChoiceField():
            return Number
        case forms.ChoiceField():
            choices: Any = field.choices
            known = [value for value, _label in choices if value not in ("", None)]
            return Literal[tuple(known)] if known else str
        case forms.UUIDField():
            return UUID
        case forms.DateTimeField():
            return Moment
        case forms.FloatField():
            return Degrees
        case forms.BooleanField():
            return Flag
        case forms.CharField(max_length=most):
            return Annotated[str, Field(max_length=most)] if most else str
    raise TypeError(field)


def data_of(asked: Schema) -> dict[str, Any]:
    """What was said, as a form is bound to it."""
    return _plain(asked.dict(exclude_unset=True))


def changed(form: forms.BaseForm, asked: Schema) -> dict[str, Any]:
    """All that the form would hold, with what was said in its place."""
    present = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    return _plain(present) | data_of(asked)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """As browsers send it: of nothing, an empty text."""
    return {name: "" if value is None else value for name, value in values.items()}


def narrowed(scope: Scope, form: type[Asking], asked: Schema) -> dict[str, str]:
    """What a page's filters ask for, things by their keys. Raises Invalid."""
    filled: Any = form(data_of(asked))
    filled.asks(scope)
    must_be_valid(filled)
    found: dict[str, str] = filled.narrowed
    return found


def must_be_valid(form: forms.BaseForm) -> Mapping[str, Any]:
    """What was asked, cleaned. Raises Invalid."""
    if not form.is_valid():
        raise Invalid(fields=faults_of(form))
    cleaned: Mapping[str, Any] = form.cleaned_data
    return cleaned


def must_be_done(done: bool, form: forms.BaseForm) -> None:
    """Raises Invalid with what the form says instead."""
    if not done:
        raise Invalid(fields=faults_of(form))


def must_be_saved(form: forms.ModelForm[Row]) -> Row:
    """Raises Invalid, also where somebody else was quicker."""
    if not saved(form):
        raise Invalid(fields=faults_of(form))
    return form.instance


def faults_of(form: forms.BaseForm) -> dict[str, Any]:
    """Of each field what is wrong; of a name that isn't clear, what may have been meant, each as it can be sent."""
    told: dict[str, Any] = {}
    for name, errors in form.errors.items():
        told[name] = {"messages": [str(error) for error in errors]}
        widget = form.fields[name].widget if name in form.fields else None
        if isinstance(widget, AskingInput) and widget.candidates:
            told[name]["candidates"] = [one._asdict() for one in widget.candidates]
    return told
