"""Ledgers: who sends them, the files that came, and which of their lines tells of which matter, more than once."""

import django.db.models.deletion
import django.utils.timezone
import muster.lib.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('muster', '0012_lateness'),
    ]

    operations = [
        migrations.CreateModel(
            name='Imported',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('problem', models.TextField()),
                ('identity', models.TextField()),
                ('digest', models.TextField()),
                ('number', models.TextField(blank=True, help_text="the sender's own")),
                ('sheet', models.TextField(blank=True)),
                ('row', models.IntegerField()),
                ('words', models.JSONField(default=dict)),
            ],
            options={
                'db_table': 'imported_line',
            },
        ),
        migrations.CreateModel(
            name='LedgerImport',
            fields=[
                ('id', models.UUIDField(default=muster.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('file', models.TextField(help_text='the name that it came with')),
                ('sha256', models.TextField()),
                ('state', models.TextField(choices=[('looking', 'Being looked at'), ('looked_at', 'Looked at'), ('applying', 'Being taken in'), ('applied', 'Taken in'), ('failed', 'Failed')], default='looked_at')),
                ('counts', models.JSONField(default=dict)),
                ('report', models.JSONField(default=dict, help_text='what its dry run found, in words')),
                ('claimed_at', models.DateTimeField(null=True)),
                ('done', models.IntegerField(default=0, help_text='lines taken in so far')),
                ('all_or_nothing', models.BooleanField(default=False)),
                ('fault', models.TextField(blank=True)),
                ('applied_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'ledger_import',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='Sender',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.TextField(verbose_name='sender')),
                ('columns', models.JSONField(default=dict)),
                ('answers', models.JSONField(default=dict)),
                ('defaults', models.JSONField(default=dict)),
            ],
            options={
                'db_table': 'ledger_sender',
                'ordering': ['name'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='ledgerline',
            name='ledger_line_once',
        ),
        migrations.AddField(
            model_name='imported',
            name='incident',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='muster.incident'),
        ),
        migrations.AddField(
            model_name='imported',
            name='matter',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='imported_lines', to='muster.matter'),
        ),
        migrations.AddField(
            model_name='ledgerimport',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='imported',
            name='came',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='muster.ledgerimport'),
        ),
        migrations.AddField(
            model_name='sender',
            name='incident',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='muster.incident'),
        ),
        migrations.AddField(
            model_name='ledgerimport',
            name='sender',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='imports', to='muster.sender'),
        ),
        migrations.AddField(
            model_name='imported',
            name='sender',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='muster.sender'),
        ),
        migrations.AddConstraint(
            model_name='sender',
            constraint=models.UniqueConstraint(fields=('incident', 'name'), name='ledger_sender_once'),
        ),
        migrations.AddConstraint(
            model_name='sender',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='ledger_sender_has_a_name'),
        ),
        migrations.AddConstraint(
            model_name='ledgerimport',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['looking', 'looked_at', 'applying', 'applied', 'failed'])), name='ledger_import_state_known'),
        ),
        migrations.AddIndex(
            model_name='imported',
            index=models.Index(condition=models.Q(('number', ''), _negated=True), fields=['sender', 'number'], name='imported_line_number'),
        ),
        migrations.AddIndex(
            model_name='imported',
            index=models.Index(fields=['incident', 'problem'], name='imported_line_problem'),
        ),
        migrations.AddConstraint(
            model_name='imported',
            constraint=models.UniqueConstraint(fields=('incident', 'identity'), name='imported_line_once'),
        ),
    ]
