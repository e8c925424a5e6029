"""Teams of kinds."""

from __future__ import annotations

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from muster.people.organisation import Organisation
from muster.people.person import Person
from muster.places.area import Area


class TeamKind(models.TextChoices):
    COORDINATION_CELL = "coordination_cell", _("Coordination cell")
    FIELD_TEAM = "field_team", _("Field team")
    TELEPHONE_SQUAD = "telephone_squad", _("Telephone squad")
    INSPECTION_TEAM = "inspection_team", _("Inspection team")
    EMBEDDED_TEAM = "embedded_team", _("Embedded team")


class Team(models.Model):
    """People who work together: their kind, the area they work in, and since when and until when."""

    kind = models.TextField(_("kind"), choices=TeamKind)
    name = models.TextField(_("name"))
    area = models.ForeignKey(Area, models.PROTECT, related_name="teams", verbose_name=_("area"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="teams")
    members: models.ManyToManyField[Person, TeamMember] = models.ManyToManyField(
        Person, through="TeamMember", related_name="teams"
    )
    from_at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "team"
        ordering = ["kind", "id"]
        constraints = [
            models.UniqueConstraint(fields=["area", "name"], name="team_name_once_in_area"),
            models.CheckConstraint(condition=models.Q(kind__in=TeamKind.values), name="team_kind_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @transaction.atomic
    def end(self) -> None:
        """The team's work is over; its members' time in it ends with it."""
        now = timezone.now()
        Team.objects.filter(pk=self.pk, until=None).update(until=now)
        TeamMember.objects.filter(team=self, until=None).update(until=now)


class TeamMember(models.Model):
    team = models.ForeignKey(Team, models.PROTECT)
    person = models.ForeignKey(Person, models.PROTECT)
    leads = models.BooleanField(default=False)
    from_at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "team_member"
        constraints = [
            models.UniqueConstraint(fields=["team", "person"], name="team_member_once"),
        ]

    def __str__(self) -> str:
        return f"{self.team_id}-{self.person_id}"
