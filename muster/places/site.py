"""Sites: the places that are inspected, sampled at, guarded, supplied."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from muster.lib import clock
from muster.lib.ids import uuid7
from muster.places.area import Area


class SiteKind(models.TextChoices):
    COMPOUND = "compound", _("Compound")
    SAMPLING_SITE = "sampling_site", _("Sampling site")
    GATE = "gate", _("Gate")
    MARKET = "market", _("Market")
    SHOP = "shop", _("Shop")
    QUARANTINE_SITE = "quarantine_site", _("Quarantine site")
    LOGISTICS_PARK = "logistics_park", _("Logistics park")
    PHARMACY = "pharmacy", _("Pharmacy")
    CANTEEN = "canteen", _("Canteen")
    SCHOOL = "school", _("School")


class Site(models.Model):
    """A place of a kind with a point (WGS 84, degrees), and the organisation that answers for it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.TextField(_("kind"), choices=SiteKind)
    name = models.TextField(_("name"))
    area = models.ForeignKey(Area, models.PROTECT, related_name="sites", verbose_name=_("area"))
    organisation = models.ForeignKey(
        "muster.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sites",
        verbose_name=_("responsible organisation"),
    )
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    outline = models.JSONField(null=True, blank=True, help_text="GeoJSON geometry")
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "site"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["area", "name"], name="site_name_once_in_area"),
            models.CheckConstraint(condition=models.Q(kind__in=SiteKind.values), name="site_kind_known"),
            models.CheckConstraint(
                condition=models.Q(latitude__isnull=True, longitude__isnull=True)
                | models.Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="site_point_on_earth",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def close(self) -> None:
        """Nothing new is found there any more; what was found there goes on."""
        Site.objects.filter(pk=self.pk, closed_at=None).update(closed_at=clock.now())

    def open_again(self) -> None:
        Site.objects.filter(pk=self.pk).update(closed_at=None)
