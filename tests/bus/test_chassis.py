"""The chassis on a toy service with one table: what it promises about events, commands and bad input."""

import asyncio
import base64
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fastapi import APIRouter, Response
from sqlmodel import Field

from shared.bus import parking, watermarks
from shared.bus.envelope import Record, read
from shared.contracts.codes import AcceptMode, Channel
from shared.contracts.errors import NotFound, NotYet, Superseded
from shared.contracts.intake import MatterAccepted, MatterReceived
from shared.contracts.triage import MatterTriageReturned
from shared.ids import new_id
from shared.service import Service
from shared.settings import Settings
from shared.store.base import service_base
from shared.store.unit_of_work import Database, Transaction
from shared.web import Answer, Body, Read, Run
from tests.engines import Engines
from tests.harness import START, Hall, hall

Base: Any = service_base()
router = APIRouter()
MATTER = {"org_code": "410200", "window_id": "W1"}


class NoteRow(Base, table=True):
    __tablename__ = "note"
    matter_id: UUID = Field(primary_key=True)
    version: int = 1
    count: int = 0


class NoteIn(Body):
    by: int = Field(ge=1, le=10)


class NoteOut(Answer):
    version: int
    count: int


@router.post("/notes/{matter_id}")
async def add(matter_id: UUID, body: NoteIn, run: Run) -> Response:
    async def work(tx: Transaction) -> NoteOut:
        row = await tx.one("SELECT version, count AS n FROM note WHERE matter_id = :id FOR UPDATE", id=matter_id)
        if row is None:
            raise NotFound
        tx.match(row.version)
        await tx.run("UPDATE note SET version = version + 1, count = count + :by WHERE matter_id = :id",
                     {"by": body.by, "id": matter_id})  # fmt: skip
        tx.publish(received(matter_id))
        return NoteOut(version=row.version + 1, count=row.n + body.by)

    return await run(work)


@router.get("/notes/{matter_id}")
async def get(matter_id: UUID, read: Read) -> Response:
    async def work(tx: Transaction) -> NoteOut:
        row = await tx.one("SELECT version, count AS n FROM note WHERE matter_id = :id", id=matter_id)
        if row is None:
            raise NotFound
        return NoteOut(version=row.version, count=row.n)

    return await read(work)


@dataclass
class Batch:
    counts: dict[UUID, int] = field(default_factory=dict)
    fresh: set[UUID] = field(default_factory=set)


class Reactor:
    topics = ("intake", "triage")

    def __init__(self) -> None:
        self.types = {MatterReceived: self.on_received, MatterAccepted: self.on_accepted,
                      MatterTriageReturned: self.on_returned}  # fmt: skip

    async def load(self, tx: Transaction, records: Sequence[Record]) -> Batch:
        ids = [UUID(record.subject) for record in records]
        rows = await tx.all(
            "SELECT matter_id, count AS n FROM note WHERE matter_id = ANY(:ids) ORDER BY 1 FOR UPDATE", ids=ids
        )
        return Batch({row.matter_id: row.n for row in rows})

    async def save(self, tx: Transaction, state: Batch) -> None:
        for matter, count in state.counts.items():
            await tx.run("INSERT INTO note VALUES (:id, 1, :count) ON CONFLICT (matter_id) DO UPDATE"
                         " SET count = excluded.count", {"id": matter, "count": count})  # fmt: skip

    def on_received(self, state: Batch, record: Record) -> None:
        state.counts.setdefault(UUID(record.subject), 0)

    def on_accepted(self, state: Batch, record: Record) -> list[Any]:
        matter = UUID(record.subject)
        if matter not in state.counts:
            raise NotYet("the matter is not here")
        if state.counts[matter] > 1_000_000:
            raise Superseded("too many")
        state.counts[matter] += 1
        return [received(matter)]

    def on_returned(self, state: Batch, record: Record) -> None:
        matter = UUID(record.subject)
        if matter not in state.counts:
            raise NotYet("the matter is not here")
        if record.event.returned_by == "broken":  # type: ignore[union-attr]
            raise ZeroDivisionError
        state.counts[matter] += 100


def received(matter: UUID) -> MatterReceived:
    return MatterReceived(matter_id=matter, channel=Channel.WALK_IN, received_at=START, **MATTER)


def accepted(matter: UUID) -> MatterAccepted:
    return MatterAccepted(matter_id=matter, mode=AcceptMode.MANUAL, accepted_at=START, **MATTER)


def returned(matter: UUID, by: str = "leader") -> MatterTriageReturned:
    return MatterTriageReturned(matter_id=matter, returned_by=by, returned_at=START, **MATTER)


def toy(settings: Settings) -> Service:
    return Service("deadlines", settings, Base.metadata, [router], Reactor())


def toy_with_tables(settings: Settings) -> Service:
    from sqlalchemy.ext.asyncio import create_async_engine

    async def create() -> None:
        engine = create_async_engine(settings.sqlalchemy_url)
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        await engine.dispose()

    made = toy(settings)
    return Service(made.name, settings, made.metadata, made.routers, made.reactor, prepare=lambda _: create())


@pytest.fixture(scope="module")
async def toys(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hall]:
    folder = Path(tmp_path_factory.mktemp("toy"))
    async with hall(engines, "deadlines", folder, toy_with_tables, migrate=False) as running:
        yield running


async def count_of(toys: Hall, matter: UUID) -> int | None:
    rows = await toys.query("SELECT count FROM note WHERE matter_id = $1", matter)
    return rows[0]["count"] if rows else None


async def test_events_of_one_matter_take_effect_once_and_in_order(toys: Hall) -> None:
    matter = new_id()
    await toys.publish(received(matter), accepted(matter), accepted(matter))
    last = toys.sequences["intake", str(matter)]
    await toys.publish_raw(
        "intake", str(matter), last, accepted(matter).CE_TYPE, accepted(matter).model_dump_json().encode()
    )
    await toys.publish(accepted(matter))
    await toys.caught_up()
    assert await count_of(toys, matter) == 3


async def test_an_event_that_comes_too_early_waits_and_frees_those_behind_it(toys: Hall) -> None:
    matter = new_id()
    await toys.publish(returned(matter), returned(matter))
    await toys.caught_up()
    parked = await toys.query("SELECT sequence, waiting, reason FROM parked WHERE subject = $1 ORDER BY 1", str(matter))
    assert [(row["sequence"], row["waiting"]) for row in parked] == [(1, False), (2, True)]
    assert "reaction.not_yet" in parked[0]["reason"]
    await toys.publish(received(matter))
    await toys.until(lambda: _is(count_of(toys, matter), 200))
    assert await toys.query("SELECT 1 FROM parked WHERE subject = $1", str(matter)) == []


async def test_a_gap_parks_until_the_missing_event_comes(toys: Hall) -> None:
    matter = new_id()
    body = accepted(matter).model_dump_json().encode()
    await toys.publish(received(matter))
    await toys.publish_raw("intake", str(matter), 3, MatterAccepted.CE_TYPE, body)
    await toys.until(lambda: toys.query("SELECT 1 FROM parked WHERE subject = $1", str(matter)))
    assert await count_of(toys, matter) == 0
    await toys.publish_raw("intake", str(matter), 2, MatterAccepted.CE_TYPE, body)
    await toys.until(lambda: _is(count_of(toys, matter), 2))


async def test_a_handler_that_fails_parks_only_its_own_matter_and_source(toys: Hall) -> None:
    bad, good = new_id(), new_id()
    await toys.publish(
        received(bad), received(good), returned(bad, "broken"), returned(bad), returned(good), accepted(bad)
    )
    await toys.caught_up()
    await toys.until(lambda: _is(count_of(toys, good), 100))
    await toys.until(lambda: _is(count_of(toys, bad), 1))
    parked = await toys.query("SELECT reason FROM parked WHERE subject = $1 ORDER BY sequence", str(bad))
    assert "ZeroDivisionError" in parked[0]["reason"]
    assert len(parked) == 2


@pytest.mark.parametrize(
    ("kind", "value", "reason"),
    [
        ("bancheng.matter.accepted.v1", b"{not json", "schema"),
        ("bancheng.matter.accepted.v1", b"\xff\xfe", "schema"),
        ("bancheng.matter.accepted.v9", b"{}", "unknown version"),
    ],
)
async def test_a_bad_body_or_version_parks_with_its_reason(toys: Hall, kind: str, value: bytes, reason: str) -> None:
    matter = str(new_id())
    await toys.publish_raw("intake", matter, 1, kind, value)
    rows = await toys.until(lambda: toys.query("SELECT reason FROM parked WHERE subject = $1", matter))
    assert reason in rows[0]["reason"]


async def test_an_unknown_type_is_passed_over(toys: Hall) -> None:
    matter = new_id()
    await toys.publish_raw("intake", str(matter), 1, "bancheng.matter.dreamt.v1", b"whatever")
    toys.sequences["intake", str(matter)] = 1
    await toys.publish(received(matter))
    await toys.until(lambda: _is(count_of(toys, matter), 0))


async def test_bytes_that_are_no_event_go_to_the_dead_letters_whole(toys: Hall) -> None:
    marker = str(new_id()).encode()
    await toys.producer.send_and_wait(
        f"{toys.settings.topic_prefix}.intake", key=b"x", value=marker, headers=[("ce_subject", b"\xff\xfe")]
    )
    rows = await toys.until(
        lambda: toys.query("SELECT aggregatetype FROM outbox WHERE payload = $1 AND published_at IS NOT NULL", marker)
    )
    assert rows[0]["aggregatetype"] == "deadlines.dlq"


async def test_an_event_with_headers_of_any_bytes_is_parked_or_applied_never_in_the_way(toys: Hall) -> None:
    odd, good = str(new_id()), new_id()
    headers = [
        ("ce_source", b"/410200/intake"), ("ce_subject", odd.encode()), ("ce_sequence", b"1"),
        ("ce_type", b"bancheng.matter.accepted.v1"), ("ce_id", b"\x00\xff"), ("odd\x00name", b"\xff\x00"),
    ]  # fmt: skip
    await toys.producer.send_and_wait(f"{toys.settings.topic_prefix}.intake", b"\x00", key=b"x", headers=headers)
    await toys.publish(received(good))
    await toys.until(lambda: _is(count_of(toys, good), 0))
    await toys.until(lambda: toys.query("SELECT 1 FROM parked WHERE subject = $1", odd))


async def test_the_other_event_of_a_split_history_is_kept_and_has_no_effect(toys: Hall) -> None:
    matter = new_id()
    await toys.publish(received(matter), accepted(matter))
    await toys.until(lambda: _is(count_of(toys, matter), 1))
    body = accepted(matter).model_dump_json().encode()
    await toys.publish_raw("intake", str(matter), 2, MatterAccepted.CE_TYPE, body)
    found = "SELECT raw_headers::text AS headers FROM outbox WHERE aggregatetype = 'deadlines.dlq' AND payload = $1"
    rows = await toys.until(lambda: toys.query(found, body))
    assert '"reason": "fork"' in rows[0]["headers"]
    assert await count_of(toys, matter) == 1


async def test_events_published_by_a_reaction_are_caused_by_its_event(toys: Hall) -> None:
    matter = new_id()
    await toys.publish(received(matter), accepted(matter))
    await toys.until(lambda: _is(count_of(toys, matter), 1))
    rows = await toys.query(
        "SELECT causation_id, correlation_id, sequence FROM outbox WHERE aggregateid = $1", str(matter)
    )
    assert [row["sequence"] for row in rows] == [1]
    assert rows[0]["causation_id"]
    assert rows[0]["correlation_id"] == "test"


async def test_a_repeated_command_is_done_once_and_answered_the_same(toys: Hall) -> None:
    matter = await a_note(toys)
    client = toys.client("u1", "duty_staff")
    first = await client.post(f"/notes/{matter}", {"by": 2}, idempotency_key="k1")
    again = await client.post(f"/notes/{matter}", {"by": 2}, idempotency_key="k1")
    other = await client.post(f"/notes/{matter}", {"by": 3}, idempotency_key="k1")
    assert (first.status_code, first.json(), first.headers["etag"]) == (200, {"version": 2, "count": 2}, '"2"')
    assert (again.status_code, again.json(), again.headers["etag"]) == (200, first.json(), '"2"')
    assert (other.status_code, other.json()["code"]) == (422, "idempotency.mismatch")
    assert await count_of(toys, matter) == 2


async def test_the_same_command_many_times_at_once_is_done_once(toys: Hall) -> None:
    matter = await a_note(toys)
    client = toys.client("u1", "duty_staff")
    answers = await asyncio.gather(
        *(client.post(f"/notes/{matter}", {"by": 1}, idempotency_key="storm") for _ in range(12))
    )
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert await count_of(toys, matter) == 1


async def test_the_one_who_saw_an_old_version_loses(toys: Hall) -> None:
    matter = await a_note(toys)
    client = toys.client("u1", "duty_staff")
    assert (await client.post(f"/notes/{matter}", {"by": 1}, if_match='"1"')).status_code == 200
    lost = await client.post(f"/notes/{matter}", {"by": 1}, if_match='"1"')
    assert (lost.status_code, lost.json()["code"], lost.json()["version"]) == (409, "version.conflict", 2)


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (b"{broken", {}, 400, "form.malformed"),
        ({"by": 1, "extra": 1}, {}, 422, "form.invalid"),
        ({"by": 11}, {}, 422, "form.invalid"),
        ({}, {}, 422, "form.invalid"),
        ({"by": 1}, {"idempotency_key": ""}, 400, "idempotency.missing"),
        ({"by": 1}, {"if_match": "soon"}, 400, "if_match.invalid"),
    ],
)
async def test_bad_requests_get_a_code_and_a_chinese_sentence(
    toys: Hall, body: Any, headers: dict[str, str], status: int, code: str
) -> None:
    answer = await toys.client("u1", "duty_staff").post(f"/notes/{new_id()}", body, **headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert any("一" <= sign <= "鿿" for sign in answer.json()["detail"])


async def test_no_token_a_foreign_one_or_an_expired_one_is_401(toys: Hall) -> None:
    from tests.harness import Client

    claims = {"sub": "u1", "org": "410200", "org_type": "DISCIPLINE", "roles": []}
    expired = toys.issuer.token(claims, lifetime=-120)
    for token, code in [("", "auth.missing"), ("a.b.c", "auth.invalid"), (expired, "auth.expired")]:
        answer = await Client(toys.base, token).get(f"/notes/{new_id()}")
        assert (answer.status_code, answer.json()["code"]) == (401, code)


@pytest.mark.parametrize("head", ['"alg"', '{"alg":"Ed25519","crit":5}', "[]", "{}", "null", '{"alg":"none"}'])
async def test_a_token_with_an_odd_head_is_401(toys: Hall, head: str) -> None:
    from tests.harness import Client

    odd = base64.urlsafe_b64encode(head.encode()).decode().rstrip("=")
    answer = await Client(toys.base, f"{odd}.e30.AA").get(f"/notes/{new_id()}")
    assert (answer.status_code, answer.json()["code"]) == (401, "auth.invalid")


async def test_a_body_of_unknown_or_too_great_length_is_not_read(toys: Hall) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b"{}"

    client = toys.client("u1", "duty_staff")
    unknown = await client._http.post(f"/notes/{new_id()}", content=chunks())
    assert (unknown.status_code, unknown.json()["code"]) == (411, "body.no_length")
    great = await client.post(f"/notes/{new_id()}", b"x" * (32 * 1024 * 1024 + 1))
    assert (great.status_code, great.json()["code"]) == (413, "body.too_large")


async def test_only_ids_of_a_request_reach_its_events(toys: Hall) -> None:
    matter = await a_note(toys)
    client = toys.client("u1", "duty_staff")
    await client.post(f"/notes/{matter}", {"by": 1}, x_correlation_id="Li 13800000001", traceparent="Li")
    await client.post(f"/notes/{matter}", {"by": 1}, x_correlation_id="0192-abcd-ef")
    found = "SELECT correlation_id, traceparent FROM outbox WHERE aggregateid = $1 ORDER BY position"
    first, second = await toys.query(found, str(matter))
    assert "138" not in first["correlation_id"]
    assert first["traceparent"] is None
    assert second["correlation_id"] == "0192-abcd-ef"


async def test_what_frees_a_parked_event_makes_it_due_in_the_same_transaction(toys: Hall) -> None:
    matter = new_id()
    first, second = (_record(matter, sequence) for sequence in (1, 2))
    database = Database(toys.settings.postgres_url, "test", 1)
    async with database.transaction() as tx:
        marks = await watermarks.lock(tx, [first.key])
        await parking.park(tx, marks, [(second, parking.GAP)])
        marks[first.key].advance(first)
        await parking.wake(tx, marks)
        row = await tx.one("SELECT waiting FROM parked WHERE subject = :subject", subject=str(matter))
        assert row is not None
        assert not row.waiting
    await database.close()


def _record(matter: UUID, sequence: int) -> Record:
    headers = [
        ("ce_source", b"/410200/triage"),
        ("ce_subject", str(matter).encode()),
        ("ce_sequence", b"%d" % sequence),
    ]
    return read("t", 0, sequence, headers, b"{}")


async def test_rows_sent_but_not_marked_go_out_again_and_hold_nothing_back(toys: Hall) -> None:
    matter = str(new_id())
    await toys.query(SIXTY, matter)
    await toys.until(lambda: _is(_unsent(toys), 0))
    await toys.query(UNMARK_AND_CUT_THE_RELAY, matter)
    assert await _unsent(toys) == 55
    await toys.until(lambda: _is(_unsent(toys), 0))


async def test_health_readiness_and_metrics(toys: Hall) -> None:
    client = toys.client("u1")
    assert (await client.get("/healthz")).json() == {"status": "ok"}
    assert (await client.get("/readyz")).json() == {
        "ready": True, "started": True, "database": True, "history": True, "roles": True,
    }  # fmt: skip
    text = (await client.get("/metrics")).text
    for name in ("bancheng_consumer_lag", "bancheng_outbox_unpublished", "bancheng_parked"):
        assert f'{name}{{service="deadlines"}}' in text


async def test_a_role_that_ends_by_itself_is_told(engines: Engines, tmp_path: Path) -> None:
    others = asyncio.all_tasks()
    async with hall(engines, "deadlines", tmp_path, toy_with_tables, migrate=False) as own:
        relay = next(task for task in asyncio.all_tasks() - others if task.get_name() == "Relay.run")
        given_up = asyncio.Event()
        own.app.state.running.give_up = given_up.set
        relay.cancel()
        await asyncio.wait([relay])
        answer = await own.client("u1").get("/readyz")
        assert (answer.status_code, answer.json()["roles"]) == (503, False)
        assert given_up.is_set()


# More than the relay looks back over on a partition.
SIXTY = """
INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, sequence, occurred_at, correlation_id, actor,
                    actor_role)
SELECT gen_random_uuid(), 'deadlines', $1::text, 'bancheng.test.v1', '{}', n, now(), 'test', 'test', 'test'
FROM generate_series(1, 60) n"""
UNMARK_AND_CUT_THE_RELAY = """
WITH unmarked AS (UPDATE outbox SET published_at = NULL WHERE aggregateid = $1 AND sequence > 5 RETURNING 1)
SELECT count(*), (SELECT bool_and(pg_terminate_backend(pid)) FROM pg_locks
                  WHERE locktype = 'advisory'
                    AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
FROM unmarked"""


async def _unsent(toys: Hall) -> int:
    return int((await toys.query("SELECT count(*) FROM outbox WHERE published_at IS NULL"))[0][0])


async def a_note(toys: Hall) -> UUID:
    matter = new_id()
    await toys.publish(received(matter))
    await toys.until(lambda: _is(count_of(toys, matter), 0))
    return matter


async def _is(value: Any, wanted: Any) -> bool:
    return bool(await value == wanted)


async def test_more_requests_than_can_be_answered_soon_are_told_when_to_come_again(
    engines: Engines, tmp_path: Path
) -> None:
    def few(settings: Settings) -> Service:
        return toy_with_tables(settings.model_copy(update={"requests_at_once": 2}))

    async with hall(engines, "deadlines", tmp_path, few, migrate=False) as narrow:
        client = narrow.client("u1", "duty_staff")
        matter = new_id()
        answers = await asyncio.gather(*(client.get(f"/notes/{matter}") for _ in range(40)))
        busy = [answer for answer in answers if answer.status_code == 503]
        assert {answer.status_code for answer in answers} == {404, 503}
        assert {(answer.json()["code"], answer.headers["retry-after"]) for answer in busy} == {("service.busy", "1")}
        assert (await client.get(f"/notes/{matter}")).status_code == 404, "a moment later there is room again"
