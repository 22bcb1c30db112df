"""The clocks of the stories C2–C6, at the minutes the handbook's rules give."""

from services.deadlines.domain.ladder import Level
from shared.contracts.codes import Escalation
from shared.contracts.codes import MatterState as S
from shared.contracts.deadlines import DeadlineStarted, DeadlineStopped, OrderAckMissed, SupervisionReached
from tests.unit.deadlines_story import (
    accepted,
    acked,
    answered,
    approved,
    at,
    clock,
    clocks,
    drafted,
    issued,
    ladder_of,
    moved,
    order_accepted,
    registered,
    statement_filed,
    statement_upheld,
    told,
    triage_returned,
    triaged,
)

C6 = [
    registered("09-28 09:10"), accepted("09-28 09:20"), triaged("09-28 09:40"), approved("09-28 09:50"),
    drafted("09-28 09:50"), issued("09-28 10:00"),
]  # fmt: skip


def test_c6_the_unit_that_never_signs_gets_the_ladder_of_d06() -> None:
    matter, _ = told(C6, until="09-28 10:01")
    assert ladder_of(clock(matter, "D06")) == {
        "BLUE": "09-28 13:00",
        "YELLOW": "09-28 15:00",
        "RED": "09-29 17:00 → 09-30 09:00",
        "ACK_MISSED": "09-29 17:00 → 09-30 09:00",
    }


def test_c6_no_clock_of_the_order_is_shown_before_the_working_day_to_sign_is_over() -> None:
    matter, published = told(C6, until="09-29 17:00")
    assert clocks(matter, "D15") == []
    assert not any(isinstance(event, OrderAckMissed) for event in published)


def test_c6_from_then_on_the_order_counts_from_delivery_with_its_whole_ladder() -> None:
    matter, published = told(C6, until="10-23 18:00")
    d15 = clock(matter, "D15")
    assert (d15.started_at, d15.due_at, d15.start_event) == (
        at("09-28 10:00"), at("10-13 17:00"), "order.taken_as_acked"
    )  # fmt: skip
    assert ladder_of(d15) == {
        "REMIND": "10-09 13:30",
        "BLUE": "10-12 09:00",
        "YELLOW": "10-13 17:00 → 10-14 09:00",
        "RED": "10-16 17:00 → 10-19 09:00",
        "LISTED": "10-21 17:00 → 10-22 09:00",
    }
    assert d15.level is Level.LISTED
    assert d15.stopped_at is None
    [missed] = [event for event in published if isinstance(event, OrderAckMissed)]
    assert (missed.delivered_at, missed.missed_at) == (at("09-28 10:00"), at("09-29 17:00"))


def test_c6_every_step_is_told_once_and_in_its_order() -> None:
    _, published = told(C6, until="10-23 18:00")
    steps = [(e.rule, e.level, e.reached_at) for e in published if isinstance(e, SupervisionReached)]
    assert steps == [
        ("D06", Escalation.BLUE, at("09-28 13:00")),
        ("D06", Escalation.YELLOW, at("09-28 15:00")),
        ("D06", Escalation.RED, at("09-29 17:00")),
        ("D15", Escalation.REMIND, at("10-09 13:30")),
        ("D15", Escalation.BLUE, at("10-12 09:00")),
        ("D15", Escalation.YELLOW, at("10-13 17:00")),
        ("D15", Escalation.RED, at("10-16 17:00")),
        ("D15", Escalation.LISTED, at("10-21 17:00")),
    ]


def test_c2_an_order_of_three_days_signed_before_the_holiday_is_due_after_it() -> None:
    matter, _ = told([issued("09-28 10:30", rule="D12"), acked("09-28 11:00"), answered("09-30 15:00")])
    d12 = clock(matter, "D12")
    assert (d12.started_at, d12.due_at) == (at("09-28 11:00"), at("10-08 17:00"))
    assert not d12.overdue(at("09-30 15:00"))
    assert ladder_of(d12) == {"BLUE": "09-30 09:00"}


def test_c2_a_judgement_sent_back_has_two_clocks_of_judging_and_two_of_approving() -> None:
    matter, _ = told([
        accepted("09-28 09:20"), triaged("09-28 09:40"), triage_returned("09-28 10:00"), triaged("09-28 10:00"),
        approved("09-28 10:20"), drafted("09-28 10:20"), issued("09-28 10:30"),
    ])  # fmt: skip
    assert [(c.started_at, c.stopped_at) for c in clocks(matter, "D04")] == [
        (at("09-28 09:20"), at("09-28 09:40")), (at("09-28 10:00"), at("09-28 10:00")),
    ]  # fmt: skip
    assert [(c.started_at, c.stopped_at) for c in clocks(matter, "D05")] == [
        (at("09-28 09:40"), at("09-28 10:00")), (at("09-28 10:00"), at("09-28 10:30")),
    ]  # fmt: skip


def test_c4_the_statement_is_due_on_the_make_up_saturday_and_red_comes_with_the_first_minute() -> None:
    matter, _ = told([issued("09-29 16:00", rule="D13"), acked("09-30 09:30")])
    d13 = clock(matter, "D13")
    assert d13.due_at == at("10-10 17:00")
    assert ladder_of(d13) == {
        "BLUE": "10-09 09:00",
        "YELLOW": "10-10 17:00 → 10-12 09:00",
        "RED": "10-10 17:00 → 10-12 09:00",
        "LISTED": "10-19 17:00 → 10-20 09:00",
    }


def test_c4_a_statement_filed_in_time_stops_the_limit_and_starts_its_review() -> None:
    matter, _ = told([
        issued("09-29 16:00", rule="D13"), acked("09-30 09:30"), statement_filed("10-10 16:00"),
        statement_upheld("10-10 16:30"), moved(S.CANNOT_REVIEW, "T13", "10-10 16:00"),
        moved(S.FEEDBACK, "T14", "10-10 16:30"),
    ])  # fmt: skip
    assert clock(matter, "D13").stop_event == "cannot_do.filed"
    assert (clock(matter, "D19").started_at, clock(matter, "D19").stopped_at) == (at("10-10 16:00"), at("10-10 16:30"))
    assert clock(matter, "D14").due_at == at("10-12 17:00")


def test_c3_each_of_two_orders_has_its_own_clock_of_fifteen_days() -> None:
    matter, published = told([
        triaged("10-12 15:00"), approved("10-12 16:00", orders=2, rule="D16"), drafted("10-12 16:00", 0, "D16"),
        drafted("10-12 16:00", 1, "D16"), issued("10-12 16:10", 0, "D16"), issued("10-12 16:30", 1, "D16"),
        acked("10-13 09:00", 0), acked("10-13 09:30", 1), answered("10-20 10:00", 0), order_accepted("10-20 11:00", 0),
    ])  # fmt: skip
    assert clock(matter, "D16", 0).due_at == at("11-03 17:00")
    assert clock(matter, "D16", 1).stopped_at is None
    assert clock(matter, "D05").stopped_at == at("10-12 16:30")
    started = [event for event in published if isinstance(event, DeadlineStarted) and event.rule == "D16"]
    assert len(started) == 2


def test_c5_an_order_signed_the_same_day_is_due_in_seven_days() -> None:
    matter, published = told([issued("10-12 15:00"), acked("10-12 15:30"), answered("10-19 10:00")])
    assert clock(matter, "D15").due_at == at("10-21 17:00")
    stops = [event for event in published if isinstance(event, DeadlineStopped) and event.rule == "D15"]
    assert [stop.overdue for stop in stops] == [False]
