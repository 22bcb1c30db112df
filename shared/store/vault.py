"""Envelope encryption of people's data: AES-256-GCM under a key per reporter or matter, wrapped by the master key.

Destroying a wrapped key makes everything sealed under it unreadable, backups included.
"""

import base64
import hashlib
import hmac
import os
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

ERASED = "(已依法删除)"  # what stands where a person's words were, under a new key
_NONCE = 12


class Vault:
    """Seals and opens; `context` binds a sealed text to its place, so that it cannot be moved to another row."""

    def __init__(self, master: bytes) -> None:
        if len(master) != 32:
            raise ValueError("the master key must have 32 bytes")
        self._wrapping = AESGCM(_derive(master, b"wrap"))
        self._own = AESGCM(_derive(master, b"own"))
        self._blinding = _derive(master, b"blind")
        self._unwrapped = lru_cache(maxsize=4096)(self._unwrap)

    @classmethod
    def from_file(cls, path: Path | None) -> "Vault":
        """Read the master key, 32 bytes in base64."""
        if path is None:
            raise ValueError("BANCHENG_MASTER_KEY_FILE is not set: people's data cannot be kept without it")
        return cls(base64.b64decode(path.read_text().strip()))

    def new_key(self) -> bytes:
        """A fresh key, wrapped; only this form is ever stored."""
        nonce = os.urandom(_NONCE)
        return nonce + self._wrapping.encrypt(nonce, os.urandom(32), b"")

    def seal(self, wrapped: bytes, plaintext: str | bytes, context: str) -> bytes:
        """Encrypt under a wrapped key."""
        return _seal(self._unwrapped(wrapped), plaintext, context)

    def open(self, wrapped: bytes, sealed: bytes, context: str) -> str:
        """Decrypt a text; raises cryptography.exceptions.InvalidTag if key, text or context is another."""
        return self.open_bytes(wrapped, sealed, context).decode()

    def open_bytes(self, wrapped: bytes, sealed: bytes, context: str) -> bytes:
        """Decrypt a file; raises as `open` does."""
        return _open(self._unwrapped(wrapped), sealed, context)

    def seal_own(self, plaintext: bytes, context: str) -> bytes:
        """Encrypt what belongs to no person, under a key of this service."""
        return _seal(self._own, plaintext, context)

    def open_own(self, sealed: bytes, context: str) -> bytes:
        """Decrypt what `seal_own` sealed."""
        return _open(self._own, sealed, context)

    def blind(self, text: str) -> bytes:
        """A keyed hash for exact look-up of an encrypted value."""
        return hmac.digest(self._blinding, text.encode(), hashlib.sha256)

    def _unwrap(self, wrapped: bytes) -> AESGCM:
        return AESGCM(self._wrapping.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], b""))


def create_master_key(path: Path) -> None:
    """Write a new master key, readable by its owner only."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(base64.b64encode(os.urandom(32)).decode() + "\n")


def _seal(key: AESGCM, plaintext: str | bytes, context: str) -> bytes:
    nonce = os.urandom(_NONCE)
    data = plaintext.encode() if isinstance(plaintext, str) else plaintext
    return nonce + key.encrypt(nonce, data, context.encode())


def _open(key: AESGCM, sealed: bytes, context: str) -> bytes:
    return key.decrypt(sealed[:_NONCE], sealed[_NONCE:], context.encode())


def _derive(master: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"bancheng " + purpose).derive(master)
