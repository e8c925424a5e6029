-- Guards of the ledger: what an import may write, whatever the code does. Runs after guards.sql.

-- Who imports stands on the checker's side, and belongs where they import for.
alter table ledger_line
  alter column by_id set not null, alter column by_organisation_id set not null,
  add column side text generated always as ('checker') stored,
  add constraint ledger_line_person_on_side foreign key (matter_id, by_id, side)
    references hand (matter_id, person_id, side),
  add constraint ledger_line_organisation_on_side foreign key (matter_id, by_organisation_id, side)
    references party (matter_id, organisation_id, side),
  add constraint ledger_line_member foreign key (by_id, by_organisation_id)
    references membership (person_id, organisation_id),
  add constraint ledger_line_at unique (matter_id, recorded_at);

-- A doer's row names a person, or it came with the ledger's line, at the same instant, and names the organisation alone.
do $$ declare t text; begin foreach t in array array['acceptance','response','closure_request'] loop
  execute format('alter table %I alter column by_id drop not null,
    add column by_ledger uuid generated always as (case when by_id is null then matter_id end) stored,
    add constraint %I foreign key (by_ledger, recorded_at) references ledger_line (matter_id, recorded_at),
    add constraint %I check (by_id is not null or by_organisation_id is not null),
    add constraint %I foreign key (matter_id, by_organisation_id, side)
      references party (matter_id, organisation_id, side)',
    t, t || '_by_ledger', t || '_by_somebody', t || '_organisation_on_side'); end loop; end $$;

-- Two people: who imports a line doesn't close the matter with it. Looked at when the statement that wrote both is done.
create function ledger_second_person() returns trigger language plpgsql as $$ begin
  if exists (select 1 from ledger_line l where l.matter_id = new.matter_id and l.recorded_at = new.recorded_at
      and l.by_id = new.by_id) then
    raise exception 'a second person is needed' using errcode = '23514', constraint = 'ledger_second_person';
  end if; return new; end $$;
create constraint trigger ledger_second_person after insert on verification
  for each row execute function ledger_second_person();

create trigger kept before update or delete on ledger_line for each row execute function kept();
create trigger kept_all before truncate on ledger_line execute function kept();

-- A conflict is settled once, by whom and with which remark; nothing else of it changes.
create function settled_once() returns trigger language plpgsql as $$
declare may text[] := array['settled_at','settled_by_id','remark'];
begin
  if tg_op = 'UPDATE' and old.settled_at is null and new.settled_at is not null
    and to_jsonb(old) - may = to_jsonb(new) - may then return new; end if;
  raise exception '% on conflict is refused: rows are kept', tg_op
    using errcode = '23514', constraint = 'rows_are_kept'; end $$;
drop trigger kept on conflict;
create trigger kept before update or delete on conflict for each row execute function settled_once();
