"""What people wrote and handed in: sealed under the matter's key, and bound to its row."""

from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from pydantic import TypeAdapter

from shared.store.vault import Vault

T = TypeVar("T")


@dataclass(frozen=True)
class Words:
    """Seals and opens the free text of one matter."""

    vault: Vault
    key: bytes

    def seal(self, kind: TypeAdapter[T], row: UUID, value: T) -> bytes:
        """A value as the bytes of its `words` column."""
        return self.vault.seal(self.key, kind.dump_json(value), f"referral.words:{row}")

    def open(self, kind: TypeAdapter[T], row: UUID, sealed: bytes) -> T:
        """The inverse of `seal`."""
        return kind.validate_json(self.vault.open(self.key, sealed, f"referral.words:{row}"))

    def seal_file(self, file_id: UUID, content: bytes) -> bytes:
        """A file as it lies in the store."""
        return self.vault.seal(self.key, content, f"referral.file:{file_id}")

    def file(self, file_id: UUID, sealed: bytes) -> bytes:
        """The inverse of `seal_file`."""
        return self.vault.open_bytes(self.key, sealed, f"referral.file:{file_id}")
