-- The rows of what happened: matters, entries, spans, and a row in the table of each step.
insert into matter (id, number, incident_id, kind, pack_id, text, site_id, reporter_id, reporter_organisation_id, way,
  source_number, occurred_at, registered_at, status, cycle, area_id, area_path, category, severity, rules, lead_id,
  dispatched_at, clock_from, due_at, verify_due_at, closing_check, closed_at, merged_into_id, recorded_at, head_seq, head_hash)
select l.id, l.prefix || '-' || county || '-' || to_char(registered_at, 'YYYYMMDD') || '-' || to_char(l.n, 'FM0000000'),
  %(incident)s, l.kind, %(pack)s, text, case l.kind when 'finding' then site_id end, first.by_id, first.organisation_id,
  case l.kind when 'finding' then 'unannounced' else 'call' end, '', registered_at, registered_at, l.status,
  case when again then 2 else 1 end, l.area_id, l.area_path, l.category, l.severity, rules,
  case when dispatched_at is not null then l.lead_id end, dispatched_at, coalesce(again_at, dispatched_at), last_due,
  case l.status when 'closure_requested' then coalesce(second_at, asked_at) + verify end,
  case when l.status = 'closed' then bench.made(closed_at, l.n, case when on_spot then 2 else 19 end) end,
  closed_at, into_id, last.at,
  last.seq, bench.sha(l.id || ',' || last.seq)
from life l join happened first on first.matter_id = l.id and first.action = 'register'
join (select matter_id, max(seq) seq, max(at) at from happened group by matter_id) last on last.matter_id = l.id order by l.n;

insert into entry (matter_id, seq, action, by_id, by_organisation_id, act_id, content, occurred_at, recorded_at, facts, previous, hash)
select matter_id, seq, case when action = 'verify' and kind <> 'finding' then 'confirm' else action end, by_id, organisation_id,
  bench.made(at, n, -nr), bench.sha(row_id::text), at, at, '[["' || action || '","' || row_id || '","' || bench.sha(nr || row_id::text) || '"]]',
  case seq when 1 then '' else bench.sha(matter_id || ',' || seq - 1) end, bench.sha(matter_id || ',' || seq)
from happened order by at;

insert into span (matter_id, status, area_id, lead_id, due_at, verify_due_at, from_at, to_at)
select matter_id, status, area_id, lead_id, due_at, verify_due_at, at, lead(at) over (partition by matter_id order by seq)
from happened where status is not null order by at;

insert into assignment (id, matter_id, cycle, by_id, by_organisation_id, occurred_at, recorded_at, part, organisation_id,
  dispatched_at, due_at, reason)
select row_id, matter_id, cycle, by_id, organisation_id, at, at, 'lead', lead_id, at, due_at, ''
from happened where action in ('assign', 'fix_on_spot') order by at;

insert into acceptance (id, matter_id, cycle, by_id, by_organisation_id, occurred_at, recorded_at, assignment_id)
select row_id, matter_id, cycle, by_id, organisation_id, at, at, bench.made(dispatched_at, h.n, 3)
from happened h join life l on l.id = matter_id where action = 'accept' order by at;

insert into response (id, matter_id, cycle, by_id, by_organisation_id, occurred_at, recorded_at, text)
select row_id, matter_id, cycle, by_id, organisation_id, at, at, response
from happened join life l on l.id = matter_id where action = 'respond' order by at;

insert into note (id, matter_id, cycle, by_id, by_organisation_id, occurred_at, recorded_at, text)
select row_id, matter_id, cycle, by_id, organisation_id, at, at, '已电话核实，按方案办理' from happened where action = 'note' order by at;

insert into return_ (id, matter_id, cycle, by_id, by_organisation_id, occurred_at, recorded_at, reason, assignment_id, ended_at)
select h.row_id, h.matter_id, h.cycle, h.by_id, h.organisation_id, h.at, h.at, '不在我方网格', bench.made(dispatched_at, h.n, 3), ruled.at
from happened h join life l on l.id = h.matter_id left join happened ruled on ruled.matter_id = h.matter_id and ruled.action = 'rule_return'
where h.action = 'return_' order by h.at;
insert into return_ruling (id, matter_id, cycle, by_id, by_organisation_id, occurred_at, recorded_at, asked_id, upheld, reason)
select r.row_id, r.matter_id, r.cycle, r.by_id, r.organisation_id, r.at, r.at, h.row_id, false, '属你单位职责'
from happened r join happened h on h.matter_id = r.matter_id and h.action = 'return_' where r.action = 'rule_return' order by r.at;

insert into extension_request (id, matter_id, cycle, by_id, by_organisation_id, occurred_at, recorded_at, reason, assignment_id,
  until, ended_at)
select h.row_id, h.matter_id, h.cycle, h.by_id, h.organisation_id, h.at, h.at, '物资未到', bench.made(dispatched_at, h.n, 3),
  dispatched_at + due + interval '24 hours', ruled.at
from happened h join life l on l.id = h.matter_id left join happened ruled on ruled.matter_id = h.matter_id and ruled.action = 'rule_extension'
where h.action = 'ask_extension' order by h.at;
insert into extension_ruling (id, matter_id, cycle, by_id, by_organisation_id, occurred_at, recorded_at, asked_id, granted, due_at,
  reason)
select r.row_id, r.matter_id, r.cycle, r.by_id, r.organisation_id, r.at, r.at, h.row_id, true, r.due_at, '同意'
from happened r join happened h on h.matter_id = r.matter_id and h.action = 'ask_extension' where r.action = 'rule_extension' order by r.at;

insert into escalation (id, matter_id, cycle, occurred_at, recorded_at, assignment_id, level, area_id, reason)
select row_id, matter_id, cycle, at, at, bench.made(dispatched_at, h.n, 3), 1, county, ''
from happened h join life l on l.id = matter_id where action = 'escalate' order by at;
insert into closure_request (id, matter_id, cycle, by_id, by_organisation_id, occurred_at, recorded_at, text, due_at, verify_due_at)
select row_id, matter_id, cycle, by_id, organisation_id, at, at, '', due_at, verify_due_at
from happened where action = 'request_closure' order by at;

insert into verification (id, matter_id, cycle, by_id, by_organisation_id, occurred_at, recorded_at, kind, passed, how, remark,
  rating, evidence_needed, evidence_id)
select row_id, matter_id, h.cycle - case action when 'revisit' then 1 else 0 end, by_id, organisation_id, at, at, h.kind, h.status = 'closed',
  case when action = 'revisit' then 'sample' when action = 'fix_on_spot' then 'on_spot' when h.kind = 'finding' then 'visit'
    when h.kind = 'request' then 'call_back' else 'rating' end,
  case when h.status = 'closed' then coalesce(remark, '') else '未整改到位' end,
  case when h.kind = 'proposal' and action = 'verify' then 3 + mod(h.n, 3) end, h.kind = 'finding',
  case h.kind when 'finding' then bench.made(at, h.n, 100 + h.nr) end
from happened h join life l on l.id = matter_id where action in ('verify', 'revisit', 'fix_on_spot') order by at;
insert into reopening (id, matter_id, cycle, by_id, by_organisation_id, occurred_at, recorded_at, reason)
select row_id, matter_id, 1, by_id, organisation_id, at, at, '群众再次反映' from happened where action = 'reopen' order by at;
insert into reclassification (id, matter_id, cycle, by_id, by_organisation_id, occurred_at, recorded_at, old_area_id, old_category,
  old_severity, new_area_id, new_category, new_severity, reason)
select row_id, matter_id, cycle, by_id, organisation_id, at, at, area_id, 'other', severity, area_id, category, severity, '类别有误'
from happened where action = 'reclassify' order by at;

insert into publication_draft (id, matter_id, cycle, by_id, by_organisation_id, occurred_at, recorded_at, reason, ended_at)
select h.row_id, h.matter_id, h.cycle, h.by_id, h.organisation_id, h.at, h.at, '典型问题', p.at
from happened h join happened p on p.matter_id = h.matter_id and p.action = 'publish' where h.action = 'draft_publication' order by h.at;
insert into publication (id, matter_id, cycle, by_id, by_organisation_id, occurred_at, recorded_at, asked_id, number)
select p.row_id, p.matter_id, p.cycle, p.by_id, p.organisation_id, p.at, p.at, h.row_id, '第' || to_char(p.at, 'DDD') || '期'
from happened p join happened h on h.matter_id = p.matter_id and h.action = 'draft_publication' where p.action = 'publish' order by p.at;
insert into voiding_request (id, matter_id, cycle, by_id, by_organisation_id, occurred_at, recorded_at, reason, ended_at)
select h.row_id, h.matter_id, 1, h.by_id, h.organisation_id, h.at, h.at, '重复登记', v.at
from happened h join happened v on v.matter_id = h.matter_id and v.action = 'void' where h.action = 'ask_voiding' order by h.at;
insert into voiding (id, matter_id, cycle, by_id, by_organisation_id, occurred_at, recorded_at, asked_id, reason)
select v.row_id, v.matter_id, 1, v.by_id, v.organisation_id, v.at, v.at, h.row_id, ''
from happened v join happened h on h.matter_id = v.matter_id and h.action = 'ask_voiding' where v.action = 'void' order by v.at;
insert into merge (id, matter_id, cycle, by_id, by_organisation_id, occurred_at, recorded_at, target_id, reason)
select row_id, matter_id, 1, by_id, organisation_id, at, at, into_id, '同一问题' from happened h join life l on l.id = matter_id
where h.action = 'merge' order by at;

-- Photos of findings: as found, as mended, as checked. There are rows and no files.
create temp table shot on commit drop as
select bench.made(at, n, 100 + nr) id, bench.made(at, n, 200 + nr) file_id, matter_id, cycle, by_id, organisation_id, at,
  case when action = 'register' then 'before' when side = 'doer' then 'after' else 'check' end of
from happened where kind = 'finding' and (action in ('register', 'verify', 'revisit', 'fix_on_spot') or nr in (10, 17));
insert into file (id, sha256, name, media_type, size, width, height, by_id, received_at)
select file_id, bench.sha(file_id::text), 'photo.jpg', 'image/jpeg', 200000, 1600, 1200, by_id, at from shot order by at;
insert into evidence (id, matter_id, cycle, by_id, by_organisation_id, occurred_at, recorded_at, file_id, of)
select id, matter_id, cycle, by_id, organisation_id, at, at, file_id, of from shot order by at;

insert into party (matter_id, organisation_id, side)
select distinct matter_id, organisation_id, side from happened where side <> '' and organisation_id is not null
union select matter_id, lead_id, 'doer' from happened where action in ('assign', 'fix_on_spot');
insert into hand (matter_id, person_id, side)
select distinct matter_id, by_id, side from happened where side <> '' and by_id is not null;
insert into contact (matter_id, name, phone, salt, expires_at)
select id, '来电人' || n, '10000000000', bench.sha(id::text), %(until)s + interval '30 days' from life where kind <> 'finding';
insert into revisit_draw (matter_id, cycle, drawn_at)
select id, 1, closed_at from life where on_spot and bench.draw(n, 22) < 0.02;

-- What the register is searched in, as its triggers would have written it.
insert into matter_search (matter_id, words, grams)
select id, words, search_grams(words)
from (select m.id, search_words(m) words from life l join matter m on m.id = l.id offset 0) w;
