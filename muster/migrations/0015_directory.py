"""Lists of a city's own come in as ledgers do: of no incident, and each of its kind."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('muster', '0014_exports'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='sender',
            name='ledger_sender_once',
        ),
        migrations.AddField(
            model_name='ledgerimport',
            name='kind',
            field=models.TextField(default='register'),
        ),
        migrations.AlterField(
            model_name='sender',
            name='incident',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='muster.incident'),
        ),
        migrations.AddConstraint(
            model_name='sender',
            constraint=models.UniqueConstraint(fields=('incident', 'name'), name='ledger_sender_once', nulls_distinct=False),
        ),
    ]
