"""What people do with a matter: one pure function per command, each with the events it publishes."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.intake.domain.form import Form, Received, Settlement
from services.intake.domain.matter import Matter, Moved, Registration, moved_event
from services.intake.domain.register import register_number
from shared.contracts.codes import AcceptMode, FeedbackWay, MatterState, Outcome, RootCause, SubReason, WindowLevel
from shared.contracts.errors import Refused
from shared.contracts.intake import (
    FeedbackGiven,
    MatterAccepted,
    MatterClosed,
    MatterHandledOnSite,
    MatterReceived,
    MatterRegistered,
    MatterResolvedOnSpot,
    MatterReviewed,
)


@dataclass(frozen=True, slots=True)
class Desk:
    """The counter at which somebody registers: the window, today's duty period, and the number drawn."""

    window_id: str
    org_code: str
    level: WindowLevel
    register_mark: str
    period_id: str
    leader_id: str
    number: int
    year: int
    written_at: datetime | None = None


def receive(matter_id: UUID, given: Received, org_code: str, window_id: str, now: datetime) -> Moved:
    """接收 (T01), imported from elsewhere: no clocks, no alerts."""
    matter = Matter(
        matter_id, org_code, window_id, given.channel, given.source_ref, given.received_at,
        MatterState.PENDING_INTAKE, now,
    )  # fmt: skip
    came = MatterReceived(**matter.ref, channel=given.channel, received_at=given.received_at, historical=True)
    return matter, [came, moved_event(None, matter, "T01", now)]


def register(matter_id: UUID, form: Form, desk: Desk, by: str, now: datetime) -> Moved:
    """登记 (T02) of somebody at the counter, or of what came another way and is entered here first."""
    line = _line(form, desk, by, now)
    matter = Matter(
        matter_id, desk.org_code, desk.window_id, form.channel, form.source_ref, form.received_at or now,
        MatterState.REGISTERED, now, registration=line, hands=(by,),
    )  # fmt: skip
    return matter, [_registered(matter, line, desk.level), moved_event(None, matter, "T02", now)]


def register_received(matter: Matter, form: Form, desk: Desk, by: str, now: datetime) -> Moved:
    """登记 (T02) of something received earlier."""
    line = _line(form, desk, by, now)
    matter, moved = matter.moved("T02", now, registration=line, hands=matter.with_hand(by))
    return matter, [_registered(matter, line, desk.level), moved]


def settle_on_spot(matter: Matter, settlement: Settlement, by: str, now: datetime) -> Moved:
    """当场办结 (T03)."""
    cause = settlement.root_cause
    hands = matter.with_hand(by)
    matter, moved = matter.moved("T03", now, root_cause=cause, outcome=Outcome.ON_THE_SPOT, hands=hands)
    resolved = MatterResolvedOnSpot(
        **matter.ref, root_cause=cause, minutes_spent=settlement.minutes_spent, resolved_at=now
    )
    return matter, [resolved, moved, closed(matter, now)]


def accept(matter: Matter, by: str, now: datetime) -> Moved:
    """受理 (T05)."""
    matter, moved = matter.moved("T05", now, hands=matter.with_hand(by))
    accepted = MatterAccepted(
        **matter.ref, mode=AcceptMode.MANUAL, accepted_at=now, accepted_by=by, blamed_unit_ids=matter.blamed_unit_ids
    )
    return matter, [accepted, moved]


def record_on_site(
    matter: Matter, responsible_unit_id: str, sub_reasons: tuple[SubReason, ...], by: str, now: datetime
) -> Moved:
    """现场督办记录 (T12b): the duty leader went there; the unit at fault need not be the one that was blamed."""
    matter.require(MatterState.HANDLING, doing="记录现场督办")
    if matter.handled_by_units:
        raise Refused("on_site.has_orders", "本事项已交办,请在交办单上办理和审核")
    hands = matter.with_hand(by)
    matter, moved = matter.moved("T12b", now, responsible_unit_id=responsible_unit_id, hands=hands)
    handled = MatterHandledOnSite(
        **matter.ref, responsible_unit_id=responsible_unit_id, sub_reasons=list(sub_reasons), recorded_at=now
    )
    return matter, [handled, moved]


def review(matter: Matter, outcome: Outcome, root_cause: RootCause, by: str, now: datetime) -> Moved:
    """审核 (T17) of what the window handled itself; orders are reviewed one by one, where they are."""
    matter.require(MatterState.RESULT_REVIEW, doing="审核")
    if matter.handled_by_units:
        raise Refused("review.has_orders", "本事项有交办单,请逐单审核")
    if outcome not in (Outcome.DONE, Outcome.PARTLY):
        raise Refused(
            "review.outcome",
            "窗口自行办理的结果只能是“办成”或“部分办成”;未能办成的请选“部分办成”,并在办理结果中写明原因",
        )
    hands = matter.with_hand(by)
    matter, moved = matter.moved("T17", now, outcome=outcome, root_cause=root_cause, hands=hands)
    reviewed = MatterReviewed(
        **matter.ref, outcome=outcome, root_cause=root_cause, responsible_unit_id=matter.responsible_unit_id,
        reviewed_at=now,
    )  # fmt: skip
    return matter, [reviewed, moved]


def give_feedback(
    matter: Matter, way: FeedbackWay, by: str, now: datetime, counselled: bool = False, has_remedy: bool = False
) -> Moved:
    """反馈反映人 (T18); R09: what cannot be done is explained, the person counselled and told where else to turn."""
    matter.require(MatterState.FEEDBACK, doing="反馈反映人")
    if matter.outcome is Outcome.CANNOT_EXPLAINED and not counselled:
        raise Refused("feedback.counselling_missing", "不能办的事项,反馈时须填写疏导情况")
    if matter.outcome is Outcome.CANNOT_EXPLAINED and not has_remedy:
        raise Refused("feedback.remedy_missing", "不能办的事项,反馈时须告知救济途径(复议、诉讼、信访复查等)")
    matter, moved = matter.moved("T18", now, hands=matter.with_hand(by))
    return matter, [FeedbackGiven(**matter.ref, way=way, counselling=counselled, given_at=now), moved]


def closed(matter: Matter, now: datetime) -> MatterClosed:
    """The event of the end; R04: nothing closes without a result and its principal cause."""
    if matter.outcome is None or matter.root_cause is None:
        raise Refused("close.undecided", "缺少办理结果或主要原因,不能办结")
    return MatterClosed(**matter.ref, outcome=matter.outcome, root_cause=matter.root_cause, closed_at=now)


def _line(form: Form, desk: Desk, by: str, now: datetime) -> Registration:
    codes = form.particulars
    return Registration(
        register_no=register_number(desk.register_mark, desk.year, desk.number),
        registered_at=now,
        period_id=desk.period_id,
        first_receiver_id=by,
        duty_leader_id=desk.leader_id,
        reporter_kind=codes.reporter_kind,
        disclosure=codes.disclosure,
        urgency=codes.urgency,
        item_code=codes.item_code,
        group_size=codes.group_size,
        blamed_unit_ids=codes.blamed_unit_ids,
        written_at=desk.written_at,
    )


def _registered(matter: Matter, line: Registration, level: WindowLevel) -> MatterRegistered:
    return MatterRegistered(
        **matter.ref,
        register_no=line.register_no,
        channel=matter.channel,
        level=level,
        reporter_kind=line.reporter_kind,
        disclosure=line.disclosure,
        group_size=line.group_size,
        item_code=line.item_code,
        urgency=line.urgency,
        blamed_unit_ids=list(line.blamed_unit_ids),
        first_receiver_id=line.first_receiver_id,
        received_at=matter.received_at,
        registered_at=line.registered_at,
        written_at=line.written_at,
    )
