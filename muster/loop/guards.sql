-- Guards of the loop that hold whatever the code does. Runs on PostgreSQL 15 and later.
-- Declarative wherever possible: unique keys and composite foreign keys are safe under concurrency, a trigger that only
-- looks is not (two sessions both pass, both commit). A trigger that must look elsewhere locks the matter first.

-- A matter is closed exactly if it points at a passing check of its present cycle.
alter table matter
  add column closing_passed boolean generated always as (case when closing_check is not null then true end) stored,
  add constraint matter_id_kind unique (id, kind),
  add constraint matter_closed_by_check check ((status = 'closed') = (closing_check is not null));

alter table party add constraint party_side unique (matter_id, organisation_id, side);
alter table hand add constraint hand_side unique (matter_id, person_id, side);

-- Doers' rows stand on the doer's side, by organisation or by person.
alter table assignment
  add column side text generated always as ('doer') stored,
  add constraint assignment_on_side foreign key (matter_id, organisation_id, side)
    references party (matter_id, organisation_id, side);
do $$ declare t text; begin foreach t in array array['acceptance','response','closure_request'] loop
  execute format('alter table %I alter column by_id set not null,
    add column side text generated always as (''doer'') stored,
    add constraint %I foreign key (matter_id, by_id, side) references hand (matter_id, person_id, side)',
    t, t || '_on_side'); end loop; end $$;

-- Checkers' rows stand on the checker's side, by organisation and by person.
do $$ declare t text; begin foreach t in array
  array['verification','return_ruling','extension_ruling','reopening','reclassification','voiding_request','voiding','merge']
loop
  execute format('alter table %I
    add column side text generated always as (''checker'') stored,
    add constraint %I foreign key (matter_id, by_id, side) references hand (matter_id, person_id, side),
    add constraint %I foreign key (matter_id, by_organisation_id, side) references party (matter_id, organisation_id, side),
    add constraint %I foreign key (by_id, by_organisation_id) references membership (person_id, organisation_id)',
    t, t || '_person_on_side', t || '_organisation_on_side', t || '_member');
  if t <> 'verification' then
    execute format('alter table %I alter column by_id set not null, alter column by_organisation_id set not null', t);
  end if;
end loop; end $$;

-- How a kind of matter is confirmed. A visit confirms a request or a proposal only in a cycle in which nobody was heard.
alter table verification
  add column silent_cycle int generated always as
    (case when kind <> 'finding' and how = 'visit' then cycle end) stored,
  add constraint verification_of_cycle unique (matter_id, cycle, id, passed),
  add constraint verification_kind foreign key (matter_id, kind) references matter (id, kind),
  add constraint verification_after_silence foreign key (matter_id, silent_cycle) references silence (matter_id, cycle),
  add constraint verification_has_evidence check (not evidence_needed or evidence_id is not null),
  add constraint verification_how check (case kind
    when 'finding' then how in ('visit','on_spot','sample')
    when 'request' then how in ('call_back','visit','sample')
    when 'proposal' then how in ('rating','visit','sample')
    when 'supply' then how in ('receipt','visit','sample') end),
  add constraint verification_by_somebody
    check (how in ('rating','receipt') or (by_id is not null and by_organisation_id is not null));
-- Evidence of a check is of the same matter.
alter table evidence add constraint evidence_of_matter unique (matter_id, id);
alter table verification add constraint verification_evidence_same_matter
  foreign key (matter_id, evidence_id) references evidence (matter_id, id);
alter table matter add constraint matter_closing_check
  foreign key (id, cycle, closing_check, closing_passed) references verification (matter_id, cycle, id, passed);

-- A revisit that passes closes nothing; only the check that closed it does. (Migration 0003 makes this a key: one statement
-- that closes first and forges the revisit after gets past a trigger that only looks.)
create function closed_by_sample() returns trigger language plpgsql as $$ begin
  if exists (select 1 from verification where id = new.closing_check and how = 'sample') then
    raise exception 'a revisit closes nothing' using errcode = '23514', constraint = 'closed_by_sample';
  end if; return new; end $$;
create trigger closed_by_sample before insert or update of closing_check on matter
  for each row when (new.closing_check is not null) execute function closed_by_sample();

-- No organisation at or below a doer's checks, and none at or below is made a doer once it has checked; nor do people
-- who belong there. Paths are the ids from the root down.
create function doer_above(m uuid, organisation_path text) returns boolean language sql stable as
$$ select exists (select 1 from party p join organisation o on o.id = p.organisation_id
     where p.matter_id = m and p.side = 'doer' and starts_with(organisation_path, o.path)) $$;

create function sides_stay_apart() returns trigger language plpgsql as $$
declare mine text;
begin
  perform 1 from matter where id = new.matter_id for no key update;
  select path into mine from organisation where id = new.organisation_id;
  if new.side = 'checker' and doer_above(new.matter_id, mine) then
    raise exception 'organisation stands below a doer' using errcode = '23514', constraint = 'sides_stay_apart';
  end if;
  if new.side = 'doer' and (exists (select 1 from party p join organisation o on o.id = p.organisation_id
       where p.matter_id = new.matter_id and p.side = 'checker' and starts_with(o.path, mine))
     or exists (select 1 from hand h join membership s on s.person_id = h.person_id and s.until is null
       join organisation o on o.id = s.organisation_id
       where h.matter_id = new.matter_id and h.side = 'checker' and starts_with(o.path, mine))) then
    raise exception 'a checker stands below this doer' using errcode = '23514', constraint = 'sides_stay_apart';
  end if;
  return new; end $$;
create trigger sides_stay_apart before insert on party for each row execute function sides_stay_apart();

create function member_of_doer(m uuid, person bigint) returns boolean language sql stable as
$$ select exists (select 1 from membership s join organisation o on o.id = s.organisation_id
     where s.person_id = person and s.until is null and doer_above(m, o.path)) $$;

create function hands_stay_apart() returns trigger language plpgsql as $$ begin
  perform 1 from matter where id = new.matter_id for no key update;
  if member_of_doer(new.matter_id, new.person_id) then
    raise exception 'person belongs to a responsible organisation' using errcode = '23514', constraint = 'sides_stay_apart';
  end if; return new; end $$;
create trigger hands_stay_apart before insert on hand for each row when (new.side = 'checker')
  execute function hands_stay_apart();

-- What a check must show was settled when the matter was registered.
create function evidence_as_settled() returns trigger language plpgsql as $$ begin
  perform 1 from matter where id = new.matter_id and (rules->>'evidence')::int > 0 for no key update;
  if found and not new.evidence_needed then
    raise exception 'evidence is needed as the rules say' using errcode = '23514', constraint = 'evidence_as_settled';
  end if; return new; end $$;
create trigger evidence_as_settled before insert on verification for each row when (new.how in ('visit', 'sample'))
  execute function evidence_as_settled();

-- Memberships change after a side was taken: the check itself looks again.
create function independent() returns trigger language plpgsql as $$ begin
  perform 1 from matter where id = new.matter_id for no key update;
  if member_of_doer(new.matter_id, new.by_id) then
    raise exception 'verifier belongs to a responsible organisation' using errcode = '23514', constraint = 'verifier_independent';
  end if; return new; end $$;
create trigger independent before insert on verification for each row when (new.by_id is not null)
  execute function independent();

create function in_time() returns trigger language plpgsql as $$ begin
  perform 1 from matter where id = new.matter_id and due_at > new.recorded_at for no key update;
  if not found then
    raise exception 'extension after the deadline' using errcode = '23514', constraint = 'extension_in_time';
  end if; return new; end $$;
create trigger in_time before insert on extension_request for each row execute function in_time();

-- Two people: who asks to void or to publish doesn't agree to it.
create function second_person() returns trigger language plpgsql as $$
declare asker bigint;
begin
  execute format('select by_id from %I where id = $1', tg_argv[0]) into asker using new.asked_id;
  if asker is not distinct from new.by_id then
    raise exception 'a second person is needed' using errcode = '23514', constraint = 'second_person';
  end if; return new; end $$;
create trigger second_person before insert on voiding for each row execute function second_person('voiding_request');
create trigger second_person before insert on publication for each row execute function second_person('publication_draft');

-- Recorded time is the database's own, except in an exercise.
create function recorded_now() returns trigger language plpgsql as $$ begin
  if new.recorded_at < transaction_timestamp() or new.recorded_at > clock_timestamp() + interval '1 second' then
    if not (select i.exercise from matter m join incident i on i.id = m.incident_id where m.id = new.matter_id) then
      raise exception 'recorded time is set by the database' using errcode = '23514', constraint = 'recorded_now';
    end if;
  end if; return new; end $$;
create trigger recorded_now before insert on entry for each row execute function recorded_now();
-- This row is judged by it.
create trigger recorded_now before insert on extension_request for each row execute function recorded_now();

-- Rows are kept: ended_at may be set once (settled_at of a conflict, until of a membership likewise), nothing else changes,
-- nothing goes. Generated columns are not yet set in a before trigger, so they are left out of the comparison.
create function kept() returns trigger language plpgsql as $$
declare o jsonb; n jsonb; once text; may text[];
begin
  if tg_op = 'UPDATE' then
    o := to_jsonb(old); n := to_jsonb(new); once := coalesce(tg_argv[0], 'ended_at');
    may := array[once, 'side', 'silent_cycle'];
    if o ? once and o->>once is null and o - may = n - may then return new; end if;
  end if;
  raise exception '% on % is refused: rows are kept', tg_op, tg_table_name
    using errcode = '23514', constraint = 'rows_are_kept'; end $$;
do $$ declare t text; begin foreach t in array array['party','hand','assignment','acceptance','return_','return_ruling',
  'extension_request','extension_ruling','response','closure_request','evidence','verification','silence','reopening',
  'reclassification','escalation','voiding_request','voiding','merge','publication_draft','publication','sweep','note',
  'entry','seal','reveal','pack_version','pack_in_force'] loop
  execute format('create trigger kept before update or delete on %I for each row execute function kept()', t);
  execute format('create trigger kept_all before truncate on %I execute function kept()', t); end loop; end $$;
create trigger kept before update or delete on conflict for each row execute function kept('settled_at');
create trigger kept_all before truncate on conflict execute function kept();

-- A matter never goes, and what was registered of it never changes.
create function registered_stays() returns trigger language plpgsql as $$
declare written text[] := array['status','cycle','area_id','area_path','category','severity','rules','lead_id',
  'dispatched_at','clock_from','due_at','verify_due_at','closing_check','closing_passed','closed_at','merged_into_id',
  'recorded_at','head_seq','head_hash'];
begin
  -- Nor does its cycle go back, or an old pass would close it again.
  if tg_op = 'UPDATE' and to_jsonb(old) - written = to_jsonb(new) - written and new.cycle >= old.cycle then return new; end if;
  raise exception '% on matter is refused: what was registered stays', tg_op
    using errcode = '23514', constraint = 'rows_are_kept'; end $$;
create trigger registered_stays before update or delete on matter for each row execute function registered_stays();
create trigger kept_all before truncate on matter execute function kept();

-- Spans of the past only end. Who belonged where is ended (and may begin again), never deleted.
create trigger kept before update or delete on span for each row execute function kept('to_at');
create trigger kept_all before truncate on span execute function kept();
create trigger kept before delete on membership for each row execute function kept();
create trigger kept_all before truncate on membership execute function kept();

alter table grant_ add constraint grant_of_member foreign key (person_id, organisation_id)
  references membership (person_id, organisation_id);
