-- What matters are drawn from: communities with a site, a unit and its liaison each; offices; what people say. Schema bench.
create function bench.draw(n int, nr int) returns float8 language sql immutable as
$$ select ((hashint8extended(n, nr + 1000 * %(seed)s) >> 11) & 4503599627370495) / 4503599627370496.0::float8 $$;

-- A UUIDv7 of that moment, the same for the same row.
create function bench.made(at timestamptz, n int, nr int) returns uuid language sql stable as
$$ select substr(lpad(to_hex((1000 * date_part('epoch', at))::bigint), 12, '0') || '7'
  || overlay(md5(n || ',' || nr) placing '8' from 4 for 1), 1, 32)::uuid $$;

create function bench.sha(text text) returns text language sql immutable as $$ select md5($1) || md5($1) $$;

create table bench.added as
select a.code, a.path, a.name_zh, row_number() over (order by md5(a.code)) nr,
  nextval(pg_get_serial_sequence('organisation', 'id')) organisation_id,
  nextval(pg_get_serial_sequence('person', 'id')) person_id
from area a where a.level = 'community' order by md5(a.code) limit 2000;
insert into organisation (id, path, name, kind, area_id)
  select organisation_id, organisation_id || '/', name_zh || '居民委员会', 'community', code from bench.added;
insert into person (id, password, login, name, phone, language, is_active)
  select person_id, '!', 'liaison.' || code, '联络员' || nr, '', 'zh-hans', true from bench.added;
insert into membership (person_id, organisation_id, from_at)
  select person_id, organisation_id, now() - interval '90 days' from bench.added;
insert into grant_ (person_id, role, area_id, organisation_id, from_at)
  select person_id, 'liaison', '371500', organisation_id, now() - interval '90 days' from bench.added;
insert into site (id, kind, name, area_id, organisation_id)
  select md5('site ' || code)::uuid, case when mod(nr, 2) = 0 then 'compound' else
    (array['sampling_site','gate','market','shop','quarantine_site','logistics_park','pharmacy','canteen','school'])[1 + mod(nr, 9)] end,
    name_zh || nr || '号点', code, organisation_id from bench.added;

create table bench.pool as
select s.id site_id, s.kind, s.area_id, a.path area_path, split_part(a.path, '/', 3) county, s.organisation_id lead_id,
  (select g.person_id from grant_ g where g.organisation_id = s.organisation_id and g.role = 'liaison' limit 1) liaison_id,
  (row_number() over (partition by s.kind order by md5(s.name)) - 1)::int nr
from site s join area a on a.code = s.area_id where s.organisation_id is not null;
create table bench.size as
select s.kind, count(*)::int said, null::text site_kind, null::int pool from bench.said s group by s.kind
union all select null, null, p.kind, count(*) from bench.pool p group by p.kind;
create table bench.office as
select split_part(p.login, '.', 2) county, split_part(p.login, '.', 1) post, p.id person_id, m.organisation_id
from person p join membership m on m.person_id = p.id where p.login ~ '^(dispatcher|inspector|operator)\.';
-- Who checks, and the two who publish.
create table bench.desk as
select case when p.login ~ 'verifier' then 'check' else 'publish' end post, p.id person_id, m.organisation_id,
  row_number() over (partition by p.login ~ 'verifier' order by p.login) - 1 nr
from person p join membership m on m.person_id = p.id
where p.login in ('demo.verifier', 'demo.second_verifier', 'demo.duty', 'demo.deputy');
analyze bench.pool, bench.size, bench.office, bench.desk, bench.said;
