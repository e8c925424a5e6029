"""What the register is searched in, and what it is filtered and sorted by; views that people keep."""

from importlib.resources import files

import django.contrib.postgres.search
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("muster", "0006_people")]

    operations = [
        migrations.CreateModel(
            name="Searched",
            fields=[
                (
                    "matter",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="searched",
                        serialize=False, to="muster.matter",
                    ),
                ),
                ("words", models.TextField()),
                ("grams", django.contrib.postgres.search.SearchVectorField(null=True)),
            ],
            options={"db_table": "matter_search"},
        ),
        migrations.CreateModel(
            name="KeptView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.TextField()),
                ("query", models.TextField(blank=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="kept_views",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "kept_view",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("person", "name"), name="kept_view_name_once"),
                    models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="kept_view_has_a_name"),
                ],
            },
        ),
        migrations.AddIndex("matter", models.Index(fields=["status", "id"], name="matter_in_state")),
        migrations.AddIndex("matter", models.Index(fields=["category", "id"], name="matter_of_category")),
        migrations.AddIndex("matter", models.Index(fields=["severity", "id"], name="matter_of_severity")),
        migrations.AddIndex("matter", models.Index(fields=["way", "id"], name="matter_by_way")),
        migrations.AddIndex("matter", models.Index(fields=["occurred_at"], name="matter_found_at")),
        migrations.RunSQL(files("muster.register").joinpath("search.sql").read_text(encoding="utf-8")),
    ]  # fmt: skip
