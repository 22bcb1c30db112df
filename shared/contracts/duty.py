"""Who is on duty on a day (handbook R01): the fixed period, and the substitutes that were approved in it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Self

from shared.contracts.actor import Actor
from shared.contracts.errors import Forbidden


@dataclass(frozen=True, slots=True)
class Substitution:
    """替班: one person of a period is replaced by another from a day to a day, both included."""

    substitution_id: str
    replaced_id: str
    substitute_id: str
    from_day: date
    to_day: date

    def covers(self, day: date) -> bool:
        """Whether it holds on this day."""
        return self.from_day <= day <= self.to_day

    def overlaps(self, other: "Substitution") -> bool:
        """Whether the two share a day."""
        return self.from_day <= other.to_day and other.from_day <= self.to_day

    def to_json(self) -> dict[str, str]:
        """As a period's row keeps it, beside its id."""
        return {
            "replaced_id": self.replaced_id, "substitute_id": self.substitute_id, "from_day": str(self.from_day),
            "to_day": str(self.to_day),
        }  # fmt: skip

    @classmethod
    def from_json(cls, substitution_id: str, kept: dict[str, Any]) -> Self:
        """The inverse of `to_json`."""
        first, last = (date.fromisoformat(kept[name]) for name in ("from_day", "to_day"))
        return cls(substitution_id, kept["replaced_id"], kept["substitute_id"], first, last)


@dataclass(frozen=True, slots=True)
class DutyPeriod:
    """值班周期: one window, fourteen days, one duty leader (带班领导) and fixed staff (值班人员), as account ids."""

    period_id: str
    window_id: str
    org_code: str
    start_date: date
    end_date: date
    leader_id: str
    staff_ids: tuple[str, ...]
    substitutions: tuple[Substitution, ...] = ()

    @property
    def everybody(self) -> frozenset[str]:
        """The leader and the staff as published."""
        return frozenset({self.leader_id, *self.staff_ids})

    def covers(self, day: date) -> bool:
        """Whether the day lies in this period, both ends included."""
        return self.start_date <= day <= self.end_date

    def overlaps(self, other: "DutyPeriod") -> bool:
        """Whether the two share a day."""
        return self.start_date <= other.end_date and other.start_date <= self.end_date

    def leader_on(self, day: date) -> str:
        """Who leads on this day: the leader, or whoever stands in."""
        return self._standing_in(day).get(self.leader_id, self.leader_id)

    def staff_on(self, day: date) -> tuple[str, ...]:
        """Who sits at the window on this day."""
        standing_in = self._standing_in(day)
        return tuple(standing_in.get(account, account) for account in self.staff_ids)

    def people_on(self, day: date) -> frozenset[str]:
        """Everybody on duty on a day of the period; nobody on another."""
        return frozenset({self.leader_on(day), *self.staff_on(day)}) if self.covers(day) else frozenset()

    def shares_somebody(self, other: "DutyPeriod") -> bool:
        """Whether anybody would be in both on the same day, substitutes counted on their days."""
        first, last = max(self.start_date, other.start_date), min(self.end_date, other.end_date)
        days = (first + timedelta(days=number) for number in range((last - first).days + 1))
        return any(self.people_on(day) & other.people_on(day) for day in days)

    def _standing_in(self, day: date) -> dict[str, str]:
        return {each.replaced_id: each.substitute_id for each in self.substitutions if each.covers(day)}


@dataclass(frozen=True, slots=True)
class OnDuty:
    """A period as it is on the day of a command: rights go by this day, however long the command then takes."""

    period: DutyPeriod
    day: date

    @property
    def period_id(self) -> str:
        return self.period.period_id

    @property
    def leader_id(self) -> str:
        """带班领导 of the day."""
        return self.period.leader_on(self.day)

    @property
    def staff_ids(self) -> tuple[str, ...]:
        """值班人员 of the day."""
        return self.period.staff_on(self.day)


def require_leader(duty: OnDuty | None, actor: Actor, doing: str) -> OnDuty:
    """Only the duty leader of the day may do this; who is not on duty at all is told that."""
    known = require_staff(duty, actor, doing)
    if actor.id != known.leader_id:
        raise Forbidden("duty.not_leader", f"只有本窗口当前值班周期的带班领导可以{doing}")
    return known


def require_staff(duty: OnDuty | None, actor: Actor, doing: str) -> OnDuty:
    """Only who is on duty that day, the leader included, may do this."""
    known = _known(duty)
    if actor.id != known.leader_id and actor.id not in known.staff_ids:
        raise Forbidden("duty.not_on_duty", f"只有本窗口当前值班周期的值班人员可以{doing}")
    return known


def require_leader_or_own(duty: OnDuty | None, actor: Actor, hands: Collection[str], is_open: bool, doing: str) -> None:
    """The duty leader of the day; another only for an open matter that went through their own hands."""
    if not (is_open and actor.id in hands):
        require_leader(duty, actor, doing)


def require_staff_or_own(duty: OnDuty | None, actor: Actor, hands: Collection[str], is_open: bool, doing: str) -> None:
    """Handbook 7: an account is active in its duty period, and after it for its own open matters only."""
    if not (is_open and actor.id in hands):
        require_staff(duty, actor, doing)


def _known(duty: OnDuty | None) -> OnDuty:
    if duty is None:
        raise Forbidden("duty.unknown", "查不到本窗口今天的值班安排,请联系党风政风监督室发布排班")
    return duty
