"""Lasting interests, and whom they keep out of which matters."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select

from services.intake.domain.interests import Interest
from services.intake.domain.transitions import OPEN
from services.intake.store.tables import INTEREST, MATTER, RECUSAL
from shared.contracts.codes import RecusalGround
from shared.store.statements import Row, among
from shared.store.unit_of_work import Transaction

_LIVING = INTEREST.c.ended_at.is_(None)
_ADD = """
INSERT INTO interest (interest_id, org_code, account_id, unit_id, ground, declared_by, declared_at)
VALUES (:id, :org_code, :account_id, :unit_id, :ground, :declared_by, :declared_at)
ON CONFLICT (unit_id, account_id) WHERE ended_at IS NULL DO NOTHING RETURNING interest_id"""
_END = "UPDATE interest SET ended_by = :by, ended_at = :at WHERE interest_id = :id"


async def add(tx: Transaction, interest: Interest) -> bool:
    """Keep a declaration; False if the account has declared the same before."""
    columns = asdict(interest) | {"ground": interest.ground.value}
    return bool(await tx.run(_ADD, {name: columns[name] for name in columns if not name.startswith("ended")}))


async def end(tx: Transaction, interest: Interest) -> None:
    """Keep who ended it."""
    await tx.run(_END, {"by": interest.ended_by, "at": interest.ended_at, "id": interest.id})


async def find(tx: Transaction, interest_id: UUID) -> Interest | None:
    """One, locked."""
    row = await tx.one(select(INTEREST).where(INTEREST.c.interest_id == interest_id).with_for_update())
    return _interest(row) if row else None


async def listed(tx: Transaction, chosen: ColumnElement[bool], limit: int) -> list[Interest]:
    """The living ones, newest first."""
    query = select(INTEREST).where(chosen, _LIVING).order_by(INTEREST.c.interest_id.desc()).limit(limit)
    return [_interest(row) for row in await tx.all(query)]


async def in_units(tx: Transaction, unit_ids: Collection[str]) -> Sequence[Interest]:
    """Every living interest in these units, in one order."""
    if not unit_ids:
        return []
    query = select(INTEREST).where(INTEREST.c.unit_id.in_(sorted(unit_ids)), _LIVING).order_by(INTEREST.c.interest_id)
    return [_interest(row) for row in await tx.all(query)]


async def open_matters_about(
    tx: Transaction, visible: ColumnElement[bool], interest: Interest
) -> Sequence[dict[str, Any]]:
    """The open matters about a unit that the account is not kept out of yet, as events name them."""
    about = or_(
        MATTER.c.blamed_unit_ids.contains([interest.unit_id]),
        MATTER.c.orders.contains([{"unit_id": interest.unit_id}]),
    )
    known = exists().where(and_(RECUSAL.c.matter_id == MATTER.c.matter_id, RECUSAL.c.account_id == interest.account_id))
    query = select(MATTER.c.matter_id, MATTER.c.org_code, MATTER.c.window_id).where(
        visible, MATTER.c.state.in_([state.value for state in OPEN]), about, ~known
    )
    return [dict(row) for row in await tx.all(query.order_by(MATTER.c.matter_id))]


async def recused(tx: Transaction, matter_ids: Collection[UUID]) -> dict[UUID, set[str]]:
    """Who is kept out of these matters already."""
    rows = await tx.all(select(RECUSAL.c.matter_id, RECUSAL.c.account_id).where(among(RECUSAL.c.matter_id, matter_ids)))
    found: dict[UUID, set[str]] = {}
    for row in rows:
        found.setdefault(row.matter_id, set()).add(row.account_id)
    return found


def _interest(row: Row) -> Interest:
    return Interest(
        row.interest_id, row.org_code, row.account_id, row.unit_id, RecusalGround(row.ground), row.declared_by,
        row.declared_at, row.ended_by, row.ended_at,
    )  # fmt: skip
