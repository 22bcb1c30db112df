"""替班: nobody is replaced within a period without somebody else's approval, which is recorded (handbook R01)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from services.intake.domain.roster import ONE_DAY, TWO_WINDOWS
from shared.contracts.codes import SubstitutionReason
from shared.contracts.duty import DutyPeriod, Substitution
from shared.contracts.errors import Conflict, Forbidden, Refused
from shared.contracts.intake import DutySubstituted, DutySubstitutionDeclined, DutySubstitutionProposed


@dataclass(frozen=True, slots=True)
class Asked:
    """A substitution as proposed, and what became of it: nothing yet, or who decided, when, and how."""

    id: UUID
    period_id: str
    replaced_id: str
    substitute_id: str
    from_day: date
    to_day: date
    reason: SubstitutionReason
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None
    approved: bool | None = None

    @property
    def substitution(self) -> Substitution:
        """As it stands in the roster once it is approved."""
        return Substitution(str(self.id), self.replaced_id, self.substitute_id, self.from_day, self.to_day)


def propose(
    asked: Asked, period: DutyPeriod, elsewhere: Iterable[DutyPeriod]
) -> tuple[Asked, list[DutySubstitutionProposed]]:
    """提请替班; what could not be approved is not taken."""
    _require_possible(asked, period, elsewhere, asked.proposed_at.date())
    proposed = DutySubstitutionProposed(
        window_id=period.window_id, org_code=period.org_code, period_id=period.period_id, substitution_id=asked.id,
        replaced_id=asked.replaced_id, substitute_id=asked.substitute_id, from_day=asked.from_day,
        to_day=asked.to_day, reason=asked.reason, proposed_by=asked.proposed_by, proposed_at=asked.proposed_at,
    )  # fmt: skip
    return asked, [proposed]


def approve(
    asked: Asked, period: DutyPeriod, elsewhere: Iterable[DutyPeriod], by: str, now: datetime
) -> tuple[Asked, list[DutySubstituted]]:
    """批准替班: from now on the substitute's rights follow from the roster."""
    decided = _decided(asked, by, now, approved=True)
    _require_possible(asked, period, elsewhere, now.date())
    substituted = DutySubstituted(
        window_id=period.window_id, org_code=period.org_code, period_id=period.period_id, substitution_id=asked.id,
        replaced_id=asked.replaced_id, substitute_id=asked.substitute_id, from_day=asked.from_day,
        to_day=asked.to_day, reason=asked.reason, proposed_by=asked.proposed_by, approved_by=by, approved_at=now,
    )  # fmt: skip
    return decided, [substituted]


def decline(asked: Asked, period: DutyPeriod, by: str, now: datetime) -> tuple[Asked, list[DutySubstitutionDeclined]]:
    """不批准替班."""
    declined = DutySubstitutionDeclined(
        window_id=period.window_id, org_code=period.org_code, period_id=period.period_id, substitution_id=asked.id,
        declined_by=by, declined_at=now,
    )  # fmt: skip
    return _decided(asked, by, now, approved=False), [declined]


def _decided(asked: Asked, by: str, now: datetime, approved: bool) -> Asked:
    if asked.decided_at is not None:
        raise Conflict("substitution.decided", "这项替班已经审批过")
    if by == asked.proposed_by:
        raise Forbidden("substitution.own", "替班须由提请人以外的人审批")
    return replace(asked, decided_by=by, decided_at=now, approved=approved)


def _require_possible(asked: Asked, period: DutyPeriod, elsewhere: Iterable[DutyPeriod], today: date) -> None:
    wanted = asked.substitution
    if not period.start_date <= wanted.from_day <= wanted.to_day <= period.end_date:
        raise Refused("substitution.days", f"替班日期须在值班周期内({period.start_date}至{period.end_date})")
    if wanted.from_day < today:  # what somebody did who was not on duty is not made right afterwards
        raise Refused("substitution.past", "替班须在开始之日或之前提请并批准,请改为今天或以后的日期")
    if wanted.replaced_id not in period.everybody:
        raise Refused("substitution.not_of_period", "被替换的人不在本周期的值班人员中,请核对账号")
    if wanted.substitute_id in period.everybody:
        raise Refused("substitution.of_period", "替班人员已在本周期值班,请另选他人")
    people = {wanted.replaced_id, wanted.substitute_id}
    for other in period.substitutions:
        if other.overlaps(wanted) and people & {other.replaced_id, other.substitute_id}:
            raise Conflict("substitution.overlap", "被替换的人或替班人员在这些日期已有替班安排")
    days = [wanted.from_day + ONE_DAY * number for number in range((wanted.to_day - wanted.from_day).days + 1)]
    if any(wanted.substitute_id in other.people_on(day) for other in elsewhere for day in days):
        raise Conflict(TWO_WINDOWS, "替班人员在这些日期已被排在另一窗口,请另选他人")
