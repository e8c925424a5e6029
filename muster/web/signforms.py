"""The forms of signing in, in the house's clothes."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from django import forms
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

CODE_LIVES_S = 120
"""Longer than a code is taken for: thirty seconds, and one step to either side for clocks that disagree."""


class Dressed(forms.BaseForm):
    """Labels stand above the fields, so nothing stands in them."""

    labels: dict[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label, field.help_text = self.labels.get(name, field.label), ""
            field.widget.attrs.pop("placeholder", None)
            field.widget.attrs["class"] = "input"
        next(iter(self.fields.values())).widget.attrs["autofocus"] = True


class CodeForm(Dressed):
    labels = {"code": _("Code from the app, or a recovery code")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs.update(inputmode="numeric", maxlength="20")


class LoginForm(Dressed, account.LoginForm):  # type: ignore[misc]
    labels = {"login": _("Sign-in name"), "password": _("Password")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs.update(autocapitalize="none", spellcheck="false")

    def clean(self) -> Any:
        """Only who knows the one-time password is told that it has ended."""
        cleaned = super().clean()
        if self.user and self.user.one_time_password_ended():
            raise get_account_adapter().validation_error("one_time_password_ended")
        return cleaned


class ReauthenticateForm(Dressed, account.ReauthenticateForm):  # type: ignore[misc]
    labels = {"password": _("Password")}


class ChangePasswordForm(Dressed, account.ChangePasswordForm):  # type: ignore[misc]
    labels = {
        "oldpassword": _("Present password"),
        "password1": _("New password"),
        "password2": _("New password, once more"),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = _("At least ten characters, not a common password and unlike your name.")

    def clean_password1(self) -> str:
        chosen: str = self.cleaned_data["password1"]
        if self.user.password_until and self.user.check_password(chosen):
            raise get_account_adapter().validation_error("one_time_password_again")
        return chosen


class OnceForm(CodeForm):
    """A code opens one door once. The library forgets it before it has run out."""

    user: Any
    cleaned_data: dict[str, Any]

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]
        if not cache.add(f"code:{self.user.pk}:{code.strip()}", 1, timeout=CODE_LIVES_S):
            raise get_adapter().validation_error("incorrect_code")
        return code


class AuthenticateForm(OnceForm, mfa.AuthenticateForm):  # type: ignore[misc]
    pass


class ReauthenticateByCodeForm(OnceForm, mfa.ReauthenticateForm):  # type: ignore[misc]
    pass


class ActivateForm(CodeForm, totp.ActivateTOTPForm):  # type: ignore[misc]
    labels = {"code": _("Six digits")}
