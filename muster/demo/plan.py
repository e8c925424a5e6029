"""How many matters each district of the demo has, and what becomes of them.

The page's figures are counts of these as of the end: Linqing found and fed back 307 and resolved 97 requests, Guanxian
published 18, Dongchangfu rectified 297. What stands in ``marked`` comes on top and is counted in.
"""

from __future__ import annotations

from typing import NamedTuple


class District(NamedTuple):
    """Findings by how they stand at the end, those among the closed that were published, requests and proposals."""

    closed: int
    to_check: int
    open: int
    unassigned: int
    published: int
    requests_resolved: int
    requests_open: int
    proposals: int
    withdrawn: int = 0
    void: int = 0
    twins: int = 0


PLAN = {
    "371502": District(278, 16, 27, 3, 2, 21, 6, 3, withdrawn=1, void=2, twins=2),
    "371503": District(29, 3, 4, 1, 1, 6, 2, 1, twins=1),
    "371521": District(21, 2, 3, 1, 0, 4, 1, 1),
    "371522": District(25, 2, 4, 1, 1, 5, 2, 1, void=1),
    "371524": District(18, 2, 3, 0, 0, 3, 1, 1),
    "371525": District(55, 4, 6, 1, 18, 6, 2, 1, twins=1),
    "371526": District(23, 2, 3, 1, 1, 4, 1, 1),
    "371581": District(275, 13, 15, 0, 3, 97, 9, 3, void=2, twins=2),
    "371500-gx": District(11, 1, 2, 1, 0, 2, 1, 1),
}


class Story(NamedTuple):
    """What becomes of a matter, word by word; each word is a method of Player."""

    words: str
    weight: int
    severities: tuple[str, ...] = ("critical", "major", "minor")
    #: When it begins: between so many hours before the end. None: on any day from which it comes to its end.
    hours: tuple[float, float] | None = None


CLOSED = (
    Story("assign respond request_closure passed", 38),
    Story("assign accept respond request_closure passed", 30),
    Story("assign respond request_closure failed respond request_closure passed", 8),
    Story("assign respond request_closure failed respond request_closure failed respond request_closure passed", 1),
    Story("assign respond_late request_closure passed", 5),
    Story("fix_on_spot", 7, ("major", "minor")),
    Story("fix_on_spot revisit_passed", 1, ("major", "minor")),
    Story("assign accept respond request_closure passed revisit_passed", 2),
    Story("assign respond request_closure passed revisit_failed respond request_closure passed", 1),
    Story("assign respond request_closure passed reopened respond request_closure passed", 1),
    Story("assign return_ upheld assign_another respond request_closure passed", 2, ("major", "minor")),
    Story("assign accept return_ overruled respond request_closure passed", 1, ("major", "minor")),
    Story("assign accept extend granted respond request_closure passed", 2, ("major", "minor")),
    Story("assign extend refused respond request_closure passed", 1, ("major", "minor")),
    Story("assign sweep respond request_closure passed", 1),
)
PUBLISHED = (
    Story("assign respond request_closure passed drafted issued", 3),
    Story("assign drafted issued respond_late request_closure passed", 1, ("major",)),
    Story("assign accept respond request_closure failed respond request_closure passed drafted issued", 1),
)
WITHDRAWN = Story("assign respond request_closure passed drafted issued withdrawn", 1)
TO_CHECK = (
    Story("assign respond request_closure", 3, ("critical",), (3, 14)),
    Story("assign respond request_closure", 5, ("major",), (9, 38)),
    Story("assign accept respond request_closure", 4, ("minor",), (24, 76)),
    Story("assign respond request_closure failed respond request_closure", 2, ("major",), (26, 44)),
    Story("assign respond_late request_closure", 1, ("major",), (58, 64)),
)
OPEN = (
    Story("assign accept respond", 4, ("major",), (6, 15)),
    Story("assign accept", 4, ("major",), (4, 13)),
    Story("assign", 3, ("major", "minor"), (3, 9)),
    Story("assign accept", 3, ("minor",), (8, 60)),
    Story("assign respond", 3, ("minor",), (10, 60)),
    Story("assign respond request_closure failed", 3, ("minor",), (30, 54)),
    Story("assign return_", 2, ("major", "minor"), (3, 9)),
    Story("assign accept extend", 2, ("major", "minor"), (4, 11)),
    Story("assign accept", 2, ("critical",), (6, 11)),
    Story("assign accept respond", 3, ("major",), (26, 42)),
    Story("assign", 1, ("major",), (25, 30)),
    Story("assign accept sweep respond", 1, ("major",), (7, 14)),
)
UNASSIGNED = (Story("", 1, hours=(2.5, 8)), Story("assign return_ upheld", 1, ("major", "minor"), (6, 12)))
VOID = Story("asked_void voided", 1)
#: The same problem, registered twice: the first goes on for both.
TWINS = Story("assign accept respond request_closure passed", 1, ("major",)), Story("assign merged", 1)
REQUESTS_RESOLVED = (
    Story("assign respond request_closure confirmed", 12),
    Story("assign accept respond request_closure confirmed", 5),
    Story("assign respond request_closure unconfirmed respond request_closure confirmed", 2),
    Story("assign respond_late request_closure confirmed", 1),
)
REQUESTS_OPEN = (
    Story("assign respond request_closure", 3, hours=(5, 20)),
    Story("assign accept", 2, ("minor", "major"), (3, 8)),
    Story("", 1, hours=(2.2, 4)),
    Story("assign accept respond", 1, ("minor", "major"), (4, 10)),
    Story("assign respond request_closure silent", 1, hours=(86, 110)),
)
PROPOSALS = (
    Story("assign respond request_closure rated", 2, hours=(250, 340)),
    Story("assign respond request_closure", 2, hours=(60, 110)),
    Story("assign accept", 1, hours=(8, 40)),
    Story("", 1, hours=(4, 12)),
)
