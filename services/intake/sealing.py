"""What a reporter is called and says: sealed under the reporter's own key, each text bound to its place."""

from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from pydantic import TypeAdapter

from services.intake.domain.form import Content
from services.intake.domain.identity import Identity
from shared.store.vault import Vault

Words = dict[str, str]
T = TypeVar("T")
_IDENTITY = TypeAdapter[Identity](Identity)
_CONTENT = TypeAdapter[Content](Content)
_WORDS = TypeAdapter[Words](Words)


@dataclass(frozen=True)
class Pen:
    """Writes and reads what belongs to one matter."""

    vault: Vault
    key: bytes
    matter_id: UUID

    def seal_identity(self, identity: Identity) -> bytes:
        return self._seal("identity", _IDENTITY, identity)

    def identity(self, sealed: bytes) -> Identity:
        return self._open("identity", _IDENTITY, sealed)

    def seal_title(self, title: str) -> bytes:
        return self.vault.seal(self.key, title, self._place("title"))

    def title(self, sealed: bytes) -> str:
        return self.vault.open(self.key, sealed, self._place("title"))

    def seal_content(self, content: Content) -> bytes:
        return self._seal("content", _CONTENT, content)

    def content(self, sealed: bytes) -> Content:
        return self._open("content", _CONTENT, sealed)

    def seal_words(self, words: Words) -> bytes:
        """The words of a record (办理记录), by what they are."""
        return self._seal("record", _WORDS, words)

    def words(self, sealed: bytes) -> Words:
        return self._open("record", _WORDS, sealed)

    def seal_paper(self, name: str) -> bytes:
        """What a paper is called that was handed in."""
        return self.vault.seal(self.key, name, self._place("paper"))

    def paper(self, sealed: bytes) -> str:
        return self.vault.open(self.key, sealed, self._place("paper"))

    def seal_file(self, material_id: UUID, content: bytes) -> bytes:
        return self.vault.seal(self.key, content, self._place(f"file.{material_id}"))

    def file(self, material_id: UUID, sealed: bytes) -> bytes:
        return self.vault.open_bytes(self.key, sealed, self._place(f"file.{material_id}"))

    def _seal(self, part: str, kind: TypeAdapter[T], value: T) -> bytes:
        return self.vault.seal(self.key, kind.dump_json(value), self._place(part))

    def _open(self, part: str, kind: TypeAdapter[T], sealed: bytes) -> T:
        return kind.validate_json(self.vault.open(self.key, sealed, self._place(part)))

    def _place(self, part: str) -> str:
        return f"intake.matter.{part}:{self.matter_id}"
