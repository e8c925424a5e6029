"""Signing in and out: allauth's pages that are needed, and axes' lock-out."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

from allauth.account import app_settings
from allauth.account import views as account
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from axes.helpers import get_cool_off, get_failure_limit
from axes.models import AccessAttempt
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from muster.people.administration import AdminAction, AdminEntry
from muster.people.computer import Pin
from muster.people.person import Person
from muster.web import me, rolecards
from muster.web.limits import come_back
from muster.web.secondfactor import ALONE, SetUp

LOGIN_LENGTH = 255
"""What the table of failures holds."""


class Adapter(DefaultAccountAdapter):  # type: ignore[misc, unused-ignore]
    """Nobody signs up; wrong passwords are counted by axes alone."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("The sign-in name or the password is wrong."),
        "incorrect_password": _("The password is wrong."),
        "enter_current_password": _("This isn't your present password."),
        "one_time_password_ended": _(
            "This one-time password has ended: it holds for 24 hours. Ask your administrator for a new one."
        ),
        "one_time_password_again": _("Choose another password than the one that your administrator gave you."),
        "too_many_login_attempts": _("Too many wrong codes. Try again in fifteen minutes."),
        "rate_limited": _("Too many wrong codes. Try again in fifteen minutes."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def login(self, request: HttpRequest, user: Person) -> None:
        """The end of a full sign-in, second factor and all: PINs that were locked open again."""
        super().login(request, user)
        Pin.unlock(user)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Two counters with different limits would explain themselves to nobody."""

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Who has just signed in isn't asked for the same password again."""
        records = get_authentication_records(self.request, self.request.user)
        fresh = bool(records) and time.time() - records[-1]["at"] < app_settings.REAUTHENTICATION_TIMEOUT
        return not fresh and bool(super().is_reauthentication_required(app=app, **kwargs))

    def set_password(self, user: Any, password: str) -> None:
        """Chosen by the person, and therefore known to nobody else."""
        user.set_own_password(password)
        user.save(update_fields=["password", "password_until"])
        AdminEntry.objects.create(action=AdminAction.PASSWORD_SET, by=user, person=user)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("me")


@login_not_required
@require_GET
def forgotten(request: HttpRequest) -> HttpResponse:
    """There is no e-mail here; an administrator gives a new password."""
    return render(request, "account/forgotten.html")


def password_change(request: HttpRequest) -> HttpResponse:
    """Who never had a password of their own, as behind a role card, has none to change."""
    person: Person = request.user  # type: ignore[assignment]
    if not person.has_usable_password():
        raise Http404
    around = ALONE if person.password_until else {}
    response: HttpResponse = account.PasswordChangeView.as_view(extra_context=around)(request)
    return response


def name_tried(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """The sign-in name as axes counts it: allauth calls it ``username``, its form ``login``, and neither minds case."""
    given = credentials or request.POST
    return (given.get("username") or given.get("login") or "").strip().lower()[:LOGIN_LENGTH]


def locked_out(request: HttpRequest, response: HttpResponse, credentials: dict[str, Any] | None) -> HttpResponse:
    """The page that stands for every sign-in while the name is locked at this address: until when."""
    until = locked_until(request, credentials)
    return come_back(request, "account/locked.html", until, until=until, name=name_tried(request, credentials))


def locked_until(request: HttpRequest, credentials: dict[str, Any] | None) -> datetime:
    """When so many failures are forgotten that fewer than the limit are left."""
    tried = {"username": name_tried(request, credentials), "ip_address": request.axes_ip_address}  # type: ignore[attr-defined]
    length: timedelta = get_cool_off(request)
    attempts = AccessAttempt.objects.filter(**tried, attempt_time__gt=timezone.now() - length)
    rows: list[tuple[datetime, int]] = list(
        attempts.order_by("attempt_time").values_list("attempt_time", "failures_since_start")
    )
    left = sum(failures for _at, failures in rows)
    for at, failures in rows:
        left -= failures
        if left < get_failure_limit(request, credentials):
            return at + length
    return timezone.now()


urlpatterns: list[URLPattern] = [
    path("sign-in", account.login, name="account_login"),
    path("sign-in/code", mfa.authenticate, name="mfa_authenticate"),
    path("sign-in/new", account.signup, name="account_signup"),
    path("sign-in/forgotten", forgotten, name="account_reset_password"),
    path("sign-in/inactive", account.account_inactive, name="account_inactive"),
    path("sign-out", account.logout, name="account_logout"),
    path("me/confirm", account.ReauthenticateView.as_view(extra_context=ALONE), name="account_reauthenticate"),
    path("me/confirm/code", mfa.ReauthenticateView.as_view(extra_context=ALONE), name="mfa_reauthenticate"),
    path("me/password", password_change, name="account_change_password"),
    path("me/second-factor", mfa.index, name="mfa_index"),
    path("me/second-factor/set-up", SetUp.as_view(), name="mfa_activate_totp"),
    path("me/second-factor/remove", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("me/recovery-codes", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("me/recovery-codes/new", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("me/recovery-codes/file", codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    *me.urlpatterns,
    *rolecards.urlpatterns,
]
