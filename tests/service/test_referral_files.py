"""Referral over HTTP: files of orders and meetings, from the upload to the erasure (handbook 6.3, 6.4 and 8, 37)."""

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from typer.testing import CliRunner, Result

from bancheng.__main__ import app
from shared.files import MOST_BYTES
from shared.ids import new_id
from shared.store.vault import ERASED
from tests import papers
from tests.engines import Engines
from tests.harness import START
from tests.service.referral_desk import ANSWER, STATEMENT, U1, Desk, closed, erased, ok, reasons, referral_desk, refused

EVIDENCE = {"name": "登记截图", "purpose": "EVIDENCE"}
TOMORROW = "2026-09-29T10:00:00+08:00"
LOOK = {"purpose": "REVIEW"}


@pytest.fixture(scope="module")
async def desk(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with referral_desk(engines, tmp_path_factory.mktemp("referral")) as found:
        yield found


@pytest.fixture(autouse=True)
def morning(desk: Desk) -> None:
    desk.hall.time.set(START)


def kept(desk: Desk, matter_id: UUID) -> list[Path]:
    """What the store has of a matter."""
    folder = Path(desk.hall.settings.files_url.removeprefix("file://")) / "referral" / str(matter_id)
    return sorted(folder.iterdir()) if folder.exists() else []


async def listed(desk: Desk, path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ok(await desk.staff.get(path))["files"]
    return found


async def met(desk: Desk, matter_id: UUID, is_held: bool = True) -> str:
    """A meeting on the matter, to which the unit is invited."""
    body = {"kind": "COORDINATION", "unit_ids": [U1], "meets_at": TOMORROW}
    meeting: str = ok(await desk.leader.post(f"/matters/{matter_id}/meetings", body), 201)["meeting_id"]
    if is_held:
        ok(await desk.staff.post(f"/meetings/{meeting}/sessions", {"present_unit_ids": [U1]}), 201)
    return meeting


async def drafted(desk: Desk, order_id: str, mark: str) -> dict[str, Any]:
    """The statement as the handler has written it for the principal."""
    body = STATEMENT | {"reasons": reasons(mark)}
    return ok(await desk.handler.put(f"/orders/{order_id}/cannot-do-statement/draft", body))


async def test_a_file_is_kept_sealed_and_comes_back_as_it_was(desk: Desk) -> None:
    matter_id, order_id = await desk.working()
    content = papers.pdf()
    made = await desk.handed_in(order_id, content)
    [there] = await listed(desk, f"/orders/{order_id}/files")
    assert there == made
    assert (made["name"], made["purpose"], made["format"]) == ("登记截图", "EVIDENCE", "PDF")
    assert (made["size"], made["sha256"]) == (len(content), sha256(content).hexdigest())
    assert (made["added_by"], made["is_erased"]) == ("u-handler-1", False)
    [file] = kept(desk, matter_id)
    assert file.name == made["file_id"]
    assert content[:20] not in file.read_bytes()
    for who, asked in ((desk.handler, {}), (desk.staff, LOOK), (desk.overseer, LOOK)):
        answer = await who.get(f"/orders/{order_id}/files/{made['file_id']}", **asked)
        assert (answer.status_code, answer.content) == (200, content)
        assert answer.headers["content-disposition"] == f'attachment; filename="{made["file_id"]}.pdf"'
        assert answer.headers["x-content-type-options"] == "nosniff"


async def test_the_windows_side_says_why_it_opens_a_file_and_is_told_of(desk: Desk) -> None:
    matter_id, order_id = await desk.working()
    path = f"/orders/{order_id}/files/{(await desk.handed_in(order_id))['file_id']}"
    refused(await desk.staff.get(path), 422, "look.no_purpose")
    assert await desk.said(matter_id, "access.file_viewed") == []
    assert (await desk.handler.get(path)).status_code == 200
    assert (await desk.staff.get(path, **LOOK)).status_code == 200
    [told] = await desk.said(matter_id, "access.file_viewed")
    assert (told["data"]["viewer_id"], told["data"]["field_group"], told["data"]["purpose"]) == (
        "u-staff-1", "ORDER_FILES", "REVIEW",
    )  # fmt: skip


async def test_its_name_and_hash_stand_in_no_row_event_or_log(desk: Desk, capfd: pytest.CaptureFixture[str]) -> None:
    matter_id, order_id = await desk.working()
    made = await desk.handed_in(order_id, name="徐某某的登记截图", file_name="徐某某.pdf")
    rows = await desk.hall.query("SELECT f::text AS row FROM file f WHERE matter_id = $1", matter_id)
    told = str(rows) + str(await desk.said(matter_id)) + "".join(capfd.readouterr())
    assert rows
    assert "徐某某" not in told
    assert made["sha256"] not in told


@pytest.mark.parametrize(
    ("code", "status", "name", "content"),
    [
        ("file.executable", 422, "证明.pdf", b"MZ\x90\0" + bytes(200)),
        ("file.macros", 422, "申请.docx", papers.docx(papers.types(papers.MACRO_MAIN))),
        ("file.bomb", 422, "申请.docx", papers.docx(word__a_dot_xml=bytes(30 * 1024 * 1024))),
        ("file.wrong_content", 422, "证明.pdf", papers.png()),
        ("file.too_large", 413, "证明.pdf", papers.pdf() + bytes(MOST_BYTES)),
    ],
    ids=["program", "macros", "bomb", "magic", "over the limit"],
)
async def test_upload_37_is_refused_and_leaves_nothing(  # handbook 8, 37
    desk: Desk, code: str, status: int, name: str, content: bytes
) -> None:
    matter_id, order_id = await desk.working()
    refused(await desk.handler.upload(f"/orders/{order_id}/files", name, content, **EVIDENCE), status, code)
    meeting = await met(desk, matter_id)
    refused(await desk.staff.upload(f"/meetings/{meeting}/files", name, content, name="纪要"), status, code)
    assert kept(desk, matter_id) == []
    assert await listed(desk, f"/orders/{order_id}/files") == await listed(desk, f"/meetings/{meeting}/files") == []


@pytest.mark.parametrize("change", [
    {"name": ""}, {"name": "长" * 101}, {"name": "\u202e截图"}, {"purpose": "MINUTES"}, {"purpose": "x"}, {"more": "x"},
])  # fmt: skip
async def test_a_form_that_is_not_right_is_refused(desk: Desk, change: dict[str, str]) -> None:
    matter_id, order_id = await desk.working()
    answer = await desk.handler.upload(f"/orders/{order_id}/files", "a.pdf", papers.pdf(), **EVIDENCE | change)
    assert answer.status_code == 422
    assert kept(desk, matter_id) == []


async def test_a_unit_adds_files_from_the_delivery_until_it_has_answered(desk: Desk) -> None:
    matter_id, order_id = await desk.drafted()
    path = f"/orders/{order_id}/files"
    refused(await desk.handler.upload(path, "a.pdf", papers.pdf(), **EVIDENCE), 404, "not_found")
    await desk.delivered(order_id)
    await desk.handed_in(order_id)
    ok(await desk.handler.post(f"/orders/{order_id}/acknowledgement"))
    await desk.handed_in(order_id)
    ok(await desk.handler.post(f"/orders/{order_id}/answer", ANSWER))
    refused(await desk.handler.upload(path, "a.pdf", papers.pdf(), **EVIDENCE), 409, "state.illegal")
    assert len(kept(desk, matter_id)) == 2


async def test_another_unit_and_the_window_add_nothing_and_another_unit_finds_nothing(desk: Desk) -> None:
    matter_id, order_id = await desk.working()
    made = await desk.handed_in(order_id)
    path = f"/orders/{order_id}/files"
    refused(await desk.second_unit.upload(path, "a.pdf", papers.pdf(), **EVIDENCE), 404, "not_found")
    refused(await desk.staff.upload(path, "a.pdf", papers.pdf(), **EVIDENCE), 403, "role.missing")
    for who in (desk.second_unit, desk.other_window):
        refused(await who.get(path), 404, "not_found")
        refused(await who.get(f"{path}/{made['file_id']}"), 404, "not_found")
    _, elsewhere = await desk.working()
    refused(await desk.handler.get(f"/orders/{elsewhere}/files/{made['file_id']}"), 404, "not_found")
    assert len(kept(desk, matter_id)) == 1


async def test_the_same_request_twice_is_one_file(desk: Desk) -> None:
    matter_id, order_id = await desk.working()
    path, key = f"/orders/{order_id}/files", str(new_id())
    first, again = [await desk.handler.upload(path, "a.pdf", papers.pdf(), key, **EVIDENCE) for _ in range(2)]
    assert ok(again, 201) == ok(first, 201)
    refused(await desk.handler.upload(path, "a.pdf", papers.png(), key, **EVIDENCE), 422, "idempotency.mismatch")
    assert [file.name for file in kept(desk, matter_id)] == [first.json()["file_id"]]


async def test_an_order_has_fifty_files_and_no_more(desk: Desk) -> None:
    matter_id, order_id = await desk.working()
    await desk.handed_in(order_id)
    copied = """INSERT INTO file SELECT gen_random_uuid(), matter_id, order_id, meeting_id, purpose, format, size,
        file_digest, added_by, added_at, is_erased, words FROM file, generate_series(1, 49) WHERE matter_id = $1"""
    await desk.hall.query(copied, matter_id)
    answer = await desk.handler.upload(f"/orders/{order_id}/files", "a.pdf", papers.pdf(), **EVIDENCE)
    refused(answer, 422, "file.too_many")
    assert len(kept(desk, matter_id)) == 1


async def test_an_answer_takes_name_and_hash_of_its_evidence_from_the_file(desk: Desk) -> None:
    _, order_id = await desk.working()
    made = await desk.handed_in(order_id)
    evidence = [{"file_id": made["file_id"], "name": "别的名称", "sha256": "cd" * 32}, *ANSWER["evidence"]]
    ok(await desk.handler.post(f"/orders/{order_id}/answer", ANSWER | {"evidence": evidence}))
    [given] = (await desk.order(order_id))["answers"]
    uploaded, own = given["evidence"]
    assert uploaded == {"file_id": made["file_id"], "name": "登记截图", "sha256": made["sha256"]}
    assert own == ANSWER["evidence"][0] | {"file_id": None}


async def test_evidence_is_a_file_of_the_order_or_has_a_name_and_a_hash(desk: Desk) -> None:
    _, order_id = await desk.working()
    _, elsewhere = await desk.working()
    foreign = await desk.handed_in(elsewhere)
    path = f"/orders/{order_id}/answer"
    for file_id in (foreign["file_id"], str(new_id())):
        answer = await desk.handler.post(path, ANSWER | {"evidence": [{"file_id": file_id}]})
        refused(answer, 422, "answer.file_unknown")
    for evidence in ({}, {"name": "截图"}, {"sha256": "ab" * 32}):
        told = refused(await desk.handler.post(path, ANSWER | {"evidence": [evidence]}), 422, "form.invalid")
        assert "自存材料" in told["detail"]
    assert (await desk.order(order_id))["answers"] == []


async def test_a_draft_is_signed_with_the_uploaded_signature(desk: Desk) -> None:
    _, order_id = await desk.working()
    written = await drafted(desk, order_id, "手签")
    signature = await desk.handed_in(order_id, papers.png(), "签字.png", name="签字页", purpose="SIGNATURE")
    body = {"text_sha256": written["text_sha256"], "signature_file_id": signature["file_id"]}
    filed = ok(await desk.principal.post(f"/orders/{order_id}/cannot-do-statement/signature", body), 201)
    assert filed["statement"]["signature_sha256"] == signature["sha256"]
    assert (await desk.order(order_id, desk.handler))["statement"]["signature_sha256"] == signature["sha256"]


async def test_a_statement_filed_at_once_may_have_a_signature_or_none(desk: Desk) -> None:
    for mark, is_signed in (("当场手签", True), ("当场不手签", False)):
        _, order_id = await desk.working()
        body = await desk.signed(order_id, STATEMENT | {"reasons": reasons(mark)})
        sha = None
        if is_signed:
            made = await desk.handed_in(order_id, purpose="SIGNATURE")
            sha, body = made["sha256"], body | {"signature_file_id": made["file_id"]}
        filed = ok(await desk.principal.post(f"/orders/{order_id}/cannot-do-statement", body), 201)
        assert filed["statement"]["signature_sha256"] == sha


async def test_a_signature_20_older_than_the_text_is_refused(desk: Desk) -> None:  # handbook 8, 20
    _, order_id = await desk.working()
    older = await desk.handed_in(order_id, purpose="SIGNATURE")
    desk.hall.time.set(START + timedelta(minutes=10))
    written = await drafted(desk, order_id, "旧签字")
    path = f"/orders/{order_id}/cannot-do-statement"
    body = {"text_sha256": written["text_sha256"], "signature_file_id": older["file_id"]}
    refused(await desk.principal.post(f"{path}/signature", body), 422, "cannot_do.signature_older")
    at_once = STATEMENT | {"reasons": reasons("旧签字")} | body
    refused(await desk.principal.post(path, at_once), 422, "cannot_do.signature_older")
    assert (await desk.order(order_id))["state"] == "WORKING"


async def test_a_signature_is_a_file_of_this_order_for_that_purpose(desk: Desk) -> None:
    _, order_id = await desk.working()
    _, elsewhere = await desk.working()
    written = await drafted(desk, order_id, "别处签字")
    evidence = await desk.handed_in(order_id)
    foreign = await desk.handed_in(elsewhere, purpose="SIGNATURE")
    path = f"/orders/{order_id}/cannot-do-statement/signature"
    for file_id in (evidence["file_id"], foreign["file_id"], str(new_id())):
        body = {"text_sha256": written["text_sha256"], "signature_file_id": file_id}
        refused(await desk.principal.post(path, body), 422, "cannot_do.signature_unknown")
    assert (await desk.order(order_id))["statement"] is None


async def test_signed_minutes_are_for_the_windows_side_only(desk: Desk) -> None:
    matter_id, _ = await desk.working()
    meeting = await met(desk, matter_id)
    path = f"/meetings/{meeting}/files"
    made = await desk.minutes(meeting)
    assert (made["purpose"], made["name"]) == ("MINUTES", "签字的会议纪要")
    assert await listed(desk, path) == [made]
    for who in (desk.staff, desk.overseer):
        assert (await who.get(f"{path}/{made['file_id']}", **LOOK)).content == papers.pdf()
    for who in (desk.handler, desk.second_unit, desk.other_window):  # the unit is invited, and yet
        refused(await who.get(path), 404, "not_found")
        refused(await who.get(f"{path}/{made['file_id']}"), 404, "not_found")
    said = {"name": "纪要"}
    refused(await desk.handler.upload(path, "a.pdf", papers.pdf(), **said), 403, "role.missing")
    refused(await desk.other_window.upload(path, "a.pdf", papers.pdf(), **said), 404, "not_found")
    assert len(kept(desk, matter_id)) == 1


async def test_a_meeting_that_has_not_sat_has_no_signed_minutes(desk: Desk) -> None:
    matter_id, _ = await desk.working()
    meeting = await met(desk, matter_id, is_held=False)
    answer = await desk.staff.upload(f"/meetings/{meeting}/files", "a.pdf", papers.pdf(), name="纪要")
    refused(answer, 422, "meeting.not_held")
    assert kept(desk, matter_id) == []


async def test_after_the_erasure_no_file_is_left_and_the_download_says_that_it_is_gone(desk: Desk) -> None:
    matter_id, order_id = await desk.working()
    neighbour, other = await desk.working()
    made, minutes = await desk.handed_in(order_id), await desk.minutes(meeting := await met(desk, matter_id))
    await desk.handed_in(other)
    await desk.hall.publish(closed(matter_id), erased(matter_id))
    await desk.hall.caught_up()

    async def is_removed() -> bool:
        return kept(desk, matter_id) == []

    await desk.hall.until(is_removed)
    assert len(kept(desk, neighbour)) == 1
    for path, file in ((f"/orders/{order_id}/files", made), (f"/meetings/{meeting}/files", minutes)):
        refused(await desk.staff.get(f"{path}/{file['file_id']}"), 410, "file.erased")
        assert await listed(desk, path) == [file | {"name": ERASED, "is_erased": True}]
    assert (await desk.order(order_id))["state"] == "VOIDED"


async def test_a_file_that_is_not_the_one_of_its_row_is_not_given_out(desk: Desk) -> None:
    matter_id, order_id = await desk.working()
    made = await desk.handed_in(order_id)
    [file] = kept(desk, matter_id)
    file.write_bytes(file.read_bytes()[:-1])
    refused(await desk.handler.get(f"/orders/{order_id}/files/{made['file_id']}"), 404, "file.lost")


async def test_an_upload_that_an_erasure_overtakes_is_not_kept(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    matter_id, _ = await desk.working()
    meeting = await met(desk, matter_id)
    put = desk.hall.app.state.parts.extra.files.put

    async def overtaken(place: str, sealed: bytes) -> None:
        await put(place, sealed)
        await desk.hall.publish(closed(matter_id), erased(matter_id))
        await desk.hall.caught_up()

    monkeypatch.setattr(desk.hall.app.state.parts.extra.files, "put", overtaken)
    answer = await desk.staff.upload(f"/meetings/{meeting}/files", "a.pdf", papers.pdf(), name="纪要")
    refused(answer, 409, "file.key_changed")
    assert kept(desk, matter_id) == []
    assert await listed(desk, f"/meetings/{meeting}/files") == []


def swept(desk: Desk) -> Result:
    environment = {"BANCHENG_FILES_URL": desk.hall.settings.files_url}
    command = ["files", "sweep", "referral", "--database", desk.hall.settings.postgres_url]
    return CliRunner().invoke(app, command, env=environment)


async def test_the_sweep_removes_what_no_row_wants_and_nothing_else(desk: Desk) -> None:
    matter_id, order_id = await desk.working()
    await desk.handed_in(order_id)
    [whole] = kept(desk, matter_id)
    orphan = whole.with_name(str(new_id()))
    orphan.write_bytes(b"sealed")
    for file in (orphan, whole):
        os.utime(file, (0, 0))
    result = await asyncio.to_thread(swept, desk)
    assert (result.exit_code, orphan.name in result.stdout) == (0, True)
    assert kept(desk, matter_id) == [whole]
