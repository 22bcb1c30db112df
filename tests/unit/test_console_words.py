"""The console's words and bar: every event has a sentence, no sentence shows a bare code, stages follow the states."""

from types import SimpleNamespace
from typing import Any

import pytest

from services.console import view, words
from services.console.access import BINDING_UNITS, Sight
from services.console.domain import LINES, PAPERS, SHAPES, StageMark, highest, stages, supervision
from services.console.messaging import MATTER_EVENTS
from services.console.store.tables import MATTER, STEP
from services.deadlines.domain.rules import RULES
from services.referral.domain.supervision import DOCUMENTS
from shared.contracts.codes import Escalation, MatterState, Outcome
from shared.ids import new_id
from tests.service.console_story import CITY, UNITS, Story, at, names

D, N, A, P, L = StageMark.DONE, StageMark.NOW, StageMark.AHEAD, StageMark.PASSED_BY, StageMark.LIT


def marks(state: MatterState | None, outcome: Outcome | None = None, **what: bool) -> list[StageMark]:
    known = {"unsigned_orders": False, "supervised": False, "was_supervised": False} | what
    return [stage.mark for stage in stages(state, outcome, **known)]


def test_every_event_about_a_matter_has_a_line_and_a_sentence() -> None:
    for event in MATTER_EVENTS:
        spec = LINES[event]
        assert {spec.at, *spec.facts} <= set(event.model_fields), event.TYPE
        assert "其他记录" not in words.sentence(event.TYPE, {}, {}), event.TYPE


def test_sentences_say_codes_in_words_and_units_by_name() -> None:
    story = Story().register().order().supervise(Escalation.BLUE).finish()
    for _, event in story.told:
        facts = event.model_dump(mode="json", include=set(LINES[type(event)].facts), exclude_none=True)
        said = words.sentence(event.TYPE, facts, UNITS)
        assert not any(code in said for code in ("None", "U01", "U02", "HARD", "SOLVED", "_", "{")), said


def test_events_without_a_matter_make_no_line() -> None:
    assert not any(type(event) in LINES for event in names())


def test_an_event_nobody_has_words_for_still_shows() -> None:
    assert words.sentence("matter.dreamt", {"a": 1}, {}) == "其他记录(matter.dreamt)"


def test_a_code_newer_than_this_console_is_shown_as_it_is() -> None:
    assert "BY_DRONE" in words.sentence("feedback.given", {"way": "BY_DRONE", "counselling": False}, {})


@pytest.mark.parametrize(
    ("code", "said"), [("3WD", "3个工作日"), ("4WH", "4个工作小时"), ("P1M", "1个月"), ("SAME_DAY", "当日"), ("?", "?")]
)
def test_limits_in_words(code: str, said: str) -> None:
    assert words.limit(code) == said


def test_each_step_of_supervision_has_a_shape_of_its_own() -> None:
    assert len({*SHAPES.values(), supervision.UNKNOWN_SHAPE}) == len(SHAPES) + 1
    assert highest(["BLUE", "RED", "REMIND"]) == Escalation.RED
    assert highest([]) is None


def test_a_step_newer_than_this_console_is_shown_as_it_is_and_never_hidden_by_a_known_one() -> None:
    assert words.level("BEYOND") == "◈ BEYOND"
    assert supervision.paper("BEYOND") is None
    assert highest(["LISTED", "BEYOND", "BLUE"]) == "BEYOND"


def test_the_papers_are_called_as_referral_prints_them() -> None:
    assert {level: DOCUMENTS[level].name for level in PAPERS} == PAPERS


def test_the_bar_follows_the_states() -> None:
    assert marks(None) == [A] * 7
    assert marks(MatterState.REGISTERED) == [N, A, A, A, A, A, A]
    assert marks(MatterState.TRIAGED) == [D, N, A, A, A, A, A]
    assert marks(MatterState.HANDLING, unsigned_orders=True) == [D, D, N, A, A, A, A]
    assert marks(MatterState.HANDLING) == [D, D, D, N, A, A, A]
    assert marks(MatterState.CALLBACK) == [D, D, D, D, P, N, A]
    assert marks(MatterState.CLOSED, Outcome.DONE) == [D, D, D, D, P, D, D]


def test_supervision_is_a_light_that_burns_while_the_matter_is_handled() -> None:
    assert marks(MatterState.HANDLING, supervised=True) == [D, D, D, N, L, A, A]
    assert marks(MatterState.CLOSED, Outcome.DONE, was_supervised=True)[4] is D


def test_what_ended_early_did_not_go_through_the_middle() -> None:
    assert marks(MatterState.CLOSED, Outcome.ON_THE_SPOT) == [D, P, P, P, P, P, D]
    assert marks(MatterState.WITHDRAWN, Outcome.WITHDRAWN) == [D, P, P, P, P, P, P]
    assert all(len(marks(state)) == 7 for state in MatterState)


def test_a_step_whose_clock_is_not_in_hand_is_passed_over() -> None:
    known = {"matter_id": new_id(), "window_id": CITY, "updated_at": at(28), "revision": 1}
    matter: Any = SimpleNamespace(**dict.fromkeys(MATTER.c.keys()) | known)
    step: Any = SimpleNamespace(**dict.fromkeys(STEP.c.keys()) | {"reached_at": at(28), "withdrawn": False})
    page = view.of_matter(matter, [], [], [step], [], [], {}, {}, None, Sight(window_id=CITY), at(29))
    assert page.steps == []


def test_units_are_shown_the_clocks_of_the_rules_that_bind_them() -> None:
    assert set(BINDING_UNITS) == {rule.id for rule in RULES.values() if rule.binds_unit}
