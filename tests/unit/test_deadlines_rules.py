"""Rules that are amended: what an amendment may say, and which version a clock runs by."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from services.deadlines.domain.amending import Amendment, amend
from services.deadlines.domain.counting import Counting
from services.deadlines.domain.facts import Fact
from services.deadlines.domain.matter import MatterClocks
from services.deadlines.domain.versions import NOT_AMENDED, RuleVersion, Versions
from shared.contracts import Event
from shared.contracts.errors import DomainError
from tests.unit.deadlines_story import (
    COUNTING,
    accepted,
    acked,
    answered,
    at,
    clock,
    extension_decided,
    facts,
    issued,
    nothing_yet,
    registered,
    suspended,
)
from tests.unit.test_deadlines_laws import FACTS, THE_END, as_seen


def asked(rule: str = "D15", amount: int = 5, unit: str = "WD", **more: Any) -> Amendment:
    fields: dict[str, Any] = {"valid_from": date(2026, 10, 12), "basis": "汴纪办〔2026〕9号"}
    return Amendment(rule, amount, unit, **fields | more)


def amended(
    rule: str, amount: int, when: str, since: str | None = None, before: Versions = NOT_AMENDED, **more: Any
) -> Versions:
    """The versions after an amendment made at a time, valid from that day or another written like `10-20`."""
    day = at(f"{since or when[:5]} 00:00").date()
    version, _ = amend(asked(rule, amount, valid_from=day, **more), before, "u-9", at(when))
    return before.beside(version)


def by(versions: Versions) -> Counting:
    return replace(COUNTING, versions=versions)


def taken_in(story: Sequence[Event], versions: Versions) -> MatterClocks:
    return noted(nothing_yet(), facts(story), versions)


def noted(matter: MatterClocks, arrivals: Iterable[Fact], versions: Versions) -> MatterClocks:
    for fact in arrivals:
        matter, _ = matter.noted(fact, by(versions))
    return matter


def refusal(asked_for: Amendment, now: datetime | None = None) -> tuple[str, str]:
    with pytest.raises(DomainError) as refused:
        amend(asked_for, NOT_AMENDED, "u-9", now or at("10-12 10:00"))
    return refused.value.code, refused.value.message


RUNNING: dict[str, Any] = {"applies_to_running": True, "reason": "群众反映集中"}


@pytest.mark.parametrize(
    ("amendment", "code"),
    [
        (asked(amount=0), "rule.amount"),
        (asked(amount=-3), "rule.amount"),
        (asked(amount=1000), "rule.amount"),
        (asked(amount=2, unit="SAME_DAY"), "rule.amount"),
        (asked(unit="工作日"), "rule.unknown_unit"),
        (asked(unit="wd"), "rule.unknown_unit"),
        (asked(valid_from=date(2026, 10, 11)), "rule.past"),
        (asked(basis=""), "rule.no_basis"),
        (asked("D13", 4), "rule.cannot_do_longer"),
        (asked("D13", 1, "M"), "rule.cannot_do_longer"),
        (asked("D13", 20, "WH"), "rule.cannot_do_longer"),
        (asked("D06", 2), "rule.sign_for_longer"),
        (asked("D06", 9, "WH"), "rule.sign_for_longer"),
        (asked("D06", 1, "M"), "rule.sign_for_longer"),
        (asked("D13", 2, extendable=True), "rule.never_extended"),
        (asked("D13", 2, suspendable=True), "rule.never_extended"),
        (asked("D03", 1, "SAME_DAY", extendable=True), "rule.never_extended"),
        (asked("D07", 1, "SAME_DAY", suspendable=True), "rule.never_extended"),
        (asked("D24"), "rule.not_active"),
        (asked("D09"), "rule.unknown"),
        (asked(window_id="410200-W1"), "rule.scope"),
        (asked(valid_from=date(2026, 10, 13), **RUNNING), "rule.running_from_today"),
        (asked(applies_to_running=True), "rule.no_reason"),
    ],
)
def test_an_amendment_that_may_not_be_is_refused_with_what_to_change(amendment: Amendment, code: str) -> None:
    found, sentence = refusal(amendment)
    assert found == code
    assert any("\u4e00" <= sign <= "\u9fff" for sign in sentence)


def test_the_three_days_of_a_cannot_do_answer_may_become_shorter() -> None:
    version, told = amend(asked("D13", 2), NOT_AMENDED, "u-9", at("10-12 10:00"))
    assert (str(version.rule.limit), version.rule.extendable, version.rule.red_at_once) == ("2WD", False, True)
    assert (told.subject, told.version, told.limit, told.since) == ("rule-D13", 2, "2WD", at("10-12 10:00"))


def test_a_clock_keeps_the_version_it_started_with() -> None:
    versions = amended("D04", 2, "10-12 10:00")
    before = clock(taken_in([registered("10-12 09:00"), accepted("10-12 09:59")], versions), "D04")
    after = clock(taken_in([registered("10-12 09:00"), accepted("10-12 10:00")], versions), "D04")
    assert (before.rule_version, before.due_at) == (1, at("10-13 17:00"))
    assert (after.rule_version, after.due_at) == (2, at("10-14 17:00"))


def test_an_amendment_counts_from_its_day() -> None:
    versions = amended("D04", 2, "10-12 10:00", since="10-14")
    days = ("10-13 16:00", "10-14 09:00")
    assert [clock(taken_in([accepted(day)], versions), "D04").limit for day in days] == ["1WD", "2WD"]


def test_an_order_runs_by_the_limit_that_its_paper_names() -> None:
    versions = amended("D15", 5, "10-12 10:00")
    d15 = clock(taken_in([issued("10-12 09:50"), acked("10-12 10:30")], versions), "D15")
    assert (d15.rule_version, d15.limit) == (1, "7WD")


@pytest.mark.parametrize("order", [0, 1])
def test_the_narrowest_scope_counts_whenever_it_was_made(order: int) -> None:
    steps: list[tuple[int, dict[str, Any]]] = [(6, {}), (5, {"org_code": "410200"}),
                                               (4, {"org_code": "410200", "window_id": "410200-W1"})]  # fmt: skip
    versions = NOT_AMENDED
    for amount, scope in steps if order else reversed(steps):
        versions = amended("D15", amount, "10-12 10:00", before=versions, **scope)
    places = [("410200", "410200-W1"), ("410200", "410200-W2"), ("410221", "410221-W1")]
    found = [versions.for_clock("D15", *place, at("10-13 09:00"), None) for place in places]
    assert [str(version.rule.limit) for version in found] == ["4WD", "5WD", "6WD"]


def test_running_clocks_move_where_the_amendment_says_so_and_lights_go() -> None:
    events = [issued("10-09 09:00"), acked("10-09 10:00")]
    matter = taken_in(events, NOT_AMENDED)
    matter, _ = matter.passed(at("10-20 18:00"), COUNTING)
    assert clock(matter, "D15").level == "YELLOW"
    longer = amended("D15", 10, "10-20 18:00", **RUNNING)
    after, published = matter.by_versions_of("D15", by(longer))
    d15 = clock(after, "D15")
    assert (d15.rule_version, d15.limit, d15.due_at) == (2, "10WD", at("10-22 17:00"))
    moved = [event for event in published if event.TYPE == "deadline.moved"]
    assert [(m.previous_due_at, m.due_at, m.rule_version) for m in moved] == [  # type: ignore[attr-defined]
        (at("10-19 17:00"), at("10-22 17:00"), 2)
    ]
    gone = [event.level for event in published if event.TYPE == "supervision.withdrawn"]  # type: ignore[attr-defined]
    assert "YELLOW" in gone
    assert after.by_versions_of("D15", by(longer)) == (after, [])


def test_what_had_stopped_before_the_amendment_stays_though_it_is_told_later() -> None:
    longer = amended("D15", 10, "10-13 10:00", **RUNNING)
    events = [issued("10-12 09:00"), acked("10-12 10:00"), answered("10-13 09:30")]
    late = taken_in(events[:2], NOT_AMENDED).by_versions_of("D15", by(longer))[0]
    assert clock(late, "D15").rule_version == 2
    late = noted(late, facts(events)[2:], longer)
    assert (clock(late, "D15").rule_version, clock(late, "D15").limit) == (1, "7WD")
    assert as_seen(late) == as_seen(taken_in(events, longer))


def test_an_extension_granted_before_it_was_ruled_out_stands() -> None:
    events = [issued("10-12 09:00"), acked("10-12 10:00"), extension_decided("10-13 09:00", "2WD"),
              extension_decided("10-14 09:00", "3WD"), suspended("10-14 09:30", "10-16")]  # fmt: skip
    versions = amended("D15", 7, "10-13 10:00", extendable=False, suspendable=False, **RUNNING)
    d15 = clock(taken_in(events, versions), "D15")
    assert [type(change).__name__ for change in d15.changes] == ["Extension"]
    assert d15.due_at == at("10-23 17:00")


LATER = amended("D15", 9, "10-08 12:00", before=amended("D15", 5, "09-29 00:00"), **RUNNING)
LATER = amended("D06", 6, "10-08 09:00", before=amended("D04", 2, "09-28 09:20", before=LATER), unit="WH")
LATER = amended("D22", 5, "10-09 08:00", before=LATER, **RUNNING, org_code="410200")


@given(some.permutations(FACTS), some.integers(0, len(FACTS)))
@settings(max_examples=150, deadline=None)
def test_any_order_of_arrival_gives_the_same_clocks_whenever_the_rules_were_amended(
    arrivals: list[Fact], place: int
) -> None:
    """Amendments made after some of the facts came, and recounted then, end where those made before all of them do."""
    expected, _ = noted(nothing_yet(), FACTS, LATER).passed(THE_END, by(LATER))
    matter = noted(nothing_yet(), arrivals[:place], NOT_AMENDED)
    for rule in ("D04", "D06", "D15", "D22"):
        matter, _ = matter.by_versions_of(rule, by(LATER))
    matter = noted(matter, arrivals[place:], LATER)
    matter, _ = matter.passed(THE_END, by(LATER))
    assert {v.rule_version for v in matter.clocks.values()} > {1}
    assert as_seen(matter) == as_seen(expected)


def test_versions_are_found_by_their_numbers() -> None:
    found: list[RuleVersion] = list(LATER.of_rule("D15"))
    assert [version.version for version in found] == [1, 2, 3]
    assert LATER.numbered("D15", 3) is found[2]
