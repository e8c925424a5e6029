"""Checking a package that somebody handed on: its seal, its files, and the chain of its history. Needs no database."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from django.utils.translation import gettext as _

from muster.exchange.referrals.package import FORMAT, HISTORY, MANIFEST, SIGNATURE, SUMS
from muster.exchange.referrals.sealing import is_sealed
from muster.lib.refusal import Refusal
from muster.lib.said import said

#: What speaks for itself, or is spoken for by what it says.
UNLISTED = {MANIFEST, SIGNATURE, SUMS}
MOST_BYTES = 5_000_000_000


class NoPackage(Refusal):
    code = "no_referral_package"
    status = 422
    message = said("{file} is no package of a referral: {fault}.")


def checked(path: Path, public: str = "") -> tuple[dict[str, Any], list[str]]:
    """The manifest of a package, and all that is wrong with it. ``public``: the key that it must be sealed with.

    Raises NoPackage.
    """
    try:
        with ZipFile(path) as archive:
            if sum(one.file_size for one in archive.infolist()) > MOST_BYTES:
                raise NoPackage(file=path.name, fault="it is too large")
            manifest = json.loads(archive.read(MANIFEST))
            if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
                raise NoPackage(file=path.name, fault=f"its format isn't {FORMAT}")
            return manifest, list(_faults(archive, manifest, public))
    except (BadZipFile, KeyError, ValueError, OSError) as fault:
        raise NoPackage(file=path.name, fault=f"{fault}"[:120]) from fault


def _faults(archive: ZipFile, manifest: dict[str, Any], public: str) -> Iterator[str]:
    signature = archive.read(SIGNATURE).decode()
    if not is_sealed(archive.read(MANIFEST), signature, manifest["key"]):
        yield _("The seal doesn't fit: the manifest was changed, or it was sealed by another.")
    if public and public != manifest["key"]:
        yield _("It is sealed with another key than the one given.")
    names, listed = set(archive.namelist()), manifest["files"]
    for name in sorted(listed.keys() - names):
        yield _("%(name)s is missing.") % {"name": name}
    for name in sorted(names - listed.keys() - UNLISTED):
        yield _("%(name)s was added.") % {"name": name}
    for name in sorted(listed.keys() & names):
        if _digest(archive, name) != listed[name]:
            yield _("%(name)s was changed.") % {"name": name}
    yield from _history_faults(json.loads(archive.read(HISTORY)), manifest["head"])


def _history_faults(history: dict[str, Any], head: str) -> Iterator[str]:
    """Each entry carries the hash of the one before and the hashes of its rows, up to the head that the manifest names."""
    rows, previous = {(one["table"], one["id"]): one for one in history["rows"]}, ""
    for nr, entry in enumerate(history["entries"], 1):
        told = json.loads(entry["text"])
        if _sha256(entry["text"]) != entry["sha256"]:
            yield _("Entry %(nr)s of the history was changed.") % {"nr": nr}
        if told[0] != previous:
            yield _("Entry %(nr)s of the history doesn't follow the one before it.") % {"nr": nr}
        previous = entry["sha256"]
        if told[3] != "absorb":
            yield from _row_faults(rows, json.loads(told[-1]), nr)
    if previous != head:
        yield _("The history doesn't end where the manifest says.")


def _row_faults(rows: dict[tuple[str, str], dict[str, str]], facts: list[list[str]], nr: int) -> Iterator[str]:
    for table, row_id, digest in facts:
        row = rows.get((table, row_id))
        if not row or row["sha256"] != digest or ("text" in row and _sha256(row["text"]) != digest):
            yield _("A row (%(table)s) that entry %(nr)s tells of is missing or was changed.") % {
                "table": table,
                "nr": nr,
            }


def _digest(archive: ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    with archive.open(name) as part:
        while chunk := part.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
