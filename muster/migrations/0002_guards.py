"""The loop's guards, word search, and the table that counts requests to public pages."""

from importlib.resources import files

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations

RATE_LIMIT = """
create table rate_limit (cache_key varchar(255) primary key, value text not null, expires timestamptz not null);
create index rate_limit_expires on rate_limit (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("muster", "0001_initial")]

    operations = [
        TrigramExtension(),
        migrations.RunSQL(files("muster.loop").joinpath("guards.sql").read_text()),
        migrations.RunSQL(RATE_LIMIT, "drop table rate_limit"),
    ]
