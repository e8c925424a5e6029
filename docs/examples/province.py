"""A province pulls the figures of its cities, each from the city's own Muster, and prints them side by side as CSV.

    python province.py cities.csv [--as-of 2022-12-05] > figures.csv

cities.csv: a line per city with its name, the address of its Muster, and a token for figures:read (docs/api/tokens.md):

    聊城市,https://muster.liaocheng.example,muster_…

Needs nothing but Python. A city that doesn't answer is said so on its line, and the others are pulled all the same.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

WANTED = (
    "findings_found",
    "findings_fed_back",
    "findings_rectified",
    "findings_verified",
    "findings_closed",
    "overdue",
)
WAIT_S = 30


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("cities")
    asked.add_argument("--as-of", default="")
    given = asked.parse_args()
    out, failed = csv.writer(sys.stdout), 0
    out.writerow(["city", "as_of", *WANTED, "fault"])
    with open(given.cities, encoding="utf-8-sig", newline="") as cities:
        for name, address, token in csv.reader(cities):
            try:
                told = figures(address, token, given.as_of)
                out.writerow([name, told["as_of"], *(told[key] for key in WANTED), ""])
            except (OSError, ValueError, KeyError) as fault:
                out.writerow([name, "", *("" for _key in WANTED), said(fault)])
                failed += 1
    return 1 if failed else 0


def figures(address: str, token: str, as_of: str) -> dict[str, Any]:
    """The value of every figure by its key, and as of when they are."""
    query = urllib.parse.urlencode({"as_of": as_of} if as_of else {})
    request = urllib.request.Request(
        f"{address.rstrip('/')}/api/figures?{query}", headers={"Authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(request, timeout=WAIT_S) as answer:
        rows = json.load(answer)
    return {row["key"]: row["value"] for row in rows} | {"as_of": rows[0]["as_of"]}


def said(fault: Exception) -> str:
    """What went wrong, in the city's own words where it says any: every refusal has a message that says what to do next."""
    if isinstance(fault, urllib.error.HTTPError):
        try:
            return f"{fault.code} {json.load(fault)['message']}"
        except (ValueError, KeyError):
            return f"{fault.code}"
    return f"{fault}"


if __name__ == "__main__":
    sys.exit(main())
