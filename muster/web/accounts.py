"""A person's number, password and sessions. What is shown here is shown once."""

from __future__ import annotations

import secrets

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from axes.utils import reset
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from muster.exchange.webhooks import end_webhooks
from muster.lib.refusal import Refusal
from muster.lib.said import said
from muster.people.administration import AdminAction, AdminEntry
from muster.people.computer import Pin
from muster.people.person import Person, Reveal
from muster.people.role import Role
from muster.people.token import end_all
from muster.web.guard import holding
from muster.web.personpage import OwnAdministration, RevealForm, controlled_person, known_person, person_page
from muster.web.scope import person_of

#: Without what looks alike when it is read from paper or over the telephone.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, GROUP = 4, 4


class OwnPassword(Refusal):
    code = "own_password"
    message = said("You change your own password on your own page, where the old one is asked for.")


class OwnSecondFactor(Refusal):
    code = "own_second_factor"
    message = said("You change your own second factor on your own page, where you prove to hold it.")


@holding(Role.ADMINISTRATOR)
@never_cache
@require_POST
def phone(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the number once, to who gave a reason; both are kept."""
    person = known_person(request, pk)
    if not person.phone:
        raise Http404
    form = RevealForm(request.POST)
    if not form.is_valid():
        return person_page(request, person, form)
    Reveal.objects.create(by=person_of(request), of_person=person, reason=form.cleaned_data["reason"])
    return render(request, "people/phone.html", {"section": "people", "person": person})


@holding(Role.ADMINISTRATOR)
@never_cache
@require_POST
def password(request: HttpRequest, pk: int) -> HttpResponse:
    """A new password, which is shown once and kept only as its hash. Whoever was signed in with the old one is out."""
    person = controlled_person(request, pk)
    if person.pk == person_of(request).pk:
        raise OwnPassword
    made = one_time_password()
    with transaction.atomic():
        person.set_one_time_password(made)
        person.save(update_fields=["password", "password_until"])
        _entered(AdminAction.ONE_TIME_PASSWORD_SET, person, person_of(request))
        end_sessions(person, person_of(request))
        # Whoever forgot their password has often been locked out by trying; tries are counted by the name in small letters.
        reset(username=person.login.lower())
    return render(request, "people/password.html", {"section": "people", "person": person, "password": made})


@holding(Role.ADMINISTRATOR)
@require_POST
def sessions(request: HttpRequest, pk: int) -> HttpResponse:
    person = controlled_person(request, pk)
    count = sign_out(person, person_of(request), but=request.session.session_key)
    messages.success(
        request, ngettext("%(count)s session was ended.", "%(count)s sessions were ended.", count) % {"count": count}
    )
    return redirect("person", pk=pk)


@holding(Role.ADMINISTRATOR)
@require_POST
def second_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """The telephone was lost: the person sets up a new second factor at the next sign-in."""
    person = controlled_person(request, pk)
    if person.pk == person_of(request).pk:
        raise OwnSecondFactor
    with transaction.atomic():
        Authenticator.objects.filter(user=person).delete()
        _entered(AdminAction.SECOND_FACTOR_REMOVED, person, person_of(request))
        Pin.forget(person, by=person_of(request))
        end_sessions(person, person_of(request))
    messages.success(request, _("%(name)s sets up a new second factor at the next sign-in.") % {"name": person})
    return redirect("person", pk=pk)


@holding(Role.ADMINISTRATOR)
@require_POST
def deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    person = controlled_person(request, pk)
    shut_out(person, person_of(request))
    messages.success(request, _("%(name)s can't sign in any more. Roles rest until that changes.") % {"name": person})
    return redirect("person", pk=pk)


@holding(Role.ADMINISTRATOR)
@require_POST
def activate(request: HttpRequest, pk: int) -> HttpResponse:
    person = controlled_person(request, pk)
    let_in(person, person_of(request))
    messages.success(request, _("%(name)s may sign in again.") % {"name": person})
    return redirect("person", pk=pk)


@transaction.atomic
def shut_out(person: Person, by: Person) -> None:
    """Raises OwnAdministration."""
    if person.pk == by.pk:
        raise OwnAdministration
    Person.objects.filter(pk=person.pk).update(is_active=False)
    _entered(AdminAction.SHUT_OUT, person, by)
    end_sessions(person, by)


@transaction.atomic
def let_in(person: Person, by: Person) -> None:
    Person.objects.filter(pk=person.pk).update(is_active=True)
    _entered(AdminAction.LET_IN, person, by)


@transaction.atomic
def sign_out(person: Person, by: Person, but: str | None = None) -> int:
    """End the person's sessions but one; how many there were."""
    count = end_sessions(person, by, but)
    _entered(AdminAction.SESSIONS_ENDED, person, by)
    return count


def _entered(action: AdminAction, person: Person, by: Person) -> None:
    AdminEntry.objects.create(action=action, by=by, person=person)


def one_time_password() -> str:
    """About 79 bits, in groups that can be read out: k7mp-4xqa-9rtw-hc3d."""
    return "-".join("".join(secrets.choice(ALPHABET) for _letter in range(GROUP)) for _group in range(GROUPS))


def end_sessions(person: Person, by: Person, but: str | None = None) -> int:
    """How many were ended. Somebody else's access tokens and webhooks end with them."""
    if person.pk != by.pk:
        end_all(person, by)
        end_webhooks(person, by)
    ended = list(UserSession.objects.filter(user=person).exclude(session_key=but))
    for session in ended:
        session.end()
    return len(ended)


urlpatterns = [
    path("people/<int:pk>/phone/", phone, name="person-phone"),
    path("people/<int:pk>/password/", password, name="person-password"),
    path("people/<int:pk>/sessions/", sessions, name="person-sessions"),
    path("people/<int:pk>/second-factor/", second_factor, name="person-second-factor"),
    path("people/<int:pk>/deactivate/", deactivate, name="deactivate-person"),
    path("people/<int:pk>/activate/", activate, name="activate-person"),
]
