"""What administrators did; one-time passwords that end; areas that are closed; incidents that are named and end in order."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

PROTECT = django.db.models.deletion.PROTECT
PERSON = settings.AUTH_USER_MODEL

# As for every row that is kept (guards.sql).
KEPT = """
create trigger kept before update or delete on admin_entry for each row execute function kept();
create trigger kept_all before truncate on admin_entry execute function kept();
"""
GONE = "drop trigger kept on admin_entry; drop trigger kept_all on admin_entry;"


class Migration(migrations.Migration):
    dependencies = [("muster", "0005_figures")]

    operations = [
        migrations.AddField(
            "area",
            "closed_at",
            models.DateTimeField(
                blank=True, help_text="dissolved: nothing new is registered there; what was goes on", null=True
            ),
        ),
        migrations.AddField(
            "person",
            "password_until",
            models.DateTimeField(
                blank=True,
                help_text="end of a one-time password; none once the person has chosen one of their own",
                null=True,
            ),
        ),
        migrations.AddConstraint(
            "incident", models.CheckConstraint(condition=~Q(name_zh="") & ~Q(name_en=""), name="incident_is_named")
        ),
        migrations.AddConstraint(
            "incident",
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=models.F("started_at")),
                name="incident_ends_after_it_begins",
            ),
        ),
        migrations.CreateModel(
            name="AdminEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "action",
                    models.TextField(
                        choices=[
                            ("person_added", "added the person"),
                            ("person_edited", "edited the person"),
                            ("membership_begun", "added to the organisation"),
                            ("membership_ended", "ended the membership"),
                            ("grant_given", "gave the role"),
                            ("grant_ended", "ended the role"),
                            ("password_set", "set a password"),
                            ("one_time_password_set", "set a one-time password"),
                            ("second_factor_removed", "removed the second factor"),
                            ("sessions_ended", "ended the sessions"),
                            ("shut_out", "shut the person out"),
                            ("let_in", "let the person in again"),
                            ("area_added", "added the area"),
                            ("area_renamed", "renamed the area"),
                            ("area_closed", "closed the area"),
                            ("area_reopened", "opened the area again"),
                            ("incident_opened", "opened the incident"),
                            ("incident_renamed", "renamed the incident"),
                            ("incident_ended", "ended the incident"),
                        ]
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("text", models.TextField(blank=True)),
                ("by", models.ForeignKey(null=True, on_delete=PROTECT, related_name="+", to=PERSON)),
                ("person", models.ForeignKey(null=True, on_delete=PROTECT, related_name="admin_entries", to=PERSON)),
                ("grant", models.ForeignKey(null=True, on_delete=PROTECT, related_name="+", to="muster.grant")),
                (
                    "organisation",
                    models.ForeignKey(null=True, on_delete=PROTECT, related_name="+", to="muster.organisation"),
                ),
                ("area", models.ForeignKey(null=True, on_delete=PROTECT, related_name="+", to="muster.area")),
                ("incident", models.ForeignKey(null=True, on_delete=PROTECT, related_name="+", to="muster.incident")),
            ],
            options={
                "db_table": "admin_entry",
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(
                            action__in=[
                                "person_added",
                                "person_edited",
                                "membership_begun",
                                "membership_ended",
                                "grant_given",
                                "grant_ended",
                                "password_set",
                                "one_time_password_set",
                                "second_factor_removed",
                                "sessions_ended",
                                "shut_out",
                                "let_in",
                                "area_added",
                                "area_renamed",
                                "area_closed",
                                "area_reopened",
                                "incident_opened",
                                "incident_renamed",
                                "incident_ended",
                            ]
                        ),
                        name="admin_entry_action_known",
                    ),
                    models.CheckConstraint(
                        condition=Q(person__isnull=False, area=None, incident=None)
                        | Q(person=None, area__isnull=False, incident=None)
                        | Q(person=None, area=None, incident__isnull=False),
                        name="admin_entry_of_one_thing",
                    ),
                ],
            },
        ),
        migrations.RunSQL(KEPT, GONE),
    ]
