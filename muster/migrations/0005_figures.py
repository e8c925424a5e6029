"""Indexes for figures."""

from django.db import migrations, models

PATH_LAST = ["", "", "", "text_pattern_ops"]


class Migration(migrations.Migration):
    dependencies = [("muster", "0004_ledger")]

    operations = [
        migrations.AddIndex(
            "closurerequest",
            models.Index(
                fields=["matter", "cycle"],
                condition=models.Q(recorded_at__gt=models.F("due_at")),
                name="requested_late",
            ),
        ),
        migrations.AddIndex(
            "matter",
            models.Index(
                fields=["incident", "kind", "status", "area_path"], name="matter_counted", opclasses=PATH_LAST
            ),
        ),
        migrations.AddIndex(
            "matter",
            models.Index(
                fields=["incident", "kind", "status", "area_path"],
                include=[
                    "recorded_at",
                    "occurred_at",
                    "dispatched_at",
                    "closed_at",
                    "due_at",
                    "verify_due_at",
                    "cycle",
                    "closing_check",
                    "id",
                ],
                name="matter_stood",
                opclasses=PATH_LAST,
            ),
        ),
        migrations.AddIndex(
            "matter",
            models.Index(
                fields=["incident", "kind", "recorded_at", "registered_at"],
                include=["dispatched_at", "id"],
                name="matter_went_on",
            ),
        ),
    ]
