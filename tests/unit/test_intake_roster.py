"""The duty roster: windows, periods of fourteen days, substitutes, handovers, and what rights follow from them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

import pytest

from services.intake.domain import handover, roster, substitutions
from services.intake.domain.handover import Handover
from services.intake.domain.roster import Window
from services.intake.domain.substitutions import Asked
from shared.contracts.actor import Actor
from shared.contracts.codes import SubstitutionReason, WindowLevel
from shared.contracts.duty import (
    DutyPeriod,
    OnDuty,
    Substitution,
    require_leader,
    require_leader_or_own,
    require_staff,
    require_staff_or_own,
)
from shared.workdays import DEFAULT_HOURS, ZONE, builtin_calendar
from tests.unit.intake_room import refused

DAY = timedelta(days=1)
PERIOD = DutyPeriod("P1", "W1", "410200", date(2026, 9, 28), date(2026, 10, 11), "leader-1", ("a", "b"))
NEXT = DutyPeriod("P2", "W1", "410200", date(2026, 10, 12), date(2026, 10, 25), "leader-2", ("c", "d"))
ELSEWHERE = DutyPeriod("X1", "W2", "410200Z1", date(2026, 9, 28), date(2026, 10, 11), "leader-9", ("x", "y"))
LATER = DutyPeriod("X2", "W2", "410200Z1", date(2026, 10, 12), date(2026, 10, 25), "leader-8", ("v", "w"))
OPEN = {"REGISTERED": ["汴监窗〔2026〕000001号"], "HANDLING": ["汴监窗〔2026〕000002号", "汴监窗〔2026〕000003号"]}


def on(day: date, hour: int = 16) -> datetime:
    return datetime.combine(day, time(hour), ZONE)


def asked(replaced: str = "a", substitute: str = "s", first: int = 2, last: int = 4) -> Asked:
    """Proposed by the duty leader on the period's second day, for some days of October."""
    return Asked(
        UUID(int=1), "P1", replaced, substitute, date(2026, 10, first), date(2026, 10, last),
        SubstitutionReason.ILLNESS, "leader-1", on(date(2026, 9, 29)),
    )  # fmt: skip


def with_substitute(period: DutyPeriod = PERIOD, replaced: str = "a", substitute: str = "s") -> DutyPeriod:
    given = Substitution("1", replaced, substitute, date(2026, 10, 2), date(2026, 10, 4))
    return replace(period, substitutions=(given,))


def test_periods_follow_one_another_without_gap_or_overlap() -> None:
    assert [event.period_id for event in roster.publish_period(NEXT, [PERIOD], [])] == ["P2"]
    assert roster.publish_period(PERIOD, [PERIOD], []) == []
    assert roster.publish_period(PERIOD, [with_substitute()], []) == []
    late = replace(NEXT, start_date=NEXT.start_date + DAY, end_date=NEXT.end_date + DAY)
    early = replace(NEXT, start_date=NEXT.start_date - DAY, end_date=NEXT.end_date - DAY)
    with refused("duty.gap"):
        roster.publish_period(late, [PERIOD], [])
    with refused("duty.overlap"):
        roster.publish_period(early, [PERIOD], [])


def test_a_published_period_is_not_changed_under_its_number() -> None:
    with refused("duty.period_exists"):
        roster.publish_period(replace(PERIOD, leader_id="leader-9"), [PERIOD], [])
    with refused("duty.period_exists"):
        roster.publish_period(replace(NEXT, period_id="P1"), [], [replace(PERIOD, window_id="W2")])


@pytest.mark.parametrize("days", [13, 15])
def test_a_period_has_fourteen_days(days: int) -> None:
    with refused("duty.not_fourteen_days"):
        roster.publish_period(replace(PERIOD, end_date=PERIOD.start_date + timedelta(days=days - 1)), [], [])


@pytest.mark.parametrize("staff", [("c",), ("c", "c"), ("c", "leader-2")])
def test_nobody_leads_and_sits_at_once_and_nobody_sits_alone(staff: tuple[str, ...]) -> None:
    with refused("duty.staff"):
        roster.publish_period(replace(NEXT, staff_ids=staff), [PERIOD], [])


@pytest.mark.parametrize("shared", ["c", "leader-2"])
def test_nobody_stands_at_two_windows_on_a_day(shared: str) -> None:
    with refused("duty.two_windows"):
        roster.publish_period(NEXT, [PERIOD], [replace(LATER, staff_ids=("v", shared))])
    half = replace(LATER, start_date=LATER.end_date, end_date=LATER.end_date + 13 * DAY, leader_id=shared)
    with refused("duty.two_windows"):
        roster.publish_period(NEXT, [PERIOD], [half])
    assert roster.publish_period(NEXT, [PERIOD], [replace(ELSEWHERE, leader_id=shared)])


def test_a_substitute_elsewhere_counts_on_their_days() -> None:
    elsewhere = with_substitute(ELSEWHERE, "x", "b")
    with refused("duty.two_windows"):
        roster.publish_period(PERIOD, [], [elsewhere])


def test_a_substitute_is_on_duty_from_the_first_day_to_the_last_and_who_is_replaced_is_not() -> None:
    period = with_substitute()
    staff = [period.staff_on(date(2026, 10, day)) for day in (1, 2, 4, 5)]
    assert staff == [("a", "b"), ("s", "b"), ("s", "b"), ("a", "b")]
    leaders = with_substitute(replaced="leader-1", substitute="deputy")
    assert [leaders.leader_on(date(2026, 10, day)) for day in (1, 2, 5)] == ["leader-1", "deputy", "leader-1"]
    assert period.people_on(NEXT.start_date) == frozenset()


def test_a_substitution_is_approved_by_another_than_who_proposed_it() -> None:
    wanted, [proposed] = substitutions.propose(asked(), PERIOD, [ELSEWHERE])
    assert (proposed.replaced_id, proposed.reason) == ("a", SubstitutionReason.ILLNESS)
    now = on(date(2026, 9, 30))
    with refused("substitution.own"):
        substitutions.approve(wanted, PERIOD, [], "leader-1", now)
    done, [told] = substitutions.approve(wanted, PERIOD, [ELSEWHERE], "department", now)
    assert (told.substitute_id, told.from_day, told.approved_by) == ("s", date(2026, 10, 2), "department")
    with refused("substitution.decided"):
        substitutions.decline(done, PERIOD, "department", now)
    declined, events = substitutions.decline(wanted, PERIOD, "department", now)
    assert (declined.approved, [event.declined_by for event in events]) == (False, ["department"])


@pytest.mark.parametrize(
    ("wanted", "period", "elsewhere", "code"),
    [
        (asked(first=10, last=12), PERIOD, [], "substitution.days"),
        (asked(first=4, last=2), PERIOD, [], "substitution.days"),
        (replace(asked(), proposed_at=on(date(2026, 10, 3))), PERIOD, [], "substitution.past"),
        (asked(replaced="z"), PERIOD, [], "substitution.not_of_period"),
        (asked(substitute="b"), PERIOD, [], "substitution.of_period"),
        (asked(substitute="s2"), with_substitute(), [], "substitution.overlap"),
        (asked(replaced="b"), with_substitute(), [], "substitution.overlap"),
        (asked(substitute="y"), PERIOD, [ELSEWHERE], "duty.two_windows"),
        (asked(), PERIOD, [with_substitute(ELSEWHERE, "x", "s")], "duty.two_windows"),
    ],
)
def test_a_substitution_that_cannot_be_is_refused(
    wanted: Asked, period: DutyPeriod, elsewhere: Sequence[DutyPeriod], code: str
) -> None:
    with refused(code):
        substitutions.propose(wanted, period, elsewhere)


def test_what_has_begun_unapproved_is_not_approved_any_more() -> None:
    with refused("substitution.past"):
        substitutions.approve(asked(), PERIOD, [], "department", on(date(2026, 10, 3)))
    assert substitutions.approve(asked(), PERIOD, [], "department", on(date(2026, 10, 2)))


def test_rights_follow_the_day_of_the_command() -> None:
    period = with_substitute()
    before, during = OnDuty(period, date(2026, 10, 1)), OnDuty(period, date(2026, 10, 2))
    a, s = (Actor(account, "410200", "DISCIPLINE") for account in "as")
    assert require_staff(before, a, "登记")
    assert require_staff(during, s, "登记")
    for duty, actor in ((before, s), (during, a)):
        with refused("duty.not_on_duty"):
            require_staff(duty, actor, "登记")
    with refused("duty.not_leader"):
        require_leader(during, s, "批转")
    with refused("duty.not_on_duty"):
        require_leader(during, a, "批转")
    with refused("duty.unknown"):
        require_staff(None, a, "登记")


def test_after_the_period_only_own_open_matters_go_on() -> None:
    duty = OnDuty(NEXT, NEXT.start_date)
    a, leader = (Actor(account, "410200", "DISCIPLINE") for account in ("a", "leader-1"))
    require_staff_or_own(duty, a, ("a",), is_open=True, doing="反馈反映人")
    require_leader_or_own(duty, leader, ("a", "leader-1"), is_open=True, doing="记录现场督办")
    for hands, is_open in ((("b",), True), (("a",), False)):
        with refused("duty.not_on_duty"):
            require_staff_or_own(duty, a, hands, is_open, "反馈反映人")


@pytest.mark.parametrize(
    ("start", "due"),
    [
        (date(2026, 2, 2), date(2026, 2, 14)),  # changes on 02-16 inside Spring Festival, 02-14 is a make-up Saturday
        (date(2026, 9, 17), date(2026, 9, 30)),  # changes on 10-01: the last day of the period is a working day
        (date(2026, 9, 21), date(2026, 9, 30)),  # changes on 10-05 inside the National Day holiday
        (date(2026, 9, 28), date(2026, 10, 10)),  # ends on a Sunday after a make-up Saturday
        (date(2026, 10, 12), date(2026, 10, 23)),
    ],
)
def test_a_period_is_handed_over_on_its_last_working_day(start: date, due: date) -> None:
    period = replace(PERIOD, start_date=start, end_date=start + 13 * DAY)
    assert handover.day_of(period, builtin_calendar()) == due


def test_a_handover_is_told_when_both_have_signed_the_same_list_in_their_order() -> None:
    due = date(2026, 10, 10)
    begun = Handover(PERIOD, NEXT, due)
    with refused("handover.not_leader"):
        handover.sign(begun, "a", OPEN, on(due))
    with refused("handover.outgoing_first"):
        handover.sign(begun, "leader-2", OPEN, on(due))
    begun, events = handover.sign(begun, "leader-1", OPEN, on(due))
    assert events == []
    with refused("handover.signed"):
        handover.sign(begun, "leader-1", OPEN, on(due))
    done, [told] = handover.sign(begun, "leader-2", {}, on(due, 17))
    assert (told.open_matters, told.due_day, told.late) == (3, due, False)
    assert done.open_matters == OPEN
    with refused("handover.done"):
        handover.sign(done, "leader-2", OPEN, on(due, 17))


def test_a_handover_before_its_day_is_refused_and_one_after_it_is_marked_late() -> None:
    due = date(2026, 10, 10)
    with refused("handover.too_early") as found:
        handover.sign(Handover(PERIOD, NEXT, due), "leader-1", OPEN, on(due - DAY))
    assert "2026-10-10" in str(found.value)
    begun, _ = handover.sign(Handover(PERIOD, NEXT, due), "leader-1", OPEN, on(due))
    done, [told] = handover.sign(begun, "leader-2", OPEN, on(NEXT.start_date, 9))
    assert done.late
    assert (told.late, told.due_day) == (True, due)


def test_who_stands_in_for_a_leader_signs_the_handover() -> None:
    period = replace(PERIOD, substitutions=(Substitution("1", "leader-1", "s", date(2026, 10, 9), PERIOD.end_date),))
    following = replace(NEXT, substitutions=(Substitution("2", "leader-2", "t", NEXT.start_date, NEXT.end_date),))
    begun, _ = handover.sign(Handover(period, following, date(2026, 10, 10)), "s", OPEN, on(date(2026, 10, 10)))
    _, [told] = handover.sign(begun, "t", OPEN, on(date(2026, 10, 10)))
    assert (told.from_leader_id, told.to_leader_id) == ("s", "t")


def test_a_window_keeps_its_mark_and_is_told_only_when_it_changes() -> None:
    hours = DEFAULT_HOURS
    window = Window("W1", "410200", WindowLevel.CITY, "监督窗口", "汴监窗", hours.morning, hours.afternoon)
    assert len(roster.open_window(window, None)[1]) == 1
    assert roster.open_window(window, window)[1] == []
    with refused("window.fixed"):
        roster.open_window(replace(window, register_mark="另监窗"), window)
    with refused("window.hours"):
        roster.open_window(replace(window, morning=hours.afternoon), None)


@pytest.mark.parametrize(("org", "level"), [("410200", "CITY"), ("410221", "COUNTY"), ("410200Z1", "ZONE")])
def test_a_window_has_the_level_of_its_body(org: str, level: str) -> None:
    hours = DEFAULT_HOURS
    for each in WindowLevel:
        window = Window("W1", org, each, "监督窗口", "杞监窗", hours.morning, hours.afternoon)
        if each == level:
            assert roster.open_window(window, None)
        else:
            with refused("window.level"):
                roster.open_window(window, None)
