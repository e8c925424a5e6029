"""Tallies: what every area counted at some moments; and indexes of what went on between them, and of failed revisits."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("muster", "0010_bulletins")]

    operations = [
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("version", models.IntegerField(default=1)),
                ("counts", models.JSONField()),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="muster.area"
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="muster.incident"
                    ),
                ),
            ],
            options={
                "db_table": "tally",
                "constraints": [
                    models.UniqueConstraint(fields=("incident", "area", "version", "at"), name="tally_once")
                ],
            },
        ),
        migrations.AddIndex(
            "entry", models.Index(fields=["recorded_at"], include=["matter"], name="entry_recorded")
        ),
        migrations.AddIndex(
            "verification",
            models.Index(
                fields=["matter"],
                condition=models.Q(how="sample", passed=False),
                name="verification_failed_sample",
            ),
        ),
    ]
