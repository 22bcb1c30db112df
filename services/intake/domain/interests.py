"""长期回避: an account's lasting interest in a unit keeps it out of every matter about that unit (信访工作条例 28)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.contracts.codes import RecusalGround
from shared.contracts.errors import Conflict, Forbidden, Refused
from shared.contracts.intake import InterestDeclared, InterestEnded, MatterRecusalDeclared
from shared.ids import new_id

IN_A_UNIT = (RecusalGround.KIN_IN_UNIT, RecusalGround.INTEREST_WITH_UNIT)


@dataclass(frozen=True, slots=True)
class Interest:
    """Who has which interest in which unit."""

    id: UUID
    org_code: str
    account_id: str
    unit_id: str
    ground: RecusalGround
    declared_by: str
    declared_at: datetime
    ended_by: str | None = None
    ended_at: datetime | None = None

    @property
    def _ref(self) -> dict[str, Any]:
        return {
            "interest_id": self.id, "org_code": self.org_code, "account_id": self.account_id, "unit_id": self.unit_id,
        }  # fmt: skip


def declare(
    account: str, unit_id: str, ground: RecusalGround, org_code: str, by: str, now: datetime
) -> tuple[Interest, InterestDeclared]:
    """申报与单位的利害关系."""
    if ground not in IN_A_UNIT:
        raise Refused("interest.ground", "与反映人的关系请在具体事项上申报回避;这里只申报与单位的亲属关系或利害关系")
    interest = Interest(new_id(), org_code, account, unit_id, ground, by, now)
    return interest, InterestDeclared(**interest._ref, ground=ground, declared_by=by, declared_at=now)


def end(interest: Interest, by: str, now: datetime) -> tuple[Interest, InterestEnded]:
    """The interest is no more; nobody says so of themselves."""
    if interest.account_id == by:
        raise Forbidden("interest.own", "本人申报的利害关系不能由本人撤销,请由党风政风监督室办理")
    if interest.ended_at is not None:
        raise Conflict("interest.ended", "该利害关系已经登记为不再存在")
    return replace(interest, ended_by=by, ended_at=now), InterestEnded(**interest._ref, ended_by=by, ended_at=now)


def keeping_out(
    of: dict[str, Any], interests: Iterable[Interest], recused: Iterable[str], now: datetime
) -> list[MatterRecusalDeclared]:
    """Who is kept out of a matter by these interests and was not before; each account once."""
    known, told = set(recused), []
    for interest in interests:
        if interest.account_id not in known:
            known.add(interest.account_id)
            told.append(
                MatterRecusalDeclared(
                    **of,
                    account_id=interest.account_id,
                    ground=interest.ground,
                    declared_by=interest.declared_by,
                    declared_at=now,
                )
            )
    return told


def require_none_of(account: str, interests: Iterable[Interest]) -> None:
    """Who has an interest in a blamed unit does not even register the matter."""
    if any(interest.account_id == account for interest in interests):
        raise Refused("register.interest", "您已申报与被反映单位存在利害关系,应当回避,请换人登记")
