"""Whom the paper of a light goes to (handbook 5.2): it follows the order, and is never told to nobody.

The people are those of the day on which it goes out, not those who touched the order last.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from services.deadlines.domain.clock import Clock
from services.deadlines.domain.ladder import Level, Step
from services.deadlines.domain.rules import RULES
from shared.contracts.codes import Escalation, Role
from shared.contracts.deadlines import Addressee, SupervisionSent
from shared.contracts.duty import DutyPeriod
from shared.contracts.regions import city_of, is_city

HOPS = 5  # from one abolished unit to its successor, and on


@dataclass(frozen=True, slots=True)
class Unit:
    """承办单位: who answers for it, as the directory has it."""

    unit_id: str
    principal_id: str
    principal_since: date | None
    deputy_ids: tuple[str, ...]
    liaison_ids: tuple[str, ...]
    valid_to: date | None
    successor_id: str | None
    supervision_office_id: str | None


@dataclass(frozen=True, slots=True)
class People:
    """Who there is on a day: the units of the directory, periods of windows today and next, a city's own windows."""

    day: date
    units: Mapping[str, Unit] = field(default_factory=dict)
    periods: Mapping[str, Sequence[DutyPeriod]] = field(default_factory=dict)  # by window, in their order
    city_windows: Mapping[str, Sequence[str]] = field(default_factory=dict)  # by the city's code

    def unit(self, unit_id: str) -> Unit | None:
        """The unit, or who took its duties over."""
        for _ in range(HOPS):
            found = self.units.get(unit_id)
            if found is None or found.successor_id is None or found.valid_to is None or found.valid_to >= self.day:
                return found
            unit_id = found.successor_id
        return found

    def leader(self, window_id: str) -> str | None:
        """带班领导 of the day, else of the next period there is."""
        period = self._period(window_id)
        return period.leader_on(self.day) if period else None

    def staff(self, window_id: str) -> tuple[str, ...]:
        """值班人员 of the day, else of the next period there is."""
        period = self._period(window_id)
        return period.staff_on(self.day) if period else ()

    def _period(self, window_id: str) -> DutyPeriod | None:
        return next((each for each in self.periods.get(window_id, ()) if each.end_date >= self.day), None)


def paper(clock: Clock, step: Step, people: People) -> SupervisionSent:
    """The record of a paper that goes out."""
    of_unit = clock.unit_id is not None and RULES[clock.rule].binds_unit
    told = _of_unit(clock, step.level, people) if of_unit else _of_window(clock, step.level, people)
    unit = people.unit(clock.unit_id) if of_unit and clock.unit_id else None
    return SupervisionSent(
        matter_id=clock.matter_id, org_code=clock.org_code, window_id=clock.window_id, deadline_id=clock.id,
        rule=clock.rule, order_id=clock.order_id, unit_id=clock.unit_id, round=clock.round,
        level=Escalation(step.level), reached_at=step.at, sent_at=step.sent_at, due_at=clock.due_at, addressees=told,
        supervision_office_id=unit.supervision_office_id if unit and step.level in UP else None,
    )  # fmt: skip


UP = (Level.RED, Level.RAISED, Level.LISTED)


def _of_unit(clock: Clock, level: Level, people: People) -> list[Addressee]:
    assert clock.unit_id is not None
    unit = people.unit(clock.unit_id)
    unit_id = unit.unit_id if unit else clock.unit_id
    match level:
        case Level.REMIND:
            return [Addressee(role=Role.UNIT_HANDLER, unit_id=unit_id)]
        case Level.BLUE:
            liaisons = unit.liaison_ids if unit else ()
            return [Addressee(role=Role.UNIT_HANDLER, unit_id=unit_id), *_each(Role.UNIT_HANDLER, liaisons, unit_id)]
        case Level.YELLOW:
            deputies = _each(Role.UNIT_DEPUTY, unit.deputy_ids if unit else (), unit_id)
            return [*(deputies or [_principal(unit, unit_id, people)]), _leader(clock, people, copy_only=True)]
        case Level.RED:
            return [_principal(unit, unit_id, people), _office(Role.SUPERVISION_DEPT, clock.org_code, copy_only=True)]
        case Level.RAISED:
            return _raised(clock, people)
        case _:
            return [*_committees(clock), _principal(unit, unit_id, people, copy_only=True)]


def _of_window(clock: Clock, level: Level, people: People) -> list[Addressee]:
    match level:
        case Level.REMIND | Level.BLUE:
            staff = [Addressee(role=Role.DUTY_STAFF, account_id=each) for each in people.staff(clock.window_id)]
            return staff or [_leader(clock, people)]
        case Level.YELLOW:
            return [_leader(clock, people)]
        case Level.RED:
            committee = _office(Role.COMMITTEE_LEADER, clock.org_code, copy_only=True)
            return [_office(Role.SUPERVISION_DEPT, clock.org_code), committee]
        case Level.RAISED:
            return _raised(clock, people)
        case _:
            return _committees(clock)


def _each(role: Role, accounts: Sequence[str], unit_id: str) -> list[Addressee]:
    return [Addressee(role=role, account_id=each, unit_id=unit_id) for each in accounts]


def _principal(unit: Unit | None, unit_id: str, people: People, copy_only: bool = False) -> Addressee:
    """主要负责人, by account once in office; until then whoever holds the role."""
    in_office = unit is not None and (unit.principal_since is None or unit.principal_since <= people.day)
    account = unit.principal_id if unit and in_office else None
    return Addressee(role=Role.UNIT_PRINCIPAL, account_id=account, unit_id=unit_id, copy_only=copy_only)


def _leader(clock: Clock, people: People, copy_only: bool = False) -> Addressee:
    """带班领导; where no roster says who, the body that makes it."""
    leader = people.leader(clock.window_id)
    if leader is None:
        return _office(Role.SUPERVISION_DEPT, clock.org_code, copy_only)
    return Addressee(role=Role.DUTY_LEADER, account_id=leader, copy_only=copy_only)


def _office(role: Role, org_code: str, copy_only: bool = False) -> Addressee:
    return Addressee(role=role, org_code=org_code, copy_only=copy_only)


def _raised(clock: Clock, people: People) -> list[Addressee]:
    """提级: the city's department, and who leads at its windows."""
    city = city_of(clock.org_code)
    leaders = [leader for window in people.city_windows.get(city, ()) if (leader := people.leader(window))]
    copies = [Addressee(role=Role.DUTY_LEADER, account_id=leader, copy_only=True) for leader in leaders]
    return [_office(Role.SUPERVISION_DEPT, city), *copies]


def _committees(clock: Clock) -> list[Addressee]:
    """市纪委监委有关领导, of a county its own too."""
    own = [] if is_city(clock.org_code) else [_office(Role.COMMITTEE_LEADER, clock.org_code)]
    return [_office(Role.COMMITTEE_LEADER, city_of(clock.org_code)), *own]


__all__ = ["People", "Unit", "paper"]
