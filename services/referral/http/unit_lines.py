"""Lines of the unit directory as they come in, read one by one, so that one bad line does not keep out the others."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from fastapi.exceptions import RequestValidationError
from pydantic import Field, ValidationError, field_validator

from services.referral.domain.directory import Entry, Line, LineResult
from services.referral.domain.units import KIND_LABELS, LEVEL_LABELS, Unit, UnitKind, UnitLevel
from services.referral.handlers import units
from services.referral.http.fields import UnitId
from shared.contracts.errors import Refused
from shared.files.tables import TABLE_TYPES, rows_of
from shared.web import Body

MAX_ROWS = 5_000
_BETWEEN = re.compile(r"[;；,，、\s]+")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
# No control characters, none that turn the direction of the text, none that cannot be seen.
_NAME = r"^[^\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+$"
Account = Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,80}$")]
Accounts = Annotated[tuple[Account, ...], Field(max_length=20)]
Name = Annotated[str, Field(min_length=2, max_length=100, pattern=_NAME)]
OrgCode = Annotated[str, Field(pattern=r"^[0-9]{6}(Z[0-9])?$")]

HEADINGS = {
    "unit_id": "单位编码",
    "org_code": "所属地区",
    "name": "单位名称",
    "kind": "性质",
    "principal_id": "主要负责人账号",
    "principal_since": "任职日期",
    "deputy_ids": "副职账号",
    "liaison_ids": "联络员账号",
    "valid_from": "设立日期",
    "valid_to": "撤销日期",
    "successor_id": "承接单位",
    "parent_id": "上级单位",
    "level": "层级",
    "supervision_office_id": "联系监督检查室",
}
_FIELDS = {heading: name for name, heading in HEADINGS.items()} | {name: name for name in HEADINGS}
_CODES: Mapping[str, Mapping[str, str]] = {
    "kind": {label: code.value for code, label in KIND_LABELS.items()},
    "level": {label: code.value for code, label in LEVEL_LABELS.items()},
}


class UnitIn(Body):
    """A line of the directory as JSON or a file gives it: in a file blanks mean none, `;` stands between accounts."""

    unit_id: UnitId
    org_code: OrgCode
    name: Name
    kind: UnitKind
    principal_id: Account
    principal_since: date | None = None
    deputy_ids: Accounts = ()
    liaison_ids: Accounts = ()
    valid_from: date
    valid_to: date | None = None
    successor_id: UnitId | None = None
    parent_id: UnitId | None = None
    level: UnitLevel | None = None
    supervision_office_id: UnitId | None = None

    @field_validator(
        "principal_since", "valid_to", "successor_id", "parent_id", "level", "supervision_office_id", mode="before"
    )
    @classmethod
    def _blank_is_none(cls, value: Any) -> Any:
        return None if isinstance(value, str) and not value.strip() else value

    @field_validator("principal_since", "valid_from", "valid_to", mode="before")
    @classmethod
    def _day(cls, value: Any) -> Any:
        found = _DAY.fullmatch(value) if isinstance(value, str) else None
        return "{}-{:0>2}-{:0>2}".format(*found.groups()) if found else value

    @field_validator("deputy_ids", "liaison_ids", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return [part for part in _BETWEEN.split(value) if part] if isinstance(value, str) else value

    def entry(self) -> Entry:
        given = dict(self)
        since = given.pop("principal_since")
        return Entry(Unit(id=given.pop("unit_id"), **given), self.model_fields_set, since)


class UnitsIn(Body):
    rows: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=MAX_ROWS)]


def lines_of(content_type: str, body: bytes) -> list[units.Read]:
    """The lines of a request, each checked by itself; raises Refused for a file that is no table of units."""
    table = TABLE_TYPES.get(content_type.partition(";")[0].strip().lower())
    numbered = _from_json(body) if table is None else _from_table(rows_of(table, body, MAX_ROWS + 1))
    return [_read(number, row) for number, row in numbered]


def _from_json(body: bytes) -> Iterable[tuple[int, Mapping[str, Any]]]:
    try:
        return enumerate(UnitsIn.model_validate_json(body).rows, 1)
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_input=False)) from error


def _from_table(rows: Sequence[tuple[int, Sequence[str]]]) -> Iterable[tuple[int, Mapping[str, Any]]]:
    columns = _columns(rows[0][1] if rows else ())
    if not 2 <= len(rows) <= MAX_ROWS + 1:
        raise Refused("units.size", f"文件须有1至{MAX_ROWS}行单位")
    for number, cells in rows[1:]:
        yield number, {name: _code(name, cells[place]) for name, place in columns.items() if place < len(cells)}


def _columns(header: Sequence[str]) -> dict[str, int]:
    """Which field stands in which column, by its heading or its name; other columns are passed over."""
    columns: dict[str, int] = {}
    for place, heading in enumerate(header):
        if name := _FIELDS.get(heading.strip()):
            if name in columns:
                raise Refused("units.header", f"文件首行的列重复:{HEADINGS[name]}")
            columns[name] = place
    needed = [name for name, field in UnitIn.model_fields.items() if field.is_required()]
    if lacking := [f"{HEADINGS[name]}({name})" for name in needed if name not in columns]:
        raise Refused("units.header", f"文件首行缺少列:{'、'.join(lacking)}")
    return columns


def _code(name: str, cell: str) -> str:
    """The code of what stands in a cell by its Chinese name."""
    return _CODES.get(name, {}).get(cell.strip(), cell)


def _read(number: int, row: Mapping[str, Any]) -> units.Read:
    try:
        return number, UnitIn.model_validate(row).entry()
    except ValidationError as error:
        fields = dict.fromkeys(str(item["loc"][0]) for item in error.errors(include_input=False))
        said = "、".join(f"{HEADINGS[name]}({name})" if name in HEADINGS else name for name in fields)
        unit_id = row.get("unit_id")
        named = unit_id if isinstance(unit_id, str) and len(unit_id) <= 40 else None
        return number, Line(number, named, LineResult.REFUSED, "form.invalid", f"格式有误:{said}")
