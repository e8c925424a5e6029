-- One row a matter: what it is, how far it got, and when. Matters first to last of so many; the later, the younger.
create temp table drawn on commit drop as
select n, x, s.*, p.site_id, p.area_id, p.area_path, p.county, p.lead_id, p.liaison_id, bench.draw(n, 6) u1, bench.draw(n, 7) u2,
  bench.draw(n, 8) u3, bench.draw(n, 9) u4, status = 'closed' and s.kind = 'finding' and bench.draw(n, 17) < 0.04 on_spot, bench.draw(n, 10) > 0.1 or status = 'accepted' accepts, floor(7 * bench.draw(n, 11)) notes,
  1 + floor(3 * bench.draw(n, 12)) responses, s.due_h * interval '1 hour' due, s.redo_h * interval '1 hour' redo,
  s.verify_h * interval '1 hour' verify, u.status,
  status in ('closed', 'closure_requested', 'in_progress') and bench.draw(n, 13) < 0.16
    and not (status = 'closed' and s.kind = 'finding' and bench.draw(n, 17) < 0.04) again,
  case when status = 'closed' and bench.draw(n, 14) < 0.06 then 'revisit' when status = 'closed' and bench.draw(n, 14) < 0.12 then 'reopen'
    else 'verify' end again_by,
  status in ('in_progress', 'closure_requested', 'closed') and bench.draw(n, 10) > 0.1 and bench.draw(n, 15) < 0.1 extends,
  status not in ('registered', 'void', 'assigned') and bench.draw(n, 16) < 0.05 returns,
  status not in ('registered', 'void') and bench.draw(n, 18) < 0.03 reclassifies,
  status = 'closed' and s.kind = 'finding' and bench.draw(n, 19) < 0.03 publishes,
  -- Questions that wait: of what was just given one in twenty comes back, of what was accepted one in ten asks for more time.
  case when status = 'assigned' and bench.draw(n, 20) < 0.05 then 'return' when status = 'accepted' and bench.draw(n, 20) < 0.1
    then 'extension' else '' end asks
from (select v.*, floor(bench.draw(n, 5) * of_kind.said)::int text_nr, case when %(registered_only)s then 'registered'
        when x > 0.74 + 0.26 * bench.draw(n, 2) then
          case when w < 0.23 then 'closure_requested' when w < 0.5 then 'in_progress' when w < 0.67 then 'accepted'
            when w < 0.9 then 'assigned' else 'registered' end
        when w < 0.01 then 'void' when w < 0.013 then 'merged' else 'closed' end status
      from (select n, (n - bench.draw(n, 1)) / %(matters)s x, bench.draw(n, 3) w,
              case when bench.draw(n, 4) < 0.85 then 'finding' when bench.draw(n, 4) < 0.97 then 'request' else 'proposal' end kind
            from generate_series(%(first)s::int, %(last)s::int) n) v join bench.size of_kind using (kind) offset 0) u
join bench.said s on s.kind = u.kind and s.nr = u.text_nr
join bench.size of_pool on of_pool.site_kind = s.site_kind
-- Some units get far more than others.
join bench.pool p on p.kind = s.site_kind and p.nr = floor(power(bench.draw(n, 21), 1.5) * of_pool.pool)::int;

-- How long the unit worked (its last cycle's end included), and from when. What goes on ends with the present.
create temp table dated on commit drop as
select *, case when status in ('registered', 'void') then null when status in ('assigned', 'accepted', 'in_progress')
    then %(until)s - due * 1.15 * u1 else %(until)s - since - first - more end dispatched_at
from (select *, due * (0.25 + 0.85 * u2) * case when status in ('assigned', 'accepted', 'in_progress') then 0 else 1 end first,
    case when again and status <> 'in_progress' then verify * (0.05 + 0.45 * u3) + redo * (0.25 + 0.85 * u4) else interval '0' end more,
    case status when 'closure_requested' then verify * 1.1 * u1 else verify * 0.9 + (1 - x) * interval '58 days' end since
  from drawn) d;

-- When it was registered, asked to be closed and checked for the first time, the same for the second time, and ended.
create temp table life on commit drop as
select *, bench.made(registered_at, n, 1) id,
  case status when 'merged' then coalesce(lag(bench.made(registered_at, n, 1)) over w, lead(bench.made(registered_at, n, 1)) over w) end into_id,
  status in ('in_progress', 'closure_requested', 'closed') and not on_spot works,
  case when done then again_at + redo * (0.25 + 0.85 * u4) end second_at,
  case when status = 'closed' then case when on_spot then dispatched_at else case when again then again_at + redo * (0.25 + 0.85 * u4)
    else dispatched_at + first end + verify * (0.05 + 0.8 * u1) end end closed_at,
  case when extends then 24 else 0 end * interval '1 hour' + dispatched_at + due first_due,
  coalesce(again_at + redo, case when extends then 24 else 0 end * interval '1 hour' + dispatched_at + due) last_due
from (select *, again and status in ('closed', 'closure_requested') done,
    case when not again then null when status = 'in_progress' then dispatched_at + 0.6 * span
      else dispatched_at + first + verify * (0.05 + 0.45 * u3) end again_at,
    case when on_spot then null when status in ('closed', 'closure_requested') then dispatched_at + first
      when status = 'in_progress' and again then dispatched_at + 0.5 * span end asked_at
  from (select *, case when first > interval '0' then first else greatest(%(until)s - dispatched_at, interval '1 second') end span,
      coalesce(dispatched_at - (0.2 + u2) * interval '30 minutes', %(until)s - interval '2 hours' - u1 * case status when 'void'
        then interval '58 days' else interval '2 hours' end) registered_at from dated) s) t
window w as (order by n);
create index on life (id);
analyze life (id, n, status, kind);
