"""Orders: loading, saving, numbering, and the lists of units and windows."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, select

from services.referral.domain.answers import Answer
from services.referral.domain.histories import NOTHING, Histories
from services.referral.domain.limits_in_force import Limits
from services.referral.domain.orders import Extract, Order, Review, Settlement
from services.referral.domain.settlement import WITHOUT_RESULT
from services.referral.store import matters, rules
from services.referral.store.tables import DUTY, MATTER, ORDER, RECUSAL, UNIT, WINDOW
from services.referral.store.words import Words
from shared.contracts.codes import HandlingPolicy, OrderState, UnitRole
from shared.recusals import is_recused
from shared.roster import OnDuty, duty_beside, duty_of_row
from shared.store.statements import Row, among, fixed
from shared.store.unit_of_work import Transaction
from shared.store.upsert import upsert
from shared.store.vault import Vault


@dataclass(frozen=True, slots=True)
class OrderWords:
    """What people wrote on an order."""

    extract: Extract
    answers: tuple[Answer, ...]
    reviews: tuple[Review, ...]
    histories: Histories = NOTHING
    ended_because: str = ""


@dataclass(frozen=True)
class Shown:
    """An order with what its reader is told beside it."""

    order: Order
    words: Words
    register_no: str
    group_size: int | None
    unit_name: str | None
    window_name: str | None
    limits: Limits

    def limit(self, rule: str | None = None) -> str:
        """The order's limit in words, or that of one of its requirements."""
        return self.limits.printed(self.order, rule)


WORDS = TypeAdapter(OrderWords)
_HEIR = ORDER.alias("heir")
_UNFOLLOWED = and_(
    ORDER.c.state.in_([state.value for state in WITHOUT_RESULT]),
    ~ORDER.c.dropped,
    ~exists().where(_HEIR.c.predecessor_id == ORDER.c.order_id, _HEIR.c.state != OrderState.VOIDED.value),
)
_RECUSED = is_recused(RECUSAL, ORDER.c.matter_id).label("is_recused")
_ON_DUTY, _TODAY = duty_beside(DUTY, ORDER.c.window_id)
_LOCK = fixed(
    select(*(column.label(f"matter_{column.name}") for column in MATTER.c), ORDER, _RECUSED, *_ON_DUTY)
    .select_from(MATTER)
    .join(ORDER, ORDER.c.matter_id == MATTER.c.matter_id)
    .outerjoin(DUTY, _TODAY)
    .where(ORDER.c.order_id == bindparam("order"))
    .with_for_update(of=[MATTER, ORDER])
)
_LOCK_MANY = "SELECT * FROM orders WHERE matter_id = ANY(CAST(:ids AS uuid[])) ORDER BY order_id FOR UPDATE"
_NEXT_NUMBER = """
INSERT INTO order_counter AS c (window_id, year, last) VALUES (:window, :year, 1)
ON CONFLICT (window_id, year) DO UPDATE SET last = c.last + 1
RETURNING last, (SELECT order_prefix FROM "window" w WHERE w.window_id = c.window_id) AS prefix"""
_PASS_OVER = """
INSERT INTO order_counter AS c (window_id, year, last) VALUES (:window, :year, :number)
ON CONFLICT (window_id, year) DO UPDATE SET last = greatest(c.last, excluded.last)"""


class Opened(NamedTuple):
    """An order for a command, with its matter and who is on duty at its window."""

    kept: matters.Kept
    order: Order
    duty: OnDuty | None


async def locked(tx: Transaction, vault: Vault, order_id: UUID, day: date) -> Opened | None:
    """One order and its matter, the matter's row locked first."""
    row = await tx.one(_LOCK, order=order_id, day=day, account=tx.actor.id)
    if row is None:
        return None
    kept = matters.Kept(matters.matter_of(row, "matter_"), Words(vault, row.matter_data_key), row.is_recused)
    return Opened(kept, _order(row, kept.words), duty_of_row(row, day))


async def matters_of(tx: Transaction, order_ids: Collection[UUID]) -> set[UUID]:
    """The matters of these orders; an order never changes its matter."""
    rows = await tx.all(select(ORDER.c.matter_id).where(among(ORDER.c.order_id, order_ids)))
    return {row.matter_id for row in rows}


async def locked_of_matters(tx: Transaction, kept: Mapping[UUID, matters.Kept]) -> dict[UUID, Order]:
    """All orders of matters whose rows are locked, locked in one order everywhere."""
    if not kept:
        return {}
    rows = await tx.all(_LOCK_MANY, ids=list(kept))
    return {row.order_id: _order(row, kept[row.matter_id].words) for row in rows}


async def save(tx: Transaction, orders: Iterable[tuple[Order, Words]]) -> None:
    """Write orders, new or locked before."""
    upsert(tx, ORDER, [_columns(order, words) for order, words in sorted(orders, key=lambda one: one[0].id)])


async def next_number(tx: Transaction, window_id: str, year: int) -> tuple[int, str | None]:
    """The next number of a window's year, and the window's own prefix if it was set.

    Held until commit, so that a rolled back signature leaves no gap.
    """
    row = await tx.one(_NEXT_NUMBER, window=window_id, year=year)
    assert row is not None
    return int(row.last), row.prefix


async def pass_over_numbers(tx: Transaction, given: Mapping[tuple[str, int], int]) -> None:
    """Go on behind numbers that were given (window and year → number) though their orders are not issued here."""
    for (window_id, year), number in sorted(given.items()):
        await tx.run(_PASS_OVER, {"window": window_id, "year": year, "number": number})


async def find(tx: Transaction, vault: Vault, visible: ColumnElement[bool], order_id: UUID) -> Shown | None:
    """One order, if the reader may see it."""
    row = await tx.one(_shown().where(visible, ORDER.c.order_id == order_id))
    return _as_shown(row, vault, await rules.limits(tx)) if row else None


async def of_matter(tx: Transaction, vault: Vault, visible: ColumnElement[bool], matter_id: UUID) -> list[Shown]:
    """The orders of a matter that the reader may see, in the order of their making."""
    rows = await tx.all(_shown().where(visible, ORDER.c.matter_id == matter_id).order_by(ORDER.c.order_id))
    limits = await rules.limits(tx)
    return [_as_shown(row, vault, limits) for row in rows]


async def page(
    tx: Transaction,
    vault: Vault,
    visible: ColumnElement[bool],
    states: Collection[OrderState],
    unit_id: str | None,
    window_id: str | None,
    unfollowed: bool,
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
    if unfollowed:
        query = query.where(_UNFOLLOWED)
    if after is not None:
        query = query.where(ORDER.c.order_id < after)
    limits = await rules.limits(tx)
    return [_as_shown(row, vault, limits) for row in await tx.all(query)]


async def numbered(tx: Transaction, vault: Vault, order_no: str) -> Shown | None:
    """The order of a number, whoever asks: only whether its paper is genuine may be told."""
    row = await tx.one(_shown().where(ORDER.c.order_no == order_no))
    return _as_shown(row, vault, await rules.limits(tx)) if row else None


def _shown() -> Select[Any]:
    names = UNIT.c.name.label("unit_name"), WINDOW.c.name.label("window_name")
    found = select(ORDER, MATTER.c.register_no, MATTER.c.group_size, MATTER.c.data_key, *names)
    return (
        found.join(MATTER, MATTER.c.matter_id == ORDER.c.matter_id)
        .outerjoin(UNIT, UNIT.c.unit_id == ORDER.c.unit_id)
        .outerjoin(WINDOW, WINDOW.c.window_id == ORDER.c.window_id)
    )


def _as_shown(row: Row, vault: Vault, limits: Limits) -> Shown:
    words = Words(vault, row.data_key)
    return Shown(_order(row, words), words, row.register_no, row.group_size, row.unit_name, row.window_name, limits)


def _columns(order: Order, words: Words) -> dict[str, Any]:
    written = OrderWords(order.extract, order.answers, order.reviews, order.histories, order.ended_because)
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
        "paper_sha256": order.paper_sha256,
        "dropped": order.dropped,
        "acked_by": order.acked_by,
        "acked_at": order.acked_at,
        "ack_missed": order.ack_missed,
        "settlement": order.settlement.value if order.settlement else None,
        "words": words.seal(WORDS, order.id, written),
        "version": order.version,
    }


def _order(row: Row, words: Words) -> Order:
    written = words.open(WORDS, row.order_id, row.words)
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
        paper_sha256=row.paper_sha256,
        acked_by=row.acked_by,
        acked_at=row.acked_at,
        ack_missed=row.ack_missed,
        answers=written.answers,
        reviews=written.reviews,
        histories=written.histories,
        dropped=row.dropped,
        ended_because=written.ended_because,
        settlement=Settlement(row.settlement) if row.settlement else None,
        version=row.version,
    )
