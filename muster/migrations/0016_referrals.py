"""Referrals: matters that were handed on to another authority."""

import django.db.models.deletion
import django.utils.timezone
import muster.lib.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('muster', '0015_directory'),
    ]

    operations = [
        migrations.CreateModel(
            name='Referral',
            fields=[
                ('id', models.UUIDField(default=muster.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('to', models.TextField(help_text='the authority')),
                ('reason', models.TextField()),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('sha256', models.TextField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('by_organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='muster.organisation')),
                ('matter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='referrals', to='muster.matter')),
            ],
            options={
                'db_table': 'referral',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['matter', '-id'], name='referral_of_matter')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('to', ''), _negated=True), models.Q(('reason', ''), _negated=True)), name='referral_says_to_whom_and_why')],
            },
        ),
        migrations.RunSQL(
            "create trigger kept before update or delete on referral for each row execute function kept();"
            "create trigger kept_all before truncate on referral execute function kept();"
        ),
    ]
