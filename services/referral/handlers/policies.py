"""The library of policies: entered and ended by the discipline body, read by everybody."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from services.referral import access
from services.referral.domain import policies as rules
from services.referral.domain.comparisons import CityRule, cited
from services.referral.domain.policies import Document, Policy
from services.referral.store import policies, statements
from services.referral.store.statements import Watching
from shared.contracts.errors import Conflict, NotFound, Refused
from shared.contracts.referral import CannotDoPolicyChanged
from shared.store.unit_of_work import Transaction


async def register(tx: Transaction, document: Document) -> Policy:
    """登记政策文件."""
    access.keeps_policies(tx.actor)
    if await policies.is_known(tx, document.number, document.title):
        raise Conflict("policy.known", "库中已有同名同文号的文件,请直接引用")
    policy, events = rules.register(document, tx.actor.org, tx.actor.id, tx.now)
    await policies.save(tx, policy)
    tx.publish(*events)
    return policy


async def end(tx: Transaction, policy_id: UUID, ended_on: date, superseded_by: UUID | None) -> Policy:
    """登记废止或替代."""
    access.keeps_policies(tx.actor)
    policy = await policies.find(tx, policy_id, lock=True)
    if policy is None or not access.may_end_policy(tx.actor, policy):
        raise NotFound
    successor = await policies.find(tx, superseded_by) if superseded_by else None
    if superseded_by and successor is None:
        raise Refused("policy.successor_unknown", "替代文件不在库中,请先登记")
    policy, events = rules.end(policy, ended_on, successor, tx.actor.id, tx.now)
    await policies.save(tx, policy)
    watching = await statements.no_longer_watching(tx, policy_id)
    told = sorted(watching, key=lambda each: each.matter_id)
    tx.publish(*events, *(_changed(each, policy, tx.now) for each in told))
    return policy


async def read(tx: Transaction, policy_id: UUID) -> Policy:
    """One document with its articles."""
    access.reads_policies(tx.actor)
    policy = await policies.find(tx, policy_id)
    if policy is None:
        raise NotFound
    return policy


async def page(tx: Transaction, title: str | None, after: UUID | None, limit: int) -> list[Policy]:
    """Documents by their titles."""
    access.reads_policies(tx.actor)
    return await policies.page(tx, title, after, limit)


async def with_citations(tx: Transaction, rows: Iterable[CityRule]) -> tuple[CityRule, ...]:
    """Rows of a comparison with what the library says of the documents that they cite."""
    rows = tuple(rows)
    known = await policies.these(tx, {row.policy_id for row in rows if row.policy_id})
    return tuple(cited(row, known.get(row.policy_id), tx.now.date()) if row.policy_id else row for row in rows)


def _changed(watching: Watching, policy: Policy, now: datetime) -> CannotDoPolicyChanged:
    return CannotDoPolicyChanged(
        **watching.order, statement_id=watching.statement_id, policy_id=policy.id,
        superseded_by=policy.superseded_by, changed_at=now,
    )  # fmt: skip
