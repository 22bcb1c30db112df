"""政策依据库: documents with their articles and the days on which they hold, for comparisons and statements to cite.

Public texts of the law, not people's words: they lie open. A document is never changed, only ended or superseded.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from shared.contracts.base import Event
from shared.contracts.codes import BasisLevel
from shared.contracts.errors import Conflict, Refused
from shared.contracts.referral import PolicyEnded, PolicyRegistered
from shared.ids import new_id


@dataclass(frozen=True, slots=True)
class Article:
    """条款, quoted."""

    number: str
    text: str


@dataclass(frozen=True, slots=True)
class Document:
    """What is entered of a document; both days of validity included."""

    level: BasisLevel
    title: str
    number: str
    issued_by: str
    effective_on: date
    articles: tuple[Article, ...]
    issued_on: date | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """A document of the library; `ended_on` is the last day on which it holds."""

    id: UUID
    org_code: str
    document: Document
    registered_by: str
    registered_at: datetime
    ended_on: date | None = None
    superseded_by: UUID | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the document is in force on a day."""
        return self.document.effective_on <= day and (self.ended_on is None or day <= self.ended_on)


Kept = tuple[Policy, list[Event]]


def register(document: Document, org_code: str, by: str, now: datetime) -> Kept:
    """Enter a document; an internal rule that nobody outside can read is no basis (handbook 6.4)."""
    if document.level is BasisLevel.INTERNAL:
        raise Refused("policy.internal", "内部规定不能作为政策依据,请登记公开的法律、法规、规章或规范性文件")
    if document.issued_on is not None and document.effective_on < document.issued_on:
        raise Refused("policy.effective_before_issue", "施行日期早于发布日期,请核对")
    if len({article.number for article in document.articles}) < len(document.articles):
        raise Refused("policy.article_twice", "同一条款只登记一次")
    policy = Policy(new_id(), org_code, document, by, now)
    told = PolicyRegistered(
        policy_id=policy.id, org_code=org_code, level=document.level, effective_on=document.effective_on,
        registered_by=by, registered_at=now,
    )  # fmt: skip
    return policy, [told]


def end(policy: Policy, ended_on: date, successor: Policy | None, by: str, now: datetime) -> Kept:
    """废止或被替代: the last day on which it holds, and what came in its place."""
    if policy.ended_on is not None:
        raise Conflict("policy.ended", f"该文件已登记为有效至{policy.ended_on},不能再次登记")
    if ended_on < policy.document.effective_on:
        raise Refused("policy.dates", "失效日期早于施行日期,请核对")
    if successor is not None and successor.id == policy.id:
        raise Refused("policy.own_successor", "替代文件不能是本文件")
    if successor is not None and successor.document.articles == policy.document.articles:
        raise Refused("policy.same_text", "替代文件的条款与本文件完全相同,没有修订内容,请核对")
    heir = successor.id if successor else None
    told = PolicyEnded(
        policy_id=policy.id, org_code=policy.org_code, ended_on=ended_on, superseded_by=heir, ended_by=by,
        recorded_at=now,
    )  # fmt: skip
    return replace(policy, ended_on=ended_on, superseded_by=heir), [told]
