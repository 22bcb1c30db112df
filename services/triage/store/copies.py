"""What triage remembers of other services' events: windows, units, who is on duty, which matters were compared."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Table, exists, select
from sqlalchemy.dialects.postgresql import insert

from services.triage.domain import Unit
from services.triage.store.tables import COMPARISON, UNIT, WINDOW
from shared.contracts.intake import WindowOpened
from shared.contracts.referral import ComparisonRecorded, UnitRegistered
from shared.store.unit_of_work import Transaction


async def units(tx: Transaction, unit_ids: Collection[str]) -> dict[str, Unit]:
    """These units, as far as the directory has them."""
    rows = await tx.all(select(UNIT).where(UNIT.c.unit_id.in_(unit_ids)))
    return {row.unit_id: Unit(**row._mapping) for row in rows}


async def has_directory(tx: Transaction) -> bool:
    """Whether the unit directory has arrived at all."""
    row = await tx.one(select(exists(select(UNIT.c.unit_id))))
    return bool(row and row[0])


async def save_windows(tx: Transaction, events: Iterable[WindowOpened]) -> None:
    """Keep the latest of each window."""
    await _upsert(tx, WINDOW, [event.model_dump(include={"window_id", "name"}) for event in events])


async def save_units(tx: Transaction, events: Iterable[UnitRegistered]) -> None:
    """Keep the latest line of each unit."""
    fields = {"unit_id", "name", "valid_from", "valid_to", "successor_id"}
    await _upsert(tx, UNIT, [event.model_dump(include=fields) for event in events])


async def save_comparisons(tx: Transaction, events: Iterable[ComparisonRecorded]) -> None:
    """Keep the latest comparison of each matter."""
    fields = {"matter_id", "comparison_id", "needed", "recorded_at"}
    await _upsert(tx, COMPARISON, [event.model_dump(include=fields) for event in events])


async def _upsert(tx: Transaction, table: Table, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    keys = [column.name for column in table.primary_key]
    statement = insert(table).values(sorted(rows, key=lambda row: str(row[keys[0]])))
    others = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    await tx.run(statement.on_conflict_do_update(index_elements=keys, set_=others))
