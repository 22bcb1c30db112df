"""`bancheng audit verify` on a real log that somebody with full rights to the database has tampered with."""

import asyncio
import json
import os
import uuid
from collections.abc import AsyncIterator

import asyncpg
import pytest
from typer.testing import CliRunner

from bancheng.audit import Verdict, app, verify
from services.audit import handlers, store
from services.audit.domain import Header, headers_from_json, leaf_bytes, leaf_hash
from services.audit.handlers import Batch
from shared.bus.envelope import read
from shared.contracts.codes import AcceptMode
from shared.contracts.intake import MatterAccepted
from shared.ids import new_id
from shared.store.unit_of_work import Database
from tests.engines import Engines
from tests.harness import START, hall

ENTRIES = 40  # eight matters with five events each, in turn
FORGED = """
INSERT INTO entry SELECT 40, leaf_hash, subtrees, root, source, 'forged', 1, type, ce_id, ce_time, actor, headers, value
FROM entry WHERE index = 39"""
SOURCELESS = """
UPDATE entry SET headers = jsonb_path_query_array(headers, '$[*] ? (@[0] != "ce_source")') WHERE index = 6"""
SWAPPED = """
UPDATE entry SET index = 1000 WHERE index = {0}; UPDATE entry SET index = {0} WHERE index = {1};
UPDATE entry SET index = {1} WHERE index = 1000"""


@pytest.fixture(scope="module")
async def log(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a log of forty entries that nobody is connected to any more."""
    async with hall(engines, "audit", tmp_path_factory.mktemp("audit")) as audit:
        matters = [new_id() for _ in range(8)]
        for _ in range(5):
            for matter in matters:
                await audit.publish(
                    MatterAccepted(matter_id=matter, mode=AcceptMode.MANUAL, accepted_at=START, org_code="410200",
                                   window_id="410200-W1")
                )  # fmt: skip
                await audit.caught_up()  # one by one: a place in the log is then known to the tests
        await audit.query("INSERT INTO checkpoint SELECT 30, root, now() FROM entry WHERE index = 29")
        return audit.settings.postgres_url


@pytest.fixture
async def copy(engines: Engines, log: str) -> AsyncIterator[str]:
    """The same log in a database of its own."""
    name, admin = f"audit_{uuid.uuid4().hex[:10]}", await asyncpg.connect(engines.postgres)
    try:
        await admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{log.rsplit("/", 1)[1]}"')
        yield f"{log.rsplit('/', 1)[0]}/{name}"
        await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    finally:
        await admin.close()


async def tampered(url: str, sql: str) -> Verdict:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(f"SET session_replication_role = replica; {sql}")  # past the triggers, as an owner may
    finally:
        await connection.close()
    return await verify(url)


async def events_of(url: str) -> list[tuple[list[Header], bytes]]:
    """Headers and value of every entry."""
    connection = await asyncpg.connect(url)
    rows = await connection.fetch("SELECT headers, value FROM entry ORDER BY index")
    await connection.close()
    return [(headers_from_json(json.loads(row["headers"])), row["value"]) for row in rows]


async def append(url: str, events: list[tuple[list[Header], bytes]]) -> None:
    """Append events as audit itself would."""
    database = Database(url, "audit", 1)
    async with database.transaction() as tx:
        batch = Batch(await store.lock_head(tx))
        for headers, value in events:
            handlers.take(batch, read("intake", 0, 0, headers, value))
        await handlers.save(tx, batch)
    await database.close()


async def test_an_untouched_log_is_sound(copy: str) -> None:
    seen: list[tuple[int, int]] = []
    verdict = await verify(copy, lambda done, size: seen.append((done, size)))
    assert (verdict.sound, verdict.size, seen[-1]) == (True, ENTRIES, (ENTRIES, ENTRIES))
    connection = await asyncpg.connect(copy)
    assert verdict.root == (await connection.fetchval("SELECT root FROM entry WHERE index = 39")).hex()
    await connection.close()


@pytest.mark.parametrize(("what", "sql", "index", "code"), [
    ("one byte of a value", "UPDATE entry SET value = set_byte(value, 9, 0) WHERE index = 17", 17, "entry.content"),
    ("a header", "UPDATE entry SET headers = jsonb_set(headers, '{0,1}', '\"x\"') WHERE index = 6", 6, "entry.content"),
    ("a header taken out", "UPDATE entry SET headers = headers - 0 WHERE index = 6", 6, "entry.content"),
    ("the source taken out", SOURCELESS, 6, "entry.headers"),
    ("headers that are none", "UPDATE entry SET headers = '[1]' WHERE index = 6", 6, "entry.headers"),
    ("a column", "UPDATE entry SET actor = 'nobody' WHERE index = 6", 6, "entry.columns"),
    ("a leaf hash", "UPDATE entry SET leaf_hash = set_byte(leaf_hash, 0, 0) WHERE index = 8", 8, "entry.content"),
    ("tree nodes", "UPDATE entry SET subtrees = set_byte(subtrees, 40, 7) WHERE index = 23", 23, "entry.nodes"),
    ("two neighbours swapped", SWAPPED.format(4, 5), 4, "entry.place"),
    ("two entries swapped", SWAPPED.format(4, 8), 4, "entry.place"),
    ("a matter's events swapped", SWAPPED.format(0, 8), 0, "entry.sequence"),
    ("the first one deleted", "DELETE FROM entry WHERE index = 0", 0, "entry.missing"),
    ("one deleted", "DELETE FROM entry WHERE index = 12", 12, "entry.missing"),
    ("the last one deleted", "DELETE FROM entry WHERE index = 39", 39, "entry.missing"),
    ("all deleted", "DELETE FROM entry", 0, "entry.missing"),
    ("a forged one appended", FORGED, 40, "entry.beyond_head"),
    ("a forged one far beyond", FORGED.replace("SELECT 40", "SELECT 99"), 40, "entry.missing"),
    ("the head set back", "UPDATE tree_head SET size = 39", None, "head.altered"),
    ("the head set forward", "UPDATE tree_head SET size = 41", None, "head.altered"),
    ("the head's peaks", "UPDATE tree_head SET frontier = set_byte(frontier, 3, 7)", None, "head.altered"),
    ("the head gone", "DELETE FROM tree_head", None, "head.missing"),
    ("a checkpoint", "UPDATE checkpoint SET root = set_byte(root, 0, 7) WHERE size = 30", 29, "checkpoint.root"),
    ("a checkpoint too far", "UPDATE checkpoint SET size = 400 WHERE size = 30", None, "checkpoint.beyond"),
])  # fmt: skip
async def test_tampering_is_named(copy: str, what: str, sql: str, index: int | None, code: str) -> None:
    verdict = await tampered(copy, sql)
    assert verdict.finding, what
    assert (verdict.finding.index, verdict.finding.code) == (index, code), str(verdict.finding)


async def test_an_altered_value_with_a_leaf_hash_made_to_fit_is_named(copy: str) -> None:
    headers, value = (await events_of(copy))[20]
    forged = value.replace(b"MANUAL", b"DEEMED")
    leaf = leaf_hash(leaf_bytes(headers, forged))
    sql = f"UPDATE entry SET value = '\\x{forged.hex()}', leaf_hash = '\\x{leaf.hex()}' WHERE index = 20"
    verdict = await tampered(copy, sql)
    assert verdict.finding
    assert (verdict.finding.index, verdict.finding.code) == (20, "entry.place")


async def test_a_log_written_anew_is_betrayed_by_an_old_checkpoint(copy: str) -> None:
    events = await events_of(copy)
    events[20] = events[20][0], events[20][1].replace(b"MANUAL", b"DEEMED")
    await tampered(copy, "TRUNCATE entry; UPDATE tree_head SET size = 0, frontier = ''")
    await append(copy, events)
    verdict = await verify(copy)
    assert verdict.finding
    assert (verdict.finding.index, verdict.finding.code) == (29, "checkpoint.root")


async def test_the_first_of_several_is_named_with_its_event(copy: str) -> None:
    verdict = await tampered(copy, "UPDATE entry SET value = 'x' WHERE index IN (31, 11, 26)")
    assert verdict.finding
    assert (verdict.finding.index, verdict.finding.sequence, verdict.size) == (11, 2, 11)
    assert verdict.finding.source == "/410200/intake"
    assert verdict.finding.subject


async def test_an_event_kept_from_the_log_is_named_though_every_hash_fits(copy: str) -> None:
    await append(copy, [([("ce_source", b"/410200/intake"), ("ce_subject", b"m"), ("ce_sequence", b"%d" % sequence)],
                         b"{}") for sequence in (1, 3)])  # fmt: skip
    verdict = await verify(copy)
    assert verdict.finding
    assert (verdict.finding.code, verdict.finding.index) == ("entry.sequence", 41)
    assert verdict.finding.what == "sequence 3 follows where 2 was due"


def test_the_command_says_sound_and_leaves_with_0(log: str) -> None:
    result = CliRunner().invoke(app, ["verify", "--database", log])
    assert (result.exit_code, result.output.startswith("sound: 40 entries, root ")) == (0, True), result.output


async def test_the_command_names_what_does_not_fit_and_leaves_with_1(copy: str) -> None:
    await tampered(copy, "DELETE FROM entry WHERE index = 12")
    result = await asyncio.to_thread(CliRunner().invoke, app, ["verify", "--database", copy])
    assert result.exit_code == 1
    assert "does not fit: entry 12: missing" in result.output


@pytest.mark.parametrize("url", ["nonsense", "postgresql://127.0.0.1:1/audit"])
def test_a_wrong_address_is_one_line_and_2(url: str) -> None:
    for command in ("verify", "show"):
        result = CliRunner().invoke(app, [command, "--database", url])
        assert result.exit_code == 2
        assert result.output.startswith("audit's database cannot be read: ")
        assert len(result.output.splitlines()) == 1


def test_an_entry_is_shown_with_its_proof(log: str) -> None:
    result = CliRunner().invoke(app, ["show", "7"], env=dict(os.environ) | {"BANCHENG_DATABASE_URL": log})
    assert result.exit_code == 0, result.output
    assert "bancheng.matter.accepted.v1" in result.output
    assert "in the log: proven by 6 hashes" in result.output
    assert "entries     40" in CliRunner().invoke(app, ["show", "--database", log]).output
    assert CliRunner().invoke(app, ["show", "40", "--database", log]).exit_code == 1
