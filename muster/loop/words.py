"""What pages call the steps of the loop: one table for buttons, forms and the timeline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Words:
    """A step's name and button, its look in the timeline, and the two outcomes where it has any."""

    name: StrOrPromise
    icon: str = "note"
    colour: str = ""
    yes: StrOrPromise = ""
    no: StrOrPromise = ""
    hint: StrOrPromise = ""


STEPS: dict[str, Words] = {
    "register": Words(_("Registered"), "circle"),
    "import_": Words(_("Imported from a ledger"), "doc"),
    "tell": Words(_("Told by a later ledger"), "doc"),
    "fix_on_spot": Words(_("Fixed on the spot"), "ok", "green", hint=_("With a photo before and one after.")),
    "assign": Words(_("Assign"), "send", "blue", hint=_("The deadline runs from this dispatch.")),
    "reassign": Words(_("Reassign"), "send", "blue", hint=_("The new organisation gets the full hours.")),
    "accept": Words(pgettext_lazy("step", "Accept"), "accept", "blue"),
    "return_": Words(_("Return it"), "back", "amber", hint=_("Say why it isn't yours. The clock runs on until a ruling.")),
    "rule_return": Words(
        _("Rule on the return"), "back", "amber", _("Uphold"), _("Overrule"),
        _("Upheld: the assignment ends without an overdue mark, and the matter is assigned anew."),
    ),
    "ask_extension": Words(_("Ask for an extension"), "soon", "amber", hint=_("Only before the deadline.")),
    "rule_extension": Words(_("Rule on the extension"), "soon", "amber", _("Grant"), _("Refuse")),
    "respond": Words(_("Respond"), "half", "blue", hint=_("What was done, in words, photos or files.")),
    "request_closure": Words(
        _("Request closure"), "eye", "blue", hint=_("Your clock stops, the checker's starts. You can't close it yourself.")
    ),
    "verify": Words(
        _("Verify"), "eye", "blue", _("Pass"), _("Fail"),
        _("Compare the photos before and after with the standard. Your organisation took no part in the work."),
    ),
    "confirm": Words(
        _("Confirm"), "phone", "blue", _("Done"), _("Not done"), _("Whoever asked says whether it is done.")
    ),
    "revisit": Words(_("Revisit"), "eye", "blue", _("Still in order"), _("It is back")),
    "fall_silent": Words(_("Nobody could be reached"), "phone", "amber"),
    "reopen": Words(_("Reopen"), "back", "red"),
    "reclassify": Words(_("Reclassify"), "note", hint=_("Only another severity moves the deadline.")),
    "escalate": Words(_("Escalate"), "up", "red"),
    "ask_voiding": Words(_("Propose to void"), "void", hint=_("A second person of headquarters must agree.")),
    "void": Words(_("Agree to void"), "void"),
    "merge": Words(_("Merge into another"), "merge"),
    "absorb": Words(_("Another matter was merged into this one"), "merge"),
    "draft_publication": Words(
        _("Propose to publish"), "doc",
        hint=_("The text appears as you write it here. Name organisations and posts, never persons. A second person approves."),
    ),
    "reply_to_publication": Words(
        _("Reply to the bulletin"), "note", hint=_("It appears beside the text that was published of you, as you write it.")
    ),
    "publish": Words(_("Publish"), "doc", "amber"),
    "withdraw": Words(_("Withdraw the publication"), "doc"),
    "sweep": Words(_("Look for the same elsewhere"), "search", hint=_("Similar matters, and sites not yet looked at.")),
    "note": Words(_("Add a note"), "note"),
    "attach": Words(_("Add files"), "camera"),
}  # fmt: skip

FAILED: dict[str, Words] = {
    "verify": Words(_("Verification failed"), "fail", "red"),
    "confirm": Words(_("Not confirmed"), "fail", "red"),
    "revisit": Words(_("Revisit failed"), "fail", "red"),
    "rule_return": Words(_("Return overruled"), "back", "amber"),
    "rule_extension": Words(_("Extension refused"), "soon", "amber"),
}
DONE: dict[str, Words] = {
    "fix_on_spot": Words(_("Fixed on the spot"), "ok", "green"),
    "assign": Words(_("Assigned"), "send", "blue"),
    "reassign": Words(_("Reassigned"), "send", "blue"),
    "accept": Words(_("Accepted"), "accept", "blue"),
    "return_": Words(_("Returned"), "back", "amber"),
    "rule_return": Words(_("Return upheld"), "back", "amber"),
    "ask_extension": Words(_("Extension asked for"), "soon", "amber"),
    "rule_extension": Words(_("Extension granted"), "soon", "blue"),
    "respond": Words(_("Response"), "half", "blue"),
    "request_closure": Words(_("Closure requested"), "eye", "blue"),
    "verify": Words(_("Verification passed"), "ok", "green"),
    "confirm": Words(_("Confirmed"), "ok", "green"),
    "revisit": Words(_("Revisit passed"), "ok", "green"),
    "reopen": Words(_("Reopened"), "back", "red"),
    "reclassify": Words(_("Reclassified"), "note"),
    "escalate": Words(_("Escalated"), "up", "red"),
    "ask_voiding": Words(_("Voiding proposed"), "void"),
    "void": Words(_("Voided"), "void"),
    "merge": Words(_("Merged"), "merge"),
    "draft_publication": Words(_("Publication proposed"), "doc"),
    "reply_to_publication": Words(_("Reply to the bulletin"), "note"),
    "publish": Words(_("Published"), "doc", "amber"),
    "withdraw": Words(_("Publication withdrawn"), "doc"),
    "sweep": Words(_("Looked for the same elsewhere"), "search"),
    "note": Words(_("Note"), "note"),
    "attach": Words(_("Files added"), "camera"),
}


def happened(action: str, passed: bool | None) -> Words:
    """How the timeline calls a step that was taken."""
    if passed is False and action in FAILED:
        return FAILED[action]
    return DONE.get(action) or STEPS[action]
