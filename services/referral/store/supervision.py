"""Steps of supervision on orders, as deadlines tells of them."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from services.referral.domain.supervision import Step
from services.referral.store.tables import SUPERVISION
from shared.contracts.codes import Escalation
from shared.contracts.deadlines import SupervisionReached, SupervisionWithdrawn
from shared.store.statements import Row
from shared.store.unit_of_work import Transaction
from shared.store.upsert import upsert
from shared.workdays import ZONE

StepNews = SupervisionReached | SupervisionWithdrawn
Key = tuple[UUID, Escalation]
_WITHDRAW = """
UPDATE supervision s SET withdrawn = true FROM unnest(CAST(:ids AS uuid[]), CAST(:levels AS text[])) AS n(id, level)
WHERE s.deadline_id = n.id AND s.level = n.level"""


def save(tx: Transaction, news: Iterable[StepNews]) -> None:
    """Keep what was reached, and what of it does not count: the last word on each step."""
    reached: dict[Key, SupervisionReached] = {}
    gone: set[Key] = set()
    for event in news:
        key = event.deadline_id, event.level
        if isinstance(event, SupervisionReached):
            reached[key] = event
            gone.discard(key)
        else:
            gone.add(key)
    # One statement does not see the rows of another that goes with it: what came and went at once is written as gone.
    upsert(tx, SUPERVISION, [_columns(event, key in gone) for key, event in reached.items()])
    if before := sorted((id, level.value) for id, level in gone - reached.keys()):
        ids, levels = map(list, zip(*before, strict=True))
        tx.write(_WITHDRAW, {"ids": ids, "levels": levels})


async def of_order(tx: Transaction, order_id: UUID) -> list[Step]:
    """The steps of an order, as they were reached."""
    query = select(SUPERVISION).where(SUPERVISION.c.order_id == order_id)
    return [_step(row) for row in await tx.all(query.order_by(SUPERVISION.c.reached_at, SUPERVISION.c.level))]


def _columns(event: SupervisionReached, withdrawn: bool) -> dict[str, object]:
    return {
        "deadline_id": event.deadline_id, "level": event.level.value, "order_id": event.order_id, "rule": event.rule,
        "due_at": event.due_at, "reached_at": event.reached_at, "sent_at": event.sent_at, "withdrawn": withdrawn,
    }  # fmt: skip


def _step(row: Row) -> Step:
    due, reached, sent = (row[name].astimezone(ZONE) for name in ("due_at", "reached_at", "sent_at"))
    return Step(row.deadline_id, row.order_id, Escalation(row.level), row.rule, due, reached, sent, row.withdrawn)
