"""Comparisons with other cities, by matter."""

from dataclasses import dataclass
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, insert, select

from services.referral.domain.comparisons import CityRule, Comparison
from services.referral.store.tables import COMPARISON, MATTER
from services.referral.store.words import Words
from shared.store.statements import Row
from shared.store.unit_of_work import Transaction
from shared.store.vault import Vault


@dataclass(frozen=True, slots=True)
class ComparisonWords:
    """What was found, or why nothing was looked for."""

    reason: str
    rows: tuple[CityRule, ...]


WORDS = TypeAdapter(ComparisonWords)


async def find(tx: Transaction, words: Words, matter_id: UUID, comparison_id: UUID) -> Comparison | None:
    """One comparison of this matter."""
    row = await tx.one(
        select(COMPARISON).where(COMPARISON.c.comparison_id == comparison_id, COMPARISON.c.matter_id == matter_id)
    )
    return _comparison(row, words) if row else None


async def of_matter(tx: Transaction, vault: Vault, visible: ColumnElement[bool], matter_id: UUID) -> list[Comparison]:
    """The comparisons of a matter that the reader may see, oldest first."""
    query = select(COMPARISON, MATTER.c.data_key).join(MATTER, MATTER.c.matter_id == COMPARISON.c.matter_id)
    query = query.where(visible, COMPARISON.c.matter_id == matter_id).order_by(COMPARISON.c.comparison_id)
    return [_comparison(row, Words(vault, row.data_key)) for row in await tx.all(query)]


async def add(tx: Transaction, words: Words, comparison: Comparison) -> None:
    """Keep a new comparison."""
    await tx.run(
        insert(COMPARISON).values(
            comparison_id=comparison.id,
            matter_id=comparison.matter_id,
            needed=comparison.needed,
            recorded_by=comparison.recorded_by,
            recorded_at=comparison.recorded_at,
            words=words.seal(WORDS, comparison.id, ComparisonWords(comparison.reason, comparison.rows)),
        )
    )


def _comparison(row: Row, words: Words) -> Comparison:
    written = words.open(WORDS, row.comparison_id, row.words)
    return Comparison(
        row.comparison_id,
        row.matter_id,
        row.needed,
        written.reason,
        written.rows,
        row.recorded_by,
        row.recorded_at,
    )
