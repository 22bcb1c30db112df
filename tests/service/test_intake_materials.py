"""Intake over HTTP: papers that a reporter hands in, from the upload to the erasure (handbook 6.1 and 8, 37)."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from typer.testing import CliRunner, Result

from bancheng.__main__ import app
from bancheng.local.ports import free_port
from shared.files import MOST_BYTES, Files, FilesAway
from shared.ids import new_id
from shared.store.vault import ERASED
from shared.web import uploads
from tests import papers
from tests.engines import Engines
from tests.harness import START, Client
from tests.service.intake_desk import Desk, intake_desk

SAID = {"name": "徐某某的参保证明", "form": "COPY", "pages": "2"}
TAKEN_BACK = {"confirm_mode": "SIGN_PAD", "identity_checked": True}


@pytest.fixture(scope="module")
async def desk(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with intake_desk(engines, tmp_path_factory.mktemp("intake")) as opened:
        yield opened


@pytest.fixture(autouse=True)
def morning(desk: Desk) -> None:
    desk.at(START)


async def handed_in(desk: Desk, matter: UUID, content: bytes | None = None, name: str = "证明.pdf") -> dict[str, Any]:
    answer = await desk.staff.upload(f"/matters/{matter}/materials", name, content or papers.pdf(), **SAID)
    assert answer.status_code == 201, answer.text
    return answer.json()  # type: ignore[no-any-return]


async def opened(who: Client, matter: UUID, material: str, purpose: str = "HANDLING") -> httpx.Response:
    return await who.get(f"/matters/{matter}/materials/{material}/file", purpose=purpose)


def kept(desk: Desk, matter: UUID) -> list[Path]:
    """What the store has of a matter."""
    folder = Path(desk.hall.settings.files_url.removeprefix("file://")) / "intake" / str(matter)
    return sorted(folder.iterdir()) if folder.exists() else []


def named(listed: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each["material_id"], each["name"]) for each in listed["materials"]]


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


@pytest.mark.parametrize(("name", "content"), [
    ("证明.pdf", papers.pdf()), ("照片.jpg", papers.jpg()), ("截图.png", papers.png()), ("发票.ofd", papers.ofd()),
    ("申请.docx", papers.docx()),
], ids=["pdf", "jpg", "png", "ofd", "docx"])  # fmt: skip
async def test_a_paper_is_kept_sealed_and_comes_back_as_it_was(desk: Desk, name: str, content: bytes) -> None:
    matter = await desk.registered()
    made = await handed_in(desk, matter, content, name)
    format = name.split(".")[1]
    assert (made["format"], made["form"], made["pages"], made["size"]) == (format.upper(), "COPY", 2, len(content))
    assert (made["added_by"], made["returned_at"], "name" in made) == ("staff-1a", None, False)
    [file] = kept(desk, matter)
    assert file.name == made["material_id"]
    assert content[:20] not in file.read_bytes()
    answer = await opened(desk.colleague, matter, made["material_id"])
    assert (answer.status_code, answer.content) == (200, content)
    assert answer.headers["content-disposition"] == f'attachment; filename="{made["material_id"]}.{format}"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"


async def test_its_name_is_content_and_stands_in_no_event_row_or_answer(
    desk: Desk, capfd: pytest.CaptureFixture[str]
) -> None:
    matter = await desk.registered()
    made = await handed_in(desk, matter, name="徐某某身份证.pdf")
    look = {"purpose": "HANDLING"}
    content = (await desk.staff.get(f"/matters/{matter}/content", **look)).json()
    listed = (await desk.staff.get(f"/matters/{matter}/materials", **look)).json()
    assert content["materials"] == listed["materials"]
    assert named(listed) == [(made["material_id"], SAID["name"])]
    events = [event for event in await desk.hall.published() if event["subject"] == str(matter)]
    assert events[-3]["type"] == "matter.material_added"
    assert events[-3]["data"]["material_id"] == made["material_id"]
    rows = await desk.hall.query("SELECT m::text AS row FROM material m WHERE matter_id = $1", matter)
    assert "徐某某" not in str(events) + str(rows) + "".join(capfd.readouterr())


async def test_every_look_at_papers_is_told_once_in_ten_minutes(desk: Desk) -> None:
    matter = await desk.registered()
    made = await handed_in(desk, matter)
    for _ in range(2):
        await opened(desk.leader, matter, made["material_id"], "APPROVAL")
        await desk.leader.get(f"/matters/{matter}/materials", purpose="APPROVAL")
    told = [e["data"] for e in await desk.hall.published("access.viewed_sensitive") if e["subject"] == str(matter)]
    assert [(each["viewer_id"], each["field_group"], each["purpose"]) for each in told] == [
        ("leader-1", "MATERIALS", "APPROVAL")
    ]
    assert (await desk.leader.get(f"/matters/{matter}/materials/{made['material_id']}/file")).status_code == 422


@pytest.mark.parametrize(
    ("code", "status", "name", "content"),
    [
        ("file.executable", 422, "证明.pdf", b"MZ\x90\0" + bytes(200)),
        ("file.executable", 422, "证明.pdf", b"#!/bin/sh\nrm -rf x\n"),
        ("file.macros", 422, "申请.docx", papers.docx(papers.types(papers.MACRO_MAIN))),
        ("file.macros", 422, "申请.doc", papers.COMPOUND),
        ("file.bomb", 422, "申请.docx", papers.docx(word__a_dot_xml=bytes(30 * 1024 * 1024))),
        ("file.wrong_content", 422, "证明.pdf", papers.png()),
        ("file.too_large", 413, "证明.pdf", papers.pdf() + bytes(MOST_BYTES)),
        ("file.too_large", 413, "证明.pdf", bytes(uploads.MOST_BODY)),
        ("file.empty", 422, "证明.pdf", b""),
        ("file.archive", 422, "全部.zip", papers.archive({"a.txt": b"x"})),
        ("file.pdf_active", 422, "证明.pdf", papers.pdf(b"<</S/JavaScript/JS(app.alert(1))>>")),
    ],
    ids=[
        "program",
        "script",
        "macros",
        "old office",
        "bomb",
        "magic",
        "over the limit",
        "far over",
        "empty",
        "zip",
        "js",
    ],
)
async def test_upload_37_is_refused_and_leaves_nothing(  # handbook 8, 37
    desk: Desk, code: str, status: int, name: str, content: bytes
) -> None:  # fmt: skip
    matter = await desk.registered()
    before = await desk.told(matter)
    answer = await desk.staff.upload(f"/matters/{matter}/materials", name, content, **SAID)
    assert code_of(answer) == (status, code)
    assert kept(desk, matter) == []
    assert await desk.told(matter) == before


async def test_of_what_is_far_too_large_not_a_byte_is_read(desk: Desk) -> None:
    matter = await desk.registered()
    reader, writer = await asyncio.open_connection("127.0.0.1", desk.hall.settings.port)
    head = (
        f"POST /matters/{matter}/materials HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\n"
        f"Content-Length: {30 * 1024 * 1024}\r\nIdempotency-Key: k\r\n\r\n"
    )
    writer.write(head.encode())
    status = await asyncio.wait_for(reader.readline(), 5)
    assert b" 413 " in status
    writer.close()


@pytest.mark.parametrize("change", [
    {"name": ""}, {"name": "长" * 51}, {"name": "\u202e.exe"}, {"form": "LOAN"}, {"pages": "0"}, {"pages": "two"},
    {"pages": "9999"}, {"more": "x"},
])  # fmt: skip
async def test_a_form_that_is_not_right_is_refused(desk: Desk, change: dict[str, str]) -> None:
    matter = await desk.registered()
    answer = await desk.staff.upload(f"/matters/{matter}/materials", "a.pdf", papers.pdf(), **SAID | change)
    assert answer.status_code == 422
    assert kept(desk, matter) == []


async def test_what_is_no_form_is_told_so(desk: Desk) -> None:
    matter = await desk.registered()
    for kind, body in (
        ("application/json", b"{}"),
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=b", b"x"),
    ):
        answer = await desk.staff.post(f"/matters/{matter}/materials", body, content_type=kind)
        assert answer.status_code in (400, 422)


async def test_the_same_request_twice_is_one_paper(desk: Desk) -> None:
    matter, key = await desk.registered(), str(new_id())
    path = f"/matters/{matter}/materials"
    first, *more = [await desk.staff.upload(path, "a.pdf", papers.pdf(), key, **SAID) for _ in range(3)]
    assert first.status_code == 201
    assert [each.json() for each in more] == [first.json()] * 2
    for name, content in (("a.pdf", papers.png()), ("b.pdf", papers.pdf())):
        answer = await desk.staff.upload(path, name, content, key, **SAID)
        assert code_of(answer) == (422, "idempotency.mismatch")
    assert [file.name for file in kept(desk, matter)] == [first.json()["material_id"]]


async def test_the_same_request_from_several_clicks_at_once_leaves_one_file(desk: Desk) -> None:
    matter, key = await desk.registered(), str(new_id())
    path = f"/matters/{matter}/materials"
    answers = await asyncio.gather(
        *(desk.staff.upload(path, "a.pdf", papers.pdf(), key, **SAID) for _ in range(uploads.AT_ONCE))
    )
    made = {answer.json()["material_id"] for answer in answers if answer.status_code == 201}
    assert {file.name for file in kept(desk, matter)} == made
    assert len(made) == 1


async def test_more_than_a_few_at_once_are_asked_to_come_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    matter = await desk.registered()
    monkeypatch.setattr(uploads, "AT_ONCE", 0)
    answer = await desk.staff.upload(f"/matters/{matter}/materials", "a.pdf", papers.pdf(), **SAID)
    assert code_of(answer) == (503, "files.busy")
    assert answer.headers["retry-after"] == "1"


async def test_only_the_windows_people_on_duty_add_and_give_back(desk: Desk) -> None:
    matter = await desk.registered()
    made = await handed_in(desk, matter)
    path = f"/matters/{matter}/materials"
    for who, status in ((desk.next_leader, 403), (desk.zone_staff, 404), (desk.unit, 404), (desk.overseer, 404),
                        (desk.caller, 403)):  # fmt: skip
        assert (await who.upload(path, "a.pdf", papers.pdf(), **SAID)).status_code == status
        assert (await who.post(f"{path}/{made['material_id']}/return")).status_code in (403, 404)
    assert (await desk.leader.upload(path, "a.pdf", papers.pdf(), **SAID)).status_code == 201


async def test_who_may_not_read_content_finds_no_papers(desk: Desk) -> None:
    matter = await desk.in_callback()
    made = {"material_id": str(new_id())}
    for who in (desk.zone_staff, desk.unit, desk.caller):
        assert (await who.get(f"/matters/{matter}/materials", purpose="HANDLING")).status_code == 404
        assert (await opened(who, matter, made["material_id"])).status_code == 404
    assert (await desk.overseer.get(f"/matters/{matter}/materials", purpose="INSPECTION")).json() == {"materials": []}


async def test_a_paper_of_another_matter_is_not_here(desk: Desk) -> None:
    matter, other = await desk.registered(), await desk.registered()
    made = await handed_in(desk, matter)
    assert (await opened(desk.staff, other, made["material_id"])).status_code == 404
    assert (await desk.staff.post(f"/matters/{other}/materials/{made['material_id']}/return")).status_code == 404


async def test_a_paper_is_given_back_once_also_after_the_end(desk: Desk) -> None:
    matter = await desk.registered()
    made = await handed_in(desk, matter)
    assert (await desk.staff.post(f"/matters/{matter}/withdrawal", TAKEN_BACK)).status_code == 200
    path = f"/matters/{matter}/materials/{made['material_id']}/return"
    back = (await desk.staff.post(path)).json()
    assert (back["returned_by"], back["returned_at"] is not None) == ("staff-1a", True)
    assert code_of(await desk.staff.post(path)) == (409, "material.returned")
    assert (await desk.told(matter))[-1] == "matter.material_returned"
    assert (await opened(desk.staff, matter, made["material_id"])).status_code == 200


async def test_after_the_end_and_before_the_registration_no_paper_comes(desk: Desk) -> None:
    matter = await desk.registered()
    assert (await desk.staff.post(f"/matters/{matter}/withdrawal", TAKEN_BACK)).status_code == 200
    answer = await desk.staff.upload(f"/matters/{matter}/materials", "a.pdf", papers.pdf(), **SAID)
    assert code_of(answer) == (422, "material.not_open")
    assert kept(desk, matter) == []


async def test_a_matter_has_thirty_papers_and_no_more_even_at_once(desk: Desk) -> None:
    matter = await desk.registered()
    for _ in range(29):
        await handed_in(desk, matter)
    path = f"/matters/{matter}/materials"
    answers = await asyncio.gather(*(desk.staff.upload(path, "a.pdf", papers.pdf(), **SAID) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [201, 422, 422]
    assert len(kept(desk, matter)) == 30


async def test_after_the_erasure_no_file_is_left_and_the_download_says_that_it_is_gone(desk: Desk) -> None:
    matter, neighbour = await desk.registered(), await desk.registered()
    made, others = await handed_in(desk, matter), await handed_in(desk, neighbour)
    assert (await desk.staff.post(f"/matters/{matter}/withdrawal", TAKEN_BACK)).status_code == 200
    assert (await desk.overseer.post(f"/matters/{matter}/erasure", {"ground": "REQUEST"})).status_code == 200
    assert kept(desk, matter) == []
    assert [file.name for file in kept(desk, neighbour)] == [others["material_id"]]
    assert code_of(await opened(desk.staff, matter, made["material_id"])) == (410, "material.erased")
    listed = (await desk.overseer.get(f"/matters/{matter}/materials", purpose="INSPECTION")).json()
    assert named(listed) == [(made["material_id"], ERASED)]
    assert (await desk.overseer.get(f"/matters/{matter}/content", purpose="INSPECTION")).status_code == 200


async def test_a_store_that_is_away_undoes_no_erasure(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    matter = await desk.registered()
    made = await handed_in(desk, matter)
    assert (await desk.staff.post(f"/matters/{matter}/withdrawal", TAKEN_BACK)).status_code == 200
    monkeypatch.setattr(desk.hall.app.state.parts.extra.files, "_url", "file:///proc/nowhere")
    desk.hall.app.state.parts.extra.files.__dict__.pop("_store", None)
    key = str(new_id())
    erased = await desk.overseer.post(f"/matters/{matter}/erasure", {"ground": "REQUEST"}, idempotency_key=key)
    assert erased.status_code == 200
    assert len(kept(desk, matter)) == 1
    assert code_of(await opened(desk.staff, matter, made["material_id"])) == (410, "material.erased")
    other = await desk.registered()
    answer = await desk.staff.upload(f"/matters/{other}/materials", "a.pdf", papers.pdf(), **SAID)
    assert code_of(answer) == (503, "files.away")
    monkeypatch.undo()
    again = await desk.overseer.post(f"/matters/{matter}/erasure", {"ground": "REQUEST"}, idempotency_key=key)
    assert (again.status_code, kept(desk, matter)) == (200, [])


@pytest.mark.parametrize("harm", ["lost", "cut", "exchanged"])
async def test_a_file_that_is_not_the_one_of_its_row_is_not_given_out(desk: Desk, harm: str) -> None:
    matter = await desk.registered()
    made, other = await handed_in(desk, matter), await handed_in(desk, matter, papers.png(), "a.png")
    file = next(each for each in kept(desk, matter) if each.name == made["material_id"])
    match harm:
        case "lost":
            file.unlink()
        case "cut":
            file.write_bytes(file.read_bytes()[:-1])
        case "exchanged":
            file.write_bytes(file.with_name(other["material_id"]).read_bytes())
    assert code_of(await opened(desk.staff, matter, made["material_id"])) == (404, "material.lost")


async def test_nothing_of_an_upload_lies_open_on_the_disk(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def rolled(*_: Any) -> None:
        raise AssertionError("a file on disk")

    monkeypatch.setattr("tempfile.SpooledTemporaryFile.rollover", rolled)
    matter = await desk.registered()
    whole = papers.pdf(papers.stream(bytes(MOST_BYTES - 1000)))
    made = await handed_in(desk, matter, whole)
    assert (await opened(desk.staff, matter, made["material_id"])).content == whole


async def test_a_store_keeps_and_forgets(tmp_path: Path) -> None:
    files = Files((tmp_path / "新 文件夹" / "50%").as_uri())
    assert await files.get("intake/m/1") is None
    await files.put("intake/m/1", b"sealed")
    assert await files.get("intake/m/1") == b"sealed"
    await files.remove("intake/m/1", "intake/m/2")
    assert [each async for each in files.below("intake")] == []


async def test_a_bucket_that_nobody_answers_for_is_away_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("ENDPOINT", f"http://127.0.0.1:{free_port()}"), ("ALLOW_HTTP", "true"), ("REGION", "x"),
                        ("ACCESS_KEY_ID", "x"), ("SECRET_ACCESS_KEY", "x")):  # fmt: skip
        monkeypatch.setenv(f"AWS_{name}", value)
    async with asyncio.timeout(15):
        with pytest.raises(FilesAway):
            await Files("s3://bucket/files").put("intake/m/1", b"sealed")


def swept(desk: Desk, *options: str) -> Result:
    environment = {"BANCHENG_FILES_URL": desk.hall.settings.files_url}
    command = ["files", "sweep", "intake", "--database", desk.hall.settings.postgres_url, *options]
    return CliRunner().invoke(app, command, env=environment)


async def test_the_sweep_removes_what_no_row_wants_and_nothing_else(desk: Desk) -> None:
    matter = await desk.registered()
    made = await handed_in(desk, matter)
    [whole] = kept(desk, matter)
    broken_off, under_way = (whole.with_name(str(new_id())) for _ in range(2))
    for orphan in (broken_off, under_way):
        orphan.write_bytes(b"sealed")
    os.utime(broken_off, (0, 0))
    os.utime(whole, (0, 0))
    named = await asyncio.to_thread(swept, desk, "--dry-run")
    assert (named.exit_code, broken_off.name in named.stdout, broken_off.exists()) == (0, True, True)
    assert (await asyncio.to_thread(swept, desk)).exit_code == 0
    assert kept(desk, matter) == sorted([whole, under_way])
    assert (await opened(desk.staff, matter, made["material_id"])).status_code == 200
