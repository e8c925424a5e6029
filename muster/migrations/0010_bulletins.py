"""Bulletins and what the unit replies; what was published before stands in the issue of its number; what is alike."""

from importlib.resources import files

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import muster.lib.ids

#: Where an issue was published: the area of whom it was approved for. A number that two persons used stays with the first.
PUBLISHED_BEFORE = """
insert into bulletin (id, incident_id, area_id, number, author_id, approver_id, organisation_id, issued_at, recorded_at,
    withdrawn_at)
select distinct on (m.incident_id, o.area_id, p.number) gen_random_uuid(), m.incident_id, o.area_id, p.number, d.by_id, p.by_id,
  p.by_organisation_id, p.occurred_at, p.recorded_at, null
from publication p join publication_draft d on d.id = p.asked_id join matter m on m.id = p.matter_id
join organisation o on o.id = p.by_organisation_id
order by m.incident_id, o.area_id, p.number, p.recorded_at;

insert into bulletin_item (publication_id, bulletin_id, number, approver_id)
select p.id, b.id, b.number, b.approver_id
from publication p join matter m on m.id = p.matter_id join organisation o on o.id = p.by_organisation_id
join bulletin b on b.incident_id = m.incident_id and b.area_id = o.area_id and b.number = p.number
  and b.approver_id = p.by_id;

update bulletin b set withdrawn_at = ended.at from (
  select i.bulletin_id, max(p.ended_at) at from bulletin_item i join publication p on p.id = i.publication_id
  group by i.bulletin_id having bool_and(p.ended_at is not null)) ended
where ended.bulletin_id = b.id;
set constraints all immediate;
"""


def person(**more):
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, **more
    )


def one_of(model, related="+", **more):
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name=related, to=model, **more)


def key():
    return models.UUIDField(default=muster.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)


class Migration(migrations.Migration):
    dependencies = [("muster", "0009_wall")]

    operations = [
        migrations.CreateModel(
            name="Bulletin",
            fields=[
                ("id", key()),
                ("number", models.TextField()),
                ("issued_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
                (
                    "withdrawn_at",
                    models.DateTimeField(help_text="when the last of what stands in it was withdrawn", null=True),
                ),
                ("approver", person()),
                ("area", one_of("muster.area")),
                ("author", person(help_text="who drafted what came first in it")),
                ("incident", one_of("muster.incident")),
                ("organisation", one_of("muster.organisation")),
            ],
            options={
                "db_table": "bulletin",
                "constraints": [
                    models.UniqueConstraint(fields=("incident", "area", "number"), name="bulletin_number_once"),
                    models.CheckConstraint(
                        condition=models.Q(("author", models.F("approver")), _negated=True),
                        name="bulletin_second_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number", ""), _negated=True), name="bulletin_has_a_number"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BulletinItem",
            fields=[
                (
                    "publication",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name="item",
                        serialize=False, to="muster.publication",
                    ),
                ),
                ("number", models.TextField()),
                ("approver", person()),
                ("bulletin", one_of("muster.bulletin", "items")),
            ],
            options={"db_table": "bulletin_item"},
        ),
        migrations.CreateModel(
            name="PublicationReply",
            fields=[
                ("id", key()),
                ("cycle", models.IntegerField()),
                ("occurred_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
                ("text", models.TextField()),
                ("asked", one_of("muster.publicationdraft", "replies")),
                ("by", person(null=True)),
                ("by_organisation", one_of("muster.organisation", null=True)),
                ("matter", one_of("muster.matter", "%(class)ss")),
            ],
            options={
                "db_table": "publication_reply",
                "constraints": [
                    models.UniqueConstraint(fields=("asked", "by_organisation"), name="publication_reply_once"),
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="publication_reply_says_something"
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            "matter",
            django.contrib.postgres.indexes.GinIndex(
                fields=["text"], name="matter_alike", opclasses=["gin_trgm_ops"]
            ),
        ),
        migrations.AddIndex(
            "matter",
            models.Index(
                condition=models.Q(("site__isnull", False)), fields=["site", "category"], name="matter_looked_at"
            ),
        ),
        migrations.AddIndex(
            "publicationdraft",
            models.Index(condition=models.Q(("ended_at", None)), fields=["-id"], name="publication_draft_open"),
        ),
        migrations.RunSQL(files("muster.loop").joinpath("guards_bulletin.sql").read_text()),
        migrations.RunSQL(PUBLISHED_BEFORE),
    ]  # fmt: skip
