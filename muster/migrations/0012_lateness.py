"""Indexes from which alone is counted what is late and listed what is in a state; the order in which questions wait."""

from django.db import migrations, models
from django.db.models import Q

COUNTED = ["incident", "kind", "area_path", "id"]


class Migration(migrations.Migration):
    dependencies = [("muster", "0011_scale")]

    operations = [
        migrations.RemoveIndex("matter", "matter_due"),
        migrations.RemoveIndex("matter", "matter_check_due"),
        migrations.RemoveIndex("matter", "matter_in_state"),
        migrations.AddIndex(
            "matter", models.Index(fields=["status", "id"], include=["area_path"], name="matter_in_state")
        ),
        migrations.AddIndex(
            "matter",
            models.Index(
                fields=["due_at"],
                condition=Q(status__in=["assigned", "accepted", "in_progress"]),
                include=COUNTED,
                name="matter_due",
            ),
        ),
        migrations.AddIndex(
            "matter",
            models.Index(
                fields=["verify_due_at"],
                condition=Q(status="closure_requested"),
                include=COUNTED,
                name="matter_check_due",
            ),
        ),
        migrations.AddIndex(
            "return",
            models.Index(
                fields=["rule_due_at", "matter"], condition=Q(ended_at=None), name="return_rule_due"
            ),
        ),
        migrations.AddIndex(
            "extensionrequest",
            models.Index(
                fields=["rule_due_at", "matter"], condition=Q(ended_at=None), name="extension_request_rule_due"
            ),
        ),
    ]
