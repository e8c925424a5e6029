-- What happened to the matters of table life, in order: one row an act, which is one entry, one row of a step, perhaps a span.
create temp table happened on commit drop as
select *, bench.made(at, n, nr) row_id, row_number() over (partition by matter_id order by at, nr)::int seq,
  case when action in ('accept', 'return_', 'ask_extension', 'respond', 'request_closure') then 'doer'
    when action in ('register', 'assign', 'note', 'escalate', 'draft_publication', 'publish') then '' else 'checker' end side
from (
  select l.id matter_id, l.n, l.kind, e.nr, e.action, e.at, e.cycle, e.status, e.due_at, e.verify_due_at, l.area_id, l.area_path,
    case when e.nr > 1 and l.dispatched_at is not null then l.lead_id end lead_id, l.category, l.severity,
    case who when 'reporter' then i.person_id when 'dispatcher' then o.person_id when 'liaison' then l.liaison_id
      when 'checker' then c.person_id when 'author' then p.person_id when 'publisher' then q.person_id end by_id,
    case who when 'reporter' then i.organisation_id when 'dispatcher' then o.organisation_id when 'liaison' then l.lead_id
      when 'checker' then c.organisation_id when 'author' then p.organisation_id when 'publisher' then q.organisation_id
      end organisation_id
  from life l
  join bench.office i on i.county = l.county and i.post = case l.kind when 'finding' then 'inspector' else 'operator' end
  join bench.office o on o.county = l.county and o.post = 'dispatcher'
  join bench.desk c on c.post = 'check' and c.nr = mod(l.n, 2)
  join bench.desk p on p.post = 'publish' and p.nr = mod(l.n, 2)
  join bench.desk q on q.post = 'publish' and q.nr = 1 - mod(l.n, 2),
  lateral (values
    (1, 'register', registered_at, 'reporter', 1, 'registered', null::timestamptz, null::timestamptz),
    (2, 'fix_on_spot', case when on_spot then closed_at end, 'reporter', 1, 'closed', first_due, null),
    (3, 'assign', case when not on_spot then dispatched_at end, 'dispatcher', 1, 'assigned', dispatched_at + due, null),
    (4, 'return_', case when returns and not on_spot or asks = 'return' then dispatched_at + 0.02 * span end, 'liaison', 1, null, null, null),
    (5, 'rule_return', case when returns and not on_spot and asks <> 'return' then dispatched_at + 0.04 * span end, 'dispatcher', 1, null, null, null),
    (6, 'reclassify', case when reclassifies then dispatched_at + 0.08 * span end, 'dispatcher', 1, null, null, null),
    (7, 'accept', case when accepts and not on_spot and status <> 'assigned' then dispatched_at + 0.1 * span end, 'liaison', 1, 'accepted',
      dispatched_at + due, null),
    (8, 'ask_extension', case when (extends or asks = 'extension') and not on_spot then dispatched_at + 0.2 * span end, 'liaison', 1, null, null, null),
    (9, 'rule_extension', case when extends and asks = '' and not on_spot then dispatched_at + 0.25 * span end, 'dispatcher', 1, 'accepted',
      first_due, null),
    (10, 'respond', case when works then dispatched_at + 0.3 * span end, 'liaison', 1, 'in_progress', first_due, null),
    (11, 'respond', case when works and responses > 1 then dispatched_at + 0.36 * span end, 'liaison', 1, null, null, null),
    (12, 'respond', case when works and responses > 2 then dispatched_at + 0.42 * span end, 'liaison', 1, null, null, null),
    (13, 'escalate', case when works and first_due < dispatched_at + 0.97 * span then first_due + 0.01 * span end, '', 1, null, null, null),
    (14, 'request_closure', asked_at, 'liaison', 1, 'closure_requested', first_due, asked_at + verify),
    (15, 'verify', case when again and again_by <> 'verify' then asked_at + 0.5 * (again_at - asked_at) end, 'checker', 1, 'closed',
      first_due, null),
    (16, again_by, again_at, case again_by when 'reopen' then 'dispatcher' else 'checker' end, case again_by when 'verify' then 1 else 2 end,
      'in_progress', last_due, null),
    (17, 'respond', again_at + 0.4 * (second_at - again_at), 'liaison', 2, null, null, null),
    (18, 'request_closure', second_at, 'liaison', 2, 'closure_requested', last_due, second_at + verify),
    (19, 'verify', case when not on_spot then closed_at end, 'checker', case when again then 2 else 1 end, 'closed', last_due, null),
    (20, 'draft_publication', case when publishes then closed_at + 0.2 * (%(until)s - closed_at) end, 'author', case when again then 2 else 1 end, null, null, null),
    (21, 'publish', case when publishes then closed_at + 0.3 * (%(until)s - closed_at) end, 'publisher', case when again then 2 else 1 end, null, null, null),
    (22, 'ask_voiding', case status when 'void' then registered_at + interval '30 minutes' end, 'author', 1, null, null, null),
    (23, 'void', case status when 'void' then registered_at + interval '1 hour' end, 'publisher', 1, 'void', null, null),
    (24, 'merge', case status when 'merged' then dispatched_at + 0.5 * span end, 'dispatcher', 1, 'merged', dispatched_at + due, null),
    (25, 'note', case when notes > 0 then dispatched_at + 0.06 * span end, 'dispatcher', 1, null, null, null),
    (26, 'note', case when notes > 1 then dispatched_at + 0.15 * span end, 'liaison', 1, null, null, null),
    (27, 'note', case when notes > 2 then dispatched_at + 0.33 * span end, 'liaison', 1, null, null, null),
    (28, 'note', case when notes > 3 then dispatched_at + 0.39 * span end, 'dispatcher', 1, null, null, null),
    (29, 'note', case when notes > 4 then dispatched_at + 0.45 * span end, 'liaison', 1, null, null, null),
    (30, 'note', case when notes > 5 then dispatched_at + 0.27 * span end, 'dispatcher', 1, null, null, null)
  ) e (nr, action, at, who, cycle, status, due_at, verify_due_at)
  where e.at is not null) h;
create index on happened (action);
create index on happened (matter_id);
analyze happened (matter_id, action, nr, seq);
