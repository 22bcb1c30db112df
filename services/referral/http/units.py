"""Routes of the unit directory."""

import asyncio
from datetime import date
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import TypeAdapter

from services.referral.domain.directory import Line, LineResult
from services.referral.domain.terms import Post
from services.referral.domain.units import Unit, UnitKind, UnitLevel
from services.referral.handlers import reading, units
from services.referral.http.fields import UnitId
from services.referral.http.unit_lines import OrgCode, lines_of
from shared.store.unit_of_work import Transaction
from shared.web import Answer, Cursor, Page, Read, Run

router = APIRouter()


class LineOut(Answer):
    row: int
    unit_id: str | None
    result: LineResult
    code: str | None
    message: str | None


class ImportOut(Answer):
    """What became of each line: rows of a file as a spreadsheet numbers them, others counted from 1."""

    dry_run: bool
    new: int
    changed: int
    same: int
    refused: int
    rows: list[LineOut]


class UnitOut(Answer):
    """A line of the directory; the principal named last is in office from a day on, which may still come."""

    unit_id: str
    org_code: str
    name: str
    kind: UnitKind
    level: UnitLevel | None
    principal_id: str
    principal_since: date
    deputy_ids: list[str]
    liaison_ids: list[str]
    valid_from: date
    valid_to: date | None
    successor_id: str | None
    parent_id: str | None
    supervision_office_id: str | None


class TermOut(Answer):
    account_id: str
    post: Post
    since: date
    until: date | None


class UnitFileOut(UnitOut):
    """A unit with everybody who was in office there."""

    terms: list[TermOut]


@router.post("/units/import")
async def import_units(request: Request, run: Run, dry_run: bool = False) -> Response:
    given = await asyncio.to_thread(lines_of, request.headers.get("content-type", ""), run.body)

    async def work(tx: Transaction) -> ImportOut:
        return _report(await units.import_units(tx, given, dry_run), dry_run)

    return await run(work)


@router.get("/units")
async def read_units(
    read: Read,
    wanted: Cursor,
    org: OrgCode | None = None,
    kind: UnitKind | None = None,
    valid_on: date | None = None,
) -> Response:
    after = wanted.position(TypeAdapter(UnitId).validate_python)

    async def work(tx: Transaction) -> Page[UnitOut]:
        found = await reading.unit_page(tx, org, kind, valid_on, after[0] if after else None, wanted.limit + 1)
        return Page[UnitOut].of([UnitOut(**_line(unit)) for unit in found], wanted.limit, lambda one: [one.unit_id])

    return await read(work)


@router.get("/units/{unit_id}")
async def read_unit(unit_id: UnitId, read: Read) -> Response:
    async def work(tx: Transaction) -> UnitFileOut:
        unit = await reading.unit(tx, unit_id)
        terms = [
            TermOut(account_id=term.account_id, post=term.post, since=term.since, until=term.until)
            for term in unit.terms
        ]
        return UnitFileOut(**_line(unit), terms=terms)

    return await read(work)


def _report(lines: list[Line], dry_run: bool) -> ImportOut:
    counts = {result.value.lower(): sum(line.result is result for line in lines) for result in LineResult}
    rows = [
        LineOut(row=line.row, unit_id=line.unit_id, result=line.result, code=line.code, message=line.message)
        for line in lines
    ]
    return ImportOut(dry_run=dry_run, rows=rows, **counts)


def _line(unit: Unit) -> dict[str, Any]:
    return {
        "unit_id": unit.id,
        "org_code": unit.org_code,
        "name": unit.name,
        "kind": unit.kind,
        "level": unit.level,
        "principal_id": unit.principal_id,
        "principal_since": unit.principal_since,
        "deputy_ids": list(unit.deputy_ids),
        "liaison_ids": list(unit.liaison_ids),
        "valid_from": unit.valid_from,
        "valid_to": unit.valid_to,
        "successor_id": unit.successor_id,
        "parent_id": unit.parent_id,
        "supervision_office_id": unit.supervision_office_id,
    }
