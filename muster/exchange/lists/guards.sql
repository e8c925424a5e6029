-- The log of lists that were taken out: how far one is may change, never who took out what and why; nothing goes.
create function said_stays() returns trigger language plpgsql as $$ begin
  if tg_op = 'UPDATE' and to_jsonb(old) - tg_argv = to_jsonb(new) - tg_argv then return new; end if;
  raise exception '% on % is refused: rows are kept', tg_op, tg_table_name
    using errcode = '23514', constraint = 'rows_are_kept'; end $$;
create trigger kept before update or delete on list_export for each row
  execute function said_stays('state', 'claimed_at', 'made_at', 'title', 'count', 'done', 'sha256', 'fault');
create trigger kept_all before truncate on list_export execute function said_stays();
