"""On duty, hand-overs, trusted computers and PINs."""

from importlib.resources import files

import django.db.models.deletion
import django.utils.timezone
import muster.lib.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('muster', '0007_register'),
    ]

    operations = [
        migrations.CreateModel(
            name='ComputerEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.TextField(choices=[('trusted', 'Trusted'), ('revoked', 'Trust ended'), ('pin_set', 'PIN set'), ('pin_removed', 'PIN removed'), ('pin_opened', 'Changed by PIN'), ('pin_failed', 'Wrong PIN'), ('pin_locked', 'Wrong PIN, locked'), ('pin_unlocked', 'Unlocked by a full sign-in')])),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'db_table': 'computer_event',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='Duty',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('post', models.TextField(choices=[('duty_chief', 'Duty chief'), ('duty_officer', 'Duty officer'), ('duty_dispatcher', 'Dispatcher on duty'), ('duty_verifier', 'Verifier on duty'), ('duty_operator', 'Telephone operator on duty')], verbose_name='post')),
                ('from_at', models.DateTimeField()),
                ('until', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'duty',
                'ordering': ['from_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Handover',
            fields=[
                ('id', models.UUIDField(default=muster.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('from_at', models.DateTimeField()),
                ('at', models.DateTimeField(help_text="the moment that the record was frozen at: the log's figures are as of it")),
                ('entry_id', models.BigIntegerField(help_text='the last entry that was there')),
                ('remark', models.TextField(blank=True)),
                ('content', models.JSONField(help_text='figures, duties, decisions and items as of the moment')),
                ('sha256', models.TextField(help_text='over all that was signed')),
                ('outgoing_how', models.TextField(choices=[('session', 'signed in'), ('pin', 'by PIN')])),
                ('signed_at', models.DateTimeField()),
                ('incoming_how', models.TextField(blank=True, choices=[('session', 'signed in'), ('pin', 'by PIN')])),
                ('taken_at', models.DateTimeField(null=True)),
                ('withdrawn_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'handover',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='HandoverItem',
            fields=[
                ('id', models.UUIDField(default=muster.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('text', models.TextField()),
                ('added_at', models.DateTimeField()),
                ('done_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'handover_item',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Pin',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('encoded', models.TextField()),
                ('under', models.TextField(help_text='digest of the password it was set under; with another, it is void')),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('failures', models.IntegerField(default=0)),
                ('locked_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'pin',
            },
        ),
        migrations.CreateModel(
            name='TrustedComputer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.TextField(help_text='sha256 of the cookie', unique=True)),
                ('name', models.TextField(help_text='what the browser calls itself')),
                ('by_card', models.BooleanField(default=False, help_text='by a role card of the demo')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('until', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'trusted_computer',
                'ordering': ['-at', '-id'],
            },
        ),
        migrations.AddField(
            model_name='computerevent',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='duty',
            name='area',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='muster.area'),
        ),
        migrations.AddField(
            model_name='duty',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='duty',
            name='ended_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='duty',
            name='incident',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='muster.incident'),
        ),
        migrations.AddField(
            model_name='duty',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='duties', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='handover',
            name='area',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='muster.area'),
        ),
        migrations.AddField(
            model_name='handover',
            name='incident',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='muster.incident'),
        ),
        migrations.AddField(
            model_name='handover',
            name='incoming',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='handover',
            name='outgoing',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='handoveritem',
            name='area',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='muster.area'),
        ),
        migrations.AddField(
            model_name='handoveritem',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='handoveritem',
            name='done_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='handoveritem',
            name='incident',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='muster.incident'),
        ),
        migrations.AddField(
            model_name='handoveritem',
            name='matter',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='muster.matter'),
        ),
        migrations.AddField(
            model_name='pin',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pins', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='trustedcomputer',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='trustedcomputer',
            name='revoked_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='pin',
            name='computer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pins', to='muster.trustedcomputer'),
        ),
        migrations.AddField(
            model_name='computerevent',
            name='computer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='muster.trustedcomputer'),
        ),
        migrations.AddIndex(
            model_name='duty',
            index=models.Index(fields=['incident', 'area', 'from_at'], name='duty_of_area'),
        ),
        migrations.AddConstraint(
            model_name='duty',
            constraint=models.CheckConstraint(condition=models.Q(('post__in', ['duty_chief', 'duty_officer', 'duty_dispatcher', 'duty_verifier', 'duty_operator'])), name='duty_post_known'),
        ),
        migrations.AddConstraint(
            model_name='duty',
            constraint=models.CheckConstraint(condition=models.Q(('until__gt', models.F('from_at'))), name='duty_ends_after_it_begins'),
        ),
        migrations.AddConstraint(
            model_name='duty',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('ended_by', None)), models.Q(('ended_at__gte', models.F('from_at')), ('ended_by__isnull', False)), _connector='OR'), name='duty_ended_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='duty',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None), ('post__in', ('duty_chief', 'duty_officer'))), fields=('incident', 'area', 'post'), name='one_holds_the_post'),
        ),
        migrations.AddConstraint(
            model_name='duty',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('incident', 'area', 'post', 'person'), name='on_duty_once'),
        ),
        migrations.AddIndex(
            model_name='handover',
            index=models.Index(fields=['incident', 'area', '-id'], name='handover_of_area'),
        ),
        migrations.AddConstraint(
            model_name='handover',
            constraint=models.UniqueConstraint(condition=models.Q(('taken_at', None), ('withdrawn_at', None)), fields=('incident', 'area'), name='one_handover_waits'),
        ),
        migrations.AddConstraint(
            model_name='handover',
            constraint=models.CheckConstraint(condition=models.Q(('incoming', None), models.Q(('incoming', models.F('outgoing')), _negated=True), _connector='OR'), name='handover_by_two'),
        ),
        migrations.AddConstraint(
            model_name='handover',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('incoming', None), ('incoming_how', ''), ('taken_at', None)), models.Q(('incoming__isnull', False), ('incoming_how__in', ['session', 'pin']), ('taken_at__isnull', False), ('withdrawn_at', None)), _connector='OR'), name='handover_taken_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='handover',
            constraint=models.CheckConstraint(condition=models.Q(('outgoing_how__in', ['session', 'pin'])), name='handover_signed_somehow'),
        ),
        migrations.AddConstraint(
            model_name='handover',
            constraint=models.CheckConstraint(condition=models.Q(('at__gt', models.F('from_at'))), name='handover_of_a_period'),
        ),
        migrations.AddIndex(
            model_name='handoveritem',
            index=models.Index(condition=models.Q(('done_at', None)), fields=['incident', 'area'], name='handover_item_open'),
        ),
        migrations.AddIndex(
            model_name='handoveritem',
            index=models.Index(fields=['incident', 'area', 'done_at'], name='handover_item_done'),
        ),
        migrations.AddConstraint(
            model_name='handoveritem',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='handover_item_says_something'),
        ),
        migrations.AddConstraint(
            model_name='handoveritem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('done_at', None), ('done_by', None)), models.Q(('done_at__isnull', False), ('done_by__isnull', False)), _connector='OR'), name='handover_item_done_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='trustedcomputer',
            constraint=models.CheckConstraint(condition=models.Q(('until__gt', models.F('at'))), name='trusted_until_later'),
        ),
        migrations.AddConstraint(
            model_name='trustedcomputer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('revoked_at', None), ('revoked_by', None)), models.Q(('revoked_at__isnull', False), ('revoked_by__isnull', False)), _connector='OR'), name='revoked_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='pin',
            constraint=models.UniqueConstraint(fields=('computer', 'person'), name='pin_once'),
        ),
        migrations.AddConstraint(
            model_name='pin',
            constraint=models.CheckConstraint(condition=models.Q(('failures__range', (0, 5))), name='pin_few_failures'),
        ),
        migrations.AddConstraint(
            model_name='computerevent',
            constraint=models.CheckConstraint(condition=models.Q(('what__in', ['trusted', 'revoked', 'pin_set', 'pin_removed', 'pin_opened', 'pin_failed', 'pin_locked', 'pin_unlocked'])), name='computer_event_known'),
        ),
        migrations.RunSQL(files("muster.duty").joinpath("guards.sql").read_text()),
    ]
