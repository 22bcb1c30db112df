"""Routes of the library of policies."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from services.referral.domain.policies import Article, Document, Policy
from services.referral.handlers import policies
from services.referral.http.fields import Paragraph
from shared.contracts.codes import BasisLevel
from shared.store.unit_of_work import Transaction
from shared.web import Answer, Body, Cursor, Page, Read, Run

router = APIRouter()
Line = Annotated[str, Field(min_length=2, max_length=200, pattern=r"^[^\x00-\x1f]+$")]


class ArticleIn(Body):
    number: Annotated[str, Field(min_length=1, max_length=60)]
    text: Annotated[str, Field(min_length=2, max_length=5_000)]


class PolicyIn(Body):
    """登记政策文件: public documents only, each article that is cited with its text."""

    level: BasisLevel
    title: Line
    number: Line
    issued_by: Line
    effective_on: date
    issued_on: date | None = None
    articles: Annotated[tuple[ArticleIn, ...], Field(min_length=1, max_length=300)]

    def document(self) -> Document:
        articles = tuple(Article(article.number, article.text) for article in self.articles)
        return Document(
            self.level, self.title, self.number, self.issued_by, self.effective_on, articles, self.issued_on
        )


class EndIn(Body):
    """废止或替代: the last day on which it holds, and the document that takes its place."""

    ended_on: date
    superseded_by: UUID | None = None


class ArticleOut(Answer):
    number: str
    text: str


class PolicyLine(Answer):
    """A document without its articles."""

    policy_id: UUID
    level: BasisLevel
    title: str
    number: str
    issued_by: str
    effective_on: date
    issued_on: date | None
    ended_on: date | None
    superseded_by: UUID | None


class PolicyOut(PolicyLine):
    org_code: str
    articles: list[ArticleOut]
    registered_by: str
    registered_at: datetime


@router.post("/policies", status_code=201)
async def register(body: PolicyIn, run: Run) -> Response:
    async def work(tx: Transaction) -> PolicyOut:
        return _out(await policies.register(tx, body.document()))

    return await run(work, status=201)


@router.post("/policies/{policy_id}/end")
async def end(policy_id: UUID, body: EndIn, run: Run) -> Response:
    async def work(tx: Transaction) -> PolicyOut:
        return _out(await policies.end(tx, policy_id, body.ended_on, body.superseded_by))

    return await run(work)


@router.get("/policies")
async def page(
    read: Read, wanted: Cursor, title: Annotated[Paragraph | None, Query(max_length=200)] = None
) -> Response:
    after = wanted.position(UUID)

    async def work(tx: Transaction) -> Page[PolicyLine]:
        found = await policies.page(tx, title, after[0] if after else None, wanted.limit + 1)
        return Page[PolicyLine].of([_line(one) for one in found], wanted.limit, lambda line: [line.policy_id])

    return await read(work)


@router.get("/policies/{policy_id}")
async def read_one(policy_id: UUID, read: Read) -> Response:
    async def work(tx: Transaction) -> PolicyOut:
        return _out(await policies.read(tx, policy_id))

    return await read(work)


def _line(policy: Policy) -> PolicyLine:
    document = policy.document
    return PolicyLine(
        policy_id=policy.id, level=document.level, title=document.title, number=document.number,
        issued_by=document.issued_by, effective_on=document.effective_on, issued_on=document.issued_on,
        ended_on=policy.ended_on,
        superseded_by=policy.superseded_by,
    )  # fmt: skip


def _out(policy: Policy) -> PolicyOut:
    return PolicyOut(
        **_line(policy).model_dump(),
        org_code=policy.org_code,
        articles=[ArticleOut(number=article.number, text=article.text) for article in policy.document.articles],
        registered_by=policy.registered_by,
        registered_at=policy.registered_at,
    )
