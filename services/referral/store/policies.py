"""The library of policies."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import select

from services.referral.domain.policies import Article, Document, Policy
from services.referral.store.tables import POLICY
from shared.contracts.codes import BasisLevel
from shared.store.statements import Row, among
from shared.store.unit_of_work import Transaction
from shared.store.upsert import upsert

_ARTICLES = TypeAdapter[tuple[Article, ...]](tuple[Article, ...])


async def find(tx: Transaction, policy_id: UUID, lock: bool = False) -> Policy | None:
    """One document."""
    query = select(POLICY).where(POLICY.c.policy_id == policy_id)
    row = await tx.one(query.with_for_update() if lock else query)
    return _policy(row) if row else None


async def these(tx: Transaction, policy_ids: Collection[UUID]) -> dict[UUID, Policy]:
    """Several documents."""
    rows = await tx.all(select(POLICY).where(among(POLICY.c.policy_id, policy_ids))) if policy_ids else []
    return {row.policy_id: _policy(row) for row in rows}


async def page(tx: Transaction, title: str | None, after: UUID | None, limit: int) -> list[Policy]:
    """The next documents, newest first, whose title or number has these words."""
    query = select(POLICY).order_by(POLICY.c.policy_id.desc()).limit(limit)
    if title:
        query = query.where(POLICY.c.title.contains(title, autoescape=True) | (POLICY.c.number == title))
    if after is not None:
        query = query.where(POLICY.c.policy_id < after)
    return [_policy(row) for row in await tx.all(query)]


async def is_known(tx: Transaction, number: str, title: str) -> bool:
    """Whether a document of this number and title is in the library."""
    query = select(POLICY.c.policy_id).where(POLICY.c.number == number, POLICY.c.title == title)
    return await tx.one(query) is not None


async def save(tx: Transaction, policy: Policy) -> None:
    """Write a document, new or locked before."""
    upsert(tx, POLICY, [_columns(policy)])


def _columns(policy: Policy) -> dict[str, Any]:
    document = policy.document
    return {
        "policy_id": policy.id,
        "org_code": policy.org_code,
        "level": document.level.value,
        "title": document.title,
        "number": document.number,
        "issued_by": document.issued_by,
        "effective_on": document.effective_on,
        "issued_on": document.issued_on,
        "articles": _ARTICLES.dump_python(document.articles, mode="json"),
        "registered_by": policy.registered_by,
        "registered_at": policy.registered_at,
        "ended_on": policy.ended_on,
        "superseded_by": policy.superseded_by,
    }


def _policy(row: Row) -> Policy:
    document = Document(
        BasisLevel(row.level), row.title, row.number, row.issued_by, row.effective_on,
        _ARTICLES.validate_python(row.articles), row.issued_on,
    )  # fmt: skip
    return Policy(
        row.policy_id, row.org_code, document, row.registered_by, row.registered_at, row.ended_on, row.superseded_by
    )
