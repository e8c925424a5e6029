"""The seal of packages: an Ed25519 signature (RFC 8032), by a key that is made once and stays in the data folder."""

from __future__ import annotations

import base64
import hashlib
import os
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings


def sealed(content: bytes) -> str:
    """The signature over it, in base64."""
    return base64.b64encode(_key().sign(content)).decode()


def public_key() -> str:
    """Of the key that seals here, in base64."""
    return base64.b64encode(_key().public_key().public_bytes_raw()).decode()


def fingerprint(public: str) -> str:
    """A public key as people compare it by telephone: eight groups of four."""
    digest = hashlib.sha256(public.encode()).hexdigest()[:32].upper()
    return " ".join(digest[start : start + 4] for start in range(0, 32, 4))


def is_sealed(content: bytes, signature: str, public: str) -> bool:
    try:
        known = Ed25519PublicKey.from_public_bytes(base64.b64decode(public, validate=True))
        known.verify(base64.b64decode(signature, validate=True), content)
    except (InvalidSignature, ValueError):
        return False
    return True


def _key() -> Ed25519PrivateKey:
    path: Path = settings.DATA_DIR / "seal_key"
    if not path.exists():
        with suppress(FileExistsError):
            _make(path)
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(path.read_text()))


def _make(path: Path) -> None:
    """Write it whole under another name first: two processes may need it at once, and one may be killed."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(base64.b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode())
    try:
        os.link(draft, path)
    finally:
        draft.unlink()
