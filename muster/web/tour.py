"""The demo's first five minutes: six steps, each opened by the role card that takes it, and what is left open to try."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import NoReverseMatch, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from muster.demo.city import END, LINKED, THREE_DOORS, UNIT_SITE
from muster.demo.links import token_to_rate
from muster.lib import clock
from muster.loop.matter import Matter, Matters
from muster.loop.state import LIVE, WORKED_ON, Kind, Status
from muster.loop.steps import ExtensionRequest, Return, Verification
from muster.people.person import Person
from muster.places.site import Site
from muster.web.rolecards import LABELS, allowed
from muster.web.work import to_revisit

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

DUTY, INSPECTOR, UNIT, VERIFIER = "demo.duty", "demo.inspector", "demo.unit", "demo.verifier"
SECOND_VERIFIER, OPERATOR, OUTSIDER = "demo.second_verifier", "demo.operator", "demo.outsider"
COUNTY = UNIT_SITE[0]
PHOTO_VARIANTS = (1, 2, 3)


class Door(NamedTuple):
    """A button: who it signs in, where it leads, and what is done there."""

    login: str
    address: str
    does: StrOrPromise

    @property
    def label(self) -> StrOrPromise:
        return LABELS[self.login]


class Photos(NamedTuple):
    """Photos to hand in: how many of three doors have a sign, and which shots."""

    says: StrOrPromise
    addresses: list[str]


class Step(NamedTuple):
    title: StrOrPromise
    says: StrOrPromise
    doors: list[Door]
    photos: list[Photos]


class Open(NamedTuple):
    """A matter that waits for a visitor, and what for. The proposal is opened by its own link, without a card."""

    what: StrOrPromise
    matter: Matter
    door: Door | None
    link: str = ""


def tour(request: HttpRequest) -> dict[str, Any]:
    """The steps and the open matters for the front page; nothing where there are no role cards."""
    if not allowed(request):
        return {}
    people = {one.login: one for one in Person.objects.filter(login__in=LABELS)}
    site = Site.objects.filter(name=UNIT_SITE[1], area__path__contains=f"/{COUNTY}/").first()
    if not site or not {DUTY, INSPECTOR, UNIT, VERIFIER, OPERATOR, OUTSIDER} <= people.keys():
        return {}
    seen = {login: Matter.objects.seen_by(person) for login, person in people.items()}
    return {"steps": list(_steps(seen, site)), "left_open": [one for one in _left_open(seen, people) if one]}


def _steps(seen: dict[str, Matters], site: Site) -> Iterator[Step]:
    found = {"figure": "findings_found", "area": COUNTY, "as_of": END.isoformat()}
    rows = Door(DUTY, f"{reverse('matters')}?{urlencode(found)}", _("Open the rows"))
    yield Step(
        _("One figure, and its rows"),
        _("The wall says that Linqing found 307 problems. Behind the figure stand exactly 307 rows."),
        [*_wall(), rows], [],
    )  # fmt: skip
    noted = {"site": site.pk, "category": "testing", "severity": "critical", "text": THREE_DOORS}
    yield Step(
        _("Found, and fed back at once"),
        _("Door-to-door sampling missed three households. Take the photo in, submit; the duty officer sends it on."),
        [
            Door(INSPECTOR, f"{reverse('finding')}?{urlencode(noted)}", _("Register it")),
            Door(DUTY, _to_assign(seen[DUTY], site), _("Feed it back")),
        ],
        [Photos(_("As it was found"), _shots(0)[:1])],
    )  # fmt: skip
    at_work, said_done = _three_doors(seen[UNIT], site, *WORKED_ON), _three_doors(seen[VERIFIER], site, WAITS)
    yield Step(
        _("Whoever does the work can't close it"),
        _("The unit says what it did and asks to close: it is told to wait for the check."),
        [Door(UNIT, _matter(at_work), _("Answer it"))], [Photos(_("Two doors of three"), _shots(2)[:2])],
    )  # fmt: skip
    yield Step(
        _("Checked by somebody else"),
        _("The list has three households, the photo shows two doors. Fail it; the unit does it again; pass it."),
        [Door(VERIFIER, _matter(said_done), _("Check it")), Door(UNIT, _matter(said_done), _("Do it again"))],
        [Photos(_("Two doors of three"), _shots(2)[2:]), Photos(_("Three of three"), _shots(3))],
    )  # fmt: skip
    asked = seen[OPERATOR].filter(text__contains=LINKED, site=site).order_by("-id").first()
    yield Step(
        _("Whoever asked says when it is done"),
        _("A resident called about the same doors. Call back: only the resident's yes closes it."),
        [Door(OPERATOR, _matter(asked), _("Call back"))], [],
    )  # fmt: skip
    problem = said_done or _three_doors(seen[DUTY], site, *Status.values)
    sweep = reverse("step", args=[problem.pk, "sweep"]) if problem else reverse("matters")
    yield Step(
        _("Look for it everywhere else"),
        _("Look for the same problem at similar sites. An outsider who has the address is told that there is no such page."),
        [Door(DUTY, sweep, _("Look elsewhere")), Door(OUTSIDER, _matter(problem), _("Try to look in"))], [],
    )  # fmt: skip


def _wall() -> list[Door]:
    try:
        return [Door(DUTY, reverse("wall"), _("See the wall"))]
    except NoReverseMatch:
        return []


WAITS = Status.CLOSURE_REQUESTED


def _three_doors(seen: Matters, site: Site, *states: str) -> Matter | None:
    """The newest of them in one of the states: what a visitor has just registered comes first."""
    return seen.filter(site=site, text__startswith=THREE_DOORS, status__in=states).order_by("-id").first()


def _to_assign(seen: Matters, site: Site) -> str:
    new = _three_doors(seen, site, Status.REGISTERED)
    return reverse("step", args=[new.pk, "assignment"]) if new else reverse("work")


def _matter(one: Matter | None) -> str:
    return reverse("matter", args=[one.pk]) if one else reverse("work")


def _shots(signs: int) -> list[str]:
    return [reverse("demo_photo", args=[signs, variant]) for variant in PHOTO_VARIANTS]


def _left_open(seen: dict[str, Matters], people: dict[str, Person]) -> Iterator[Open | None]:
    """One matter of each sort that nobody has dealt with yet."""
    now, duty = clock.now(), seen[DUTY]
    yield _open(_("Critical and overdue"), DUTY, duty.overdue(now).filter(severity="critical").order_by("-due_at"))
    for what, question in ((_("A return to rule on"), Return), (_("An extension to rule on"), ExtensionRequest)):
        asked = Exists(question._default_manager.filter(matter=OuterRef("pk"), ended_at=None))
        yield _open(what, DUTY, duty.filter(asked, status__in=WORKED_ON).order_by("due_at"))
    failed = Exists(Verification.objects.filter(matter=OuterRef("pk"), passed=False))
    yield _open(_("A check that failed"), DUTY, duty.filter(failed, kind=Kind.FINDING, status=Status.IN_PROGRESS))
    yield _open(_("A recurrence"), DUTY, duty.filter(recurrence_of__isnull=False, status__in=LIVE))
    if SECOND_VERIFIER in people:
        drawn = to_revisit(seen[SECOND_VERIFIER], people[SECOND_VERIFIER], now)
        yield _open(_("A fix on the spot to look at again"), SECOND_VERIFIER, drawn)
    waiting = seen[OPERATOR].filter(status=WAITS)
    yield _open(
        _("A request to call back about"), OPERATOR, waiting.filter(kind=Kind.REQUEST).order_by("verify_due_at")
    )
    yield _to_rate(waiting.filter(kind=Kind.PROPOSAL))


def _open(what: StrOrPromise, login: str, found: Matters) -> Open | None:
    matter = found.select_related("area").defer("area__outline").first()
    return Open(what, matter, Door(login, _matter(matter), what)) if matter else None


def _to_rate(found: Matters) -> Open | None:
    for matter in found.order_by("id"):
        token = token_to_rate(matter)
        if token:
            return Open(_("A proposal that waits for its rating"), matter, None, reverse("followed", args=[token]))
    return None


@login_not_required
@require_GET
def photo(request: HttpRequest, signs: int, variant: int) -> HttpResponse:
    """A drawn photo to hand in: so many of three doors with a sign."""
    if not allowed(request) or signs not in range(4) or variant not in PHOTO_VARIANTS:
        raise Http404
    response = HttpResponse(_drawn(signs, variant), content_type="image/jpeg")
    response["Content-Disposition"] = f'attachment; filename="doors-{signs}-{variant}.jpg"'
    return response


@lru_cache(maxsize=16)
def _drawn(signs: int, variant: int) -> bytes:
    # Only here: who serves a real city needs no paintbrush.
    from muster.demo.drawing import doors

    return doors(signs, f"演示照片 2022-12-06 #{variant}", 7)


urlpatterns = [path("demo/photo/<int:signs>-<int:variant>.jpg", photo, name="demo_photo")]
