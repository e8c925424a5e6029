"""Acting on many matters: what each would be answered, and then one act of the verb for each, under an id of its own.

What may be done is never judged here. A preview takes every act and undoes it, so that verbs, sides and the database
themselves say what is refused and why.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import DatabaseError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_http_methods

from muster.lib.ids import part_of, uuid7
from muster.lib.refusal import Refusal
from muster.lib.said import said
from muster.loop.act import VERBS
from muster.loop.matter import Matter
from muster.loop.nouns import NOUNS
from muster.loop.situation import Actor, situations_of
from muster.loop.words import STEPS
from muster.people.person import Person
from muster.people.role import AREA_ROLES, Role
from muster.web.bulkform import BulkForm
from muster.web.context import roles_of
from muster.web.scope import person_of

MOST = 500
BUDGET_S = 20.0
"""What isn't reached by then is offered to go on with: no proxy waits for ever."""

logger = logging.getLogger(__name__)
DISPATCH = frozenset((Role.DISPATCHER, Role.HEADQUARTERS))
#: What can be done to many at once, and who gets to see the door. Whether they may, each matter says.
BULK: dict[str, frozenset[str]] = {
    "assignment": DISPATCH,
    "reassignment": DISPATCH,
    "extension-ruling": DISPATCH,
    "escalation": frozenset((Role.HEADQUARTERS,)),
    "reclassification": DISPATCH,
    "note": frozenset((*AREA_ROLES, Role.OPERATOR, Role.LIAISON)),
}


class TooManyTicked(Refusal):
    code = "too_many_ticked"
    status = 422
    message = said("{ticked} are ticked; at most {most} go at once. Go back and untick some, or narrow the filter.")


class WentWrong(Refusal):
    code = "went_wrong"
    status = 503
    message = said("Something went wrong, and nothing was recorded for it. Try it again.")


@dataclass(frozen=True)
class Fate:
    """What becomes of one matter: done, refused, or not reached in time."""

    matter: Matter
    refusal: Refusal | None = None
    repeated: bool = False
    reached: bool = True

    @property
    def done(self) -> bool:
        return self.reached and not self.refusal


@dataclass(frozen=True)
class Fates:
    all: list[Fate]

    @property
    def done(self) -> list[Fate]:
        return [one for one in self.all if one.done]

    @property
    def again(self) -> list[Fate]:
        return [one for one in self.done if one.repeated]

    @property
    def open(self) -> list[Fate]:
        """What is still to be tried."""
        return [one for one in self.all if not one.refusal]

    @property
    def left(self) -> list[Fate]:
        return [one for one in self.all if not one.reached]

    @property
    def refused(self) -> list[Fate]:
        return [one for one in self.all if one.refusal]

    @cached_property
    def reasons(self) -> list[tuple[str, list[Fate]]]:
        """The refused by what they are refused with, the most frequent first."""
        grouped: dict[str, list[Fate]] = {}
        for fate in self.refused:
            grouped.setdefault(str(fate.refusal), []).append(fate)
        return sorted(grouped.items(), key=lambda reason: -len(reason[1]))


@require_http_methods(["GET", "POST"])
def bulk(request: HttpRequest, noun: str) -> HttpResponse:
    """``stage`` of what is posted: nothing (the form), ``preview``, ``do``, ``change`` (the form as it was filled in)."""
    if not roles_of(request).intersection(BULK.get(noun, ())):
        raise Http404
    ticked = list(dict.fromkeys((request.POST if request.method == "POST" else request.GET).getlist("id")))
    if len(ticked) > MOST:
        refusal = TooManyTicked(ticked=len(ticked), most=MOST)
        return render(request, "refused.html", {"refusal": refusal, "section": "matters"}, status=refusal.status)
    matters = _seen(request, ticked)
    if ticked and not matters:
        raise Http404
    return _page(request, noun, matters, len(ticked) - len(matters))


def _page(request: HttpRequest, noun: str, matters: list[Matter], unseen: int) -> HttpResponse:
    verb, stage = NOUNS[noun], request.POST.get("stage", "")
    frame = {"section": "matters", "noun": noun, "words": STEPS[verb], "matters": matters, "unseen": unseen}
    if not matters:
        return render(request, "bulk/form.html", frame)
    form = BulkForm(request, matters, verb, stage)
    frame["form"] = form
    if stage in STAGES and form.is_valid():
        tell = STAGES[stage]
        # A preview gives the acts to come an id of their own: going back and changing something is another act.
        context = {**frame, "fates": Fates(list(tell(verb, form, person_of(request)))), "next_id": uuid7()}
        context["left_out"] = [Fate(one) for one in _seen(request, request.POST.getlist("not")[:MOST])]
        return render(request, "bulk/preview.html" if stage == "preview" else "bulk/done.html", context)
    context = {**frame, "fates": Fates(list(foreseen(verb, matters, person_of(request))))}
    return render(request, "bulk/form.html", context, status=422 if stage in STAGES else 200)


def foreseen(verb: str, matters: list[Matter], person: Person) -> Iterable[Fate]:
    """Before anything is filled in: who may, and in which state."""
    actor, situations = Actor.of(person), situations_of([one.pk for one in matters], person)
    for matter in matters:
        yield _fate(matter, lambda one: VERBS[verb].admit(actor, one, situations[one.pk]))


def tried(verb: str, form: BulkForm, person: Person) -> Iterable[Fate]:
    """What each act would be answered: it is taken, and undone."""

    def undone(matter: Matter) -> Any:
        with transaction.atomic():
            receipt = _taken(verb, form, person, matter)
            transaction.set_rollback(True)
        return receipt

    return each(form.matters, undone)


def done(verb: str, form: BulkForm, person: Person) -> Iterable[Fate]:
    """One act a matter. One that fails stops no other; sent again, each is answered with its first receipt."""
    return each(form.matters, lambda matter: _taken(verb, form, person, matter))


STAGES: dict[str, Callable[[str, BulkForm, Person], Iterable[Fate]]] = {"preview": tried, "do": done}


def _taken(verb: str, form: BulkForm, person: Person, matter: Matter) -> Any:
    act_id = part_of(form.cleaned_data["id"], matter.pk)
    # The row that is shown stays as it was: the verb reads its own anew.
    return getattr(Matter.of_id(matter.pk), verb)(by=person, id=act_id, **form.asked_of(matter))


def each(matters: list[Matter], act: Callable[[Matter], Any]) -> Iterable[Fate]:
    """One act after the other, as long as there is time. A refusal or a fault is that one's fate, and stops no other."""
    until = time.monotonic() + BUDGET_S
    for matter in matters:
        yield _fate(matter, act) if time.monotonic() < until else Fate(matter, reached=False)


def _fate(matter: Matter, act: Callable[[Matter], Any]) -> Fate:
    try:
        answer = act(matter)
    except Refusal as refusal:
        return Fate(matter, refusal)
    except DatabaseError:
        logger.exception("bulk act on %s", matter.number)
        return Fate(matter, WentWrong())
    return Fate(matter, repeated=getattr(answer, "repeated", False))


def _seen(request: HttpRequest, ticked: list[str]) -> list[Matter]:
    """The ticked ones that this person may see, in the order in which they were ticked."""
    ids = [pk for pk in map(_uuid, ticked) if pk]
    related = ("area", "site__organisation", "lead", "pack")
    found = Matter.objects.seen_by(person_of(request)).filter(pk__in=ids).select_related(*related)
    by_id = {one.pk: one for one in found.defer("area__outline", "site__outline", "pack__text")}
    return [by_id[pk] for pk in ids if pk in by_id]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


urlpatterns = [path("matters/bulk/<slug:noun>/", bulk, name="bulk")]
