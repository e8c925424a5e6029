"""The seal of packages: an Ed25519 signature (RFC 8032), by a key that is made once and stays in the data folder."""

from __future__ import annotations

import base64
import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

from muster.lib.kept import kept


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
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(kept(settings.DATA_DIR / "seal_key", _made)))


def _made() -> str:
    return base64.b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode()
