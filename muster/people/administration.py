"""What administrators did: with persons and what they may do, with areas, with incidents."""

from __future__ import annotations

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from muster.incidents.incident import Incident
from muster.people.organisation import Organisation
from muster.people.person import Grant, Person
from muster.places.area import Area


class AdminAction(models.TextChoices):
    PERSON_ADDED = "person_added", _("added the person")
    PERSON_EDITED = "person_edited", _("edited the person")
    MEMBERSHIP_BEGUN = "membership_begun", _("added to the organisation")
    MEMBERSHIP_ENDED = "membership_ended", _("ended the membership")
    GRANT_GIVEN = "grant_given", _("gave the role")
    GRANT_ENDED = "grant_ended", _("ended the role")
    PASSWORD_SET = "password_set", _("set a password")
    ONE_TIME_PASSWORD_SET = "one_time_password_set", _("set a one-time password")
    SECOND_FACTOR_REMOVED = "second_factor_removed", _("removed the second factor")
    SESSIONS_ENDED = "sessions_ended", _("ended the sessions")
    SHUT_OUT = "shut_out", _("shut the person out")
    LET_IN = "let_in", _("let the person in again")
    AREA_ADDED = "area_added", _("added the area")
    AREA_RENAMED = "area_renamed", _("renamed the area")
    AREA_CLOSED = "area_closed", _("closed the area")
    AREA_REOPENED = "area_reopened", _("opened the area again")
    INCIDENT_OPENED = "incident_opened", _("opened the incident")
    INCIDENT_RENAMED = "incident_renamed", _("renamed the incident")
    INCIDENT_ENDED = "incident_ended", _("ended the incident")


class AdminEntry(models.Model):
    """One administrative act: who did what, to whom or what, and when. Insert-only.

    Without ``by`` it was done by the command on the machine. ``text`` holds what no other column says, as a former name.
    """

    action = models.TextField(choices=AdminAction)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="admin_entries")
    grant = models.ForeignKey(Grant, models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    area = models.ForeignKey(Area, models.PROTECT, null=True, related_name="+")
    incident = models.ForeignKey(Incident, models.PROTECT, null=True, related_name="+")
    text = models.TextField(blank=True)

    class Meta:
        db_table = "admin_entry"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(action__in=AdminAction.values), name="admin_entry_action_known"),
            models.CheckConstraint(
                condition=Q(person__isnull=False, area=None, incident=None)
                | Q(person=None, area__isnull=False, incident=None)
                | Q(person=None, area=None, incident__isnull=False),
                name="admin_entry_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.by_id} {self.action} {self.at}"


@transaction.atomic
def close_area(area: Area, by: Person) -> int:
    """How many were closed: it, and what lies below."""
    count = area.close()
    if count:
        AdminEntry.objects.create(action=AdminAction.AREA_CLOSED, by=by, area=area)
    return count


@transaction.atomic
def reopen_area(area: Area, by: Person) -> None:
    """Raises AboveIsClosed."""
    if area.open_again():
        AdminEntry.objects.create(action=AdminAction.AREA_REOPENED, by=by, area=area)


@transaction.atomic
def rename_incident(incident: Incident, name_zh: str, name_en: str, by: Person) -> None:
    said = f"{incident.name_zh} → {name_zh}"
    Incident.objects.filter(pk=incident.pk).update(name_zh=name_zh, name_en=name_en)
    AdminEntry.objects.create(action=AdminAction.INCIDENT_RENAMED, by=by, incident=incident, text=said)


@transaction.atomic
def end_incident(incident: Incident, by: Person) -> None:
    """Once; nobody opens it again."""
    if incident.end():
        AdminEntry.objects.create(action=AdminAction.INCIDENT_ENDED, by=by, incident=incident)
