"""Links to walls, and what finished days came to."""


import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('muster', '0008_duty'),
    ]

    operations = [
        migrations.CreateModel(
            name='FigureDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('figures', models.JSONField(help_text="value by the figure's key")),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='muster.area')),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='muster.incident')),
                ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='muster.organisation')),
            ],
            options={
                'db_table': 'figure_day',
                'constraints': [models.UniqueConstraint(fields=('incident', 'area', 'organisation', 'day'), name='figure_day_once', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='Wall',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.TextField(verbose_name='where it hangs')),
                ('language', models.TextField(choices=[('zh-hans', '中文'), ('en', 'English')], default='zh-hans', verbose_name='language')),
                ('theme', models.TextField(choices=[('dark', 'Dark'), ('light', 'Light')], default='dark', verbose_name='colours')),
                ('token_sha256', models.TextField(unique=True)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('until', models.DateTimeField(verbose_name='until')),
                ('revoked_at', models.DateTimeField(null=True)),
                ('seen_at', models.DateTimeField(null=True)),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='muster.area', verbose_name='area')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('revoked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'wall',
                'ordering': ['-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='wall_has_a_name'), models.CheckConstraint(condition=models.Q(('until__gt', models.F('made_at'))), name='wall_ends_after_it_begins'), models.CheckConstraint(condition=models.Q(('language__in', ['zh-hans', 'en'])), name='wall_language_known'), models.CheckConstraint(condition=models.Q(('theme__in', ['dark', 'light'])), name='wall_theme_known'), models.CheckConstraint(condition=models.Q(models.Q(('revoked_at', None), ('revoked_by', None)), models.Q(('revoked_at__isnull', False), ('revoked_by__isnull', False)), _connector='OR'), name='wall_revoked_by_somebody')],
            },
        ),
    ]
