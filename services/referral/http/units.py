"""Routes of the unit directory; a file is read line by line, so that one bad line does not keep out the others."""

import csv
import io
import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import Field, TypeAdapter, ValidationError, field_validator

from services.referral.domain.units import Line as Judged
from services.referral.domain.units import LineResult, Unit, UnitKind
from services.referral.handlers import reading, units
from services.referral.http.fields import UnitId
from shared.contracts.errors import Refused
from shared.store.unit_of_work import Transaction
from shared.web import Answer, Body, Cursor, Page, Read, Run

router = APIRouter()
MAX_ROWS = 5_000
_BETWEEN = re.compile(r"[;；,，、\s]+")
Account = Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,80}$")]
Name = Annotated[str, Field(min_length=2, max_length=100, pattern=r"^[^\x00-\x1f]+$")]
OrgCode = Annotated[str, Field(pattern=r"^[0-9]{6}(Z[0-9])?$")]


class UnitIn(Body):
    """A line of the directory as JSON or CSV gives it: in a file blanks mean none, `;` stands between deputies."""

    unit_id: UnitId
    org_code: OrgCode
    name: Name
    kind: UnitKind
    principal_id: Account
    deputy_ids: Annotated[tuple[Account, ...], Field(max_length=20)] = ()
    valid_from: date
    valid_to: date | None = None
    successor_id: UnitId | None = None

    @field_validator("valid_to", "successor_id", mode="before")
    @classmethod
    def _blank_is_none(cls, value: Any) -> Any:
        return None if value == "" else value

    @field_validator("deputy_ids", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return [part for part in _BETWEEN.split(value) if part] if isinstance(value, str) else value

    def unit(self) -> Unit:
        return Unit(**{"id" if name == "unit_id" else name: value for name, value in self})


class UnitsIn(Body):
    rows: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=MAX_ROWS)]


class LineOut(Answer):
    row: int
    unit_id: str | None
    result: LineResult
    code: str | None
    message: str | None


class ImportOut(Answer):
    """What became of each line, counted from 1."""

    dry_run: bool
    new: int
    changed: int
    same: int
    refused: int
    rows: list[LineOut]


class UnitOut(Answer):
    unit_id: str
    org_code: str
    name: str
    kind: UnitKind
    principal_id: str
    deputy_ids: list[str]
    valid_from: date
    valid_to: date | None
    successor_id: str | None


@router.post("/units/import")
async def import_units(request: Request, run: Run, dry_run: bool = False) -> Response:
    is_csv = request.headers.get("content-type", "").startswith("text/csv")
    rows = _from_file(run.body) if is_csv else _from_json(run.body)
    given = [_read(number, row) for number, row in enumerate(rows, 1)]

    async def work(tx: Transaction) -> ImportOut:
        return _report(await units.import_units(tx, given, dry_run), dry_run)

    return await run(work)


@router.get("/units")
async def read_units(read: Read, wanted: Cursor, org: OrgCode | None = None) -> Response:
    after = wanted.position(TypeAdapter(UnitId).validate_python)

    async def work(tx: Transaction) -> Page[UnitOut]:
        found = await reading.unit_page(tx, org, after[0] if after else None, wanted.limit + 1)
        return Page[UnitOut].of([_out(unit) for unit in found], wanted.limit, lambda one: [one.unit_id])

    return await read(work)


def _from_json(body: bytes) -> list[dict[str, Any]]:
    try:
        return UnitsIn.model_validate_json(body).rows
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_input=False)) from error


def _from_file(body: bytes) -> list[dict[str, Any]]:
    try:
        return _from_csv(_decoded(body))
    except csv.Error as error:
        raise Refused("units.malformed", "文件不是规范的CSV,请检查引号和分隔符") from error


def _from_csv(text: str) -> list[dict[str, Any]]:
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    wanted = set(UnitIn.model_fields)
    missing = [name for name, field in UnitIn.model_fields.items() if field.is_required()]
    lacking = [name for name in missing if name not in (reader.fieldnames or ())]
    if lacking:
        raise Refused("units.header", f"文件首行缺少列:{'、'.join(lacking)}")
    rows = [{name: value for name, value in row.items() if name in wanted and value is not None} for row in reader]
    if not 1 <= len(rows) <= MAX_ROWS:
        raise Refused("units.size", f"文件须有1至{MAX_ROWS}行单位")
    return rows


def _decoded(body: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused("units.encoding", "文件编码无法识别,请存为UTF-8或GB 18030")


def _read(number: int, row: Mapping[str, Any]) -> units.Read:
    try:
        return number, UnitIn.model_validate(row).unit()
    except ValidationError as error:
        fields = dict.fromkeys(str(item["loc"][0]) for item in error.errors(include_input=False))
        unit_id = row.get("unit_id")
        named = unit_id if isinstance(unit_id, str) and len(unit_id) <= 40 else None
        return number, Judged(number, named, LineResult.REFUSED, "form.invalid", f"格式有误:{'、'.join(fields)}")


def _report(lines: list[Judged], dry_run: bool) -> ImportOut:
    counts = {result.value.lower(): sum(line.result is result for line in lines) for result in LineResult}
    rows = [
        LineOut(row=line.row, unit_id=line.unit_id, result=line.result, code=line.code, message=line.message)
        for line in lines
    ]
    return ImportOut(dry_run=dry_run, rows=rows, **counts)


def _out(unit: Unit) -> UnitOut:
    return UnitOut(
        unit_id=unit.id,
        org_code=unit.org_code,
        name=unit.name,
        kind=unit.kind,
        principal_id=unit.principal_id,
        deputy_ids=list(unit.deputy_ids),
        valid_from=unit.valid_from,
        valid_to=unit.valid_to,
        successor_id=unit.successor_id,
    )
