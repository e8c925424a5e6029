"""A new noun, not a custom action: what a verb makes, as pages and the API address it under its matter."""

from __future__ import annotations

#: noun in addresses → verb of Matter
NOUNS = {
    "on-spot-fix": "fix_on_spot",
    "assignment": "assign",
    "reassignment": "reassign",
    "acceptance": "accept",
    "return": "return_",
    "return-ruling": "rule_return",
    "extension": "ask_extension",
    "extension-ruling": "rule_extension",
    "response": "respond",
    "closure-request": "request_closure",
    "verification": "verify",
    "confirmation": "confirm",
    "revisit": "revisit",
    "reopening": "reopen",
    "reclassification": "reclassify",
    "escalation": "escalate",
    "voiding-request": "ask_voiding",
    "voiding": "void",
    "merge": "merge",
    "publication-draft": "draft_publication",
    "publication": "publish",
    "publication-reply": "reply_to_publication",
    "withdrawal": "withdraw",
    "sweep": "sweep",
    "note": "note",
    "evidence": "attach",
}
NOUN_OF = {verb: noun for noun, verb in NOUNS.items()}
