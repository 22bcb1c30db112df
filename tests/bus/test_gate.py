"""The gate before reactions and commands: the relay closes it, and only who knows what a recovery owes opens it."""

import asyncio
from pathlib import Path

import asyncpg

from shared.bus.gate import Gate
from shared.bus.history import Finding, State
from shared.store.unit_of_work import Database
from tests.engines import Engines
from tests.harness import hall


async def test_nobody_reacts_after_a_recovery_before_it_is_known_what_it_took_back(
    engines: Engines, tmp_path: Path
) -> None:
    async with hall(engines, "triage", tmp_path, roles=("http",)) as running:
        url = running.settings.postgres_url
        gate, database, connection = Gate("triage"), Database(url, "triage", 2), await asyncpg.connect(url)
        database.recovering = False
        await gate.tell(connection, Finding(State.AHEAD, "set back"))
        gate.looked.set()
        assert gate.closed
        await connection.execute(
            "INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, sequence, occurred_at, correlation_id,"
            " actor, actor_role, published_at, recovered_at)"
            " VALUES (gen_random_uuid(), 'triage', 'a', 'told', '', 1, now(), 'c', 'system', 'system', now(), now())"
        )
        await gate.tell(connection, Finding(State.SAME))
        watching = asyncio.create_task(gate.watch(database, alone=False))
        async with asyncio.timeout(10):
            await gate.opened()
        assert database.recovering
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        await connection.close()
        await database.close()
