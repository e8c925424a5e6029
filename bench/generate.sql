-- Inserts the matters of generate.py. Settings bench.*: matters, pack, incident, all_registered. Temp table said: texts.
set local session_replication_role = replica;

-- Communities of the city, each with a site, the unit that answers for it, and its liaison.
create temp table added on commit drop as
select a.code, a.path, a.name_zh, row_number() over (order by md5(a.code)) nr,
  nextval(pg_get_serial_sequence('organisation', 'id')) organisation_id,
  nextval(pg_get_serial_sequence('person', 'id')) person_id
from area a where a.level = 'community' order by md5(a.code) limit 2000;
insert into organisation (id, path, name, kind, area_id)
  select organisation_id, organisation_id || '/', name_zh || '居民委员会', 'community', code from added;
insert into person (id, password, login, name, phone, language, is_active)
  select person_id, '!', 'liaison.' || code, '联络员' || nr, '', 'zh-hans', true from added;
insert into membership (person_id, organisation_id, from_at)
  select person_id, organisation_id, now() - interval '90 days' from added;
insert into grant_ (person_id, role, area_id, organisation_id, from_at)
  select person_id, 'liaison', '371500', organisation_id, now() - interval '90 days' from added;
insert into site (id, kind, name, area_id, organisation_id)
  select gen_random_uuid(), case when nr % 2 = 0 then 'compound' else
    (array['sampling_site','gate','market','shop','quarantine_site','logistics_park','pharmacy','canteen','school'])[1 + nr % 9] end,
    name_zh || nr || '号点', code, organisation_id from added;

create temp table pool on commit drop as
select s.id site_id, s.kind, s.area_id, a.path area_path, split_part(a.path, '/', 3) county, s.organisation_id,
  (select g.person_id from grant_ g where g.organisation_id = s.organisation_id and g.role = 'liaison' limit 1) liaison_id,
  (row_number() over (partition by s.kind order by md5(s.name)) - 1)::int nr
from site s join area a on a.code = s.area_id where s.organisation_id is not null;
create temp table pool_size on commit drop as select kind, count(*) size from pool group by kind;
create temp table said_size on commit drop as select kind, count(*) size from said group by kind;
analyze pool; analyze said;
create temp table office on commit drop as
select split_part(p.login, '.', 2) county, split_part(p.login, '.', 1) post, p.id person_id, m.organisation_id
from person p join membership m on m.person_id = p.id where p.login ~ '^(dispatcher|inspector|operator)\.';
create temp table checkers on commit drop as
select p.id person_id, m.organisation_id, row_number() over (order by p.id) - 1 nr
from person p join membership m on m.person_id = p.id where p.login in ('demo.verifier', 'demo.second_verifier');

-- One row a matter: what it is, how far it got, and when. Some units get far more than others.
create temp table drawn on commit drop as
select n, u1, u2, up, u.kind, s.category, s.severity, s.text, s.response, s.remark, s.site_kind, s.rules,
  s.due_h * interval '1 hour' due, s.verify_h * interval '1 hour' verify,
  case when current_setting('bench.all_registered') = 'True' then 'registered'
    when us < 0.85 then 'closed' when us < 0.885 then 'closure_requested' when us < 0.925 then 'in_progress'
    when us < 0.95 then 'accepted' when us < 0.98 then 'assigned' when us < 0.992 then 'registered' else 'void' end status,
  up < 0.6 accepts, floor(power(uk, 1.5) * p.size)::int pool_nr
from (select u.*, case when k < 0.85 then 'finding' when k < 0.97 then 'request' else 'proposal' end kind
      from (select n, random() u1, random() u2, random() us, random() uk, random() up, random() ut, random() k
            from generate_series(1, current_setting('bench.matters')::int) n) u offset 0) u
join said_size c using (kind) join said s on s.kind = u.kind and s.nr = floor(u.ut * c.size)::int
join pool_size p on p.kind = s.site_kind;

create temp table dated on commit drop as
select d.*, case when status in ('registered', 'void') then null else now() - case
    when status = 'closed' then (2 + 58 * u1) * interval '1 day' when status = 'closure_requested' then verify * 1.1 * u1 + work
    else due * 1.15 * u1 end end dispatched_at
from (select *, due * (0.3 + 0.6 * u2) work from drawn) d;

create temp table life on commit drop as
select d.*, uuidv7(registered_at - now()) id, p.site_id, p.area_id, p.area_path, p.county, p.organisation_id lead_id, p.liaison_id,
  i.person_id reporter_id, i.organisation_id reporter_organisation_id, o.person_id dispatcher_id, o.organisation_id office_id,
  c.person_id checker_id, c.organisation_id check_id,
  case when status in ('accepted', 'in_progress') or status in ('closure_requested', 'closed') and accepts
    then dispatched_at + least(work, now() - dispatched_at) * 0.2 end accepted_at,
  case when status in ('in_progress', 'closure_requested', 'closed')
    then dispatched_at + least(work, now() - dispatched_at) * 0.7 end responded_at,
  case when status in ('closure_requested', 'closed') then dispatched_at + work end closure_at,
  case when status = 'closed' then dispatched_at + work + verify * u1 * 0.9 end verified_at,
  uuidv7() assignment_id, uuidv7() acceptance_id, uuidv7() response_id, uuidv7() closure_id, uuidv7() verification_id,
  uuidv7() before_id, uuidv7() after_id, uuidv7() proof_id, uuidv7() voiding_id
from (select *, coalesce(dispatched_at - (0.2 + u2) * interval '30 minutes', now() - u1 * case status when 'void' then
        interval '60 days' else interval '2 hours' end) registered_at from dated) d
join pool p on p.kind = d.site_kind and p.nr = d.pool_nr
join office i on i.county = p.county and i.post = case d.kind when 'finding' then 'inspector' else 'operator' end
join office o on o.county = p.county and o.post = 'dispatcher'
join checkers c on c.nr = d.n % 2;

-- What happened, in order.
create temp table happened on commit drop as
select l.id matter_id, row_number() over (partition by l.id order by e.nr) seq, e.*, l.county
from life l, lateral (values
  (1, 'register', registered_at, reporter_id, reporter_organisation_id, 'registered', 'matter', id),
  (2, 'assign', dispatched_at, dispatcher_id, office_id, 'assigned', 'assignment', assignment_id),
  (3, 'accept', accepted_at, liaison_id, lead_id, 'accepted', 'acceptance', acceptance_id),
  (4, 'respond', responded_at, liaison_id, lead_id, 'in_progress', 'response', response_id),
  (5, 'request_closure', closure_at, liaison_id, lead_id, 'closure_requested', 'closure_request', closure_id),
  (6, case kind when 'finding' then 'verify' else 'confirm' end, verified_at, checker_id, check_id, 'closed', 'verification',
   verification_id),
  (7, 'void', case status when 'void' then registered_at + interval '1 hour' end, dispatcher_id, office_id, 'void', 'voiding',
   voiding_id)
) e (nr, action, at, by_id, organisation_id, status, made, row_id) where e.at is not null;
create index on happened (matter_id);
analyze life; analyze happened;

insert into matter (id, number, incident_id, kind, pack_id, text, site_id, reporter_id, reporter_organisation_id, way,
  source_number, occurred_at, registered_at, status, cycle, area_id, area_path, category, severity, rules, lead_id,
  dispatched_at, clock_from, due_at, verify_due_at, closing_check, closed_at, recorded_at, head_seq, head_hash)
select id, (case kind when 'finding' then 'WT' when 'request' then 'SQ' else 'JY' end) || '-' || county || '-'
    || to_char(registered_at, 'YYYYMMDD') || '-' || to_char(n, 'FM000000'),
  current_setting('bench.incident')::bigint, kind, current_setting('bench.pack')::bigint, text,
  case kind when 'finding' then site_id end, reporter_id, reporter_organisation_id,
  case kind when 'finding' then 'unannounced' else 'call' end, '', registered_at, registered_at, status, 1, area_id, area_path,
  category, severity, rules, case when dispatched_at is not null then lead_id end, dispatched_at, dispatched_at,
  dispatched_at + due, case when closure_at is not null then closure_at + verify end,
  case when status = 'closed' then verification_id end, verified_at,
  last.at, last.seq, encode(sha256(id::text::bytea), 'hex')
from life join (select matter_id, max(at) at, max(seq) seq from happened group by matter_id) last on last.matter_id = life.id
order by id;

with e as (
  insert into entry (matter_id, seq, action, by_id, by_organisation_id, act_id, content, occurred_at, recorded_at, facts,
    previous, hash)
  select matter_id, seq, action, by_id, organisation_id, gen_random_uuid(), encode(sha256(row_id::text::bytea), 'hex'), at, at,
    json_build_array(json_build_array(made, row_id, encode(sha256(row_id::text::bytea), 'hex')))::text,
    encode(sha256((matter_id::text || seq - 1)::bytea), 'hex'), encode(sha256((matter_id::text || seq)::bytea), 'hex')
  from happened order by at returning 1)
select count(*) from e;
insert into span (matter_id, status, area_id, lead_id, due_at, verify_due_at, from_at, to_at)
select h.matter_id, h.status, l.area_id, case when h.nr between 2 and 6 then l.lead_id end,
  case when h.nr between 2 and 6 then l.dispatched_at + l.due end, case when h.nr in (5, 6) then l.closure_at + l.verify end,
  h.at, lead(h.at) over (partition by h.matter_id order by h.seq)
from happened h join life l on l.id = h.matter_id order by h.at;

insert into assignment (id, matter_id, cycle, by_id, by_organisation_id, occurred_at, recorded_at, part, organisation_id,
  dispatched_at, due_at, reason)
select assignment_id, id, 1, dispatcher_id, office_id, dispatched_at, dispatched_at, 'lead', lead_id, dispatched_at,
  dispatched_at + due, '' from life where dispatched_at is not null order by dispatched_at;
insert into acceptance (id, matter_id, cycle, by_id, by_organisation_id, occurred_at, recorded_at, assignment_id)
select acceptance_id, id, 1, liaison_id, lead_id, accepted_at, accepted_at, assignment_id
from life where accepted_at is not null order by accepted_at;
insert into response (id, matter_id, cycle, by_id, by_organisation_id, occurred_at, recorded_at, text)
select response_id, id, 1, liaison_id, lead_id, responded_at, responded_at, response
from life where responded_at is not null order by responded_at;
insert into closure_request (id, matter_id, cycle, by_id, by_organisation_id, occurred_at, recorded_at, text, due_at, verify_due_at)
select closure_id, id, 1, liaison_id, lead_id, closure_at, closure_at, '', dispatched_at + due, closure_at + verify
from life where closure_at is not null order by closure_at;
insert into verification (id, matter_id, cycle, by_id, by_organisation_id, occurred_at, recorded_at, kind, passed, how, remark,
  evidence_needed, evidence_id)
select verification_id, id, 1, checker_id, check_id, verified_at, verified_at, kind, true,
  case kind when 'finding' then 'visit' when 'request' then 'call_back' else 'rating' end, coalesce(remark, ''),
  kind = 'finding', case kind when 'finding' then proof_id end
from life where verified_at is not null order by verified_at;
insert into voiding_request (id, matter_id, cycle, by_id, by_organisation_id, occurred_at, recorded_at, reason, ended_at)
select uuidv7(), id, 1, dispatcher_id, office_id, registered_at, registered_at, '重复登记', registered_at + interval '1 hour'
from life where status = 'void';

-- Questions that wait: one assigned matter in twenty is returned, one accepted in ten asks for more time.
insert into return_ (id, matter_id, cycle, by_id, by_organisation_id, occurred_at, recorded_at, reason, assignment_id)
select uuidv7(), id, 1, liaison_id, lead_id, now(), now(), '不在我方网格', assignment_id from life where status = 'assigned' and up < 0.05;
insert into extension_request (id, matter_id, cycle, by_id, by_organisation_id, occurred_at, recorded_at, reason, assignment_id, until)
select uuidv7(), id, 1, liaison_id, lead_id, now(), now(), '申请延期', assignment_id, dispatched_at + due + interval '1 day'
from life where status = 'accepted' and up < 0.1;
insert into revisit_draw (matter_id, cycle, drawn_at) select id, 1, verified_at from life where status = 'closed' and up < 0.005;

-- Photos of findings: as found, as mended, as checked. There are rows and no files.
create temp table shot on commit drop as
select l.id matter_id, p.*, uuidv7() file_id from life l, lateral (values
  (before_id, 'before', registered_at, reporter_id, reporter_organisation_id),
  (after_id, 'after', responded_at, liaison_id, lead_id),
  (proof_id, 'check', verified_at, checker_id, check_id)) p (id, of, at, by_id, organisation_id)
where l.kind = 'finding' and p.at is not null;
insert into file (id, sha256, name, media_type, size, width, height, by_id, received_at)
select file_id, encode(sha256(file_id::text::bytea), 'hex'), 'photo.jpg', 'image/jpeg', 200000, 1600, 1200, by_id, at from shot;
insert into evidence (id, matter_id, cycle, by_id, by_organisation_id, occurred_at, recorded_at, file_id, of)
select id, matter_id, 1, by_id, organisation_id, at, at, file_id, of from shot order by at;

insert into party (matter_id, organisation_id, side)
select id, lead_id, 'doer' from life where dispatched_at is not null
union all select id, check_id, 'checker' from life where verified_at is not null
union all select id, office_id, 'checker' from life where status = 'void';
insert into hand (matter_id, person_id, side)
select id, liaison_id, 'doer' from life where coalesce(accepted_at, responded_at) is not null
union all select id, checker_id, 'checker' from life where verified_at is not null
union all select id, dispatcher_id, 'checker' from life where status = 'void';
insert into contact (matter_id, name, phone, salt, expires_at)
select id, '来电人' || n, '10000000000', encode(sha256(id::text::bytea), 'hex'), now() + interval '30 days'
from life where kind <> 'finding';
drop table said;
set local session_replication_role = origin;
