"""Every model, so that Django finds them."""

from muster.briefings.days import FigureDay
from muster.briefings.tally import Tally
from muster.briefings.wall import Wall
from muster.duty.duty import Duty
from muster.duty.handover import Handover, HandoverItem
from muster.evidence.file import File
from muster.exchange.lists.records import ListExport
from muster.exchange.records import Imported, LedgerImport, Sender
from muster.exchange.referrals.records import Referral
from muster.exchange.webhooks import Delivery, Webhook
from muster.incidents.incident import Incident, PackInForce
from muster.loop.bulletin import Bulletin, BulletinItem
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
    PublicationReply,
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
from muster.people.administration import AdminEntry
from muster.people.computer import ComputerEvent, Pin, TrustedComputer
from muster.people.organisation import Organisation
from muster.people.person import Grant, Membership, Person, Reveal
from muster.people.team import Team, TeamMember
from muster.people.token import AccessToken
from muster.places.area import Area, AreaName
from muster.places.site import Site
from muster.policy.version import PackVersion
from muster.register.kept import KeptView
from muster.register.search import Searched

__all__ = [
    "Acceptance",
    "AccessToken",
    "AdminEntry",
    "Afterwards",
    "Area",
    "AreaName",
    "Assignment",
    "Bulletin",
    "BulletinItem",
    "ClosureRequest",
    "ComputerEvent",
    "Conflict",
    "Contact",
    "Delivery",
    "Duty",
    "Entry",
    "Escalation",
    "Evidence",
    "ExtensionRequest",
    "ExtensionRuling",
    "FigureDay",
    "File",
    "Grant",
    "Hand",
    "Handover",
    "HandoverItem",
    "Imported",
    "Incident",
    "KeptView",
    "LedgerImport",
    "LedgerLine",
    "ListExport",
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
    "Pin",
    "PublicLink",
    "Publication",
    "PublicationDraft",
    "PublicationReply",
    "Reclassification",
    "Referral",
    "Reopening",
    "Response",
    "Return",
    "ReturnRuling",
    "Reveal",
    "RevisitDraw",
    "Seal",
    "Searched",
    "Sender",
    "Silence",
    "Site",
    "Span",
    "Sweep",
    "Tally",
    "Team",
    "TeamMember",
    "TrustedComputer",
    "Verification",
    "Voiding",
    "VoidingRequest",
    "Wall",
    "Webhook",
]
