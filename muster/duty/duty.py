"""On duty: who holds which post in which area, from when until when."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, models, transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from muster.incidents.incident import Incident
from muster.lib import clock
from muster.lib.refusal import Refusal
from muster.lib.said import said
from muster.people.person import Grant, Person
from muster.people.role import Role
from muster.places.area import Area

LONGEST = timedelta(hours=36)


class Post(models.TextChoices):
    CHIEF = "duty_chief", _("Duty chief")
    OFFICER = "duty_officer", _("Duty officer")
    DISPATCHER = "duty_dispatcher", _("Dispatcher on duty")
    VERIFIER = "duty_verifier", _("Verifier on duty")
    OPERATOR = "duty_operator", _("Telephone operator on duty")


#: Posts that one person holds at a time: who takes one over relieves who held it.
SINGLE = (Post.CHIEF, Post.OFFICER)

#: Roles of which a person needs one in the area to hold a post.
ROLES: dict[str, tuple[Role, ...]] = {
    Post.CHIEF: (Role.HEADQUARTERS,),
    Post.OFFICER: (Role.HEADQUARTERS, Role.DISPATCHER),
    Post.DISPATCHER: (Role.HEADQUARTERS, Role.DISPATCHER),
    Post.VERIFIER: (Role.VERIFIER,),
    Post.OPERATOR: (Role.OPERATOR,),
}


class NotForThisPost(Refusal):
    code = "not_for_this_post"
    status = 422
    message = said("{person} holds no role in {area} that this post needs. Choose somebody else, or another post.")


class DutyEndsWhen(Refusal):
    code = "duty_ends_when"
    status = 422
    message = said("Duty ends after now, and at the latest {hours} hours from now. Choose another end.")


class AlreadyOnDuty(Refusal):
    code = "already_on_duty"
    message = said("{person} already holds this post. Load the page again.")


class Duty(models.Model):
    """A person holds a post. ``until`` is what was planned; it lasts until ``ended_at`` is set, once."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="+")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    post = models.TextField(_("post"), choices=Post)
    person = models.ForeignKey(Person, models.PROTECT, related_name="duties")
    from_at = models.DateTimeField()
    until = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "duty"
        ordering = ["from_at", "id"]
        indexes = [models.Index(fields=["incident", "area", "from_at"], name="duty_of_area")]
        constraints = [
            models.CheckConstraint(condition=Q(post__in=Post.values), name="duty_post_known"),
            models.CheckConstraint(condition=Q(until__gt=F("from_at")), name="duty_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__gte=F("from_at"), ended_by__isnull=False),
                name="duty_ended_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["incident", "area", "post"], condition=Q(ended_at=None, post__in=SINGLE), name="one_holds_the_post"
            ),
            models.UniqueConstraint(
                fields=["incident", "area", "post", "person"], condition=Q(ended_at=None), name="on_duty_once"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.post} {self.area_id} {self.person_id}"

    @classmethod
    def take(cls, incident: Incident, area: Area, post: str, person: Person, until: datetime, by: Person) -> Duty:
        """Put a person on duty; who held a post for one is relieved. Raises named refusals."""
        now = clock.now()
        if not now < until <= now + LONGEST:
            raise DutyEndsWhen(hours=LONGEST // timedelta(hours=1))
        if not may_hold(person, post, area):
            raise NotForThisPost(person=person.name, area=area.name)
        try:
            with transaction.atomic():
                if post in SINGLE:
                    held = on_duty(incident, area).filter(post=post).exclude(person=person)
                    held.update(ended_at=now, ended_by=by)
                return cls.objects.create(
                    incident=incident, area=area, post=post, person=person, from_at=now, until=until, by=by
                )
        except IntegrityError as fault:
            raise AlreadyOnDuty(person=person.name) from fault

    def end(self, by: Person) -> None:
        """Off duty. What has ended stays as it ended."""
        Duty.objects.filter(pk=self.pk, ended_at=None).update(ended_at=clock.now(), ended_by=by)

    @property
    def overstayed(self) -> bool:
        return self.ended_at is None and self.until < clock.now()


def on_duty(incident: Incident, area: Area) -> QuerySet[Duty]:
    """Who holds a post of this very area now."""
    return Duty.objects.filter(incident=incident, area=area, ended_at=None)


def held_between(incident: Incident, area: Area, from_at: datetime, to_at: datetime) -> QuerySet[Duty]:
    """Who held a post of this very area at any time of a period."""
    there = Q(ended_at=None) | Q(ended_at__gt=from_at)
    return Duty.objects.filter(there, incident=incident, area=area, from_at__lt=to_at)


def may_hold(person: Person, post: str, area: Area) -> bool:
    return any(grant.role in ROLES[post] and grant.area.holds(area.path) for grant in person.grants_at())


def candidates(area: Area, at: datetime) -> QuerySet[Grant]:
    """Grants that let their holder hold some post of the area."""
    above = area.codes
    roles = {role for roles in ROLES.values() for role in roles}
    in_force = Q(until=None) | Q(until__gt=at)
    found = Grant.objects.filter(in_force, role__in=roles, area__in=above, from_at__lte=at, person__is_active=True)
    return found.select_related("person").order_by("person__name", "person_id")
