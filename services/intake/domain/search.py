"""检索: what a matter is found by, pairs of neighbouring characters, and whether it really holds the words asked for.

Two characters are the shortest Chinese word; width, case and punctuation do not matter.
"""

import unicodedata
from dataclasses import dataclass

from shared.contracts.errors import Refused

MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class Words:
    """What is looked for: all of these, each anywhere."""

    words: tuple[str, ...]

    @property
    def pairs(self) -> set[str]:
        """By what the candidates are found."""
        return pairs(*self.words)

    def held_by(self, *texts: str) -> bool:
        """Whether every word stands in one of the texts; candidates may only have the same pairs elsewhere."""
        held = [plain(text) for text in texts]
        return all(any(word in text for text in held) for word in self.words)


def asked(query: str) -> Words:
    """The words of a query, separated by spaces; single characters are dropped unless there is nothing else."""
    words = tuple(dict.fromkeys(word for word in map(plain, query.split()) if len(word) > 1))
    if not words:
        raise Refused("search.too_short", "请输入至少两个相连的字")
    if len(words) > MOST_WORDS:
        raise Refused("search.too_many_words", f"一次最多检索{MOST_WORDS}个词")
    return Words(words)


def plain(text: str) -> str:
    """Letters and digits alone, of one width and case."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text))).casefold()


def pairs(*texts: str) -> set[str]:
    """Every two neighbouring characters of each text."""
    return {word[place : place + 2] for word in map(plain, texts) for place in range(len(word) - 1)}
