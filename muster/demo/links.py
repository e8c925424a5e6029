"""Links of the demo's proposals: whoever looks at the demo may rate a reply in the proposer's place."""

from __future__ import annotations

from muster.loop.contact import PublicLink, token_of
from muster.loop.matter import Matter

#: In an exercise everybody may know it. Tokens differ all the same: the folder's own secret goes into them.
KEY = "demo"


def link_to_rate(matter: Matter) -> str:
    """Make the link of a proposal; its token."""
    return PublicLink.to(matter.pk, KEY)


def token_to_rate(matter: Matter) -> str:
    """The token of a proposal that the demo brought with it; empty for any other."""
    token = token_of(matter.pk, KEY)
    return token if PublicLink.matter_of(token) else ""
