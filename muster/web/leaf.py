"""One page of a list, found by the key of its last row: as fast on the last page as on the first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

LEAF = 50
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Leaf(Generic[Row]):
    """``after`` is the key for the next page's address, None on the last."""

    rows: list[Row]
    after: Any

    def __len__(self) -> int:
        return len(self.rows)


def leaf(request: HttpRequest, found: QuerySet[Row], *keys: str, most: int = LEAF) -> Leaf[Row]:
    """The rows that follow the one named by ``after`` in the address, in the order of the keys; the last key is ``pk``."""
    rows = list(_beyond(found, request.GET.get("after", ""), keys).order_by(*keys)[: most + 1])
    return Leaf(rows[:most], rows[most - 1].pk if len(rows) > most else None)


def _beyond(found: QuerySet[Row], after: str, keys: tuple[str, ...]) -> QuerySet[Row]:
    if not after or "\0" in after:
        return found
    try:
        last = found.model._default_manager.filter(pk=after).values(*(key.lstrip("-") for key in keys)).first()
    except (ValueError, ValidationError):
        return found
    return found.filter(_greater(keys, last)) if last else found


def _greater(keys: tuple[str, ...], last: dict[str, Any]) -> Q:
    """The comparison of the keys one after the other, as SQL compares rows; a key with a minus is descending."""
    condition = Q(pk__in=[])
    for key in reversed(keys):
        name = key.lstrip("-")
        beyond = "lt" if key.startswith("-") else "gt"
        condition = Q(**{f"{name}__{beyond}": last[name]}) | Q(Q(**{name: last[name]}), condition)
    return condition
