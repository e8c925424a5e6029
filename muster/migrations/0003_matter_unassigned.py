from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("muster", "0002_guards")]

    operations = [
        migrations.AddIndex(
            model_name="matter",
            index=models.Index(condition=models.Q(("status", "registered")), fields=["id"], name="matter_unassigned"),
        ),
    ]
