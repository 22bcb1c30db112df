"""协调会, 现场会诊, 会审会商: called on a matter, held in sessions, concluded with tasks (A31, R13)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.referral.domain.matters import Matter
from services.referral.domain.orders import WORKABLE, Order, Requirement, with_tasks
from shared.contracts.base import Event
from shared.contracts.codes import MeetingKind, OrderState
from shared.contracts.errors import Conflict, Refused
from shared.contracts.referral import MeetingConcluded, MeetingScheduled, MeetingSessionHeld
from shared.ids import new_id
from shared.workdays import ZONE

FAR = timedelta(days=366)
# Orders that still take a requirement in.
TAKES_TASKS = (OrderState.DRAFT, OrderState.DELIVERED, OrderState.SUSPENDED, *WORKABLE)


class MeetingState(StrEnum):
    """A meeting is open until it is concluded."""

    SCHEDULED = "SCHEDULED"
    CONCLUDED = "CONCLUDED"


@dataclass(frozen=True, slots=True)
class Session:
    """One sitting: which of the invited units came."""

    number: int
    present: tuple[str, ...]
    absent: tuple[str, ...]
    minutes: str
    held_at: datetime


@dataclass(frozen=True, slots=True)
class Task:
    """What a unit took upon itself, and until when."""

    unit_id: str
    task: str
    due: date


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What the meeting agreed on, and who disagreed."""

    summary: str
    dissent: str
    tasks: tuple[Task, ...]
    concluded_at: datetime


@dataclass(frozen=True, slots=True)
class Meeting:
    """会议 on one matter, with one or more sessions ("连续现场会诊")."""

    id: UUID
    matter: Matter
    kind: MeetingKind
    unit_ids: tuple[str, ...]
    agenda: str
    meets_at: datetime
    state: MeetingState = MeetingState.SCHEDULED
    sessions: tuple[Session, ...] = ()
    conclusion: Conclusion | None = None
    version: int = 1

    def require_open(self, doing: str) -> None:
        """Refuse an act on a meeting that is over."""
        if self.state is MeetingState.CONCLUDED:
            raise Conflict("meeting.concluded", f"会议已形成结论,不能{doing};需要再议请另行召集")


def schedule(
    matter: Matter,
    open_meeting: UUID | None,
    kind: MeetingKind,
    unit_ids: tuple[str, ...],
    agenda: str,
    at: datetime,
    now: datetime,
) -> tuple[Meeting, list[Event]]:
    """Call a meeting; one at a time, so that the matter leaves COORDINATING when that one is concluded (T09)."""
    matter.require_open("召集会议")
    if open_meeting:
        raise Conflict(
            "meeting.still_open", "该事项已有会议尚未形成结论,请在原会议中续会", meeting_id=str(open_meeting)
        )
    if not unit_ids or len(set(unit_ids)) < len(unit_ids):
        raise Refused("meeting.units", "请列出参会单位,每个单位只列一次")
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if not today <= at <= today + FAR:
        raise Refused("meeting.date", "会议日期不能早于今天,也不能在一年以后")
    meeting = Meeting(new_id(), matter, kind, unit_ids, agenda, at.astimezone(ZONE))
    event = MeetingScheduled(
        **matter.ref, meeting_id=meeting.id, kind=kind, unit_ids=list(unit_ids), scheduled_at=now,
        meets_at=meeting.meets_at,
    )  # fmt: skip
    return meeting, [event]


def hold_session(
    meeting: Meeting, present: tuple[str, ...], absent: tuple[str, ...], minutes: str, now: datetime
) -> tuple[Meeting, list[Event]]:
    """Record a session: every invited unit was there or was not."""
    meeting.require_open("再记录会次")
    if sorted(present + absent) != sorted(meeting.unit_ids):
        raise Refused("meeting.attendance", "请逐一登记每个参会单位到会或缺席,不重不漏")
    if not present:
        raise Refused("meeting.nobody_came", "没有单位到会的不计会次,请改期")
    session = Session(len(meeting.sessions) + 1, present, absent, minutes, now)
    event = MeetingSessionHeld(
        **meeting.matter.ref,
        meeting_id=meeting.id,
        session_no=session.number,
        present_unit_ids=list(present),
        absent_unit_ids=list(absent),
        held_at=now,
    )
    return replace(meeting, sessions=(*meeting.sessions, session), version=meeting.version + 1), [event]


def conclude(
    meeting: Meeting, summary: str, dissent: str, tasks: tuple[Task, ...], now: datetime
) -> tuple[Meeting, list[Event]]:
    """Conclude the meeting: each task has a unit that was invited and a day that is not past."""
    meeting.require_open("重复作出结论")
    if not meeting.sessions:
        raise Refused("meeting.not_held", "会议尚未召开,请先记录会次再形成结论")
    if not tasks:
        raise Refused("meeting.no_task", "会议结论须明确至少一项任务、责任单位和期限")
    for task in tasks:
        if task.unit_id not in meeting.unit_ids:
            raise Refused("meeting.task_unit", "任务的责任单位须为参会单位", unit_id=task.unit_id)
        if task.due < now.date():
            raise Refused("meeting.task_due", "任务期限不能早于今天", unit_id=task.unit_id)
    done = replace(
        meeting,
        state=MeetingState.CONCLUDED,
        conclusion=Conclusion(summary, dissent, tasks, now),
        version=meeting.version + 1,
    )
    event = MeetingConcluded(
        **meeting.matter.ref,
        meeting_id=meeting.id,
        sessions=len(meeting.sessions),
        task_unit_ids=[task.unit_id for task in tasks],
        concluded_at=now,
    )
    return done, [event]


def task_text(tasks: tuple[Task, ...]) -> str:
    """What units will read of it, for intake's text check: each task on a line of its own."""
    return "\n".join(task.task for task in tasks)


def require_checked(matter: Matter, is_clean: bool) -> None:
    """Tasks are read by units: under MASK and ANONYMOUS they must not show who reported."""
    if matter.identity_hidden and not is_clean:
        raise Refused(
            "meeting.text_not_checked", "隐名、匿名事项的会议任务将列入交办单,须先经文本检查,且检查后不得改动"
        )


def given_out(tasks: Iterable[Task], orders: Iterable[Order], round: int) -> list[Order]:
    """The open orders of the round with what their units took upon themselves."""
    agreed: dict[str, list[Requirement]] = defaultdict(list)
    for task in tasks:
        agreed[task.unit_id].append(Requirement(task.task, due=task.due))
    running = (order for order in orders if order.round == round and order.state in TAKES_TASKS)
    return [with_tasks(order, agreed[order.unit_id]) for order in running if order.unit_id in agreed]
