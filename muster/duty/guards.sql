-- Rows of duty are kept: the columns named may be set once, nothing else changes, nothing goes.
create function set_once() returns trigger language plpgsql as $$
declare o jsonb; n jsonb; c text;
begin
  if tg_op = 'UPDATE' then
    o := to_jsonb(old); n := to_jsonb(new);
    if o - tg_argv = n - tg_argv then
      foreach c in array tg_argv loop
        if coalesce(o->>c, '') <> '' and o->>c is distinct from n->>c then
          raise exception '% of % stands already', c, tg_table_name using errcode = '23514', constraint = 'rows_are_kept';
        end if;
      end loop;
      return new;
    end if;
  end if;
  raise exception '% on % is refused: rows are kept', tg_op, tg_table_name
    using errcode = '23514', constraint = 'rows_are_kept'; end $$;

create trigger kept before update or delete on duty for each row execute function set_once('ended_at', 'ended_by_id');
create trigger kept before update or delete on handover_item for each row execute function set_once('done_at', 'done_by_id');
create trigger kept before update or delete on handover
  for each row execute function set_once('incoming_id', 'incoming_how', 'taken_at', 'withdrawn_at');
create trigger kept before update or delete on computer_event for each row execute function set_once();
create trigger kept_all before truncate on duty execute function set_once();
create trigger kept_all before truncate on handover_item execute function set_once();
create trigger kept_all before truncate on handover execute function set_once();
create trigger kept_all before truncate on computer_event execute function set_once();
