"""Access tokens: what other systems act with."""

import datetime
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
import muster.lib.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('muster', '0016_referrals'),
    ]

    operations = [
        migrations.CreateModel(
            name='AccessToken',
            fields=[
                ('id', models.UUIDField(default=muster.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('name', models.TextField(help_text='which system has it')),
                ('sha256', models.TextField(unique=True)),
                ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(choices=[('matters:read', 'read matters'), ('matters:write', 'register matters and take steps'), ('files:write', 'hand in files'), ('figures:read', 'read figures'), ('bulletins:read', 'read bulletins')]), size=None)),
                ('second_factor', models.BooleanField(default=False, help_text='made by who had passed one, or on the machine: else it opens no role that needs one')),
                ('by_card', models.BooleanField(default=False, help_text='by a role card of the demo: it ends where these do')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('until', models.DateTimeField()),
                ('used_at', models.DateTimeField(help_text='to the minute', null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tokens', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'access_token',
                'ordering': ['-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='access_token_has_a_name'), models.CheckConstraint(condition=models.Q(('until__gt', models.F('at'))), name='access_token_ends_after_it_begins'), models.CheckConstraint(condition=models.Q(('until__lte', django.db.models.expressions.CombinedExpression(models.F('at'), '+', models.Value(datetime.timedelta(days=366))))), name='access_token_ends_within_a_year'), models.CheckConstraint(condition=models.Q(('scopes', []), _negated=True), name='access_token_is_for_something'), models.CheckConstraint(condition=models.Q(('scopes__contained_by', ['matters:read', 'matters:write', 'files:write', 'figures:read', 'bulletins:read'])), name='access_token_scopes_known')],
            },
        ),
        # Used and ended may be told; whose it is, what for and until when never changes, and none goes.
        migrations.RunSQL(
            "create trigger kept before update or delete on access_token for each row "
            "execute function said_stays('used_at', 'ended_at', 'ended_by_id');"
            "create trigger kept_all before truncate on access_token execute function said_stays();"
        ),
    ]
