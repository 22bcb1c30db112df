"""The reconciler finds nothing where nothing was broken, and each of the errors planted into a copy of its evidence."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace

import pytest

from tests.faults.evidence import Evidence, Noted, OnTopic, Published
from tests.faults.plant import Plant
from tests.faults.reconciler import Kind, reconcile
from tests.faults.results import sized
from tests.faults.trial import trial

Error = Callable[[Evidence], object]


@pytest.fixture(scope="module")
def kept() -> dict[str, Evidence]:
    return {}


async def test_undisturbed_work_leaves_nothing_to_complain_about(plant: Plant, kept: dict[str, Evidence]) -> None:
    async with trial(plant, "calm", plant.work(at_least=sized(20, 2000), share=0.2)) as calm:
        pass
    assert calm.report
    assert calm.report.matters >= sized(20, 2000)
    assert calm.report.events > calm.report.commands > calm.report.matters
    assert calm.evidence
    kept["calm"] = calm.evidence


def _event(found: Evidence, kind: str) -> int:
    return next(at for at, event in enumerate(found.outbox) if event.type == kind)


def _change_event(found: Evidence, kind: str, **changes: object) -> None:
    at = _event(found, kind)
    found.outbox[at] = replace(found.outbox[at], **changes)  # type: ignore[arg-type]


def _lose_event_everywhere(found: Evidence) -> None:
    gone = found.outbox.pop(_event(found, "order.answered"))
    found.topic = [record for record in found.topic if record.id != gone.id]
    found.audit = [entry for entry in found.audit if entry.id != gone.id]
    found.timeline = [line for line in found.timeline if line.id != gone.id]


def _draft_twice(found: Evidence) -> None:
    drafted = found.outbox[_event(found, "order.drafted")]
    found.outbox.append(replace(drafted, id="another", sequence=drafted.sequence + 1, position=10**9))


def _swap_on_topic(found: Evidence) -> None:
    first = next(at for at, record in enumerate(found.topic) if record.sequence == 1)
    second = next(
        at for at, record in enumerate(found.topic)
        if (record.source, record.subject, record.sequence) == (*_key(found.topic[first]), 2)
    )  # fmt: skip
    one, other = found.topic[first], found.topic[second]
    found.topic[first], found.topic[second] = replace(other, offset=one.offset), replace(one, offset=other.offset)


def _swap_in_audit(found: Evidence) -> None:
    first = next(at for at, entry in enumerate(found.audit) if entry.sequence == 1)
    second = next(
        at for at, entry in enumerate(found.audit)
        if (entry.source, entry.subject, entry.sequence) == (*_key(found.audit[first]), 2)
    )  # fmt: skip
    one, other = found.audit[first], found.audit[second]
    found.audit[first], found.audit[second] = replace(other, index=one.index), replace(one, index=other.index)


def _key(line: OnTopic | Noted | Published) -> tuple[str, str]:
    return (line.service if isinstance(line, Published) else line.source), line.subject


def _swap_sequences(found: Evidence) -> None:
    first = _event(found, "callback.attempted")
    one, other = found.outbox[first], found.outbox[first + 1]
    found.outbox[first] = replace(one, sequence=other.sequence)
    found.outbox[first + 1] = replace(other, sequence=one.sequence)


def _unknown_command(found: Evidence) -> None:
    found.accepted = [command for command in found.accepted if command.step != "sign"]


def _behind(found: Evidence) -> None:
    found.taken[0] = replace(found.taken[0], sequence=found.taken[0].sequence - 1)


def _never_taken(found: Evidence) -> None:
    found.taken = [taken for taken in found.taken if taken.consumer != "triage"]


def _order_row_twice(found: Evidence) -> None:
    found.rows["referral.orders"].append(found.rows["referral.orders"][0] | {"order_id": "another"})


def _clock_twice(found: Evidence) -> None:
    found.rows["deadlines.deadline"].append(found.rows["deadlines.deadline"][0] | {"id": "another"})


def _another_fork(found: Evidence) -> None:
    found.topic[0] = replace(found.topic[0], id="another")


ERRORS: list[tuple[Kind, Error]] = [
    (Kind.LOST, _lose_event_everywhere),
    (Kind.LOST, lambda found: found.topic.pop()),
    (Kind.LOST, lambda found: found.audit.pop()),
    (Kind.LOST, lambda found: found.timeline.pop()),
    (Kind.LOST, lambda found: found.rows["intake.matter"].pop()),
    (Kind.LOST, lambda found: found.rows["console.matter"].pop()),
    (Kind.LOST, lambda found: found.rows["deadlines.deadline"].pop()),
    (Kind.LOST, lambda found: found.parked.append(("console", "intake", found.outbox[0].subject, 3, "gap"))),
    (Kind.LOST, lambda found: found.skipped.append(("console", "intake", found.outbox[0].subject, 3, "gap"))),
    (Kind.LOST, lambda found: _change_event(found, "matter.closed", sent=False)),
    (Kind.LOST, lambda found: found.rows["deadlines.deadline"][0].update(stopped=False)),
    (Kind.LOST, _behind),
    (Kind.LOST, _never_taken),
    (Kind.DUPLICATED, lambda found: found.audit.append(replace(found.audit[0], index=10**9))),
    (Kind.DUPLICATED, lambda found: found.timeline.append(found.timeline[0])),
    (Kind.DUPLICATED, _draft_twice),
    (Kind.DUPLICATED, _unknown_command),
    (Kind.DUPLICATED, _order_row_twice),
    (Kind.DUPLICATED, _clock_twice),
    (Kind.OUT_OF_ORDER, _swap_on_topic),
    (Kind.OUT_OF_ORDER, _swap_in_audit),
    (Kind.OUT_OF_ORDER, _swap_sequences),
    (Kind.WRONG, lambda found: found.rows["intake.matter"][0].update(version=3)),
    (Kind.WRONG, lambda found: found.rows["console.matter"][0].update(state="HANDLING")),
    (Kind.WRONG, _another_fork),
    (Kind.WRONG, lambda found: _change_event(found, "order.drafted", causation_id="nowhere")),
]


@pytest.mark.parametrize("number", range(len(ERRORS)))
def test_a_planted_error_is_found_and_named(number: int, kept: dict[str, Evidence]) -> None:
    kind, plant_error = ERRORS[number]
    found = deepcopy(kept["calm"])
    plant_error(found)
    report = reconcile(found)
    assert report.count(kind) > 0, report
    assert str(kind) in str(report)
