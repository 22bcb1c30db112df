"""Audit over the real broker and database: everything is taken in once, and shown with its proof."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

import httpx
import pytest

from bancheng.audit import verify
from services.audit import handlers
from services.audit.domain import leaf_bytes, leaf_hash, verify_consistency, verify_inclusion
from services.audit.messaging import Reactor
from shared.bus.consumer import Consumer
from shared.bus.envelope import source_of
from shared.contracts.codes import AcceptMode
from shared.contracts.intake import MatterAccepted
from shared.contracts.operations import ParkedRetried
from shared.contracts.triage import MatterTriageReturned
from shared.ids import new_id
from shared.store.unit_of_work import Database
from tests.engines import Engines
from tests.harness import START, Client, Hall, hall

MATTER = {"org_code": "410200", "window_id": "410200-W1"}


@pytest.fixture(scope="module")
async def audit(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hall]:
    async with hall(engines, "audit", tmp_path_factory.mktemp("audit")) as found:
        await found.publish(*[accepted(new_id()) for _ in range(20)])
        await found.caught_up()
        yield found


@pytest.fixture
def reader(audit: Hall) -> Client:
    return audit.client("u-audit-1", "audit_admin")


def accepted(matter: UUID) -> MatterAccepted:
    return MatterAccepted(matter_id=matter, mode=AcceptMode.MANUAL, accepted_at=START, **MATTER)


def returned(matter: UUID) -> MatterTriageReturned:
    return MatterTriageReturned(matter_id=matter, returned_by="u-leader-1", returned_at=START, **MATTER)


def retried() -> ParkedRetried:
    return ParkedRetried(
        service="triage", parked_source="/410200/intake", parked_subject="x", parked_sequence=1, operator="u-ops-1",
        done_at=START,
    )  # fmt: skip


async def ask(client: Client, address: str) -> httpx.Response:
    path, _, query = address.partition("?")
    return await client.get(path, **dict(parse_qsl(query)))


async def entries_of(audit: Hall, subject: object) -> list[Any]:
    rows = await audit.query("SELECT * FROM entry WHERE subject = $1 ORDER BY index", str(subject))
    return list(rows)


async def taken(audit: Hall, subject: object, count: int) -> list[Any]:
    async def enough() -> list[Any] | None:
        rows = await entries_of(audit, subject)
        return rows if len(rows) >= count else None

    rows: list[Any] = await audit.until(enough)
    return rows


async def test_events_of_every_service_and_of_operators_are_in_the_log(audit: Hall) -> None:
    matter = new_id()
    await audit.publish(accepted(matter), returned(matter), retried())
    await audit.publish_raw("referral", str(matter), 1, "bancheng.order.acked.v1", b"{}")
    await audit.publish_raw("deadlines", str(matter), 1, "bancheng.deadline.started.v1", b"{}")
    assert {row["source"] for row in await taken(audit, matter, 4)} == {
        source_of("410200", name) for name in ("intake", "triage", "referral", "deadlines")
    }
    assert [row["type"] for row in await taken(audit, "triage", 1)] == ["bancheng.parked.retried.v1"]


async def test_an_event_delivered_twice_is_in_the_log_once(audit: Hall) -> None:
    matter, id = str(new_id()), str(new_id())
    for _ in range(3):
        await audit.publish_raw("intake", matter, 1, "bancheng.matter.accepted.v1", b'{"n":1}', id=id)
    await audit.publish_raw("intake", matter, 2, "bancheng.matter.closed.v1", b'{"n":2}')
    assert [(row["sequence"], row["value"]) for row in await taken(audit, matter, 2)] == [
        (1, b'{"n":1}'),
        (2, b'{"n":2}'),
    ]
    assert (await verify(audit.settings.postgres_url)).sound


async def test_an_unknown_type_version_or_body_is_kept_byte_by_byte(audit: Hall) -> None:
    subject = str(new_id())
    odd = [("no.such.type", b"{}"), ("bancheng.matter.closed.v99", b"\xff\0not json"), ("", b"")]
    for sequence, (kind, value) in enumerate(odd, 1):
        await audit.publish_raw("intake", subject, sequence, kind, value)
    assert [(row["type"], row["value"]) for row in await taken(audit, subject, 3)] == odd
    assert await audit.query("SELECT * FROM parked WHERE subject = $1", subject) == []


async def test_headers_that_are_no_text_are_kept_byte_by_byte(audit: Hall) -> None:
    subject = str(new_id())
    headers = [("ce_source", b"/410200/intake"), ("ce_subject", subject.encode()), ("ce_sequence", b"1"),
               ("ce_type", b"a\0b"), ("ce_actor", b"\xff\xfe"), ("ce_id", b"1"), ("ce_id", b"2")]  # fmt: skip
    await audit.producer.send_and_wait(
        f"{audit.settings.topic_prefix}.intake", key=subject.encode(), value=b"{}", headers=[*headers, ("other", b"x")]
    )
    [row] = await taken(audit, subject, 1)
    assert (row["type"], row["actor"], row["ce_id"]) == ("a\ufffdb", "\ufffd\ufffd", "2")
    assert row["leaf_hash"] == leaf_hash(leaf_bytes(sorted(headers, key=lambda header: header[0]), b"{}"))
    assert (await verify(audit.settings.postgres_url)).sound


async def test_an_event_after_a_gap_waits_until_the_gap_is_filled(audit: Hall) -> None:
    matter = str(new_id())
    await audit.publish_raw("intake", matter, 2, "bancheng.matter.closed.v1", b"{}")
    await audit.until(lambda: audit.query("SELECT 1 FROM parked WHERE subject = $1", matter))
    assert await entries_of(audit, matter) == []
    await audit.publish_raw("intake", matter, 1, "bancheng.matter.accepted.v1", b"{}")
    assert [row["sequence"] for row in await taken(audit, matter, 2)] == [1, 2]


async def test_processes_of_the_group_append_to_one_log(audit: Hall) -> None:
    settings = audit.settings.model_copy(update={"instance": None})
    database = Database(settings.postgres_url, "audit", 4)
    second = Consumer(settings, "audit", database, Reactor())
    await second.start()
    try:
        async with asyncio.timeout(15):
            while await second.lag() is None:  # until partitions are its own
                await asyncio.sleep(0.05)
        matters = [new_id() for _ in range(300)]
        await asyncio.gather(*[audit.publish(accepted(m), returned(m)) for m in matters])
        await audit.caught_up()
    finally:
        await second.stop()
        await database.close()
    verdict = await verify(audit.settings.postgres_url)
    assert verdict.sound, verdict.finding
    assert len(await audit.query("SELECT 1 FROM entry WHERE subject = ANY($1)", [str(m) for m in matters])) == 600
    assert await audit.query("SELECT 1 FROM parked") == []


async def test_every_entry_comes_with_a_proof_that_a_client_can_check(audit: Hall, reader: Client) -> None:
    log = (await reader.get("/log")).json()
    for index in (0, 1, log["size"] // 2, log["size"] - 1):
        proof = (await reader.get(f"/log/entries/{index}/proof", size=log["size"])).json()
        path = [bytes.fromhex(node) for node in proof["path"]]
        assert proof["root"] == log["root"]
        assert verify_inclusion(bytes.fromhex(proof["leaf_hash"]), index, log["size"], path, bytes.fromhex(log["root"]))


async def test_growth_is_proven_from_any_earlier_size(audit: Hall, reader: Client) -> None:
    log = (await reader.get("/log")).json()
    for first in (1, 7, 16, log["size"]):
        told = (await reader.get("/log/consistency", first=first, second=log["size"])).json()
        roots = bytes.fromhex(told["first_root"]), bytes.fromhex(told["second_root"])
        path = [bytes.fromhex(node) for node in told["path"]]
        assert told["second_root"] == log["root"]
        assert verify_consistency(first, log["size"], *roots, path)


async def test_a_matters_entries_are_listed_page_by_page_without_bodies(audit: Hall, reader: Client) -> None:
    matter = new_id()
    await audit.publish(accepted(matter), returned(matter))
    await audit.caught_up()
    page = (await reader.get("/log/entries", subject=str(matter), limit=1)).json()
    rest = (await reader.get("/log/entries", subject=str(matter), limit=1, after=page["next"])).json()
    lines = page["items"] + rest["items"]
    assert {line["type"] for line in lines} == {"bancheng.matter.accepted.v1", "bancheng.matter.triage_returned.v1"}
    assert set(lines[0]) == {
        "index", "leaf_hash", "source", "subject", "sequence", "type", "id", "time", "actor",
    }  # fmt: skip
    assert rest["next"] is None
    assert [line["index"] for line in (await reader.get("/log/entries", limit=3)).json()["items"]] == [0, 1, 2]


async def test_a_body_is_shown_to_a_committee_leader_only(audit: Hall, reader: Client) -> None:
    leader = audit.client("u-committee-1", "committee_leader")
    shown, hidden = (await leader.get("/log/entries/0")).json(), (await reader.get("/log/entries/0")).json()
    assert "MANUAL" in shown["body"]
    assert hidden["body"] is None
    assert ["ce_type", "bancheng.matter.accepted.v1"] in hidden["headers"]


@pytest.mark.parametrize(("role", "org", "code"), [
    ("duty_leader", "410200", "role.missing"), ("system_admin", "410200", "role.missing"),
    ("unit_principal", "410200", "role.missing"), ("supervision_dept", "410221", "log.other_org"),
])  # fmt: skip
async def test_nobody_else_may_look(audit: Hall, role: str, org: str, code: str) -> None:
    other = audit.client("u-other-1", role, org=org)
    for path in ("/log", "/log/entries", "/log/entries/0", "/log/entries/0/proof", "/log/consistency?first=1"):
        answer = await ask(other, path)
        assert (answer.status_code, answer.json()["code"]) == (403, code), path


@pytest.mark.parametrize(("path", "status", "code"), [
    ("/log/entries/4611686018427387904", 404, "not_found"), ("/log/entries/99999999999999999999", 422, "form.invalid"),
    ("/log/entries/-1", 422, "form.invalid"), ("/log/entries/a", 422, "form.invalid"),
    ("/log/entries/1000000/proof", 404, "not_found"), ("/log/entries/5/proof?size=5", 404, "not_found"),
    ("/log/entries/0/proof?size=0", 422, "form.invalid"), ("/log/entries/0/proof?size=1000000", 422, "log.size"),
    ("/log/consistency", 422, "form.invalid"), ("/log/consistency?first=3&second=2", 422, "log.order"),
    ("/log/consistency?first=1&second=1000000", 422, "log.size"), ("/log/entries?after=x", 400, "cursor.invalid"),
    ("/log/entries?after=WyJ4Il0", 400, "cursor.invalid"), ("/log/entries?subject=a%00b", 422, "form.invalid"),
])  # fmt: skip
async def test_a_wrong_question_gets_a_plain_answer(reader: Client, path: str, status: int, code: str) -> None:
    answer = await ask(reader, path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_without_a_token_nothing_is_said(audit: Hall) -> None:
    assert (await Client(audit.base, "").get("/log")).status_code == 401


async def test_a_checkpoint_is_kept_as_the_log_grows(
    audit: Hall, reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handlers, "CHECKPOINT_ENTRIES", 5)
    await audit.publish(*[accepted(new_id()) for _ in range(6)])
    await audit.caught_up()
    log = (await reader.get("/log")).json()
    assert log["checkpoint"]["size"] > log["size"] - 6
    assert (await verify(audit.settings.postgres_url)).sound


async def test_a_checkpoint_is_kept_by_time(engines: Engines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handlers, "CHECKPOINT_SECONDS", 0.05)
    async with hall(engines, "audit", tmp_path) as fresh:
        reader = fresh.client("u-audit-1", "audit_admin")
        empty = (await reader.get("/log")).json()
        assert (empty["size"], empty["root"][:8], empty["checkpoint"]) == (0, "e3b0c442", None)
        assert (await reader.get("/log/entries/0/proof")).status_code == 404
        assert (await verify(fresh.settings.postgres_url)).sound
        await fresh.publish(accepted(new_id()))
        await fresh.until(lambda: fresh.query("SELECT 1 FROM checkpoint WHERE size = 1"))
        await asyncio.sleep(0.2)
        assert len(await fresh.query("SELECT 1 FROM checkpoint")) == 1


@pytest.mark.parametrize("change", [
    "UPDATE entry SET actor = 'nobody'", "DELETE FROM entry", "TRUNCATE entry", "DELETE FROM checkpoint",
])  # fmt: skip
async def test_the_database_refuses_to_change_what_is_written(audit: Hall, change: str) -> None:
    with pytest.raises(Exception, match="append-only"):
        await audit.query(change)
