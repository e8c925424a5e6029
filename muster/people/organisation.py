"""Organisations, in a tree."""

from __future__ import annotations

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from muster.lib.compiled import Compiled, Given
from muster.places.area import Area


class OrganisationKind(models.TextChoices):
    HEADQUARTERS = "headquarters", _("Headquarters")
    DEPARTMENT = "department", _("Department")
    COMMUNITY = "community", _("Community or village committee")
    FIRM = "firm", _("Firm")
    OTHER = "other", _("Other")


class Organisation(models.Model):
    """A body that people belong to; ``path`` is the ids from the root down, each ended by a slash."""

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    path = models.TextField(unique=True, editable=False)
    name = models.TextField(_("name"))
    kind = models.TextField(_("kind"), choices=OrganisationKind)
    area = models.ForeignKey(Area, models.PROTECT, related_name="organisations", verbose_name=_("area"))

    class Meta:
        db_table = "organisation"
        ordering = ["name", "id"]
        indexes = [models.Index(fields=["path"], name="organisation_path", opclasses=["text_pattern_ops"])]
        constraints = [
            models.UniqueConstraint(fields=["area", "name"], name="organisation_name_once_in_area"),
            models.CheckConstraint(
                condition=models.Q(kind__in=OrganisationKind.values), name="organisation_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def add(cls, name: str, kind: str, area: Area, parent: Organisation | None = None) -> Organisation:
        """A new organisation in its place of the tree."""
        with transaction.atomic():
            made = cls.objects.create(name=name, kind=kind, area=area, parent=parent, path=f"new {name} {area.pk}/")
            made.path = f"{parent.path if parent else ''}{made.pk}/"
            made.save(update_fields=["path"])
        return made

    @classmethod
    def by_key(cls, pk: int) -> Organisation | None:
        return next(iter(BY_KEY(pk=pk)), None)

    def holds(self, path: str) -> bool:
        """Whether the organisation with that path is this one or stands below it."""
        return path.startswith(self.path)


BY_KEY = Compiled(lambda: Organisation.objects.filter(pk=Given("pk")))
