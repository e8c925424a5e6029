"""Guards that hold inside one statement too, which may write what they look at after they have looked.

That a revisit closes nothing becomes a key. Who asked is looked up when all of the statement is done.
"""

from django.db import migrations

KEY = """
alter table matter drop constraint matter_closing_check;
drop trigger closed_by_sample on matter;
drop function closed_by_sample();
alter table verification
  drop constraint verification_of_cycle,
  add column closes boolean generated always as (passed and how <> 'sample') stored,
  add constraint verification_closes unique (matter_id, cycle, id, closes);
alter table matter add constraint matter_closing_check
  foreign key (id, cycle, closing_check, closing_passed) references verification (matter_id, cycle, id, closes);
"""
SECOND_PERSON = """
drop trigger second_person on voiding;
drop trigger second_person on publication;
create constraint trigger second_person after insert on voiding
  for each row execute function second_person('voiding_request');
create constraint trigger second_person after insert on publication
  for each row execute function second_person('publication_draft');
"""


class Migration(migrations.Migration):
    dependencies = [("muster", "0002_guards")]

    operations = [migrations.RunSQL(KEY), migrations.RunSQL(SECOND_PERSON)]
