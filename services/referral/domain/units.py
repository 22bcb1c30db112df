"""The unit directory (承办单位名录): who may be given an order, and who is its principal."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from shared.contracts.errors import Refused
from shared.contracts.referral import UnitRegistered


class UnitKind(StrEnum):
    """单位性质: orders also go to hospitals, societies and enterprises (A15)."""

    DEPARTMENT = "DEPARTMENT"
    INSTITUTION = "INSTITUTION"
    HOSPITAL = "HOSPITAL"
    TOWNSHIP = "TOWNSHIP"
    COOPERATIVE = "COOPERATIVE"
    STATE_ENTERPRISE = "STATE_ENTERPRISE"
    MASS_ORG = "MASS_ORG"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True)
class Unit:
    """A line of the directory; principal (主要负责人) and deputies as account ids, both validity days included."""

    id: str
    org_code: str
    name: str
    kind: UnitKind
    principal_id: str
    deputy_ids: tuple[str, ...]
    valid_from: date
    valid_to: date | None = None
    successor_id: str | None = None

    def valid_on(self, day: date) -> bool:
        """Whether the unit exists on that day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def principal_on(self, day: date) -> str | None:
        """The account that signs for the unit on that day; none when the unit does not exist then."""
        return self.principal_id if self.valid_on(day) else None

    def registered(self) -> UnitRegistered:
        """The event that tells the others about this line."""
        return UnitRegistered(
            unit_id=self.id,
            org_code=self.org_code,
            name=self.name,
            kind=self.kind.value,
            principal_id=self.principal_id,
            deputy_ids=list(self.deputy_ids),
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            successor_id=self.successor_id,
        )


def require_recipient(unit_id: str, directory: Mapping[str, Unit], day: date) -> Unit:
    """The unit an order goes to; refused when unknown, not yet there or abolished, with the successor to take."""
    unit = directory.get(unit_id)
    if unit is None:
        raise Refused("unit.unknown", "单位名录中没有该承办单位,请先导入名录", unit_id=unit_id)
    if day < unit.valid_from:
        raise Refused(
            "unit.not_yet_valid", f"{unit.name}自{unit.valid_from:%Y年%m月%d日}起才设立,请改选承办单位", unit_id=unit_id
        )
    if unit.valid_on(day):
        return unit
    heir = successor(unit, directory, day)
    advice = f"请改派承接其职能的{heir.name}" if heir else "名录中没有登记承接单位,请先核实后改选"
    raise Refused(
        "unit.abolished",
        f"{unit.name}已于{unit.valid_to:%Y年%m月%d日}撤销,{advice}",
        unit_id=unit_id,
        successor_id=heir.id if heir else None,
    )


def successor(unit: Unit, directory: Mapping[str, Unit], day: date) -> Unit | None:
    """The first unit down the line of successors that exists on that day."""
    seen = {unit.id}
    while unit.successor_id and unit.successor_id not in seen:
        seen.add(unit.successor_id)
        found = directory.get(unit.successor_id)
        if found is None or found.valid_on(day):
            return found
        unit = found
    return None


class LineResult(StrEnum):
    """What an import makes of a line."""

    NEW = "NEW"
    CHANGED = "CHANGED"
    SAME = "SAME"
    REFUSED = "REFUSED"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file and what became of it; refused ones say why."""

    row: int
    unit_id: str | None
    result: LineResult
    code: str | None = None
    message: str | None = None


def compare_line(unit: Unit, found: Unit | None) -> LineResult:
    """Whether the directory has this line already."""
    if found is None:
        return LineResult.NEW
    return LineResult.SAME if found == unit else LineResult.CHANGED


def check_line(unit: Unit) -> None:
    """Refuse a line of the directory that contradicts itself."""
    if unit.valid_to is not None and unit.valid_to < unit.valid_from:
        raise Refused("unit.dates", "撤销日期早于设立日期,请核对")
    if unit.principal_id in unit.deputy_ids:
        raise Refused("unit.principal_is_deputy", "主要负责人与副职不能是同一账号")
    if unit.successor_id == unit.id:
        raise Refused("unit.own_successor", "承接单位不能是本单位")
    if unit.successor_id is not None and unit.valid_to is None:
        raise Refused("unit.successor_of_living", "登记了承接单位的,须填写撤销日期")


def heirless(units: Mapping[str, Unit], known: Collection[str]) -> set[str]:
    """Which of these lines name a successor that is neither known nor among the lines that stand."""
    lost: set[str] = set()
    while more := {
        unit.id
        for unit in units.values()
        if unit.id not in lost
        and unit.successor_id is not None
        and unit.successor_id not in known
        and (unit.successor_id not in units or unit.successor_id in lost)
    }:
        lost |= more
    return lost
