"""Insert or replace rows by their primary key, pipelined by the driver; callers give them in one order everywhere."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import insert

from shared.store.unit_of_work import Transaction


async def upsert(tx: Transaction, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Write rows that all have the same columns."""
    if not rows:
        return
    keys = [column.name for column in table.primary_key]
    statement = insert(table)
    others = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    await tx.run(statement.on_conflict_do_update(index_elements=keys, set_=others), list(rows))
