"""The words of the loop: kinds, states and sides."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    FINDING = "finding", _("Finding")
    REQUEST = "request", _("Request")
    PROPOSAL = "proposal", _("Proposal")
    SUPPLY = "supply", _("Supply request")


class Status(models.TextChoices):
    REGISTERED = "registered", _("Registered")
    ASSIGNED = "assigned", _("Assigned")
    ACCEPTED = "accepted", _("Accepted")
    IN_PROGRESS = "in_progress", _("In progress")
    CLOSURE_REQUESTED = "closure_requested", _("To be checked")
    CLOSED = "closed", _("Closed")
    VOID = "void", _("Void")
    MERGED = "merged", _("Merged")


LIVE = (Status.REGISTERED, Status.ASSIGNED, Status.ACCEPTED, Status.IN_PROGRESS, Status.CLOSURE_REQUESTED)
WORKED_ON = (Status.ASSIGNED, Status.ACCEPTED, Status.IN_PROGRESS)


class Part(models.TextChoices):
    LEAD = "lead", _("Responsible")
    SUPPORT = "support", _("Supporting")


class Side(models.TextChoices):
    DOER = "doer", _("does the work")
    CHECKER = "checker", _("checks the work")


class How(models.TextChoices):
    VISIT = "visit", _("Visit")
    ON_SPOT = "on_spot", _("Fixed on the spot")
    SAMPLE = "sample", _("Revisit")
    CALL_BACK = "call_back", _("Call-back")
    RATING = "rating", _("Rating by the proposer")
    RECEIPT = "receipt", _("Receipt")


class Way(models.TextChoices):
    ANNOUNCED = "announced", _("Announced visit")
    UNANNOUNCED = "unannounced", _("Unannounced visit")
    CALL = "call", _("Telephone call")
    CCTV = "cctv", _("CCTV patrol")
    INTERVIEW = "interview", _("Interview")
    PUBLIC = "public", _("Public page")
    IMPORT = "import", _("Imported register")
