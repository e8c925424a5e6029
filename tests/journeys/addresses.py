"""Every page of the product, and who looks at it. A new address belongs here, or below with the reason why not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from tests.journeys.conftest import Served

#: By the login of a role card, an empty one for the public: the names of addresses and where they stand in the city.
PAGES: dict[str, dict[str, str]] = {
    "": {
        "home": "/",
        "account_login": "/sign-in",
        "account_signup": "/sign-in/new",
        "account_reset_password": "/sign-in/forgotten",
        "account_inactive": "/sign-in/inactive",
        "proposal": "/proposals/new/",
    },
    "demo.duty": {
        "work": "/work/",
        "matters": "/matters/",
        "finding": "/findings/new/",
        "request": "/requests/new/",
        "figures": "/figures/",
        "figure-teams": "/figures/teams/?figure=field_teams&area=371581",
        "area": "/areas/371581/",
        "organisation-figures": "/organisations/{unit}/figures/",
        "wall": "/wall/",
        "walls": "/walls/",
        "new-wall": "/walls/new/",
        "desk": "/desk/",
        "duty-new": "/duty/new/",
        "handovers": "/handover/",
        "handover-new": "/handover/new/",
        "handover-item-new": "/handover/items/new/",
        "matter-map": "/matters/map/",
        "paste": "/matters/paste/",
        "ledgers": "/ledgers/",
        "new-ledger": "/ledgers/new/",
        "exports": "/exports/",
        "new-export": "/exports/new/matters/?overdue=1",
        "bulk": "/matters/bulk/note/?id={matter}",
        "similar": "/matters/{matter}/similar/",
        "referral": "/matters/{matter}/referral/",
        "sweep": "/sweeps/{sweep}/",
        "bulletins": "/bulletins/",
        "bulletin": "/bulletins/{bulletin}/",
        "bulletin_withdrawal": "/bulletins/{bulletin}/withdrawal/",
        "incidents": "/incidents/",
        "incident": "/incidents/{incident}/",
        "computers": "/computers/",
        "computer-new": "/computers/new/",
        "conflicts": "/conflicts/",
        "new-pack": "/packs/new/",
        "me": "/me",
        "tokens": "/me/tokens/",
        "webhooks": "/me/webhooks/",
        "usersessions_list": "/me/sessions",
        "account_logout": "/sign-out",
    },
    "demo.administrator": {
        "people": "/people/",
        "new-person": "/people/new/",
        "person": "/people/{person}/",
        "edit-person": "/people/{person}/edit/",
        "memberships": "/people/{person}/memberships/",
        "grants": "/people/{person}/grants/",
        "organisations": "/organisations/",
        "new-organisation": "/organisations/new/",
        "organisation": "/organisations/{organisation}/",
        "edit-organisation": "/organisations/{organisation}/edit/",
        "new-team": "/organisations/{organisation}/teams/new/",
        "team": "/teams/{team}/",
        "edit-team": "/teams/{team}/edit/",
        "team-members": "/teams/{team}/members/",
        "places": "/places/",
        "place-sites": "/places/sites/",
        "new-site": "/places/sites/new/",
        "site": "/places/sites/{site}/",
        "place": "/places/371581/",
        "new-place": "/places/371581/new/",
        "rename-place": "/places/371581/name/",
        "new-incident": "/incidents/new/",
        "rename-incident": "/incidents/{incident}/names/",
        "new-list": "/lists/people/new/",
        "packs": "/packs/",
        "pack": "/packs/{pack}/",
    },
}

#: Visited by tests that first do what leads there.
LED_TO = {
    "matter", "step", "contact", "conflict", "followed", "mfa_authenticate", "mfa_reauthenticate", "mfa_activate_totp",
    "mfa_deactivate_totp", "mfa_index", "mfa_view_recovery_codes", "mfa_generate_recovery_codes",
    "account_reauthenticate", "account_change_password", "handover", "pin", "pin-new", "view", "kiosk",
    "ledger", "export", "list-in", "webhook",
}  # fmt: skip

NOT_PAGES = {
    "files or data": {
        "refused-lines", "refused-rows", "export-file", "health", "demo_photo", "file", "pack-text",
        "mfa_download_recovery_codes",
    },
    "a piece of another page": {"sites"},
    "only acts, and leads back or shows its page again": {
        "looks", "role_card", "session_end", "end-membership", "end-grant", "person-phone", "person-password",
        "person-sessions", "person-second-factor", "deactivate-person", "activate-person", "end-team", "end-member",
        "lead-member", "follow-member", "close-site", "reopen-site", "place-names", "remove-place-name", "close-place",
        "reopen-place", "choose-incident", "incident-pack", "end-incident", "computer-revoke", "duty-end",
        "handover-item-done", "handover-take", "handover-withdraw", "pin-remove", "views", "remove-view", "revoke-wall",
        "end-token", "webhook-ping", "webhook-resumption", "webhook-end",
    },
}  # fmt: skip

#: One of each in the city, for the addresses above.
EXAMPLES = """select json_build_object(
  'person', (select id from person where login = 'demo.unit'),
  'organisation', (select organisation_id from team order by id limit 1),
  'team', (select id from team order by id limit 1),
  'site', (select id from site order by id limit 1),
  'pack', (select id from pack_version order by id limit 1),
  'unit', (select lead_id from matter where lead_id is not null order by id limit 1),
  'matter', (select id from matter where status = 'assigned' order by id limit 1),
  'sweep', (select id from sweep order by id limit 1),
  'bulletin', (select id from bulletin order by id limit 1),
  'incident', (select id from incident order by id limit 1))"""


def pages(city: Served, login: str) -> list[str]:
    examples = json.loads(city.sql(EXAMPLES)) if any("{" in address for address in PAGES[login].values()) else {}
    return [address.format(**examples) for address in PAGES[login].values()]


def names(resolver: Any = None, under: str = "") -> Iterator[str]:
    """The names of all addresses but the API's."""
    for pattern in (resolver or get_resolver()).url_patterns:
        place = under + str(pattern.pattern)
        if isinstance(pattern, URLResolver) and place != "api/":
            yield from names(pattern, place)
        elif isinstance(pattern, URLPattern) and not place.startswith("api/"):
            yield pattern.name or place
