-- What the register is searched in. One row a matter, kept by triggers, as names are given and changed by many ways.
create function clock_due(status text, due_at timestamptz, verify_due_at timestamptz) returns timestamptz
language sql immutable parallel safe
return case when status in ('assigned', 'accepted', 'in_progress') then coalesce(due_at, 'infinity')
            when status = 'closure_requested' then coalesce(verify_due_at, 'infinity')
            else 'infinity' end;

create function search_plain(words text) returns text
language sql immutable parallel safe
return lower(normalize(words, nfkc));

-- Every two letters that stand side by side; of ASCII also every four, as two digits of a number stand in most numbers.
create function search_grams(words text) returns tsvector
language sql immutable parallel safe cost 5000
begin atomic
  select array_to_tsvector(array(
    select gram from (
      select letter || lead(letter) over w two,
        letter || lead(letter) over w || lead(letter, 2) over w || lead(letter, 3) over w four
      from unnest(string_to_array(words, null)) with ordinality letters (letter, nr)
      window w as (order by nr)) spans,
    lateral (values (two), (case when four ~ '^[!-~]{4}$' then four end)) grams (gram)
    where gram is not null));
end;

create function search_words(m matter) returns text
language sql stable
begin atomic
  select search_plain(concat_ws(chr(10), m.number, left(m.text, 4000),
    (select name from site where id = m.site_id), (select name from organisation where id = m.lead_id),
    (select name_zh from area where code = m.area_id))) || chr(10);
end;

create function search_put() returns trigger language plpgsql as $$
begin
  insert into matter_search (matter_id, words) values (new.id, search_words(new))
    on conflict (matter_id) do update set words = excluded.words;
  return null;
end $$;
create trigger search_put after insert on matter for each row execute function search_put();
create trigger search_turned after update of lead_id, area_id on matter for each row
  when (old.lead_id is distinct from new.lead_id or old.area_id is distinct from new.area_id)
  execute function search_put();

-- Of what bears the name: the matter's column that points at it, its own key, and that key's type.
create function search_renamed() returns trigger language plpgsql as $$
begin
  execute format('update matter_search s set words = search_words(m) from matter m
                  where m.id = s.matter_id and m.%I = $1::%s', tg_argv[0], tg_argv[2])
    using to_jsonb(new) ->> tg_argv[1];
  return null;
end $$;
create trigger search_renamed after update of name on site for each row
  when (old.name is distinct from new.name) execute function search_renamed('site_id', 'id', 'uuid');
create trigger search_renamed after update of name on organisation for each row
  when (old.name is distinct from new.name) execute function search_renamed('lead_id', 'id', 'bigint');
create trigger search_renamed after update of name_zh on area for each row
  when (old.name_zh is distinct from new.name_zh) execute function search_renamed('area_id', 'code', 'text');

-- Kept beside the words: a walk over many matters looks at it in each.
create function search_pair() returns trigger language plpgsql as $$
begin
  new.grams := search_grams(new.words);
  return new;
end $$;
create trigger search_pair before insert or update on matter_search for each row execute function search_pair();

insert into matter_search (matter_id, words) select id, search_words(matter) from matter;
create index matter_search_grams on matter_search using gin (grams) with (fastupdate = off);
create index matter_due_now on matter (clock_due(status, due_at, verify_due_at), id);
