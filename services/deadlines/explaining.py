"""Explaining a clock: how its due time comes about day by day, and whether that is the one stored."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from services.deadlines.domain.clock import Clock
from services.deadlines.domain.counting import Change, Counting, Extension, Pause, RedAtOnce
from services.deadlines.domain.facts import Mark
from shared.workdays import ZONE, Explanation, Extended, Limit, Paused, explain

# What started a clock, as a person says it.
STARTS = {
    Mark.RECEIVED: "收到反映事项", Mark.REGISTERED: "登记", Mark.ACCEPTED: "受理",
    Mark.DEEMED_ACCEPTED: "逾期视为受理", Mark.REOPENED: "复开", Mark.TRIAGE_RETURNED: "研判退回",
    Mark.TRIAGED: "提出研判意见", Mark.ISSUED: "交办单送达", Mark.ACKED_IN_TIME: "承办单位签收",
    Mark.TAKEN_AS_ACKED: "交办单送达(逾期未签收,自送达起算)", Mark.CANNOT_CONFIRMED: "不能办情况说明认定成立",
    Mark.FEEDBACK_GIVEN: "向反映人反馈", Mark.ANSWERED: "承办单位反馈", Mark.CANNOT_FILED: "报送不能办情况说明",
    Mark.HANDLED_ON_SITE: "现场督办", Mark.REVIEW_PASSED: "审核通过", Mark.RETURNED: "退回重办",
    Mark.REWORK_ORDERED: "责令重办",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ExplainedClock:
    """A clock with the days by which its due time is counted now."""

    clock: Clock
    counting: Counting
    counted: Explanation

    @property
    def rule_basis(self) -> str:
        """What the version of the rule that it runs by is founded on."""
        return self.counting.versions.numbered(self.clock.rule, self.clock.rule_version).basis

    @property
    def agrees(self) -> bool:
        """Whether the stored due time is the one counted now."""
        return self.clock.due_at == self.counted.due.at

    @property
    def why_provisional(self) -> str | None:
        """Why a notice still to come may move the stored date."""
        if not self.clock.provisional:
            return None
        if not self.counted.awaited:
            return "期限按当时的暂定日历计算;所跨年度的放假通知其后已收到,所记期限尚未重新计算"
        years = "、".join(f"{year}年" for year in self.counted.awaited)
        return f"{years}放假安排的通知尚未收到,期限为暂定,通知收到后可能调整"

    @property
    def why_differs(self) -> str | None:
        """What changed since the stored date was counted, if it is another."""
        if self.agrees:
            return None
        reasons = []
        if self.clock.calendar_version != self.counting.calendar.version:
            reasons.append("放假安排(日历)在期限算出之后更新过")
        if not reasons or self.clock.due_at.timetz() != self.counted.due.at.timetz():
            reasons.append("窗口的办公时间在期限算出之后更改过")
        return ";".join(reasons)

    @property
    def notes(self) -> list[str]:
        """What is to be said after the days."""
        return list(self._notes())

    def _notes(self) -> Iterator[str]:
        for change in self.clock.changes:
            if isinstance(change, RedAtOnce):
                red_at = f"{change.red_at.astimezone(ZONE):%Y-%m-%d %H:%M}"
                yield f"{red_at}起即为红色督办(第三次申请延期或反映人第二次不满意),期限不变"
        if why := self.why_provisional:
            yield why
        if why := self.why_differs:
            stored = f"{self.clock.due_at.astimezone(ZONE):%Y-%m-%d %H:%M}"
            yield f"所记期限为{stored},与按现行日历和办公时间逐日计算的结果不一致:{why}。以所记期限为准"
        else:
            yield "逐日计算的结果与所记期限一致"


def explained(clock: Clock, counting: Counting) -> ExplainedClock:
    """The days of a clock."""
    changes = tuple(_changes(clock.changes))
    found = explain(clock.started_at, Limit.parse(clock.limit), counting.calendar, counting.hours, changes)
    return ExplainedClock(clock, counting, found)


def _changes(changes: Iterable[Change]) -> Iterator[Extended | Paused]:
    for change in changes:
        if isinstance(change, Extension):
            yield Extended(change.at, Limit.parse(change.limit))
        elif isinstance(change, Pause):
            yield Paused(change.at, change.until)
