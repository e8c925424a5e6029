-- name: frame
-- Who is signed in, the incident, and what the person may do.
select s.session_data, p.*, i.*,
  (select json_agg(json_build_array(g.id, g.role, g.until, a.code, a.path, a.name_zh, a.name_en, o.id, o.path, o.name))
   from grant_ g join area a on a.code = g.area_id join organisation o on o.id = g.organisation_id
   where g.person_id = p.id and g.from_at <= now() and (g.until is null or g.until > now()))
from django_session s, person p, (select * from incident where ended_at is null order by started_at desc limit 1) i
where s.session_key = %(session)s and s.expire_date > now() and p.id = %(person)s and p.is_active

-- name: matter
select m.*, a.*, s.*, o.*, v.*, r.id, r.name,
  d.id, d.dispatched_at, (select array_agg(so.path) from assignment x join organisation so on so.id = x.organisation_id
    where x.matter_id = m.id and x.part = 'support' and x.ended_at is null),
  (select id from return_ where matter_id = m.id and ended_at is null),
  (select id from extension_request where matter_id = m.id and ended_at is null),
  (select array[id::text, by_id::text] from voiding_request where matter_id = m.id and ended_at is null),
  (select array[id::text, by_id::text] from publication_draft where matter_id = m.id and ended_at is null),
  (select id from publication where matter_id = m.id and ended_at is null),
  (select count(*) from extension_request where assignment_id = d.id),
  (select count(*) from escalation where assignment_id = d.id),
  (select count(*) from response where matter_id = m.id and cycle = m.cycle),
  (select recorded_at from closure_request where matter_id = m.id and cycle = m.cycle),
  (select 1 from silence where matter_id = m.id and cycle = m.cycle),
  (select by_id from verification where id = m.closing_check),
  (select side from hand where matter_id = m.id and person_id = %(person)s),
  exists(select 1 from membership b join organisation mine on mine.id = b.organisation_id
    join party p on p.matter_id = m.id and p.side = 'doer' join organisation theirs on theirs.id = p.organisation_id
    where b.person_id = %(person)s and b.until is null and starts_with(mine.path, theirs.path)),
  c.*
from matter m join area a on a.code = m.area_id left join site s on s.id = m.site_id left join organisation o on o.id = m.lead_id
join pack_version v on v.id = m.pack_id left join organisation r on r.id = m.reporter_organisation_id
left join assignment d on d.matter_id = m.id and d.part = 'lead' and d.ended_at is null left join contact c on c.matter_id = m.id
where m.id = %(matter)s

-- name: happened
select e.*, p.name, o.name from entry e left join person p on p.id = e.by_id left join organisation o on o.id = e.by_organisation_id
where e.matter_id = %(matter)s order by e.seq desc

-- name: evidence
select e.*, f.*, o.name from evidence e join file f on f.id = e.file_id left join organisation o on o.id = e.by_organisation_id
where e.matter_id = %(matter)s order by e.recorded_at, e.id

-- name: listed
-- The rows of a pile; its condition and order follow.
select m.*, a.code, a.path, a.level, a.name_zh, a.name_en, s.id, s.name, o.id, o.name
from matter m join area a on a.code = m.area_id left join site s on s.id = m.site_id left join organisation o on o.id = m.lead_id

-- name: overdue
where m.status in ('assigned', 'accepted', 'in_progress') and m.due_at < now() and {seen} order by m.due_at limit 21

-- name: due_today
where m.status in ('assigned', 'accepted', 'in_progress') and m.due_at >= now() and m.due_at < %(midnight)s and {seen}
order by m.due_at limit 21

-- name: due_later
where m.status in ('assigned', 'accepted', 'in_progress') and m.due_at >= %(midnight)s and {seen} order by m.due_at limit 21

-- name: to_rule_on
where m.status in ('assigned', 'accepted', 'in_progress') and {seen} and m.id in (
  select matter_id from return_ where ended_at is null union all select matter_id from extension_request where ended_at is null)
order by m.due_at limit 21

-- name: unassigned
where m.status = 'registered' and {seen} order by m.id limit 21

-- name: to_verify
where m.status = 'closure_requested' and {seen}
  and (m.kind = 'finding' or exists (select 1 from silence where matter_id = m.id and cycle = m.cycle))
  and not exists (select 1 from party p join membership b on b.organisation_id = p.organisation_id
    where p.matter_id = m.id and p.side = 'doer' and b.person_id = %(person)s and b.until is null)
order by m.verify_due_at limit 21

-- name: to_revisit
where m.status = 'closed' and {seen} and m.reporter_id is distinct from %(person)s
  and exists (select 1 from revisit_draw d where d.matter_id = m.id and d.cycle = m.cycle)
  and not exists (select 1 from verification v where v.matter_id = m.id and v.cycle = m.cycle and v.how = 'sample')
order by m.id limit 21
