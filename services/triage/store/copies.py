"""What triage remembers of other services' events: windows, units, who is on duty, which matters were compared."""

from collections.abc import Collection, Iterable

from sqlalchemy import exists, select

from services.triage.domain import Unit
from services.triage.store.tables import COMPARISON, UNIT, WINDOW
from shared.contracts.intake import WindowOpened
from shared.contracts.referral import ComparisonRecorded, UnitRegistered
from shared.store.unit_of_work import Transaction
from shared.store.upsert import upsert


async def units(tx: Transaction, unit_ids: Collection[str]) -> dict[str, Unit]:
    """These units, as far as the directory has them."""
    rows = await tx.all("SELECT * FROM unit WHERE unit_id = ANY(CAST(:ids AS text[]))", ids=list(unit_ids))
    return {row.unit_id: Unit(**row) for row in rows}


async def has_directory(tx: Transaction) -> bool:
    """Whether the unit directory has arrived at all."""
    row = await tx.one(select(exists(select(UNIT.c.unit_id))))
    return bool(row and row[0])


async def save_windows(tx: Transaction, events: Iterable[WindowOpened]) -> None:
    """Keep the latest of each window."""
    upsert(tx, WINDOW, [event.model_dump(include={"window_id", "name"}) for event in events])


async def save_units(tx: Transaction, events: Iterable[UnitRegistered]) -> None:
    """Keep the latest line of each unit."""
    fields = {"unit_id", "name", "valid_from", "valid_to", "successor_id", "supervision_office_id"}
    upsert(tx, UNIT, [event.model_dump(include=fields) for event in events])


async def save_comparisons(tx: Transaction, events: Iterable[ComparisonRecorded]) -> None:
    """Keep the latest comparison of each matter."""
    fields = {"matter_id", "comparison_id", "needed", "recorded_at"}
    upsert(tx, COMPARISON, [event.model_dump(include=fields) for event in events])
