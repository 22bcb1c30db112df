"""What deadlines keeps of a matter: the facts it was told and the clocks that follow from them.

Clocks are a function of the set of facts: late, repeated or out of order, the same facts give the same clocks.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from operator import itemgetter
from typing import NamedTuple
from uuid import UUID

from services.deadlines.domain.clock import Clock, clock_id
from services.deadlines.domain.counting import Counting, Recount, opening_on
from services.deadlines.domain.facts import Fact, Mark
from services.deadlines.domain.ladder import RANK, Level, Step, StepState, last_moment_to_acknowledge
from services.deadlines.domain.recounting import counted_anew
from services.deadlines.domain.rules import ORDER_RULES
from services.deadlines.domain.running import reached, sent, started, updated
from services.deadlines.domain.triggers import every_run, round_of, runs_of, runs_touched
from shared.contracts import Event
from shared.contracts.errors import NotYet


class Fired(NamedTuple):
    """What fell due at a moment: events, and perhaps the light of a clock whose paper goes out."""

    at: datetime
    events: list[Event]
    paper: tuple[Clock, Step] | None = None


@dataclass(frozen=True, slots=True)
class MatterClocks:
    """一件事项的期限: all clocks of the rules that the facts to come may touch; org and window as events carry them."""

    matter_id: UUID
    org_code: str
    window_id: str
    facts: tuple[Fact, ...] = ()
    clocks: Mapping[UUID, Clock] = field(default_factory=dict)

    def noted(self, fact: Fact, counting: Counting) -> tuple["MatterClocks", list[Event]]:
        """Take in a fact: start, move and stop what it touches."""
        if any((fact.source, fact.sequence) == (known.source, known.sequence) for known in self.facts):
            return self, []
        fact = _with_its_term(fact, counting)
        facts = (*self.facts, fact)
        clocks, events = dict(self.clocks), list[Event]()
        for run in runs_touched(fact, facts):
            id, round = clock_id(self.matter_id, run), round_of(run.start, facts)
            if id in clocks:
                clocks[id], news = updated(clocks[id], run, round, counting)
            else:
                place = self.matter_id, self.org_code, self.window_id
                clocks[id], news = started(id, *place, round, run, counting)
            events += news
        return MatterClocks(self.matter_id, self.org_code, self.window_id, facts, clocks), events

    def by_versions_of(self, rule: str, counting: Counting) -> tuple["MatterClocks", list[Event]]:
        """Have the clocks of a rule that was amended run by the versions there are now."""
        clocks, events = dict(self.clocks), list[Event]()
        for run in runs_of(rule, self.facts):
            if (id := clock_id(self.matter_id, run)) in clocks:
                clocks[id], news = updated(clocks[id], run, round_of(run.start, self.facts), counting)
                events += news
        return replace(self, clocks=clocks), events

    def passed(self, now: datetime, counting: Counting) -> tuple["MatterClocks", list[Fired]]:
        """Do what fell due by `now`, in its order, what that itself brings included."""
        after, fired = self, list[Fired]()
        while due := min(after._due_by(now), key=itemgetter(0), default=None):
            (at, *_), clock, step = due
            if step.state is StepState.REACHED:
                after, news = after._with(sent(clock, step)), Fired(at, [], (clock, step))
            else:
                after, events = after._reached(clock, step, counting)
                news = Fired(at, events)
            fired.append(news)
        return after, fired

    def recounted(self, by: Recount) -> tuple["MatterClocks", list[Event]]:
        """Count what is open anew after a change of the calendar; the same matter if nothing of it is touched."""
        facts = tuple(_with_its_term_anew(fact, by) for fact in self.facts)
        clocks, events = dict(self.clocks), list[Event]()
        for run in every_run(facts):
            clock = clocks.get(clock_id(self.matter_id, run))
            if clock and clock.stopped_at is None:
                clocks[clock.id], news = counted_anew(clock, run, by)
                events += news
        if facts == self.facts and clocks == self.clocks:
            return self, []
        return replace(self, facts=facts if facts != self.facts else self.facts, clocks=clocks), events

    def _due_by(self, now: datetime) -> Iterator[tuple[tuple[datetime, bool, int, UUID], Clock, Step]]:
        """Steps to reach and papers to send; a light is reached before its paper goes out."""
        for clock in self.clocks.values():
            step = clock.next_step
            if step and step.at <= now:
                yield (step.at, False, RANK[step.level], clock.id), clock, step
            for paper in clock.papers:
                if paper.sent_at <= now:
                    yield (paper.sent_at, True, RANK[paper.level], clock.id), clock, paper

    def _with(self, clock: Clock) -> "MatterClocks":
        return replace(self, clocks={**self.clocks, clock.id: clock})

    def _reached(self, clock: Clock, step: Step, counting: Counting) -> tuple["MatterClocks", list[Event]]:
        """A step's moment has come. Two are facts themselves: a missed sign-for starts the order's clock, and a scope
        check that nobody decided ends with its time (D02: 超期视为受理), before intake comes to tell so.
        """
        clock, events = reached(clock, step, counting)
        after, place = self._with(clock), (f"deadlines:{clock.id}", 1)
        if step.level is Level.ACK_MISSED:
            known = clock.started_at, *place, clock.round, clock.order_id, clock.unit_id
            after, more = after.noted(Fact(Mark.ACK_MISSED, *known), counting)
        elif step.level is Level.YELLOW and clock.rule == "D02":
            after, more = after.noted(Fact(Mark.LAPSED, step.at, *place, clock.round), counting)
        else:
            more = []
        return after, events + more


def _with_its_term(fact: Fact, counting: Counting) -> Fact:
    """The fact with the moment until which it holds, counted once when it comes."""
    if fact.mark is Mark.ISSUED:
        if fact.value not in ORDER_RULES:
            raise NotYet(f"交办单的期限规则{fact.value}没有对应的计时规则")
        return fact._replace(until=last_moment_to_acknowledge(fact.at, counting))
    if fact.mark is Mark.SUSPENDED:
        return fact._replace(until=opening_on(date.fromisoformat(str(fact.value)), counting))
    return fact


def _with_its_term_anew(fact: Fact, by: Recount) -> Fact:
    """A moment still to come is counted anew; by one that has passed people have acted."""
    if fact.until is None or fact.until <= by.now or not by.touches(fact.at, fact.until):
        return fact
    before, after = _with_its_term(fact, by.before), _with_its_term(fact, by.after)
    return fact if before.until == after.until else after
