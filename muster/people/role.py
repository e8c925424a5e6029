"""Roles: what a grant lets its holder do."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    HEADQUARTERS = "headquarters", _("Headquarters")
    DISPATCHER = "dispatcher", _("Dispatcher")
    INSPECTOR = "inspector", _("Inspector")
    VERIFIER = "verifier", _("Verifier")
    OPERATOR = "operator", _("Telephone operator")
    LIAISON = "liaison", _("Unit liaison")
    READER = "reader", _("Reader")
    ADMINISTRATOR = "administrator", _("Administrator")


#: Roles that see every matter of their area.
AREA_ROLES = (Role.HEADQUARTERS, Role.DISPATCHER, Role.INSPECTOR, Role.VERIFIER, Role.READER)

#: Roles that must sign in with a second factor.
SECOND_FACTOR_ROLES = (Role.HEADQUARTERS, Role.ADMINISTRATOR)
