"""The reconciler: accepted commands ↔ state changes ↔ events ↔ effects ↔ audit, and the order of each matter.

Pure: evidence in, report out.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tests.faults.evidence import Evidence, Noted, Published
from tests.faults.expected import BRINGS, STEPS, STORIES, SUBSCRIBED, Story


class Kind(StrEnum):
    """What went wrong."""

    LOST = "lost"
    DUPLICATED = "duplicated"
    OUT_OF_ORDER = "out of order"
    WRONG = "wrong"  # neither too little nor too much, but not what it must be


@dataclass(frozen=True)
class Failure:
    """One thing that does not agree."""

    kind: Kind
    what: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.what}"


@dataclass
class Report:
    """What came of a run."""

    matters: int
    commands: int
    events: int
    resent: int  # records that stand on a topic once more: allowed, and told
    failures: list[Failure] = field(default_factory=list)

    def count(self, kind: Kind) -> int:
        """How many failures of a kind."""
        return sum(failure.kind is kind for failure in self.failures)

    def __str__(self) -> str:
        found = ", ".join(f"{self.count(kind)} {kind}" for kind in Kind)
        head = f"{self.matters} matters, {self.commands} commands, {self.events} events ({self.resent} resent): {found}"
        return "\n".join([head, *map(str, self.failures[:40])])


@dataclass(frozen=True)
class Expectation:
    """The tables to judge by; a scenario with other commands brings its own."""

    steps: Mapping[str, tuple[str, tuple[str, ...]]] = field(default_factory=lambda: STEPS)
    brings: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=lambda: BRINGS)
    stories: Mapping[str, Story] = field(default_factory=lambda: STORIES)


Failures = Iterator[Failure]


def reconcile(found: Evidence, expected: Expectation | None = None) -> Report:
    """Compare everything with everything."""
    expected = expected or Expectation()
    resent = len(found.topic) - len({(record.topic, record.id) for record in found.topic})
    matters = {command.matter_id for command in found.accepted}
    report = Report(len(matters), len(found.accepted), len(found.outbox), resent)
    for check in (_commands, _brought_about, _states):
        report.failures += check(found, expected)
    for plain in (_outbox, _on_topics, _taken, _audit, _timeline, _clock_events, _copies):
        report.failures += plain(found)
    return report


def _commands(found: Evidence, expected: Expectation) -> Failures:
    """Each accepted command has exactly its events; no event of the run is without an accepted command."""
    direct = defaultdict[str, list[Published]](list)
    for event in found.outbox:
        if event.causation_id is None and event.correlation_id.startswith(found.mark):
            direct[event.correlation_id].append(event)
    for command in found.accepted:
        service, types = expected.steps[command.step]
        events = direct.pop(command.correlation_id, [])
        what = f"{command.step} {command.correlation_id} of {command.matter_id} in {service}"
        yield from _compare(types, [named(event) for event in events], what)
        if any(event.service != service or event.subject != command.matter_id for event in events):
            yield Failure(Kind.WRONG, f"{what}: an event of another service or matter")
    for correlation, events in direct.items():
        yield Failure(Kind.DUPLICATED, f"{[named(event) for event in events]} of {correlation}, never accepted")


def _brought_about(found: Evidence, expected: Expectation) -> Failures:
    """Each event has brought about exactly what it must, in each service, and nothing else has."""
    effects = defaultdict[tuple[str, str], list[str]](list)
    known = {event.id: event for event in found.outbox}
    for event in found.outbox:
        if event.causation_id is None:
            continue
        if event.causation_id not in known:
            yield Failure(Kind.WRONG, f"{event.service} {named(event)} {event.id}: its cause is not there")
        if event.service != "deadlines":
            effects[event.causation_id, event.service].append(named(event))
    for event in found.outbox:
        for service in SUBSCRIBED:
            wanted = [name for where, name in expected.brings.get(event.type, ()) if where == service]
            what = f"{service} after {event.type} {event.subject}/{event.sequence}"
            yield from _compare(wanted, effects[event.id, service], what)


def _states(found: Evidence, expected: Expectation) -> Failures:
    """Each matter has in every service the rows of its story, and each of its clocks once, stopped."""
    first = dict[str, str]()
    for command in found.accepted:
        first.setdefault(command.matter_id, command.step)
    rows = {name: _by_matter(table) for name, table in found.rows.items()}
    for matter, step in first.items():
        story = expected.stories[step]
        for name, wanted in story.rows.items():
            there = rows[name].get(matter, [])
            kept = [{key: row[key] for key in want} for want, row in zip(wanted, there, strict=False)]
            if len(there) != len(wanted):
                kind = Kind.LOST if len(there) < len(wanted) else Kind.DUPLICATED
                yield Failure(kind, f"{name} of {matter}: {len(there)} rows instead of {len(wanted)}")
            elif kept != wanted:
                yield Failure(Kind.WRONG, f"{name} of {matter}: {kept} instead of {wanted}")
        clocks = rows["deadlines.deadline"].get(matter, [])
        yield from _compare(story.clocks, sorted(row["rule"] for row in clocks), f"clocks of {matter}")
        yield from (
            Failure(Kind.LOST, f"the stop of clock {row['rule']} of {matter}") for row in clocks if not row["stopped"]
        )


def _outbox(found: Evidence) -> Failures:
    """Sequences of each source and subject run 1, 2, 3 … in the order of commits, and everything was sent."""
    for (service, subject), events in _by_key(found.outbox).items():
        numbers, last = [event.sequence for event in events], found.counters.get((service, subject))
        yield from _one_to(last or 0, numbers, f"outbox of {service}, {subject}")
        yield from (
            Failure(Kind.LOST, f"{service} {named(event)} of {subject} was never sent")
            for event in events
            if not event.sent
        )


def _on_topics(found: Evidence) -> Failures:
    """Each outbox row is on its topic at least once; first occurrences stand in order; nothing else is there."""
    there = defaultdict[tuple[str, str], list[Any]](list)
    for record in found.topic:
        there[record.source, record.subject].append(record)
    for key, events in _by_key(found.outbox).items():
        records, what = there.pop(key, []), f"topic of {key[0]}, {key[1]}"
        ids = {event.sequence: event.id for event in events}
        firsts = dict[int, int]()
        for record in records:
            firsts.setdefault(record.sequence, record.offset)
            if ids.get(record.sequence) != record.id or record.topic != key[0]:
                yield Failure(Kind.WRONG, f"{what}: {record.sequence} is {record.id}, not {ids.get(record.sequence)}")
        yield from _one_to(len(events), list(firsts), what)
        if len({record.partition for record in records}) > 1:
            yield Failure(Kind.OUT_OF_ORDER, f"{what}: on several partitions")
    for key, records in there.items():
        yield Failure(Kind.WRONG, f"topic of {key[0]}, {key[1]}: {len(records)} records that no outbox has")


def _taken(found: Evidence) -> Failures:
    """Every subscribed consumer has taken in each source's events of each matter to the last; nothing waits."""
    marks = {(taken.consumer, taken.source, taken.subject): taken for taken in found.taken}
    for (source, subject), events in _by_key(found.outbox).items():
        for consumer in (name for name, sources in SUBSCRIBED.items() if source in sources):
            what, mark = f"{consumer} on {source} {subject}", marks.get((consumer, source, subject))
            last = max(events, key=lambda event: event.sequence)
            if mark is None or mark.sequence < last.sequence:
                yield Failure(Kind.LOST, f"{what}: taken in to {mark and mark.sequence} of {last.sequence}")
            elif mark.sequence > last.sequence or mark.last_id != last.id:
                yield Failure(Kind.WRONG, f"{what}: {mark.sequence} {mark.last_id}, not {last.sequence} {last.id}")
            if mark and mark.parked_from is not None:
                yield Failure(Kind.LOST, f"{what}: parked from {mark.parked_from}")
    for consumer, source, subject, sequence, why in found.parked:
        yield Failure(Kind.LOST, f"{consumer} parks {source} {subject}/{sequence}: {why}")
    for consumer, source, subject, sequence, _ in found.skipped:
        yield Failure(Kind.LOST, f"{consumer} skipped {source} {subject}/{sequence}")


def _audit(found: Evidence) -> Failures:
    """Exactly one entry for each event, in the order of its source and subject."""
    yield from _lines(found.audit, found.outbox, "audit")
    order = defaultdict[tuple[str, str], list[int]](list)
    for entry in sorted(found.audit, key=lambda entry: entry.index):
        order[entry.source, entry.subject].append(entry.sequence)
    for key, numbers in order.items():
        if numbers != sorted(numbers):
            yield Failure(Kind.OUT_OF_ORDER, f"audit of {key[0]} {key[1]}: {numbers}")


def _timeline(found: Evidence) -> Failures:
    """Exactly one line in the console for each event about a matter, looks at personal data apart."""
    shown = [event for event in found.outbox if event.type != "access.viewed_sensitive"]
    yield from _lines(found.timeline, shown, "timeline")


def _clock_events(found: Evidence) -> Failures:
    """Each clock was started once, stopped by an event at least once, and told nothing twice from one cause."""
    rows = {row["id"]: row for row in found.rows["deadlines.deadline"]}
    told = [event for event in found.outbox if event.service == "deadlines" and event.type.startswith("deadline.")]
    causes = Counter((event.causation_id, event.type, event.body["deadline_id"]) for event in told)
    for (cause, kind, clock), times in causes.items():
        if times > 1:
            yield Failure(Kind.DUPLICATED, f"{kind} of clock {clock} from {cause}: {times} times")
    kinds = Counter((event.body["deadline_id"], event.type) for event in told)
    for clock, row in rows.items():
        yield from _compare([clock], [clock] * kinds[clock, "deadline.started"], f"start of {row['rule']} {clock}")
        if row["stopped"] and not kinds[clock, "deadline.stopped"]:
            yield Failure(Kind.LOST, f"the event that clock {clock} stopped")
    for clock in {clock for clock, _ in kinds} - set(rows):
        yield Failure(Kind.LOST, f"clock {clock}, of which events tell")


def _copies(found: Evidence) -> Failures:
    """What the console shows of a matter, an order or a clock is what the owner has."""
    for owner, copy, key in (
        ("intake.matter", "console.matter", "matter_id"),
        ("referral.orders", "console.matter_order", "order_id"),
        ("deadlines.deadline", "console.clock", "id"),
    ):
        owned = {row[key]: row for row in found.rows[owner]}
        shown = {row[key]: row for row in found.rows[copy]}
        for missing in owned.keys() - shown.keys():
            yield Failure(Kind.LOST, f"{copy} {missing}")
        for extra in shown.keys() - owned.keys():
            yield Failure(Kind.DUPLICATED, f"{copy} {extra}, which {owner} does not have")
        for both in owned.keys() & shown.keys():
            if any(shown[both][name] != owned[both][name] for name in shown[both].keys() & owned[both].keys()):
                yield Failure(Kind.WRONG, f"{copy} {both}: {shown[both]} instead of {owned[both]}")


def named(event: Published) -> str:
    """An event's type, with the transition where it is one."""
    return f"{event.type} {event.body['transition']}" if event.type == "matter.moved" else event.type


def _lines(lines: Iterable[Noted], events: Iterable[Published], where: str) -> Failures:
    times = Counter((line.id, line.source, line.subject, line.sequence) for line in lines)
    wanted = {(event.id, event.service, event.subject, event.sequence): event for event in events}
    for key, event in wanted.items():
        if times[key] != 1:
            kind = Kind.DUPLICATED if times[key] else Kind.LOST
            yield Failure(kind, f"{where} has {named(event)} {event.subject}/{event.sequence} {times[key]} times")
    for extra in times.keys() - wanted.keys():
        yield Failure(Kind.DUPLICATED, f"{where} has {extra}, which no outbox has")


def _compare(wanted: Sequence[str], there: Sequence[str], what: str) -> Failures:
    too_few, too_many = Counter(wanted) - Counter(there), Counter(there) - Counter(wanted)
    for name, times in too_few.items():
        yield from [Failure(Kind.LOST, f"{name} ({what})")] * times
    for name, times in too_many.items():
        yield from [Failure(Kind.DUPLICATED, f"{name} ({what})")] * times
    if not too_few and not too_many and list(wanted) != list(there):
        yield Failure(Kind.OUT_OF_ORDER, f"{what}: {list(there)}")


def _one_to(last: int, numbers: Sequence[int], what: str) -> Failures:
    wanted = range(1, last + 1)
    times = Counter(numbers)
    yield from (Failure(Kind.LOST, f"{what}: {number} is missing") for number in wanted if not times[number])
    for number, count in times.items():
        if count > 1 or number not in wanted:
            yield Failure(Kind.DUPLICATED, f"{what}: {number} {count} times of {last}")
    if list(numbers) != sorted(numbers):
        yield Failure(Kind.OUT_OF_ORDER, f"{what}: {list(numbers)}")


def _by_key(events: Iterable[Published]) -> dict[tuple[str, str], list[Published]]:
    keys = defaultdict[tuple[str, str], list[Published]](list)
    for event in sorted(events, key=lambda event: (event.service, event.position)):
        keys[event.service, event.subject].append(event)
    return keys


def _by_matter(rows: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found = defaultdict[str, list[dict[str, Any]]](list)
    for row in rows:
        found[row["matter_id"]].append(row)
    return found
