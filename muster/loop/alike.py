"""What is alike: matters that tell of the same problem, and sites where nobody has looked for it yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection, transaction

from muster.loop.state import Status
from muster.places.area import Area

if TYPE_CHECKING:
    from muster.loop.matter import Matter

SIMILAR_MAX = 50
SITES_MAX = 500
ALIKE = (0.6, 0.23)
"""From 0 to 1: how many trigrams texts have in common. The strict one first, so that what is most alike is ranked for sure."""
LOOKED_AT = 2_000
"""So many candidates are ranked: enough for any wording, few enough for any number of matters."""

#: The index on the texts' trigrams finds the candidates; only those are ranked. A site of the same kind counts a little more.
SIMILAR = """
with candidate as materialized (
  select id, text, site_id from matter
  where text %% %(text)s and incident_id = %(incident)s and kind = %(kind)s and category = %(category)s
    and area_path ~>=~ %(from)s and area_path ~<~ %(to)s and status <> all(%(gone)s) and id <> %(itself)s::uuid
  limit %(looked_at)s)
select c.id from candidate c left join site s on s.id = c.site_id
order by similarity(c.text, %(text)s) + case when s.kind = %(site_kind)s::text then 0.1 else 0 end desc, c.id desc
limit %(limit)s
"""
NOT_LOOKED_AT = """
select s.id from site s join area a on a.code = s.area_id
where s.kind = %(site_kind)s and s.closed_at is null and a.path ~>=~ %(from)s and a.path ~<~ %(to)s
  and not exists (select 1 from matter m
    where m.site_id = s.id and m.category = %(category)s and m.incident_id = %(incident)s and m.status <> all(%(gone)s))
order by a.path, s.name limit %(limit)s
"""


def similar_to(matter: Matter, within: Area, limit: int = SIMILAR_MAX) -> list[UUID]:
    """Matters of its kind and category in the area whose text tells of the same, the most alike first."""
    given: dict[str, Any] = {
        "text": matter.text, "kind": matter.kind, "itself": matter.pk, "looked_at": LOOKED_AT,
        "site_kind": matter.site and matter.site.kind,
    }  # fmt: skip
    found: list[UUID] = []
    with transaction.atomic():
        for alike in ALIKE:
            with connection.cursor() as cursor:
                cursor.execute("select set_config('pg_trgm.similarity_threshold', %s, true)", [str(alike)])
            found = _ids(SIMILAR, matter, within, limit, **given)
            if len(found) == limit:
                break
    return found


def sites_not_looked_at(matter: Matter, within: Area) -> list[UUID]:
    """Open sites of the kind of its site at which no matter of its category was found in this incident."""
    return _ids(NOT_LOOKED_AT, matter, within, SITES_MAX, site_kind=matter.site.kind) if matter.site else []


def _ids(sql: str, matter: Matter, within: Area, limit: int, **values: Any) -> list[UUID]:
    common: dict[str, Any] = {
        "from": within.path, "to": f"{within.path[:-1]}0", "incident": matter.incident_id, "category": matter.category,
        "gone": [Status.VOID.value, Status.MERGED.value], "limit": limit,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(sql, {**common, **values})
        return [pk for (pk,) in cursor.fetchall()]
