"""The loop's verbs, one by one: what they write, and what they refuse."""

from __future__ import annotations

from tests.cast import Cast


def test_a_finding_runs_through_the_loop_to_its_close(cast: Cast) -> None:
    matter = cast.closed()
    assert matter.status == "closed"
    assert matter.number.startswith("WT-371581-")
    assert [e.action for e in matter.entries.order_by("seq")] == [
        "register", "assign", "respond", "request_closure", "verify",
    ]  # fmt: skip
    assert [s.status for s in matter.spans.order_by("from_at")] == [
        "registered", "assigned", "in_progress", "closure_requested", "closed",
    ]  # fmt: skip
