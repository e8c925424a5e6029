"""One matter as a sealed package: a document to read, photos and files as handed in, the history with its hashes, and a seal.

A zip file. ``manifest.json`` names every other file with its sha256 and is signed in ``manifest.sig``; ``SHA256SUMS`` says the
same for ``sha256sum -c``. ``history.json`` holds every entry and every row that it tells of in the very words that their hashes
are of, so that the chain can be followed without Muster (``docs/referrals.md``). Who asked, by name and telephone, stays here.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from django.utils import timezone

from muster.evidence import store
from muster.evidence.file import File, originals
from muster.exchange.referrals.records import Referral
from muster.exchange.referrals.sealing import public_key, sealed
from muster.loop.audit import Record, record_of
from muster.loop.entry import canonical, columns_of
from muster.loop.steps import Evidence
from muster.people.organisation import Organisation
from muster.people.person import Person
from muster.places.area import Area

FORMAT = "muster-referral/1"
DOCUMENT, HISTORY, README = "matter.html", "history.json", "README.txt"
MANIFEST, SIGNATURE, SUMS = "manifest.json", "manifest.sig", "SHA256SUMS"
#: What isn't safe in the name of a file anywhere.
UNSAFE = re.compile(r"[^\w.\-]+")
HOW = """这是一件事项的移交包。matter.html 可直接打开阅读；files/ 是原始照片和文件；history.json 是全部经过及其哈希。
校验：在本目录运行 sha256sum -c SHA256SUMS；有 Muster 的，运行 muster check-referral 文件名.zip。
公钥指纹请通过电话或公函向移交单位核对。

This is one matter, handed on. Open matter.html to read it; files/ holds photos and files as they were handed in; history.json
all that happened, with its hashes. To check it: sha256sum -c SHA256SUMS in this folder, or, where Muster is,
muster check-referral FILE.zip. Compare the fingerprint of the public key with who handed it on, by telephone or letter.
"""


@dataclass(frozen=True)
class Exhibit:
    """A file of evidence, and how it is called in the package."""

    evidence: Evidence
    path: str

    @property
    def file(self) -> File:
        return self.evidence.file


def exhibits(matter_id: UUID) -> list[Exhibit]:
    """In the order in which they were put to the matter."""
    rows = Evidence.objects.filter(matter=matter_id).select_related("file", "by", "by_organisation")
    return [
        Exhibit(one, f"files/{nr:03d}-{UNSAFE.sub('_', one.file.name)[-60:]}")
        for nr, one in enumerate(rows.order_by("recorded_at", "pk"), 1)
    ]


def write(target: Path, referral: Referral, document: str) -> str:
    """Write the package; the sha256 of its manifest. The same referral of the same matter is the same manifest.

    Raises NotKept for a file that is gone from the store, or isn't what was handed in any more.
    """
    parts: dict[str, bytes | File] = {
        DOCUMENT: document.encode(), HISTORY: _json(history(referral.matter_id)), README: HOW.encode(),
        **{one.path: one.file for one in exhibits(referral.matter_id)},
    }  # fmt: skip
    listed = {name: _digest(part) for name, part in parts.items()}
    manifest = _json(_manifest(referral, listed))
    sums = "".join(f"{digest}  {name}\n" for name, digest in sorted(listed.items()))
    with ZipFile(target, "w") as archive:
        _put(archive, referral, MANIFEST, manifest)
        _put(archive, referral, SIGNATURE, sealed(manifest).encode())
        _put(archive, referral, SUMS, sums.encode())
        for name, part in parts.items():
            _put(archive, referral, name, part)
    return hashlib.sha256(manifest).hexdigest()


def history(matter_id: UUID) -> dict[str, Any]:
    """Entries, and the rows that they tell of, as the texts that are hashed; and the names behind the keys in them."""
    record = record_of(matter_id)
    rows = list(_rows(record))
    return {
        "matter": record.matter.number,
        "entries": [{"sha256": one.hash, "text": canonical(one.sealed)} for one in record.entries],
        "rows": rows,
        "head": record.matter.head_hash,
        "names": _names(record),
    }


def _rows(record: Record) -> Iterator[dict[str, str]]:
    for table, row_id, digest in dict.fromkeys(map(tuple, record.facts())):
        told = {"table": table, "id": row_id, "sha256": digest}
        if table == "matter":
            yield {**told, "text": canonical(record.matter.registration(*record.registered_as()))}
        elif (table, UUID(row_id)) in record.steps:
            yield {**told, "text": canonical(columns_of(record.steps[table, UUID(row_id)]))}
        else:
            yield {**told, "withheld": "personal"}


def _names(record: Record) -> dict[str, dict[str, str]]:
    people = {one.by_id for one in record.entries} | {getattr(one, "by_id", None) for one in record.steps.values()}
    bodies = {one.by_organisation_id for one in record.entries}
    bodies |= {getattr(one, "organisation_id", None) for one in record.steps.values()} | {record.matter.lead_id}
    return {
        "people": _named(Person.objects.filter(pk__in=people - {None}), "name"),
        "organisations": _named(Organisation.objects.filter(pk__in=bodies - {None}), "name"),
        "areas": _named(Area.objects.filter(pk__in=record.matter.area.codes).defer("outline"), "name_zh"),
    }


def _named(found: Any, name: str) -> dict[str, str]:
    return {str(one.pk): getattr(one, name) for one in found}


def _manifest(referral: Referral, listed: dict[str, str]) -> dict[str, Any]:
    matter = referral.matter
    return {
        "format": FORMAT, "id": str(referral.pk), "matter": matter.number, "to": referral.to, "reason": referral.reason,
        "by": referral.by.name, "organisation": referral.by_organisation.name,
        "at": timezone.localtime(referral.at).isoformat(timespec="seconds"), "head": matter.head_hash,
        "key": public_key(), "files": listed,
    }  # fmt: skip


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode()


def _digest(part: bytes | File) -> str:
    if isinstance(part, bytes):
        return hashlib.sha256(part).hexdigest()
    if not store.verify(originals(), part.sha256):
        raise store.NotKept(sha256=part.sha256)
    return part.sha256


def _put(archive: ZipFile, referral: Referral, name: str, part: bytes | File) -> None:
    """Photos are packed already."""
    info = ZipInfo(name, timezone.localtime(referral.at).timetuple()[:6])
    info.external_attr = 0o644 << 16
    info.compress_type = ZIP_DEFLATED if isinstance(part, bytes) else ZIP_STORED
    with archive.open(info, "w", force_zip64=True) as out:
        if isinstance(part, bytes):
            out.write(part)
            return
        with store.open_(originals(), part.sha256) as file:
            while chunk := file.read(1 << 20):
                out.write(chunk)
