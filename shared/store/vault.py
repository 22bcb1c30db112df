"""Envelope encryption of people's data: AES-256-GCM under a key per reporter or matter, wrapped by the master key.

Destroying a wrapped key makes everything sealed under it unreadable, backups included. While the master key is being
changed there are older ones: they open, and nothing new comes under them.
"""

import hashlib
import hmac
import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.store import key_file
from shared.store.key_file import derive

ERASED = "(已依法删除)"  # what stands where a person's words were, under a new key
_NONCE = 12


class Vault:
    """Seals and opens; `context` binds a sealed text to its place, so that it cannot be moved to another row."""

    def __init__(self, master: bytes, *older: bytes, index: bytes | None = None) -> None:
        masters = (master, *older)
        if any(len(key) != key_file.SIZE for key in masters):
            raise ValueError(f"the master key must have {key_file.SIZE} bytes")
        self._wrapping = [AESGCM(derive(key, b"wrap")) for key in masters]
        self._own = [AESGCM(derive(key, b"own")) for key in masters]
        self._blinding = index or derive(master, b"blind")
        self._unwrapped = lru_cache(maxsize=4096)(self._unwrap)

    @classmethod
    def from_file(cls, path: Path | None) -> "Vault":
        """The vault of the keys in a file; ValueError if it cannot be read."""
        keys = key_file.read(path)
        return cls(*keys.masters, index=keys.index)

    def new_key(self) -> bytes:
        """A fresh key, wrapped; only this form is ever stored."""
        return _seal(self._wrapping[0], os.urandom(32), "")

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
        return _seal(self._own[0], plaintext, context)

    def open_own(self, sealed: bytes, context: str) -> bytes:
        """Decrypt what `seal_own` sealed."""
        return _opened(self._own, sealed, context)[1]

    def blind(self, text: str) -> bytes:
        """A keyed hash for exact look-up of an encrypted value."""
        return hmac.digest(self._blinding, text.encode(), hashlib.sha256)

    def rewrap(self, wrapped: bytes) -> tuple[int, bytes]:
        """How old the master key is that opens it (0: the one in use), and the same key wrapped by the one in use."""
        return _moved(self._wrapping, wrapped, "")

    def reseal(self, sealed: bytes, context: str) -> tuple[int, bytes]:
        """The same for what `seal_own` sealed; InvalidTag if no master key opens it."""
        return _moved(self._own, sealed, context)

    def _unwrap(self, wrapped: bytes) -> AESGCM:
        return AESGCM(_opened(self._wrapping, wrapped, "")[1])


def _seal(key: AESGCM, plaintext: str | bytes, context: str) -> bytes:
    nonce = os.urandom(_NONCE)
    data = plaintext.encode() if isinstance(plaintext, str) else plaintext
    return nonce + key.encrypt(nonce, data, context.encode())


def _open(key: AESGCM, sealed: bytes, context: str) -> bytes:
    return key.decrypt(sealed[:_NONCE], sealed[_NONCE:], context.encode())


def _opened(keys: Sequence[AESGCM], sealed: bytes, context: str) -> tuple[int, bytes]:
    for age, key in enumerate(keys):
        try:
            return age, _open(key, sealed, context)
        except InvalidTag:
            continue
    raise InvalidTag


def _moved(keys: Sequence[AESGCM], sealed: bytes, context: str) -> tuple[int, bytes]:
    age, plain = _opened(keys, sealed, context)
    return age, sealed if age == 0 else _seal(keys[0], plain, context)
