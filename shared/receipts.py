"""Receipts of text checks: intake signs that a text names no reporter, referral verifies it without asking intake."""

import hashlib
import json
import time
from pathlib import Path
from typing import Any
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

LIFETIME = 24 * 3600  # seconds of real time: a receipt is a token, not an act
_ALGORITHM = "Ed25519"
_TYPE = "text-check+jwt"


def read_key(path: Path | None) -> OKPKey:
    """An Ed25519 key, private or public, from a file with its JWK."""
    if path is None:
        raise ValueError("no key file for text check receipts is set (BANCHENG_RECEIPT_KEY_FILE, …_PUBLIC_KEY_FILE)")
    return OKPKey.import_key(json.loads(path.read_text()))


def sign(key: OKPKey, matter_id: UUID, text: str, clean: bool) -> str:
    """A compact JWS that says whether exactly this text is clean for this matter."""
    claims = {"matter": str(matter_id), "sha256": _digest(text), "clean": clean, "exp": int(time.time()) + LIFETIME}
    return jwt.encode({"alg": _ALGORITHM, "typ": _TYPE}, claims, key, algorithms=[_ALGORITHM])


def verify(public_key: OKPKey, token: str, matter_id: UUID, text: str) -> bool:
    """Whether intake found exactly this text clean for this matter within the last day."""
    try:
        read = jwt.decode(token, public_key, algorithms=[_ALGORITHM])
    except (JoseError, ValueError, KeyError, TypeError, AttributeError):  # joserfc trusts a header's shape
        return False
    return read.header.get("typ") == _TYPE and _says(read.claims, matter_id, text)


def _says(claims: dict[str, Any], matter_id: UUID, text: str) -> bool:
    expires = claims.get("exp")
    return (
        claims.get("clean") is True
        and claims.get("matter") == str(matter_id)
        and claims.get("sha256") == _digest(text)
        and isinstance(expires, int)
        and expires > time.time()
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


__all__ = ["LIFETIME", "read_key", "sign", "verify"]
