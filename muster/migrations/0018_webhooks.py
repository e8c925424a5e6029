"""Webhooks and what they are told; the scopes of what the API does besides matters."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import muster.lib.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('muster', '0017_tokens'),
    ]

    operations = [
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.UUIDField(default=muster.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('state', models.TextField(choices=[('waiting', 'Waiting'), ('delivered', 'Delivered'), ('dropped', 'Not told')], default='waiting')),
                ('tries', models.IntegerField(default=0)),
                ('not_before', models.DateTimeField(null=True)),
                ('status', models.IntegerField(help_text='what the other side answered last', null=True)),
                ('fault', models.TextField(blank=True)),
                ('settled_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'webhook_delivery',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='Webhook',
            fields=[
                ('id', models.UUIDField(default=muster.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('name', models.TextField(help_text='which system is told')),
                ('address', models.TextField()),
                ('actions', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('by_card', models.BooleanField(default=False, help_text='by a role card of the demo: it ends where these do')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('after_entry', models.BigIntegerField(default=0, help_text='the last entry before it was made: it is told of later ones')),
                ('claimed_until', models.DateTimeField(null=True)),
                ('rests_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'webhook',
                'ordering': ['-id'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='accesstoken',
            name='access_token_scopes_known',
        ),
        migrations.AlterField(
            model_name='accesstoken',
            name='scopes',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(choices=[('matters:read', 'read matters'), ('matters:write', 'register matters and take steps'), ('files:read', 'read photos and files'), ('files:write', 'hand in files'), ('figures:read', 'read figures'), ('bulletins:read', 'read bulletins'), ('duty:read', 'read who is on duty, and hand-overs'), ('duty:write', 'put on duty, hand over'), ('ledgers:read', 'read what became of ledgers'), ('ledgers:write', 'send ledgers and take them in'), ('lists:read', 'read what became of lists of the city’s own'), ('lists:write', 'send lists of areas, sites, organisations, persons and roles, and take them in'), ('exports:read', 'fetch lists that were taken out'), ('exports:write', 'take lists out'), ('incidents:read', 'read incidents and packs'), ('incidents:write', 'open, change and end incidents, put packs in force'), ('places:read', 'read areas and sites'), ('places:write', 'change areas and sites'), ('people:read', 'read organisations, teams and persons'), ('people:write', 'change organisations, teams, persons and their roles'), ('webhooks:read', 'read webhooks'), ('webhooks:write', 'make, try and end webhooks')]), size=None),
        ),
        migrations.AddConstraint(
            model_name='accesstoken',
            constraint=models.CheckConstraint(condition=models.Q(('scopes__contained_by', ['matters:read', 'matters:write', 'files:read', 'files:write', 'figures:read', 'bulletins:read', 'duty:read', 'duty:write', 'ledgers:read', 'ledgers:write', 'lists:read', 'lists:write', 'exports:read', 'exports:write', 'incidents:read', 'incidents:write', 'places:read', 'places:write', 'people:read', 'people:write', 'webhooks:read', 'webhooks:write'])), name='access_token_scopes_known'),
        ),
        migrations.AddField(
            model_name='delivery',
            name='entry',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='muster.entry'),
        ),
        migrations.AddField(
            model_name='webhook',
            name='ended_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='webhook',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='webhooks', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='delivery',
            name='webhook',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='muster.webhook'),
        ),
        migrations.AddConstraint(
            model_name='webhook',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='webhook_has_a_name'),
        ),
        migrations.AddConstraint(
            model_name='webhook',
            constraint=models.CheckConstraint(condition=models.Q(('address__regex', '^https?://')), name='webhook_address_of_the_web'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['webhook', 'id'], name='delivery_waiting'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'delivered', 'dropped'])), name='delivery_state_known'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.UniqueConstraint(fields=('webhook', 'entry'), name='entry_told_once'),
        ),
        # Whose it is, where to and of what never changes, and none goes; what is told of, and how often, may.
        migrations.RunSQL(
            "create trigger kept before update or delete on webhook for each row "
            "execute function said_stays('claimed_until', 'rests_at', 'ended_at', 'ended_by_id');"
            "create trigger kept_all before truncate on webhook execute function said_stays();"
        ),
    ]
