"""Every model, so that Django finds them."""

from muster.briefings.tally import Tally
from muster.evidence.file import File
from muster.incidents.incident import Incident, PackInForce
from muster.loop.conflict import Conflict
from muster.loop.contact import Contact, PublicLink
from muster.loop.draw import RevisitDraw
from muster.loop.entry import Afterwards, Entry, Seal
from muster.loop.matter import Matter
from muster.loop.number import NumberCounter
from muster.loop.sides import Hand, Party
from muster.loop.span import Span
from muster.loop.steps import (
    Acceptance,
    Assignment,
    ClosureRequest,
    Escalation,
    Evidence,
    ExtensionRequest,
    ExtensionRuling,
    LedgerLine,
    Merge,
    Note,
    Publication,
    PublicationDraft,
    Reclassification,
    Reopening,
    Response,
    Return,
    ReturnRuling,
    Silence,
    Sweep,
    Verification,
    Voiding,
    VoidingRequest,
)
from muster.people.organisation import Organisation
from muster.people.person import Grant, Membership, Person, Reveal
from muster.people.team import Team, TeamMember
from muster.places.area import Area, AreaName
from muster.places.site import Site
from muster.policy.version import PackVersion

__all__ = [
    "Acceptance",
    "Afterwards",
    "Area",
    "AreaName",
    "Assignment",
    "ClosureRequest",
    "Conflict",
    "Contact",
    "Entry",
    "Escalation",
    "Evidence",
    "ExtensionRequest",
    "ExtensionRuling",
    "File",
    "Grant",
    "Hand",
    "Incident",
    "LedgerLine",
    "Matter",
    "Membership",
    "Merge",
    "Note",
    "NumberCounter",
    "Organisation",
    "PackInForce",
    "PackVersion",
    "Party",
    "Person",
    "PublicLink",
    "Publication",
    "PublicationDraft",
    "Reclassification",
    "Reopening",
    "Response",
    "Return",
    "ReturnRuling",
    "Reveal",
    "RevisitDraw",
    "Seal",
    "Silence",
    "Site",
    "Span",
    "Sweep",
    "Tally",
    "Team",
    "TeamMember",
    "Verification",
    "Voiding",
    "VoidingRequest",
]
