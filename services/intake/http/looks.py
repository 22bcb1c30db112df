"""A look at personal data: a transaction of its own, because it commits what it tells; a refused one is told too."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from services.intake.handlers import looking
from shared.contracts.codes import Purpose
from shared.contracts.errors import Forbidden, NotFound
from shared.store.unit_of_work import Transaction
from shared.web.commands import Reader


@asynccontextmanager
async def look(read: Reader, matter_id: UUID, field_group: str, purpose: Purpose) -> AsyncIterator[Transaction]:
    """The transaction of a look at a group of fields."""
    database = read.parts.database
    try:
        async with database.transaction(read.actor) as tx:
            yield tx
    except (Forbidden, NotFound) as refusal:
        async with database.transaction(read.actor) as tx:
            await looking.refused(tx, matter_id, field_group, purpose, refusal.code)
        raise
