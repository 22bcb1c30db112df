"""Migrating an empty database gives exactly the tables that the code works with."""

import asyncio
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData
from sqlalchemy.ext.asyncio import create_async_engine

from bancheng.events_page import compositions
from shared.bus.topics import CONSUMERS
from shared.ids import new_id
from shared.settings import with_driver
from shared.store.migrate import config, upgrade
from tests.engines import Engines

# Alembic compares neither CHECKs nor storage parameters, so the database itself is asked.
LOOKS = """
SELECT conrelid::regclass || ' ' || conname AS name, pg_get_constraintdef(oid) AS definition
FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL
SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL
SELECT table_name || '.' || column_name, concat_ws(' ', data_type, is_nullable, column_default, is_identity)
FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL
SELECT relname, array_to_string(reloptions, ' ') FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND reloptions IS NOT NULL
UNION ALL
SELECT proname, prosrc FROM pg_proc WHERE proname = 'in_time'
"""


@pytest.mark.parametrize("service", CONSUMERS)
async def test_the_tables_after_migrating_are_those_in_the_code(service: str, engines: Engines) -> None:
    name = f"{service}_{new_id().hex}"
    migrated, coded = [await _database(engines, f"{way}_{name}") for way in ("migrated", "coded")]
    await asyncio.to_thread(upgrade, service, migrated)
    await asyncio.to_thread(upgrade, service, migrated)  # once more changes nothing
    await asyncio.to_thread(command.check, config(service, migrated))
    await _create_tables(compositions()[service].metadata, coded)
    found = await _looks(migrated)
    assert found.pop("alembic_version.version_num")
    assert {name: made for name, made in found.items() if "alembic_version" not in name} == await _looks(coded)


async def test_whom_the_directory_named_so_far_is_in_office_since_the_unit_is_there(engines: Engines) -> None:
    url = await _database(engines, f"units_{new_id().hex}")
    await asyncio.to_thread(command.upgrade, config("referral", url), "0005")
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(
            "INSERT INTO unit (unit_id, org_code, name, kind, principal_id, deputy_ids, valid_from)"
            " VALUES ('U1', '410200', '某中心', 'INSTITUTION', 'p', '{d,e}', '2020-01-01')"
        )
        await asyncio.to_thread(upgrade, "referral", url)
        terms = await connection.fetch("SELECT account_id, post, since::text, until FROM unit_term ORDER BY account_id")
    finally:
        await connection.close()
    since = "2020-01-01"
    assert [tuple(row) for row in terms] == [
        ("d", "DEPUTY", since, None), ("e", "DEPUTY", since, None), ("p", "PRINCIPAL", since, None),
    ]  # fmt: skip


CLOCKS_SO_FAR = """
INSERT INTO matter (matter_id, org_code, window_id, updated_at, revision)
VALUES ('00000000-0000-0000-0000-00000000000a', '410221', 'W1', now(), 1);
INSERT INTO clock (deadline_id, matter_id, rule, round, order_id, started_at, due_at)
SELECT CAST(id AS uuid), '00000000-0000-0000-0000-00000000000a', 'D15', 1, CAST(id AS uuid), '2026-09-01', '2026-09-10'
FROM unnest(ARRAY['00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000002']) AS id;
INSERT INTO timeline (matter_id, source, sequence, event_id, type, at, actor, order_id, facts)
SELECT '00000000-0000-0000-0000-00000000000a', 'deadlines', n, '', 'deadline.' || what, '2026-09-02', '',
       CAST(whose AS uuid), '{"rule": "D15", "resumes_at": "2026-10-08T09:00:00+08:00"}'
FROM unnest(ARRAY['paused', 'paused', 'resumed'],
            ARRAY['00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000002',
                  '00000000-0000-0000-0000-000000000002']) WITH ORDINALITY AS t(what, whose, n)"""


async def test_clocks_that_stood_still_before_still_do_and_belong_to_their_matters_window(engines: Engines) -> None:
    url = await _database(engines, f"clocks_{new_id().hex}")
    await asyncio.to_thread(command.upgrade, config("console", url), "0007")
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(CLOCKS_SO_FAR)
        await asyncio.to_thread(upgrade, "console", url)
        found = await connection.fetch(
            "SELECT window_id, org_code, paused, extract(day FROM resumes_at)::int FROM clock ORDER BY deadline_id"
        )
    finally:
        await connection.close()
    assert [tuple(row) for row in found] == [("W1", "410221", True, 8), ("W1", "410221", None, None)]


@pytest.mark.parametrize("service", CONSUMERS)
def test_revisions_are_one_line_numbered_like_their_files(service: str) -> None:
    scripts = ScriptDirectory.from_config(config(service, "postgresql://nowhere/x"))
    revisions = [each.revision for each in scripts.walk_revisions()]
    files = sorted(path.name[:4] for path in Path(scripts.versions).glob("*.py"))
    assert len(scripts.get_heads()) == 1
    assert sorted(revisions) == files


async def _database(engines: Engines, name: str) -> str:
    connection = await asyncpg.connect(engines.postgres)
    try:
        await connection.execute(f"CREATE DATABASE {name}")
    finally:
        await connection.close()
    return engines.postgres.rsplit("/", 1)[0] + f"/{name}"


async def _create_tables(metadata: MetaData, url: str) -> None:
    engine = create_async_engine(with_driver(url))
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    await engine.dispose()


async def _looks(url: str) -> dict[str, Any]:
    connection = await asyncpg.connect(url)
    try:
        return {row["name"]: row["definition"] for row in await connection.fetch(LOOKS)}
    finally:
        await connection.close()
