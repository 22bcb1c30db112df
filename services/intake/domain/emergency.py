"""紧急情况: words in a report that cannot wait, what the clerk does at once, and who answers (handbook 8, 44).

The words only ask somebody to look: a leader who finds nothing behind them acknowledges all the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.intake.domain.matter import Alarm, Matter, Moved
from shared.contracts.codes import Danger
from shared.contracts.errors import Conflict
from shared.contracts.intake import MatterAlarmAcknowledged, MatterAlarmRaised

PASSES_ON = timedelta(minutes=5)  # until those above the window may answer as well

WORDS: Mapping[Danger, tuple[str, ...]] = {
    Danger.SELF_HARM: ("自杀", "轻生", "不想活", "跳楼", "割腕", "喝农药", "寻短见"),
    Danger.FIRE: ("火灾", "着火", "起火", "爆炸", "煤气泄漏", "燃气泄漏"),
    Danger.VIOLENCE: ("伤人", "杀人", "砍人", "捅人", "同归于尽", "报复社会"),
    Danger.MEDICAL: ("昏迷", "休克", "大出血", "生命危险", "心脏骤停"),
}


@dataclass(frozen=True, slots=True)
class Guidance:
    """What the clerk does at once."""

    call: str
    advice: str


GUIDANCE: Mapping[Danger, Guidance] = {
    Danger.SELF_HARM: Guidance("110、120", "不要让反映人独处,稳定情绪,立即报警并通知带班领导"),
    Danger.FIRE: Guidance("119", "立即拨打119,组织疏散,通知带班领导"),
    Danger.VIOLENCE: Guidance("110", "保持距离,立即报警并通知大厅安保和带班领导"),
    Danger.MEDICAL: Guidance("120", "立即拨打120,不要随意移动病人,通知带班领导"),
}


def dangers(*texts: str | None) -> tuple[Danger, ...]:
    """What these texts hint at."""
    said = "".join("".join((text or "").split()) + "\n" for text in texts)
    return tuple(danger for danger, words in WORDS.items() if any(word in said for word in words))


def raised(outcome: Moved, found: tuple[Danger, ...], now: datetime) -> Moved:
    """The matter with its alarm, if there is reason for one."""
    matter, events = outcome
    if not found:
        return outcome
    told = MatterAlarmRaised(**matter.ref, dangers=list(found), raised_at=now)
    return replace(matter, alarm=Alarm(found, now)), [*events, told]


def has_passed_on(alarm: Alarm, now: datetime) -> bool:
    """Whether the window's own leader has left it unanswered so long that others may answer."""
    return now - alarm.raised_at >= PASSES_ON


def acknowledge(matter: Matter, by: str, now: datetime) -> Moved:
    """已处置: somebody answers for it; in any state, since what was settled at once may be in danger still."""
    if matter.alarm is None or matter.alarm.acked_at is not None:
        raise Conflict("alarm.none_open", "该事项没有待处置的紧急提醒,可能已由他人处置")
    alarm = replace(matter.alarm, acked_by=by, acked_at=now)
    told = MatterAlarmAcknowledged(**matter.ref, acked_by=by, acked_at=now)
    return replace(matter, alarm=alarm, version=matter.version + 1), [told]
