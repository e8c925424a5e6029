"""The ledger's lines; who settled a conflict; and their guards."""

from importlib.resources import files

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import muster.lib.ids


class Migration(migrations.Migration):
    dependencies = [("muster", "0003_in_one_breath")]

    operations = [
        migrations.CreateModel(
            name="LedgerLine",
            fields=[
                ("id", models.UUIDField(default=muster.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("cycle", models.IntegerField()),
                ("occurred_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
                ("source", models.TextField(help_text="the file or sender, and the row, as text")),
                ("reviewed_at", models.DateTimeField(null=True)),
                ("passed", models.BooleanField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "by_organisation",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to="muster.organisation",
                    ),
                ),
                (
                    "matter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="%(class)ss", to="muster.matter"
                    ),
                ),
                (
                    "reviewer",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "ledger_line",
                "constraints": [
                    models.UniqueConstraint(fields=("matter",), name="ledger_line_once"),
                    models.CheckConstraint(
                        condition=models.Q(("source", ""), _negated=True), name="ledger_line_has_a_source"
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="conflict",
            name="incident",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="muster.incident"
            ),
        ),
        migrations.AddField(
            model_name="conflict",
            name="settled_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="conflict", name="remark", field=models.TextField(blank=True, default="")
        ),
        migrations.AddIndex(
            model_name="conflict",
            index=models.Index(
                condition=models.Q(("settled_at", None)), fields=["matter_id"], name="conflict_open_of"
            ),
        ),
        migrations.AddConstraint(
            model_name="conflict",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("remark", ""), ("settled_at", None), ("settled_by", None)),
                    models.Q(
                        ("settled_at__isnull", False),
                        ("settled_by__isnull", False),
                        models.Q(("remark", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="conflict_settled_by_somebody",
            ),
        ),
        migrations.RunSQL(files("muster.loop").joinpath("guards_ledger.sql").read_text()),
    ]  # fmt: skip
