"""Pages of the register: no row twice, none missing, in both directions of every order."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.db.models import QuerySet
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from muster.loop.matter import Matter
from muster.register.order import ORDERS, Order, Page, Place, UnclearPlace
from tests.cast import Cast

STATES = ("registered", "assigned", "in_progress", "closure_requested")


def key(order: Order, one: Matter) -> tuple[object, object]:
    far = timezone.now() + timedelta(days=9999)
    return ((one.clock_due_at or far) if order.due else 0, one.pk)


def whole(keys: list[UUID]) -> QuerySet[Matter]:
    return Matter.objects.filter(pk__in=keys)


def walk(order: Order, size: int, back: bool) -> list[list[Matter]]:
    """All pages from the first on, or from the last one back to the first."""
    pages: list[Page[Matter]] = [order.page(Matter.objects.all(), Place(), size, whole)]
    while pages[-1].after:
        pages.append(order.page(Matter.objects.all(), Place(pages[-1].after), size, whole))
    if back:
        pages = pages[-1:]
        while pages[0].before:
            pages.insert(0, order.page(Matter.objects.all(), Place(pages[0].before, back=True), size, whole))
    return [page.rows for page in pages]


def test_every_row_stands_on_one_page_in_both_directions(cast: Cast) -> None:
    now = timezone.now()
    made = [cast.finding(text=str(nr)) for nr in range(12)]
    drawn = st.lists(st.tuples(st.sampled_from(STATES), st.none() | st.integers(0, 4)), min_size=12, max_size=12)

    @given(drawn, st.integers(1, 6))
    @settings(max_examples=25)
    def paged(fates: list[tuple[str, int | None]], size: int) -> None:
        for one, (status, hours) in zip(made, fates, strict=True):
            due = now + timedelta(hours=hours) if hours is not None else None
            Matter.objects.filter(pk=one.pk).update(status=status, due_at=due, verify_due_at=due)
        everything = list(Matter.objects.all())
        for order in ORDERS.values():
            expected = sorted(everything, key=lambda one: key(order, one), reverse=order.down)
            for back in (False, True):
                pages = walk(order, size, back)
                assert [one.pk for page in pages for one in page] == [one.pk for one in expected]
                assert all(0 < len(page) <= size for page in pages)

    paged()


@pytest.mark.parametrize("key", list(ORDERS))
@pytest.mark.parametrize("at", ["x", "~", "soon~0184e2b0-b8c8-7be0-863c-5adf4b503d2d", "0184e2b0", "'"])
def test_what_is_no_place_is_refused(key: str, at: str) -> None:
    with pytest.raises(UnclearPlace):
        ORDERS[key].check(at)
