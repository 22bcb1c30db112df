"""Free text of an assessment: sealed under its own key before the rules see it, opened for those who may read it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, get_args

from services.triage.domain import Assessment, Words
from shared.store.vault import ERASED, Vault

Part = Literal["note", "reason", "opinion"]


@dataclass(frozen=True)
class Pen:
    """Writes and reads the words of one assessment."""

    vault: Vault
    sheet: Assessment

    def seal(self, part: Part, text: str | None) -> Words | None:
        """Seal what a person wrote; only letters, digits and characters count as said, not punctuation."""
        if text is None:
            return None
        length = sum(character.isalnum() for character in text)
        return Words(self.vault.seal(self.sheet.key, text, self._place(part)), length)

    def open(self, part: Part, words: Words | None) -> str | None:
        """Read what a person wrote."""
        return None if words is None else self.vault.open(self.sheet.key, words.sealed, self._place(part))

    def _place(self, part: Part) -> str:
        return f"triage.assessment.{part}:{self.sheet.matter_id}"


def gone(vault: Vault, sheet: Assessment, key: bytes) -> Mapping[str, Words]:
    """What stands in the place of each part after an erasure, under the new key."""
    pen = Pen(vault, replace(sheet, key=key))
    sealed = {part: pen.seal(part, ERASED) for part in get_args(Part)}
    return {part: words for part, words in sealed.items() if words}
