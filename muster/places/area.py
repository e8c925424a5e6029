"""Areas: the administrative tree with its official codes."""

from __future__ import annotations

from functools import cached_property, lru_cache
from time import monotonic

from django.db import connection, models, transaction
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from muster.lib.refusal import Refusal
from muster.lib.said import said
from muster.places.gazetteer import Alias, Gazetteer, Place, english, romanise


class Level(models.TextChoices):
    PROVINCE = "province", _("Province")
    CITY = "city", _("City")
    COUNTY = "county", _("County or district")
    ZONE = "zone", _("Functional zone")
    TOWN = "town", _("Town or subdistrict")
    COMMUNITY = "community", _("Village or community")


class AreaClosed(Refusal):
    code = "area_closed"
    message = said("{area} is closed: nothing new is registered there. Choose the area that took it over.")


class AboveIsClosed(Refusal):
    code = "above_is_closed"
    message = said("{area} stands below {above}, which is closed. Open that again first.")


class Area(models.Model):
    """One node of the tree; ``path`` is the codes from the root down, each ended by a slash."""

    code = models.TextField(primary_key=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    level = models.TextField(choices=Level)
    path = models.TextField(unique=True)
    name_zh = models.TextField()
    name_en = models.TextField()
    pinyin = models.TextField()
    initials = models.TextField()
    position = models.IntegerField(default=0, help_text="official order among its siblings")
    outline = models.JSONField(null=True, blank=True, help_text="GeoJSON geometry")
    closed_at = models.DateTimeField(
        null=True, blank=True, help_text="dissolved: nothing new is registered there; what was goes on"
    )

    class Meta:
        db_table = "area"
        ordering = ["position", "code"]
        indexes = [models.Index(fields=["path"], name="area_path", opclasses=["text_pattern_ops"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(path__endswith=Concat("code", models.Value("/"))),
                name="area_path_ends_with_its_code",
            ),
            models.CheckConstraint(condition=models.Q(level__in=Level.values), name="area_level_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def add(cls, place: Place, parent: Area | None, position: int = 0) -> Area:
        """The unsaved area of a place under its parent."""
        pinyin, initials = (place.pinyin, place.initials) if place.pinyin else romanise(place.name)
        return cls(
            code=place.code,
            parent=parent,
            level=place.level,
            path=f"{parent.path if parent else ''}{place.code}/",
            name_zh=place.name,
            name_en=english(place.name, place.level),
            pinyin=pinyin,
            initials=initials,
            position=position,
        )

    @classmethod
    def named(cls, text: str, within: str | None = None) -> Area:
        """The one area that a text names. Raises the gazetteer's refusals, which ask instead of guessing."""
        return cls.objects.defer("outline").get(pk=gazetteer().resolve(text, within).code)

    @property
    def name(self) -> str:
        return self.name_zh if (get_language() or "zh").startswith("zh") else self.name_en

    @cached_property
    def codes(self) -> list[str]:
        """Codes from the root down to this area."""
        return self.path.rstrip("/").split("/")

    @property
    def place(self) -> str:
        """The county and the area: what people need to know where it is."""
        return self.name if self.code in county_names() else self.with_county(self.name)

    def with_county(self, name: str) -> str:
        """The county, and something in it by its name."""
        county = next((code for code in self.codes if code in county_names()), "")
        if not county:
            return name
        zh, en = county_names()[county]
        return f"{zh}·{name}" if self.name == self.name_zh else f"{name}, {en}"

    def rename(self, name: str, name_en: str = "") -> None:
        """Another name from now on; the old one stays known as a former name."""
        old, self.name_zh = self.name_zh, name
        self.name_en = name_en or english(name, self.level)
        self.pinyin, self.initials = romanise(name)
        with transaction.atomic():
            self.save(update_fields=["name_zh", "name_en", "pinyin", "initials"])
            if old != name:
                self.names.filter(text=name).exclude(kind=AreaName.Kind.FORMER_CODE).delete()
                AreaName.objects.get_or_create(area=self, text=old, kind=AreaName.Kind.FORMER)
        forget_counties()

    def close(self) -> int:
        """Dissolve it and everything below; how many areas that were."""
        return Area.objects.filter(path__startswith=self.path, closed_at=None).update(closed_at=timezone.now())

    def open_again(self) -> bool:
        """This one alone: what was below it may have gone elsewhere. Raises AboveIsClosed; whether it was closed."""
        above = Area.objects.filter(pk__in=self.codes[:-1]).exclude(closed_at=None).first()
        if above:
            raise AboveIsClosed(area=self.name, above=above.name)
        return bool(Area.objects.filter(pk=self.pk).exclude(closed_at=None).update(closed_at=None))

    def must_be_open(self) -> None:
        """Raises AreaClosed."""
        if self.closed_at:
            raise AreaClosed(area=self.name)

    def holds(self, path: str) -> bool:
        """Whether the area with that path is this one or lies below it."""
        return path.startswith(self.path)

    def ancestor(self, level: str) -> Area | None:
        """This area's ancestor (or itself) of a level; None where the tree has none."""
        return Area.objects.filter(code__in=self.codes, level=level).first()


def county_names() -> dict[str, tuple[str, str]]:
    """Names of counties by code, in Chinese and English. Another process's change shows within a minute."""
    read_s, names = _counties()
    if monotonic() - read_s > COUNTIES_KEPT_S:
        forget_counties()
        names = _counties()[1]
    return names


def forget_counties() -> None:
    """Read the names of counties anew at the next need: one was added or renamed."""
    _counties.cache_clear()


@lru_cache(maxsize=1)
def _counties() -> tuple[float, dict[str, tuple[str, str]]]:
    counties = Area.objects.filter(level=Level.COUNTY).values_list("code", "name_zh", "name_en")
    return monotonic(), {code: (zh, en) for code, zh, en in counties}


COUNTIES_KEPT_S = 60


class AreaName(models.Model):
    """A name or code that an area is also known by, or was before."""

    class Kind(models.TextChoices):
        FORMER = "former", _("former name")
        ALIAS = "alias", _("alias")
        FORMER_CODE = "former_code", _("former code")

    area = models.ForeignKey(Area, models.CASCADE, related_name="names")
    text = models.TextField()
    kind = models.TextField(choices=Kind)

    class Meta:
        db_table = "area_name"
        constraints = [models.UniqueConstraint(fields=["area", "text", "kind"], name="area_name_once")]

    def __str__(self) -> str:
        return self.text


#: What the gazetteer is made from. A few milliseconds for a city, where making one takes far longer.
FINGERPRINT = """
select (select coalesce(sum(hashtextextended(
          concat_ws('|', code, parent_id, level, name_zh, pinyin, initials, closed_at is null), 0)), 0) from area),
       (select coalesce(sum(hashtextextended(concat_ws('|', area_id, text, kind), 0)), 0) from area_name)
"""


def gazetteer() -> Gazetteer:
    """All areas as the gazetteer that resolves what people write; made anew when an area or a name has changed."""
    with connection.cursor() as cursor:
        cursor.execute(FINGERPRINT)
        return _gazetteer(cursor.fetchone())


@lru_cache(maxsize=1)
def _gazetteer(fingerprint: tuple[int, int]) -> Gazetteer:
    names: dict[str, list[Alias]] = {}
    for row in AreaName.objects.all():
        names.setdefault(row.area_id, []).append(Alias(row.text, row.kind))
    return Gazetteer(
        Place(
            code=area.code,
            parent=area.parent_id,
            level=area.level,
            name=area.name_zh,
            names=tuple(names.get(area.code, ())),
            pinyin=area.pinyin,
            initials=area.initials,
            closed=area.closed_at is not None,
        )
        for area in Area.objects.defer("outline").order_by("path")
    )
