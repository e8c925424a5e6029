"""Lists that go out: the log of who took out which, and what for."""

from importlib.resources import files

import django.db.models.deletion
import django.utils.timezone
import muster.lib.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('muster', '0013_ledgers'),
    ]

    operations = [
        migrations.CreateModel(
            name='ListExport',
            fields=[
                ('id', models.UUIDField(default=muster.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('kind', models.TextField(help_text='which list')),
                ('query', models.TextField(blank=True)),
                ('reason', models.TextField()),
                ('language', models.TextField()),
                ('form', models.TextField(choices=[('xlsx', 'Workbook (.xlsx)'), ('csv', 'Text with commas (.csv)')], default='xlsx')),
                ('whole', models.BooleanField(default=False, help_text='with every column there is')),
                ('tags', models.BooleanField(default=False, help_text='with HXL tags below the headings')),
                ('state', models.TextField(choices=[('making', 'Being made'), ('made', 'Made'), ('failed', 'Failed')], default='making')),
                ('claimed_at', models.DateTimeField(null=True)),
                ('made_at', models.DateTimeField(null=True)),
                ('title', models.TextField(blank=True)),
                ('count', models.IntegerField(default=0)),
                ('done', models.IntegerField(default=0)),
                ('sha256', models.TextField(blank=True, help_text='of the file, which goes after some days')),
                ('fault', models.TextField(blank=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('incident', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='muster.incident')),
            ],
            options={
                'db_table': 'list_export',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['by', '-id'], name='list_export_by')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['making', 'made', 'failed'])), name='list_export_state_known'), models.CheckConstraint(condition=models.Q(('form__in', ['xlsx', 'csv'])), name='list_export_form_known'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='list_export_has_a_reason')],
            },
        ),
        migrations.RunSQL(files("muster.exchange.lists").joinpath("guards.sql").read_text()),
    ]
