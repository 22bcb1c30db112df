"""The unit directory (承办单位名录): who may be given an order, and who is its principal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.referral.domain.terms import Term, principals
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


class UnitLevel(StrEnum):
    """单位层级."""

    CITY = "CITY"
    COUNTY = "COUNTY"
    ZONE = "ZONE"
    TOWNSHIP = "TOWNSHIP"


KIND_LABELS = {
    UnitKind.DEPARTMENT: "职能部门",
    UnitKind.INSTITUTION: "事业单位",
    UnitKind.HOSPITAL: "公立医院",
    UnitKind.TOWNSHIP: "乡镇街道",
    UnitKind.COOPERATIVE: "供销合作社",
    UnitKind.STATE_ENTERPRISE: "国有企业",
    UnitKind.MASS_ORG: "群团组织",
    UnitKind.OTHER: "其他",
}
LEVEL_LABELS = {
    UnitLevel.CITY: "市级",
    UnitLevel.COUNTY: "县级",
    UnitLevel.ZONE: "功能区",
    UnitLevel.TOWNSHIP: "乡镇级",
}


@dataclass(frozen=True, slots=True)
class Unit:
    """A line of the directory; both validity days included.

    Principal (主要负责人), deputies and liaisons (联络员) are account ids: those whom the latest line names. Who was
    in office on a day is in `terms`.
    """

    id: str
    org_code: str
    name: str
    kind: UnitKind
    principal_id: str
    deputy_ids: tuple[str, ...]
    valid_from: date
    valid_to: date | None = None
    successor_id: str | None = None
    level: UnitLevel | None = None
    parent_id: str | None = None
    supervision_office_id: str | None = None  # 联系该单位的监督检查室
    liaison_ids: tuple[str, ...] = ()
    terms: tuple[Term, ...] = ()

    def valid_on(self, day: date) -> bool:
        """Whether the unit exists on that day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def principal_on(self, day: date) -> str | None:
        """The account that signs for the unit on that day; none when nobody is in office or the unit not there."""
        in_office = [term.account_id for term in principals(self.terms) if term.covers(day)]
        return in_office[-1] if in_office and self.valid_on(day) else None

    @property
    def principal_since(self) -> date:
        """From which day the principal named is in office, past or to come."""
        held = principals(self.terms)
        return held[-1].since if held else self.valid_from

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
            parent_id=self.parent_id,
            supervision_office_id=self.supervision_office_id,
            principal_since=self.principal_since,
            liaison_ids=list(self.liaison_ids),
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
