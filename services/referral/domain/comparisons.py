"""横向对比: what other cities do in the same case (R16), looked at before a cannot-do statement is upheld."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.referral.domain.matters import Matter
from services.referral.domain.policies import Policy
from shared.contracts.base import Event
from shared.contracts.errors import Refused
from shared.contracts.referral import ComparisonRecorded
from shared.ids import new_id


class Verdict(StrEnum):
    """How the other city's rule stands to ours."""

    SAME = "SAME"
    LOOSER = "LOOSER"
    STRICTER = "STRICTER"


@dataclass(frozen=True, slots=True)
class CityRule:
    """One city's rule on the same question; `policy_id` where the document stands in the library."""

    city: str
    document: str
    number: str
    article: str
    text: str
    effective_on: date | None
    verdict: Verdict
    checked_on: date | None = None
    policy_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison of one matter, or the recorded reason why none is needed."""

    id: UUID
    matter_id: UUID
    needed: bool
    reason: str
    rows: tuple[CityRule, ...]
    recorded_by: str
    recorded_at: datetime


def record(
    matter: Matter, needed: bool, reason: str, rows: tuple[CityRule, ...], by: str, now: datetime
) -> tuple[Comparison, list[Event]]:
    """Record a comparison; each row must name its document by number and date (handbook 8.31)."""
    matter.require_open("登记横向对比")
    if needed:
        _require_rows(rows)
    elif not reason or rows:
        raise Refused("comparison.no_reason", "认为无需横向对比的,请写明理由,且不填对比条目")
    comparison = Comparison(new_id(), matter.id, needed, reason, rows, by, now)
    event = ComparisonRecorded(
        **matter.ref,
        comparison_id=comparison.id,
        needed=needed,
        cities=len({row.city for row in rows}),
        looser=sum(row.verdict is Verdict.LOOSER for row in rows),
        recorded_by=by,
        recorded_at=now,
    )
    return comparison, [event]


def cited(row: CityRule, policy: Policy | None, today: date) -> CityRule:
    """A row with number and date as the library has them; a document that holds no longer compares nothing."""
    if policy is None:
        raise Refused("comparison.policy_unknown", f"政策依据库中没有{row.city}引用的文件,请先登记")
    document = policy.document
    if not policy.holds_on(today):
        raise Refused("comparison.policy_ended", f"{row.city}引用的《{document.title}》目前不具有效力,请核对")
    if row.article and row.article not in {article.number for article in document.articles}:
        raise Refused("comparison.article_unknown", f"库中《{document.title}》没有登记“{row.article}”,请核对条款")
    return replace(row, document=document.title, number=document.number, effective_on=document.effective_on)


def _require_rows(rows: tuple[CityRule, ...]) -> None:
    if not rows:
        raise Refused("comparison.no_rows", "横向对比至少要有一个城市的规定")
    for place, row in enumerate(rows, 1):
        if not row.number:
            raise Refused("comparison.no_number", f"第{place}条对比({row.city})缺少文号", row=place)
        if row.effective_on is None:
            raise Refused("comparison.no_date", f"第{place}条对比({row.city})缺少施行日期", row=place)
