"""Import of the unit directory: what a line of the file makes of it, and which lines cannot stand."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from services.referral.domain.terms import appointed, deputised, in_order
from services.referral.domain.units import Unit
from shared.contracts.errors import Refused

MOST_LEVELS = 10
_OPTIONAL = frozenset(
    {"deputy_ids", "valid_to", "successor_id", "level", "parent_id", "supervision_office_id", "liaison_ids"}
)


class LineResult(StrEnum):
    """What an import makes of a line."""

    NEW = "NEW"
    CHANGED = "CHANGED"
    SAME = "SAME"
    REFUSED = "REFUSED"


@dataclass(frozen=True, slots=True)
class Entry:
    """A line as the file has it: the unit without its terms, which fields it names, since when its principal is there.

    What it does not name stays as it is, unlike what it leaves blank.
    """

    unit: Unit
    named: Set[str]
    principal_since: date | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file and what became of it; refused ones say why."""

    row: int
    unit_id: str | None
    result: LineResult
    code: str | None = None
    message: str | None = None


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
    if unit.parent_id == unit.id:
        raise Refused("unit.own_parent", "上级单位不能是本单位")


def entered(entry: Entry, found: Unit | None, today: date) -> Unit:
    """The unit as the line has it, with the terms of office it leads to; raises Refused where it cannot be so."""
    unit, terms = entry.unit, found.terms if found else ()
    if found:
        unit = replace(unit, **{name: getattr(found, name) for name in _OPTIONAL - entry.named})
    check_line(unit)
    held = appointed(terms, unit.principal_id, entry.principal_since, unit.valid_from, today)
    deputies = deputised(terms, unit.deputy_ids, today if found else unit.valid_from, today)
    return replace(unit, terms=in_order([*held, *deputies]))


def compare_line(unit: Unit, found: Unit | None) -> LineResult:
    """Whether the directory has this line already."""
    if found is None:
        return LineResult.NEW
    return LineResult.SAME if found == unit else LineResult.CHANGED


def misplaced(units: Mapping[str, Unit], known: Mapping[str, str | None]) -> dict[str, Refused]:
    """Which of these lines cannot stand beside the directory and the lines that do; `known` names each one's parent."""
    wrong: dict[str, Refused] = {}
    while True:
        above = {**known, **{key: unit.parent_id for key, unit in units.items() if key not in wrong}}
        more = {key: refusal for key, unit in units.items() if key not in wrong and (refusal := _place(unit, above))}
        if not more:
            return wrong
        wrong |= more


def _place(unit: Unit, above: Mapping[str, str | None]) -> Refused | None:
    """Why the unit cannot stand where it says it does."""
    if unit.successor_id is not None and unit.successor_id not in above:
        return Refused("unit.successor_unknown", "承接单位不在名录中,请先登记或一并导入承接单位")
    if unit.parent_id is not None and unit.parent_id not in above:
        return Refused("unit.parent_unknown", "上级单位不在名录中,请先登记或一并导入上级单位")
    higher = unit.parent_id
    for _ in range(MOST_LEVELS):
        if higher is None:
            return None
        higher = above.get(higher)
    return Refused("unit.parent_circle", f"上级单位循环隶属或超过{MOST_LEVELS}级,请核对上级单位")
