"""Orders: loading, saving, numbering, and the lists of units and windows."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.dialects.postgresql import insert

from services.referral.domain.answers import Answer
from services.referral.domain.orders import Extract, Order, Review, Settlement
from services.referral.store import matters
from services.referral.store.tables import COUNTER, MATTER, ORDER, UNIT, WINDOW
from services.referral.store.words import Words
from shared.contracts.codes import HandlingPolicy, OrderState, UnitRole
from shared.store.statements import Row
from shared.store.unit_of_work import Transaction
from shared.store.upsert import upsert
from shared.store.vault import Vault


@dataclass(frozen=True, slots=True)
class OrderWords:
    """What people wrote on an order."""

    extract: Extract
    answers: tuple[Answer, ...]
    reviews: tuple[Review, ...]


@dataclass(frozen=True)
class Shown:
    """An order with what its reader is told beside it."""

    order: Order
    words: Words
    register_no: str
    group_size: int | None
    unit_name: str | None
    window_name: str | None


_WORDS = TypeAdapter(OrderWords)


async def locked(tx: Transaction, words: Words, order_id: UUID) -> Order:
    """One order, locked; its matter's row is locked already and proves that it exists."""
    row = await tx.one(select(ORDER).where(ORDER.c.order_id == order_id).with_for_update())
    assert row is not None
    return _order(row, words)


async def locked_of_matters(tx: Transaction, kept: Mapping[UUID, matters.Kept]) -> dict[UUID, Order]:
    """All orders of matters whose rows are locked, locked in one order everywhere."""
    if not kept:
        return {}
    query = select(ORDER).where(ORDER.c.matter_id.in_(kept)).order_by(ORDER.c.order_id).with_for_update()
    return {row.order_id: _order(row, kept[row.matter_id].words) for row in await tx.all(query)}


async def save(tx: Transaction, orders: Iterable[tuple[Order, Words]]) -> None:
    """Write orders, new or locked before."""
    upsert(tx, ORDER, [_columns(order, words) for order, words in sorted(orders, key=lambda one: one[0].id)])


async def next_number(tx: Transaction, window_id: str, year: int) -> int:
    """The next number of a window's year; held until commit, so that a rolled back signature leaves no gap."""
    statement = insert(COUNTER).values(window_id=window_id, year=year, last=1)
    row = await tx.one(
        statement.on_conflict_do_update(
            index_elements=["window_id", "year"], set_={"last": COUNTER.c.last + 1}
        ).returning(COUNTER.c.last)
    )
    assert row is not None
    return int(row.last)


async def pass_over_numbers(tx: Transaction, given: Mapping[tuple[str, int], int]) -> None:
    """Go on behind numbers that were given (window and year → number) though their orders are not issued here."""
    rows = [{"window_id": window_id, "year": year, "last": number} for (window_id, year), number in given.items()]
    if not rows:
        return
    statement = insert(COUNTER).values(sorted(rows, key=itemgetter("window_id", "year")))
    higher = {"last": func.greatest(COUNTER.c.last, statement.excluded.last)}
    await tx.run(statement.on_conflict_do_update(index_elements=["window_id", "year"], set_=higher))


async def find(tx: Transaction, vault: Vault, visible: ColumnElement[bool], order_id: UUID) -> Shown | None:
    """One order, if the reader may see it."""
    row = await tx.one(_shown().where(visible, ORDER.c.order_id == order_id))
    return _as_shown(row, vault) if row else None


async def of_matter(tx: Transaction, vault: Vault, visible: ColumnElement[bool], matter_id: UUID) -> list[Shown]:
    """The orders of a matter that the reader may see, in the order of their making."""
    rows = await tx.all(_shown().where(visible, ORDER.c.matter_id == matter_id).order_by(ORDER.c.order_id))
    return [_as_shown(row, vault) for row in rows]


async def page(
    tx: Transaction,
    vault: Vault,
    visible: ColumnElement[bool],
    states: Collection[OrderState],
    unit_id: str | None,
    window_id: str | None,
    after: UUID | None,
    limit: int,
) -> Sequence[Shown]:
    """The next orders, newest first."""
    query = _shown().where(visible).order_by(ORDER.c.order_id.desc()).limit(limit)
    if states:
        query = query.where(ORDER.c.state.in_([state.value for state in states]))
    if unit_id is not None:
        query = query.where(ORDER.c.unit_id == unit_id)
    if window_id is not None:
        query = query.where(ORDER.c.window_id == window_id)
    if after is not None:
        query = query.where(ORDER.c.order_id < after)
    return [_as_shown(row, vault) for row in await tx.all(query)]


def _shown() -> Select[Any]:
    names = UNIT.c.name.label("unit_name"), WINDOW.c.name.label("window_name")
    found = select(ORDER, MATTER.c.register_no, MATTER.c.group_size, MATTER.c.data_key, *names)
    return (
        found.join(MATTER, MATTER.c.matter_id == ORDER.c.matter_id)
        .outerjoin(UNIT, UNIT.c.unit_id == ORDER.c.unit_id)
        .outerjoin(WINDOW, WINDOW.c.window_id == ORDER.c.window_id)
    )


def _as_shown(row: Row, vault: Vault) -> Shown:
    words = Words(vault, row.data_key)
    return Shown(_order(row, words), words, row.register_no, row.group_size, row.unit_name, row.window_name)


def _columns(order: Order, words: Words) -> dict[str, Any]:
    written = OrderWords(order.extract, order.answers, order.reviews)
    return {
        "order_id": order.id,
        "matter_id": order.matter_id,
        "org_code": order.org_code,
        "window_id": order.window_id,
        "unit_id": order.unit_id,
        "role": order.role.value,
        "rule": order.rule,
        "policy": order.policy.value,
        "round": order.round,
        "state": order.state.value,
        "requirement_codes": list(order.requirement_codes),
        "predecessor_id": order.predecessor_id,
        "order_no": order.order_no,
        "signed_by": order.signed_by,
        "drafted_at": order.drafted_at,
        "delivered_at": order.delivered_at,
        "acked_by": order.acked_by,
        "acked_at": order.acked_at,
        "ack_missed": order.ack_missed,
        "settlement": order.settlement.value if order.settlement else None,
        "words": words.seal(_WORDS, order.id, written),
        "version": order.version,
    }


def _order(row: Row, words: Words) -> Order:
    written = words.open(_WORDS, row.order_id, row.words)
    return Order(
        id=row.order_id,
        matter_id=row.matter_id,
        org_code=row.org_code,
        window_id=row.window_id,
        unit_id=row.unit_id,
        role=UnitRole(row.role),
        rule=row.rule,
        policy=HandlingPolicy(row.policy),
        round=row.round,
        state=OrderState(row.state),
        requirement_codes=tuple(row.requirement_codes),
        predecessor_id=row.predecessor_id,
        extract=written.extract,
        order_no=row.order_no,
        signed_by=row.signed_by,
        drafted_at=row.drafted_at,
        delivered_at=row.delivered_at,
        acked_by=row.acked_by,
        acked_at=row.acked_at,
        ack_missed=row.ack_missed,
        answers=written.answers,
        reviews=written.reviews,
        settlement=Settlement(row.settlement) if row.settlement else None,
        version=row.version,
    )
