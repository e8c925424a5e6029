-- The register as a ledger tells it, for the matters of these keys, in their order; times in the zone asked for.
-- Of a check that was made before closure was requested once more nothing is said: that request waits for its own.
select m.id, m.number, m.kind, date_trunc('second', m.occurred_at at time zone %(zone)s), t.name, m.way, m.area_id, s.name,
  m.text, m.category, m.severity, m.pack_id, l.name,
  (select string_agg(o.name, '、' order by a.recorded_at, o.name)
   from assignment a join organisation o on o.id = a.organisation_id where a.matter_id = m.id and a.part = 'support' and a.ended_at is null),
  date_trunc('second', m.dispatched_at at time zone %(zone)s), date_trunc('second', m.due_at at time zone %(zone)s),
  r.text, date_trunc('second', r.occurred_at at time zone %(zone)s),
  date_trunc('second', c.recorded_at at time zone %(zone)s), v.name, date_trunc('second', v.at at time zone %(zone)s), v.passed,
  m.status, date_trunc('second', m.closed_at at time zone %(zone)s), m.cycle, m.recurrence_of_id is not null,
  (select string_agg(p.number, '、' order by p.recorded_at) from publication p where p.matter_id = m.id and p.ended_at is null),
  m.source_number, i.words
from unnest(%(keys)s::uuid[]) with ordinality k (id, place) join matter m on m.id = k.id
left join team t on t.id = m.team_id left join site s on s.id = m.site_id left join organisation l on l.id = m.lead_id
left join lateral (select text, occurred_at from response r where r.matter_id = m.id and r.text <> ''
  order by recorded_at desc, id desc limit 1) r on true
left join lateral (select recorded_at, cycle from closure_request c where c.matter_id = m.id order by cycle desc limit 1) c on true
left join lateral (select p.name, v.occurred_at as at, v.passed, v.cycle from verification v left join person p on p.id = v.by_id
  where v.matter_id = m.id order by v.recorded_at desc, v.id desc limit 1) v on v.cycle >= coalesce(c.cycle, 0)
left join lateral (select words from imported_line i where i.matter_id = m.id order by i.id desc limit 1) i on true
order by k.place
