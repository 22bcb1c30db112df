"""The unit directory over HTTP: imported from JSON, CSV and XLSX, read with its terms of office."""

import asyncio
import io
from collections.abc import AsyncIterator, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import httpx
import openpyxl
import pytest

from tests.engines import Engines
from tests.papers import COMPOUND, archive, docx
from tests.service.referral_desk import STATEMENT, U1, U2, Desk, ok, reasons, referral_desk, refused, unit

HEADER = "unit_id,org_code,name,kind,principal_id,deputy_ids,valid_from,valid_to,successor_id\n"
HEADINGS = ("单位编码", "所属地区", "单位名称", "性质", "主要负责人账号", "任职日期", "副职账号", "联络员账号",
            "设立日期", "撤销日期", "承接单位", "上级单位", "层级", "联系监督检查室", "备注")  # fmt: skip
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture(scope="module")
async def desk(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with referral_desk(engines, tmp_path_factory.mktemp("referral")) as found:
        yield found


async def send(desk: Desk, content: bytes, kind: str = "text/csv", dry_run: bool = False) -> httpx.Response:
    path = "/units/import?dry_run=1" if dry_run else "/units/import"
    return await desk.overseer.post(path, content, content_type=kind)


async def put(desk: Desk, *lines: dict[str, Any]) -> list[tuple[str, str | None]]:
    """Import lines; what became of each."""
    report = ok(await desk.overseer.post("/units/import", {"rows": lines}))
    return [(line["result"], line["code"]) for line in report["rows"]]


def workbook(*rows: Sequence[Any]) -> bytes:
    """A workbook with the Chinese headings and these rows."""
    book, made = openpyxl.Workbook(), io.BytesIO()
    for row in (HEADINGS, *rows):
        book.active.append(row)
    book.save(made)
    return made.getvalue()


async def test_good_lines_of_the_directory_go_in_and_each_refused_one_says_why(desk: Desk) -> None:
    rows = [
        unit("410221-U01", org_code="410221"),
        unit("410221-U02", valid_to="2019-01-01"),
        unit("410221-U03", valid_to="2021-01-01", successor_id="410221-U99"),
        unit("410221-U04", kind="NONSENSE"),
        unit("410221-U01", org_code="410221"),
        unit("410800-U01", org_code="410800"),
        unit(U1),
        unit("410221-U05", org_code="410221", parent_id="410221-U01"),
        unit("410221-U06", org_code="410221", parent_id="410221-U02"),
        unit("410221-U07", org_code="410221", principal_since="2028-01-01"),
        unit("410221-U08", org_code="410221", parent_id="410221-U07"),
    ]
    before = await desk.hall.published("unit.registered")
    tried = ok(await desk.overseer.post("/units/import?dry_run=1", {"rows": rows}))
    assert await desk.hall.published("unit.registered") == before
    report = ok(await desk.overseer.post("/units/import", {"rows": rows}))
    assert report["rows"] == tried["rows"]
    assert [(line["result"], line["code"]) for line in report["rows"]] == [
        ("NEW", None),
        ("REFUSED", "unit.dates"),
        ("REFUSED", "unit.successor_unknown"),
        ("REFUSED", "form.invalid"),
        ("REFUSED", "unit.twice"),
        ("REFUSED", "unit.foreign_org"),
        ("SAME", None),
        ("NEW", None),
        ("REFUSED", "unit.parent_unknown"),
        ("REFUSED", "unit.principal_since"),
        ("REFUSED", "unit.parent_unknown"),
    ]
    new = (await desk.hall.published("unit.registered"))[len(before) :]
    assert [event["subject"] for event in new] == ["410221-U01", "410221-U05"]


async def test_a_county_does_not_take_over_a_unit_of_another_body(desk: Desk) -> None:
    county = desk.hall.client("u-office-9", "supervision_dept", org="410221")
    before = await desk.hall.published("unit.registered")
    for by, code in ((county, "unit.foreign_org"), (desk.overseer, "unit.org_fixed")):
        report = ok(await by.post("/units/import", {"rows": [unit(U1, org_code="410221")]}))
        assert [(line["result"], line["code"]) for line in report["rows"]] == [("REFUSED", code)]
    assert await desk.hall.published("unit.registered") == before


async def test_the_directory_comes_from_a_file_in_either_encoding(desk: Desk) -> None:
    line = "410200-U31,410200,某供销合作社,COOPERATIVE,u-p31,u-d31;u-e31,1994-01-01,,\n"
    for content in ((HEADER + line).encode("utf-8-sig"), (HEADER + line).encode("gb18030")):
        report = ok(await desk.overseer.post("/units/import", content, content_type="text/csv"))
        assert report["new"] + report["same"] == 1
    [event] = [e for e in await desk.hall.published("unit.registered") if e["subject"] == "410200-U31"]
    assert event["data"]["deputy_ids"] == ["u-d31", "u-e31"]


async def test_a_workbook_with_chinese_headings_goes_in_as_a_spreadsheet_numbers_it(desk: Desk) -> None:
    office = "410200-J01"
    content = workbook(
        ["410200-U41", 410200, "某医院", "公立医院", "u-p41", date(2024, 3, 1), "u-d41;u-e41", "u-l41",
         "2001年5月1日", None, None, U1, "市级", office, "备注不入库"],
        [],
        ["410200-U42", 410200, "某局", "不知道", "u-p42", None, None, None, date(2001, 5, 1)],
        ["410200-U43", 410200.0, "某分局", "职能部门", "u-p43", None, None, None, "2001/5/1", "", "", "410200-U41"],
    )  # fmt: skip
    tried = ok(await send(desk, content, XLSX, dry_run=True))
    report = ok(await send(desk, content, XLSX))
    assert tried["rows"] == report["rows"]
    assert [(line["row"], line["unit_id"], line["result"]) for line in report["rows"]] == [
        (2, "410200-U41", "NEW"), (4, "410200-U42", "REFUSED"), (5, "410200-U43", "NEW"),
    ]  # fmt: skip
    assert report["rows"][1]["message"] == "格式有误:性质(kind)"
    [event] = [e for e in await desk.hall.published("unit.registered") if e["subject"] == "410200-U41"]
    assert event["data"] == {
        "unit_id": "410200-U41", "org_code": "410200", "name": "某医院", "kind": "HOSPITAL", "principal_id": "u-p41",
        "principal_since": "2024-03-01", "deputy_ids": ["u-d41", "u-e41"], "liaison_ids": ["u-l41"],
        "valid_from": "2001-05-01", "valid_to": None, "successor_id": None, "parent_id": U1,
        "supervision_office_id": office,
    }  # fmt: skip
    found = ok(await desk.staff.get("/units/410200-U41"))
    assert (found["level"], found["kind"], found["liaison_ids"]) == ("CITY", "HOSPITAL", ["u-l41"])
    again = ok(await send(desk, content, XLSX))
    assert (again["same"], again["refused"]) == (2, 1)


async def test_a_file_that_is_none_is_refused(desk: Desk) -> None:
    for content, code in (
        (b"", "file.empty"),
        (b"unit_id,name\nU1,x\n", "units.header"),
        (("单位名称,name," + HEADER).encode(), "units.header"),
        (HEADER.encode(), "units.size"),
        (b"\xff\xff\xff", "file.encoding"),
        ((HEADER + '"open quote').encode(), "file.malformed"),
    ):
        refused(await send(desk, content), 422, code)
    refused(await desk.overseer.post("/units/import", {"rows": []}), 422, "form.invalid")
    refused(await desk.overseer.post("/units/import", b"[", content_type="application/json"), 400, "form.malformed")
    refused(await desk.staff.post("/units/import", {"rows": [unit(U1)]}), 403, "role.missing")


async def test_what_hides_something_or_is_another_kind_of_file_is_refused(desk: Desk) -> None:
    good = workbook(["410200-U51", "410200", "某局", "职能部门", "u-p51", "", "", "", "2001-05-01"])
    types = "[Content_Types].xml"
    for content, kind, code in (
        (good, "text/csv", "file.wrong_content"),
        ((HEADER + "x").encode(), XLSX, "file.wrong_content"),
        (docx(), XLSX, "file.wrong_content"),
        (archive({"a.txt": b"x"}), XLSX, "file.wrong_content"),
        (COMPOUND, XLSX, "file.macros"),
        (COMPOUND, "text/csv", "file.macros"),
        (changed(good, {"xl/vbaProject.bin": b"x"}), XLSX, "file.macros"),
        (b"MZ" + bytes(100), "text/csv", "file.executable"),
        (changed(good, {"xl/embeddings/a.bin": b"MZ" + bytes(100)}), XLSX, "file.embedded"),
        (changed(good, {"xl/media/a.bin": bytes(60_000_000)}), XLSX, "file.bomb"),
        (changed(good, {"xl/sharedStrings.xml": b'<!DOCTYPE x [<!ENTITY a "aa">]><sst/>'}), XLSX, "file.unreadable"),
        (changed(good, {"xl/worksheets/sheet1.xml": b"<worksheet><broken"}), XLSX, "file.unreadable"),
        (changed(good, {types: b"<Types/>"}), XLSX, "file.wrong_content"),
        (good[: len(good) // 2], XLSX, "file.unreadable"),
    ):
        refused(await send(desk, content, kind), 422, code)
    assert [e for e in await desk.hall.published("unit.registered") if e["subject"] == "410200-U51"] == []


def changed(content: bytes, parts: dict[str, bytes]) -> bytes:
    """The same workbook with other parts."""
    with ZipFile(io.BytesIO(content)) as file:
        found = {name: file.read(name) for name in file.namelist()}
    return archive(found | parts)


async def test_the_directory_is_read_in_pages(desk: Desk) -> None:
    first = ok(await desk.handler.get("/units", limit=1))
    second = ok(await desk.handler.get("/units", limit=1, after=first["next"]))
    assert first["items"][0]["unit_id"] < second["items"][0]["unit_id"]
    assert all(one["org_code"] == "410221" for one in ok(await desk.handler.get("/units", org="410221"))["items"])


async def test_the_directory_is_listed_by_kind_and_by_day(desk: Desk) -> None:
    await put(desk, unit("410200-U61", kind="MASS_ORG", valid_to="2025-06-30"), unit("410200-U62", kind="MASS_ORG"))

    async def listed(**wanted: str) -> list[str]:
        return [one["unit_id"] for one in ok(await desk.handler.get("/units", kind="MASS_ORG", **wanted))["items"]]

    assert await listed() == ["410200-U61", "410200-U62"]
    assert await listed(valid_on="2025-06-30") == ["410200-U61", "410200-U62"]
    assert await listed(valid_on="2025-07-01") == ["410200-U62"]
    assert await listed(valid_on="2019-12-31") == []
    refused(await desk.handler.get("/units", kind="NONSENSE"), 422, "form.invalid")


async def test_a_change_of_principal_is_kept_as_history_and_read_by_window_overseer_and_unit(desk: Desk) -> None:
    before = len(await desk.hall.published("unit.registered"))
    line = unit(U2, principal_since="2024-03-01")
    assert await put(desk, line) == [("CHANGED", None)]
    assert await put(desk, line | {"principal_id": "u-next", "principal_since": "2026-09-01"}) == [("CHANGED", None)]
    assert await put(desk, line | {"principal_id": "u-next", "principal_since": None}) == [("SAME", None)]
    wrong = line | {"principal_id": "u-third", "principal_since": "2026-09-01"}
    assert await put(desk, wrong) == [("REFUSED", "unit.principal_since")]
    for who in (desk.staff, desk.other_window, desk.overseer, desk.second_unit):
        terms = ok(await who.get(f"/units/{U2}"))["terms"]
        assert [term for term in terms if term["post"] == "PRINCIPAL"] == [
            {"account_id": f"u-principal-{U2}", "post": "PRINCIPAL", "since": "2024-03-01", "until": "2026-08-31"},
            {"account_id": "u-next", "post": "PRINCIPAL", "since": "2026-09-01", "until": None},
        ]
    refused(await desk.handler.get(f"/units/{U2}"), 403, "role.missing")
    refused(await desk.hall.client("audit", "audit_admin").get(f"/units/{U2}"), 403, "role.missing")
    refused(await desk.staff.get("/units/410200-U99"), 404, "not_found")
    said = (await desk.hall.published("unit.registered"))[before:]
    assert [(event["data"]["principal_id"], event["data"]["principal_since"]) for event in said] == [
        (f"u-principal-{U2}", "2024-03-01"), ("u-next", "2026-09-01"),
    ]  # fmt: skip


async def test_units_do_not_stand_in_a_circle_whichever_file_they_come_with(desk: Desk) -> None:
    above, below = unit("410200-U71"), unit("410200-U72", parent_id="410200-U71")
    assert await put(desk, above, below) == [("NEW", None)] * 2
    assert await put(desk, above | {"parent_id": "410200-U72"}) == [("REFUSED", "unit.parent_circle")]
    assert await put(desk, above | {"parent_id": "410200-U72"}, below | {"parent_id": None}) == [("CHANGED", None)] * 2


async def test_two_imports_at_once_make_no_circle_either(desk: Desk) -> None:
    one, other = unit("410200-U81"), unit("410200-U82")
    await put(desk, one, other)
    done = await asyncio.gather(
        put(desk, one | {"parent_id": "410200-U82"}), put(desk, other | {"parent_id": "410200-U81"})
    )
    assert sorted(done) == [[("CHANGED", None)], [("REFUSED", "unit.parent_circle")]]


async def test_only_who_is_in_office_that_day_signs_for_the_unit(desk: Desk) -> None:
    _, order_id = await desk.working()
    body = await desk.signed(order_id, STATEMENT | {"reasons": reasons("任职")})
    path = f"/orders/{order_id}/cannot-do-statement"
    line, today = unit(U1), desk.hall.time.now().date()
    of_unit: dict[str, Any] = {"org_type": "UNIT", "unit": U1}
    coming = desk.hall.client("u-coming", "unit_principal", **of_unit)
    promoted = desk.hall.client(f"u-deputy-{U1}", "unit_principal", **of_unit)
    await put(desk, line | {"principal_id": "u-coming", "principal_since": str(today + timedelta(days=1))})
    for nobody in (coming, promoted, desk.deputy, desk.handler):
        refused(await nobody.post(path, body), 422, "cannot_do.not_principal")
    await put(desk, line | {"principal_id": "u-coming", "principal_since": str(today)})
    refused(await desk.principal.post(path, body), 422, "cannot_do.not_principal")
    assert await desk.hall.query("SELECT 1 FROM statement WHERE order_id = $1", UUID(order_id)) == []
    ok(await coming.post(path, body), 201)
