"""Whom papers go to, the red of a second dissatisfaction, and the red that goes up (handbook 5.2)."""

from dataclasses import replace
from datetime import date

from services.deadlines.domain.clock import Clock
from services.deadlines.domain.ladder import Level
from services.deadlines.domain.matter import MatterClocks
from services.deadlines.domain.sending import People, Unit, paper
from shared.contracts.codes import Role
from shared.contracts.deadlines import Addressee
from shared.contracts.duty import DutyPeriod
from tests.unit.deadlines_story import (
    COUNTING,
    MATTER,
    PLACE,
    acked,
    answered,
    at,
    clock,
    facts,
    issued,
    ladder_of,
    registered,
    rework,
    told,
)

WINDOW, COUNTY = str(PLACE["window_id"]), "410221"
THAT_DAY = date(2026, 10, 14)
UNIT = Unit("410200-U00", "principal@u", None, ("deputy@u",), ("liaison@u",), None, None, "410200-J01")
PERIOD = DutyPeriod("p1", WINDOW, "410200", date(2026, 10, 12), date(2026, 10, 25), "leader@w", ("a@w", "b@w"))
CITY = DutyPeriod("p2", "410200-W1", "410200", date(2026, 10, 12), date(2026, 10, 25), "leader@city", ("c@w",))
PEOPLE = People(THAT_DAY, {UNIT.unit_id: UNIT}, {WINDOW: [PERIOD]})
OVERDUE = [issued("09-28 10:00")]


def an_order(org: str = "410200") -> Clock:
    """The clock of an order that nobody signed for."""
    matter = MatterClocks(MATTER, org, WINDOW)
    for fact in facts(OVERDUE):
        matter, _ = matter.noted(fact, COUNTING)
    matter, _ = matter.passed(at("10-29 10:00"), COUNTING)
    return replace(clock(matter, "D15"), unit_id=UNIT.unit_id)


def sent_to(clock: Clock, level: Level, people: People = PEOPLE) -> list[tuple[str, str | None, bool]]:
    """The addressees as role, account or body, and whether it is a copy."""
    [step] = [step for step in clock.steps if step.level is level]
    return [
        (each.role.value, each.account_id or each.org_code or each.unit_id, each.copy_only)
        for each in paper(clock, step, people).addressees
    ]


def test_the_papers_of_an_order_climb_from_the_handler_to_the_committee() -> None:
    order = an_order()
    assert sent_to(order, Level.REMIND) == [("unit_handler", "410200-U00", False)]
    assert sent_to(order, Level.BLUE) == [
        ("unit_handler", "410200-U00", False), ("unit_handler", "liaison@u", False),
    ]  # fmt: skip
    assert sent_to(order, Level.YELLOW) == [("unit_deputy", "deputy@u", False), ("duty_leader", "leader@w", True)]
    assert sent_to(order, Level.RED) == [
        ("unit_principal", "principal@u", False), ("supervision_dept", "410200", True),
    ]  # fmt: skip
    assert sent_to(order, Level.LISTED) == [
        ("committee_leader", "410200", False), ("unit_principal", "principal@u", True),
    ]  # fmt: skip


def test_the_supervision_office_is_named_from_red_on() -> None:
    order = an_order()
    offices = {step.level.value: paper(order, step, PEOPLE).supervision_office_id for step in order.steps}
    assert (offices["YELLOW"], offices["RED"]) == (None, "410200-J01")


def test_an_abolished_units_papers_go_to_its_successor() -> None:
    abolished = replace(UNIT, valid_to=date(2026, 10, 1), successor_id="410200-U09")
    heir = replace(UNIT, unit_id="410200-U09", principal_id="principal@heir")
    people = replace(PEOPLE, units={abolished.unit_id: abolished, heir.unit_id: heir})
    assert sent_to(an_order(), Level.RED, people)[0] == ("unit_principal", "principal@heir", False)


def test_a_principal_not_yet_in_office_is_addressed_by_the_office() -> None:
    people = replace(PEOPLE, units={UNIT.unit_id: replace(UNIT, principal_since=date(2026, 11, 1))})
    [step] = [step for step in an_order().steps if step.level is Level.RED]
    to = paper(an_order(), step, people).addressees[0]
    assert to == Addressee(role=Role.UNIT_PRINCIPAL, unit_id=UNIT.unit_id)


def test_a_unit_nobody_knows_is_told_all_the_same() -> None:
    assert sent_to(an_order(), Level.YELLOW, People(THAT_DAY)) == [
        ("unit_principal", "410200-U00", False), ("supervision_dept", "410200", True),
    ]  # fmt: skip


def test_a_windows_own_lights_go_to_who_is_on_duty_that_day_or_next() -> None:
    matter, _ = told([registered("10-13 09:05")], until="10-29 18:00")
    scope_check = clock(matter, "D02")
    assert sent_to(scope_check, Level.BLUE) == [("duty_staff", "a@w", False), ("duty_staff", "b@w", False)]
    assert sent_to(scope_check, Level.YELLOW) == [("duty_leader", "leader@w", False)]
    later = replace(PEOPLE, day=date(2026, 10, 11))  # the day before the period begins: nobody is on duty
    assert sent_to(scope_check, Level.YELLOW, later) == [("duty_leader", "leader@w", False)]
    assert sent_to(scope_check, Level.YELLOW, People(THAT_DAY)) == [("supervision_dept", "410200", False)]


def test_a_countys_red_not_handled_in_two_working_days_goes_up_to_the_city() -> None:
    order = an_order(COUNTY)
    ladder = ladder_of(order)
    assert (ladder["RED"], ladder["RAISED"]) == ("10-16 17:00 → 10-19 09:00", "10-20 17:00 → 10-21 09:00")
    people = replace(PEOPLE, periods={"410200-W1": [CITY]}, city_windows={"410200": ["410200-W1"]})
    assert sent_to(order, Level.RAISED, people) == [
        ("supervision_dept", "410200", False), ("duty_leader", "leader@city", True),
    ]  # fmt: skip
    assert sent_to(order, Level.LISTED, people)[:2] == [
        ("committee_leader", "410200", False), ("committee_leader", COUNTY, False),
    ]  # fmt: skip


def test_a_citys_red_goes_up_nowhere() -> None:
    assert "RAISED" not in ladder_of(an_order())


def test_after_a_second_dissatisfaction_the_rework_and_its_orders_are_red_from_their_start() -> None:
    story = [rework("10-15 10:10", times=2), issued("10-15 11:00", 1, "D15", 2), acked("10-15 14:00", 1)]
    matter, _ = told(story, until="10-15 16:00")
    assert ladder_of(clock(matter, "D22"))["RED"] == "10-15 10:10"
    assert ladder_of(clock(matter, "D15", 1))["RED"] == "10-15 14:00"
    once, _ = told([rework("10-15 10:10"), *story[1:]], until="10-15 16:00")
    assert clock(once, "D15", 1).level is None


def test_a_warning_overtaken_by_the_act_is_sent_to_nobody_a_light_that_stands_is() -> None:
    story = [issued("10-12 10:00"), acked("10-12 11:00")]  # due 10-21 17:00, blue 10-20 09:00
    matter, _ = told(story, until="10-21 17:30")
    d15 = clock(matter, "D15")
    assert [step.level for step in d15.papers] == ["YELLOW"]
    assert d15.next_at == at("10-22 09:00")
    late, _ = told([*story, answered("10-21 17:20")], until="10-21 17:30")
    assert [step.level for step in clock(late, "D15").papers] == ["YELLOW"]


def test_a_withdrawn_light_is_never_sent() -> None:
    matter, _ = told([issued("10-12 10:00"), acked("10-12 11:00")], until="10-21 17:30")
    *_, answer = facts([issued("10-12 10:00"), acked("10-12 11:00"), answered("10-21 16:50")])
    matter, _ = matter.noted(answer, COUNTING)
    assert clock(matter, "D15").papers == ()


def test_a_paper_goes_out_at_the_next_opening_once() -> None:
    matter, _ = told([issued("10-12 10:00"), acked("10-12 11:00")], until="10-21 17:30")
    matter, night = matter.passed(at("10-22 08:59"), COUNTING)
    assert night == []
    matter, [morning] = matter.passed(at("10-22 09:00"), COUNTING)
    assert morning.paper
    assert (morning.at, morning.paper[1].level) == (at("10-22 09:00"), "YELLOW")
    assert matter.passed(at("10-22 10:00"), COUNTING)[1] == []
