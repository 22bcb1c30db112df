"""Words of danger in a report, and who answers (handbook 8, 44)."""

from datetime import timedelta

import pytest

from services.intake.domain import emergency
from services.intake.domain.emergency import GUIDANCE, PASSES_ON, WORDS, dangers
from services.intake.domain.matter import Moved
from shared.contracts.codes import Danger
from shared.contracts.errors import Conflict
from tests.unit.intake_room import NOW, registered, types


@pytest.mark.parametrize(("said", "found"), [
    ("再办不下来我就不想活了", [Danger.SELF_HARM]),
    ("楼道 着 火 了没人管", [Danger.FIRE]),
    ("他说要报复社会,还要砍人", [Danger.VIOLENCE]),
    ("老人昏迷,又闻到燃气泄漏", [Danger.FIRE, Danger.MEDICAL]),
    ("公积金贷款条件不合理", []),
    ("", []),
])  # fmt: skip
def test_words_of_danger_are_found_however_spaced(said: str, found: list[Danger]) -> None:
    assert list(dangers("事由", said, None)) == found


def test_a_word_does_not_arise_between_two_texts() -> None:
    assert dangers("自", "杀") == ()


def test_every_danger_has_words_and_says_whom_to_call() -> None:
    assert set(WORDS) == set(GUIDANCE) == set(Danger)
    assert all(guidance.call and guidance.advice for guidance in GUIDANCE.values())


def test_an_alarm_is_told_once_and_answered_once() -> None:
    quiet: Moved = (registered(), [])
    assert emergency.raised(quiet, (), NOW) is quiet
    matter, events = emergency.raised(quiet, (Danger.FIRE,), NOW)
    assert [event.TYPE for event in events] == ["matter.alarm_raised"]
    answered = emergency.acknowledge(matter, "leader-1", NOW + timedelta(minutes=2))
    assert types(answered) == ["matter.alarm_acknowledged"]
    assert answered[0].alarm is not None
    assert answered[0].alarm.acked_by == "leader-1"
    for nothing in (answered[0], quiet[0]):
        with pytest.raises(Conflict, match="没有待处置"):
            emergency.acknowledge(nothing, "leader-1", NOW)


def test_what_nobody_answers_passes_on_after_five_minutes() -> None:
    matter, _ = emergency.raised((registered(), []), (Danger.FIRE,), NOW)
    assert matter.alarm is not None
    assert not emergency.has_passed_on(matter.alarm, NOW + PASSES_ON - timedelta(seconds=1))
    assert emergency.has_passed_on(matter.alarm, NOW + PASSES_ON)
