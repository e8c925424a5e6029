-- name: figures
-- What an area and those below counted at the last tally, and at the ends of its last days.
select t.area_id, t.at, t.counts, a.name_zh, a.position from tally t join area a on a.code = t.area_id
where t.incident_id = %(incident)s and t.version = 1
  and t.at = (select max(at) from tally where incident_id = %(incident)s and version = 1)
  and (t.area_id = %(area)s or a.parent_id = %(area)s)

-- name: days
select day, figures from figure_day
where incident_id = %(incident)s and area_id = %(area)s and organisation_id is null and day >= current_date - 30

-- name: changed
-- What went on since the last tally, as it stands and as it stood.
select m.area_path, m.kind, m.status, m.dispatched_at, s.status, s.area_id
from matter m left join span s on s.matter_id = m.id and s.from_at <= %(tallied)s and (s.to_at is null or s.to_at > %(tallied)s)
where m.incident_id = %(incident)s and m.kind in ('finding', 'request', 'proposal') and m.recorded_at > %(tallied)s

-- name: late
select split_part(area_path, '/', %(part)s), count(*) from matter
where incident_id = %(incident)s and {under} and status in ('assigned', 'accepted', 'in_progress') and due_at < now() group by 1

-- name: checks_late
select split_part(area_path, '/', %(part)s), count(*) from matter
where incident_id = %(incident)s and {under} and status = 'closure_requested' and verify_due_at < now() group by 1

-- name: soon
select count(*) from matter where incident_id = %(incident)s and {under}
  and status in ('assigned', 'accepted', 'in_progress') and due_at >= now() and due_at < now() + interval '4 hours'

-- name: longest
select m.id, m.kind, left(m.text, 60), m.category, m.due_at, a.path, o.id, o.name
from matter m join area a on a.code = m.area_id left join organisation o on o.id = m.lead_id
where m.incident_id = %(incident)s and {under} and m.status in ('assigned', 'accepted', 'in_progress') and m.due_at < now()
order by m.due_at limit {many}

-- name: urgent
select m.id, left(m.text, 60), m.due_at, m.severity, a.name_zh, s.name, o.name,
  (select x.level from escalation e join assignment g on g.id = e.assignment_id and g.ended_at is null
   join area x on x.code = e.area_id where g.matter_id = m.id order by e.level desc limit 1)
from matter m join area a on a.code = m.area_id left join site s on s.id = m.site_id left join organisation o on o.id = m.lead_id
where m.incident_id = %(incident)s and {under} and m.status in ('assigned', 'accepted', 'in_progress')
  and (m.due_at < now() or m.severity = 'critical') order by m.due_at limit 12

-- name: rulings
select q.*, left(m.text, 60), a.name_zh, s.name, o.name from (
  (select matter_id, rule_due_at, reason, null::timestamptz until from return_ where ended_at is null order by rule_due_at limit 12)
  union all
  (select matter_id, rule_due_at, reason, until from extension_request where ended_at is null order by rule_due_at limit 12)
  order by rule_due_at limit 12) q
join matter m on m.id = q.matter_id and m.incident_id = %(incident)s and {under} and m.status in ('assigned', 'accepted', 'in_progress')
join area a on a.code = m.area_id left join site s on s.id = m.site_id left join organisation o on o.id = m.lead_id

-- name: unassigned
select m.id, left(m.text, 60), m.registered_at, a.name_zh, s.name from matter m
join area a on a.code = m.area_id left join site s on s.id = m.site_id
where m.incident_id = %(incident)s and {under} and m.status = 'registered' order by m.id limit 12

-- name: duty
select d.post, d.from_at, d.until, p.name, p.phone from duty d join person p on p.id = d.person_id
where d.incident_id = %(incident)s and d.area_id = %(area)s and d.ended_at is null and d.from_at <= now() and d.until > now()

-- name: handed_over
select text, added_at from handover_item where incident_id = %(incident)s and area_id = %(area)s and done_at is null

-- name: took
-- Medians of the hours it took to close, below and of all.
select split_part(area_path, '/', %(part)s),
  percentile_disc(0.5) within group (order by date_part('epoch', closed_at - dispatched_at)) / 3600
from matter where incident_id = %(incident)s and {under} and status = 'closed' and kind in ('finding', 'request', 'proposal')
group by grouping sets ((1), ())

-- name: listed
with page as materialized (select m.id from {tables} where {under} and {where} order by m.id desc limit 51)
select m.id, m.number, left(m.text, 60), coalesce(s.name, a.name_zh), o.name, m.due_at, m.status,
  exists (select 1 from return_ where matter_id = m.id and ended_at is null),
  exists (select 1 from extension_request where matter_id = m.id and ended_at is null)
from page join matter m using (id) join area a on a.code = m.area_id
left join site s on s.id = m.site_id left join organisation o on o.id = m.lead_id order by m.id desc

-- name: counted
select
  (select count(*) from (select 1 from matter m
    where {under} and m.status in ('assigned', 'accepted', 'in_progress') and m.due_at < now() limit 1000) v),
  (select count(*) from (select 1 from matter m where {under} and m.status in ('assigned', 'accepted', 'in_progress')
    and m.due_at >= now() and m.due_at < now() + interval '8 hours' limit 1000) v),
  (select count(*) from (select 1 from matter m where {under} and m.status = 'closure_requested' limit 1000) v),
  (select count(*) from (select 1 from return_ r join matter m on m.id = r.matter_id
    where r.ended_at is null and {under} and m.status in ('assigned', 'accepted', 'in_progress') limit 1000) v),
  (select count(*) from (select 1 from publication p join matter m on m.id = p.matter_id
    where p.ended_at is null and {under} limit 1000) v),
  (select count(*) from (select 1 from {tables} where {under} and {where} limit {far}) v)
