"""One clock (期限): a rule running on a matter or on one of its orders, with its steps."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from services.deadlines.domain.counting import Change, Pause
from services.deadlines.domain.facts import Mark
from services.deadlines.domain.ladder import RANK, WARNINGS, Level, Step, StepState
from services.deadlines.domain.triggers import Run


@dataclass(frozen=True, slots=True)
class Clock:
    """期限: counted once, when it starts; it keeps due time, calendar and rule version unless start or time change.

    While it is paused its due time is the one it will have if it runs again by itself.
    """

    id: UUID
    matter_id: UUID
    org_code: str
    window_id: str
    rule: str
    order_id: UUID | None
    unit_id: str | None
    round: int
    start_event: str
    started_at: datetime
    limit: str
    due_at: datetime
    provisional: bool
    calendar_version: str
    stop_event: str | None = None
    stopped_at: datetime | None = None
    changes: tuple[Change, ...] = ()
    steps: tuple[Step, ...] = ()
    rule_version: int = 1

    @property
    def level(self) -> Level | None:
        """The highest step of the ladder that was reached and stands."""
        reached = [step.level for step in self.steps if step.state is StepState.REACHED and step.level.is_light]
        return max(reached, key=RANK.__getitem__, default=None)

    @property
    def next_step(self) -> Step | None:
        """The first step still to come."""
        return next((step for step in self.steps if step.state is StepState.PENDING), None)

    @property
    def papers(self) -> tuple[Step, ...]:
        """The lights whose papers are still to go out; a warning that the act has overtaken is told to nobody."""
        warns = self.stopped_at is None
        return tuple(
            step
            for step in self.steps
            if step.state is StepState.REACHED and not step.is_sent and step.level.is_light
            and (warns or step.level not in WARNINGS)
        )  # fmt: skip

    @property
    def next_at(self) -> datetime | None:
        """When there is something to do: a step to reach, or a paper to send."""
        moments = [step.sent_at for step in self.papers]
        return min([*moments, self.next_step.at] if self.next_step else moments, default=None)

    @property
    def pauses(self) -> tuple[Pause, ...]:
        """When it stood still, or does."""
        return tuple(change for change in self.changes if isinstance(change, Pause))

    def pause(self, now: datetime) -> Pause | None:
        """The pause it is in."""
        running = self.stopped_at is None
        return next((pause for pause in self.pauses if running and pause.at <= now < pause.until), None)

    def overdue(self, now: datetime) -> bool:
        """Whether the due time passed before the act, or has passed by now."""
        return self.ran_out or (self.stopped_at or now) > self.due_at

    def unconfirmed(self, now: datetime) -> bool:
        """Whether a step's moment has passed that may still turn out not to count: an act may be on its way."""
        step = self.next_step
        return self.stopped_at is None and step is not None and step.level.is_light and step.at < now

    @property
    def ran_out(self) -> bool:
        """Whether no act stopped the clock but its own end (T05: 超期视为受理), dated at the due time itself."""
        return self.stop_event in (Mark.LAPSED, Mark.DEEMED_ACCEPTED) and self.stopped_at == self.due_at


def clock_id(matter_id: UUID, run: Run) -> UUID:
    """The same events give the same clock, its id included: so it is made of what started it, not drawn."""
    return uuid5(matter_id, f"{run.rule}:{run.start.source}:{run.start.sequence}")
