"""Persons, what they belong to and what they may do."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from muster.lib.compiled import Compiled, Given
from muster.people.organisation import Organisation
from muster.people.role import SECOND_FACTOR_ROLES, Role
from muster.places.area import Area

ONE_TIME_PASSWORD_LIVES = timedelta(hours=24)


class People(BaseUserManager["Person"]):
    def create_user(self, login: str, password: str | None = None, **fields: Any) -> Person:
        """A person who can sign in; without a password, only by a role card or once one is set."""
        person = self.model(login=login, **fields)
        person.set_password(password)
        person.save()
        return person


class Person(AbstractBaseUser):
    """Somebody who works here. Who has a ``login`` can sign in."""

    login = models.TextField(_("sign-in name"), unique=True)
    name = models.TextField(_("name"))
    phone = models.TextField(_("telephone"), blank=True)
    language = models.TextField(_("language"), default="zh-hans", choices=[("zh-hans", "中文"), ("en", "English")])
    is_active = models.BooleanField(_("may sign in"), default=True)
    password_until = models.DateTimeField(
        null=True, blank=True, help_text="end of a one-time password; none once the person has chosen one of their own"
    )

    #: Whether this object reads its grants and organisations once only, as one may that lives for a request.
    keeps_grants = False
    _grants: list[Grant] | None = None
    _organisations: list[Organisation] | None = None

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = People()

    class Meta:
        db_table = "person"
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def phone_masked(self) -> str:
        return masked(self.phone)

    def grants_at(self, at: datetime | None = None) -> list[Grant]:
        """The grants in force, with their areas and organisations."""
        if at or not self.keeps_grants:
            return IN_FORCE(person=self.pk, at=at or timezone.now())
        if self._grants is None:
            self._grants = IN_FORCE(person=self.pk, at=timezone.now())
        return self._grants

    def memberships_now(self) -> models.QuerySet[Membership]:
        return self.memberships.filter(until=None).select_related("organisation")

    def organisations_now(self) -> list[Organisation]:
        """What the person belongs to."""
        if self._organisations is None or not self.keeps_grants:
            self._organisations = [membership.organisation for membership in self.memberships_now()]
        return self._organisations

    def set_one_time_password(self, password: str) -> None:
        """One that an administrator knows, too: it ends by itself, and signing in with it leads to choosing another."""
        self.set_password(password)
        self.password_until = timezone.now() + ONE_TIME_PASSWORD_LIVES

    def one_time_password_ended(self) -> bool:
        return self.password_until is not None and self.password_until <= timezone.now()

    def set_own_password(self, password: str) -> None:
        self.set_password(password)
        self.password_until = None

    def needs_second_factor(self) -> bool:
        return any(grant.role in SECOND_FACTOR_ROLES for grant in self.grants_at())


def masked(phone: str) -> str:
    """A telephone number with its middle hidden: 138****0042."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 8 else "****" if phone else ""


class Membership(models.Model):
    """A person belongs to an organisation (several: dual registration). Ended, never deleted."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    from_at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "membership"
        constraints = [models.UniqueConstraint(fields=["person", "organisation"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.person_id}-{self.organisation_id}"

    @classmethod
    def begin(cls, person: Person, organisation: Organisation) -> bool:
        """Whether the person has now begun to belong, for the first time or again."""
        row, made = cls.objects.get_or_create(person=person, organisation=organisation)
        again = cls.objects.filter(pk=row.pk).exclude(until=None)
        return made or bool(again.update(until=None, from_at=timezone.now()))


class Grant(models.Model):
    """What a person may do: a role, in an area and below, for one of the person's organisations."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="grants")
    role = models.TextField(_("role"), choices=Role)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("area"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="grants", verbose_name=_("organisation")
    )
    from_at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(_("until"), null=True, blank=True)
    given_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "grant_"
        ordering = ["role", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="grant_role_known"),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=models.F("from_at")), name="grant_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.role} {self.area_id}"


IN_FORCE = Compiled(
    lambda: (
        Grant.objects.filter(Q(until=None) | Q(until__gt=Given("at")), from_at__lte=Given("at"))
        .filter(person=Given("person"), person__is_active=True)
        .select_related("area", "organisation")
        .defer("area__outline")
    )
)


class Reveal(models.Model):
    """Somebody looked at a telephone number, and why. Insert-only."""

    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    of_person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="reveals")
    of_matter = models.UUIDField(null=True, help_text="the matter whose contact was looked at")
    reason = models.TextField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "reveal"
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="reveal_has_a_reason"),
            models.CheckConstraint(
                condition=Q(of_person=None) ^ Q(of_matter=None), name="reveal_of_one_person_or_contact"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.by_id} {self.at}"
