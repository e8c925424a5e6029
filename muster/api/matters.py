"""Matters: registering, reading, and every step of the loop as a noun under its matter."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field, create_model

from muster.api.asked import Flag, Limit, Moment, Number, person
from muster.briefings.counting import planned
from muster.evidence.file import File
from muster.incidents.incident import Incident
from muster.loop.act import VERBS, Receipt
from muster.loop.arrival import Caller
from muster.loop.matter import Matter
from muster.loop.nouns import NOUNS
from muster.loop.state import Kind, Status, Way
from muster.people.organisation import Organisation
from muster.places.area import Area
from muster.places.site import Site
from muster.register.look import Look
from muster.register.order import NEVER, Page
from muster.register.selection import Selection
from muster.web.context import open_incidents

router = Router(tags=["matters"])
#: As long as pages take them.
Text = Annotated[str, Field(max_length=4000)]
Word = Annotated[str, Field(max_length=60)]


class Asked(Schema):
    """``id`` is the act's own, made by you; of a registration it is the matter's, too. ``at``: when it occurred, if not now."""

    model_config = ConfigDict(extra="forbid")
    id: UUID | None = None
    at: Moment | None = None


class CallerIn(Schema):
    name: Word = ""
    phone: Word = ""


class MatterIn(Asked):
    incident: Number
    kind: Word
    area: Word
    category: Word
    severity: Word
    text: Text
    site: UUID | None = None
    way: Way = Way.UNANNOUNCED
    source_number: Word = ""
    photos: list[UUID] = []
    caller: CallerIn | None = None


class ReceiptOut(Schema):
    act_id: UUID
    matter_id: UUID
    seq: int
    recorded_at: datetime
    hash: str
    repeated: bool


class MatterOut(Schema):
    id: UUID
    number: str
    kind: Kind
    status: Status
    cycle: int
    category: str
    severity: str
    text: str
    area_id: str
    site_id: UUID | None
    lead_id: int | None
    dispatched_at: datetime | None
    due_at: datetime | None
    verify_due_at: datetime | None
    closed_at: datetime | None
    registered_at: datetime


class MattersOut(Schema):
    """``before`` and ``after`` are the cursors of the pages around; None where there is none."""

    items: list[MatterOut]
    before: str | None
    after: str | None


class FiltersIn(Schema):
    """The same as in the address of the register, where ``Selection`` reads them; here they stand for the document."""

    figure: str = ""
    organisation: str = ""
    as_of: str = ""
    from_: str = Field("", alias="from")
    to: str = ""
    q: str = ""
    numbers: str = ""
    area: str = ""
    status: list[str] = []
    kind: list[str] = []
    category: list[str] = []
    severity: list[str] = []
    way: list[str] = []
    site: str = ""
    lead: str = ""
    team: str = ""
    reporter: str = ""
    found_from: str = ""
    found_to: str = ""
    due_from: str = ""
    due_to: str = ""
    overdue: str = ""
    due_today: str = ""
    waiting: str = ""
    returned: str = ""
    extension: str = ""
    escalated: str = ""
    published: str = ""
    recurrence: str = ""
    imported: str = ""
    sort: str = "newest"
    after: str = ""
    before: str = ""


#: What narrows nothing: where to begin, and how much.
OF_PAGE = {"limit", "after", "before", "sort"}


@router.get("", response=MattersOut)
def matters(request: HttpRequest, asked: Query[FiltersIn], limit: Limit = 50) -> HttpResponse:
    """The matters that one may see, by the register's filters; ``after`` of an answer is the cursor of the next page."""
    incident = next(iter(open_incidents(request)), None)
    # A walk along one index needs no plan of its own.
    narrowed = bool(set(request.GET) - OF_PAGE)
    with incident.clock() if incident else nullcontext(), planned() if narrowed else nullcontext():
        chosen = Selection.of(Look(person(request), incident), request.GET)
        for problem in chosen.problems:
            raise problem.refusal
        return listed(chosen.order.page(chosen.matters, chosen.place, limit, shown))


@dataclass(frozen=True, slots=True)
class Told:
    """A matter as the list tells it, written as JSON by the database itself: to read rows and write them again took most of the
    time."""

    pk: UUID
    due: str
    text: str

    @property
    def clock_due_at(self) -> datetime | None:
        return None if self.due == NEVER else datetime.fromisoformat(self.due)


#: The columns of ``MatterOut``, in its order.
COLUMNS = ", ".join(MatterOut.model_fields)
ROWS = f"""
select told.id, clock_due(told.status, told.due_at, told.verify_due_at)::text, row_to_json(told)::text
from (select {COLUMNS} from matter where id = any(%s)) told
"""


def shown(keys: list[UUID]) -> list[Told]:
    with connection.cursor() as cursor:
        cursor.execute(ROWS, [keys])
        return [Told(*row) for row in cursor.fetchall()]


def listed(page: Page[Told]) -> HttpResponse:
    """As it is: a list needs no checking against its schema, which took several times as long as reading it."""
    items, around = (
        ",".join(one.text for one in page.rows),
        {"before": page.before or None, "after": page.after or None},
    )
    return HttpResponse(f'{{"items":[{items}],{json.dumps(around)[1:]}', content_type="application/json")


@router.post("", response={201: ReceiptOut})
def register(request: HttpRequest, asked: MatterIn) -> JsonResponse:
    """Register a matter. The same id with the same content again is answered with the first receipt."""
    given = asked.dict(exclude={"incident", "area", "site", "photos", "caller"})
    receipt = Matter.register(
        by=person(request),
        incident=get_object_or_404(Incident, pk=asked.incident, ended_at=None),
        area=get_object_or_404(Area, pk=asked.area),
        site=get_object_or_404(Site, pk=asked.site) if asked.site else None,
        photos=files(request, asked.photos),
        caller=Caller(**asked.caller.dict()) if asked.caller else None,
        **given,
    )
    return answer(receipt)


def answer(receipt: Receipt) -> JsonResponse:
    """As it is: a receipt needs no checking against its schema, which took as long as reading who asks."""
    return JsonResponse(vars(receipt), status=201)


@router.get("/{uuid:pk}", response=MatterOut)
def matter(request: HttpRequest, pk: UUID) -> Matter:
    return seen(request, pk)


def seen(request: HttpRequest, pk: UUID) -> Matter:
    """Looked up through the person: to an outsider it doesn't exist."""
    found = Matter.objects.seen_by(person(request)).select_related("incident")
    return get_object_or_404(found, pk=pk)


def files(request: HttpRequest, ids: list[UUID]) -> list[File]:
    """One's own uploads, in the order asked."""
    found = File.objects.filter(by=person(request)).in_bulk(ids)
    return [get_object_or_404(File, pk=pk, by=person(request)) if pk not in found else found[pk] for pk in ids]


def organisation(request: HttpRequest, pk: int) -> Organisation:
    found = Organisation.by_key(pk)
    if not found:
        raise Http404
    return found


Load = Callable[[HttpRequest, Any], Any]


def as_it_is(request: HttpRequest, value: Any) -> Any:
    return value


#: A verb's parameter → its type in the API, and how it becomes what the verb takes.
FIELDS: dict[str, tuple[Any, Load]] = {
    "lead": (Number, organisation),
    "doer": (Number, organisation),
    "supports": (list[Number], lambda request, ids: [organisation(request, pk) for pk in ids]),
    "photos": (list[UUID], files),
    "before": (list[UUID], files),
    "after": (list[UUID], files),
    "target": (UUID, seen),
    "area": (Word, lambda request, code: get_object_or_404(Area, pk=code)),
    "until": (Moment, as_it_is),
    "due_at": (Moment, as_it_is),
    "rating": (Annotated[int, Field(strict=True)], as_it_is),
    **dict.fromkeys(("passed", "done", "upheld", "granted"), (Flag, as_it_is)),
    **dict.fromkeys(("text", "reason", "remark"), (Text, as_it_is)),
    **dict.fromkeys(("number", "category", "severity"), (Word, as_it_is)),
}


def add_step(noun: str, verb: str) -> None:
    """One endpoint per noun: POST /matters/{id}/<noun>, its body made from what the verb asks for."""
    asked = VERBS[verb].asks
    fields: dict[str, Any] = {
        name: (FIELDS[name][0], ...) if one.default is one.empty else (FIELDS[name][0] | None, None)
        for name, one in asked.items()
    }
    body = create_model(f"{verb.title().replace('_', '')}In", __base__=Asked, **fields)

    def step(request: HttpRequest, pk: UUID, asked: Any) -> JsonResponse:
        given = {name: value for name, value in asked.dict(exclude={"id", "at"}).items() if value is not None}
        loaded = {name: FIELDS[name][1](request, value) for name, value in given.items()}
        # Not looked up first: the act itself finds no matter that isn't shown.
        receipt = getattr(Matter.of_id(pk), verb)(by=person(request), id=asked.id, at=asked.at, **loaded)
        return answer(receipt)

    step.__annotations__.update(asked=body, request=HttpRequest, pk=UUID)
    step.__doc__ = VERBS[verb].body.__doc__ or f"{verb} the matter."
    router.post(f"/{{uuid:pk}}/{noun}", response={201: ReceiptOut}, operation_id=verb, url_name=noun)(step)


for _noun, _verb in NOUNS.items():
    add_step(_noun, _verb)
