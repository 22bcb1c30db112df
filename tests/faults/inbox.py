"""One service's real consumer on its real database, fed by hand: batches as a broker could bring them.

Stories name their things by fixed ids. Each run gives them fresh ones, so that one database holds any number of runs.
"""

import asyncio
import json
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from shared.bus.consumer import Consumer
from shared.bus.envelope import Record, read, source_of, write_headers
from shared.contracts import Event
from shared.ids import new_id
from shared.serve import load_service
from shared.settings import Settings
from shared.store.migrate import upgrade
from shared.store.unit_of_work import Database, Transaction
from shared.store.vault import Vault
from tests.engines import Engines
from tests.harness import START, _create_database, _settings

# Table → columns left out: drawn anew in each run, or the order of arrival itself.
TABLES: dict[str, dict[str, tuple[str, ...]]] = {
    "intake": {"matter": ("reporter_id", "sealed_title", "sealed_content")},
    "triage": {"assessment": ("data_key",), "comparison": (), "window_copy": ()},
    "referral": {
        "matter": ("data_key",),
        "orders": ("order_id", "predecessor_id", "words", "drafted_at"),
        "window": (),
    },
    "deadlines": {"matter": (), "deadline": ("id",), "timer": ("deadline_id",), "office_hours": ()},
    "audit": {"entry": ("index", "leaf_hash", "subtrees", "root", "ce_id", "headers")},
    "console": {
        "matter": ("revision",), "matter_order": (), "clock": (), "supervision_step": (), "timeline": ("event_id",),
        "window_copy": (),
    },
}  # fmt: skip

State = dict[str, list[str]]


class Ids:
    """Fresh ids for the fixed ones of a story, and back."""

    def __init__(self, window: str) -> None:
        self._fresh: dict[str, str] = {window: f"w-{uuid.uuid4().hex}"}

    def of(self, fixed: UUID) -> UUID:
        return UUID(self._fresh.setdefault(str(fixed), str(new_id())))

    def into(self, text: str, known: Iterable[UUID]) -> str:
        for one in known:
            self.of(one)
        for fixed, fresh in self._fresh.items():
            text = text.replace(fixed, fresh)
        return text

    def back(self, text: str) -> str:
        for fixed, fresh in self._fresh.items():
            text = text.replace(fresh, fixed)
        return text

    @property
    def window(self) -> str:
        return next(iter(self._fresh.values()))

    @property
    def all(self) -> list[str]:
        return list(self._fresh.values())

    def told(self, event: Event, known: Iterable[UUID]) -> Event:
        """The event with fresh ids."""
        return type(event).model_validate_json(self.into(event.model_dump_json(), known))


class Numbers:
    """The sequences of each source and subject."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, str], int] = defaultdict(int)

    def next(self, event: Event) -> int:
        self._last[event.SOURCE, event.subject] += 1
        return self._last[event.SOURCE, event.subject]


Prepare = Callable[[Transaction, Vault, Ids], Awaitable[None]]


async def nothing_before(tx: Transaction, vault: Vault, ids: Ids) -> None:
    """The service has not heard of the matter yet."""


@dataclass(frozen=True)
class Story:
    """What a service is told of one matter, in the order in which it happened, and what it had of it before."""

    told: Sequence[Event]
    ids: tuple[UUID, ...]
    window: str
    before: Prepare = nothing_before

    @property
    def sources(self) -> list[str]:
        return [event.SOURCE for event in self.told]


@dataclass
class Inbox:
    """A service that takes in what it is given."""

    service: str
    settings: Settings
    database: Database
    consumer: Consumer
    vault: Vault
    offsets: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    async def after(self, story: Story, batches: Sequence[Sequence[int]]) -> State:
        """The domain tables after these batches of the story's events (by their place in it)."""
        ids = Ids(story.window)
        records = self._records(story, ids)
        async with self.database.transaction() as tx:
            await story.before(tx, self.vault, ids)
        for batch in batches:
            await self.consumer._take([records[place] for place in batch])
        await self.take(*records)  # all of it once more, and what waits is retried
        return await self.state(ids)

    def _records(self, story: Story, ids: Ids) -> list[Record]:
        told = [ids.told(event, story.ids) for event in story.told]
        numbers = Numbers()
        return [self.record(event, numbers.next(event), number) for number, event in enumerate(told)]

    def record(self, event: Event, sequence: int, minutes: int) -> Record:
        """An event as a record of its source's topic."""
        row = {
            "id": new_id(), "type": event.CE_TYPE, "aggregateid": event.subject, "sequence": sequence,
            "occurred_at": START + timedelta(minutes=minutes), "correlation_id": "test", "causation_id": None,
            "actor": "test", "actor_role": "test", "traceparent": None,
        }  # fmt: skip
        self.offsets[event.SOURCE] += 1
        headers = write_headers(row, source_of(self.settings.region, event.SOURCE))
        return read(f"t.{event.SOURCE}", 0, self.offsets[event.SOURCE], headers, event.model_dump_json().encode())

    async def take(self, *records: Record) -> None:
        """One batch, and what the retry worker does afterwards, its backoff left out."""
        await self.consumer._take(records)
        self.consumer._parked.anything_parked = True
        await self.consumer._parked.subjects({record.subject for record in records})

    async def state(self, ids: Ids) -> State:
        found = {"parked": await self._rows("parked", ("headers", "value"), "subject", ids)}
        for table, left_out in TABLES[self.service].items():
            by = {"audit": "subject"}.get(self.service, "window_id" if table in _BY_WINDOW else "matter_id")
            found[table] = await self._rows(table, left_out, by, ids)
        return found

    async def _rows(self, table: str, left_out: Sequence[str], by: str, ids: Ids) -> list[str]:
        async with self.database.reading() as tx:
            rows = await tx.all(
                f'SELECT row_to_json(t)::text AS row FROM "{table}" t WHERE {by}::text = ANY(:ids)', ids=ids.all
            )
        return sorted(ids.back(_plain(json.loads(row.row), left_out)) for row in rows)


_BY_WINDOW = ("window", "window_copy", "office_hours")


def _plain(row: dict[str, Any], left_out: Sequence[str]) -> str:
    if isinstance(row.get("value"), str) and row["value"].startswith("\\x"):
        row["value"] = bytes.fromhex(row["value"][2:]).decode()
    if "facts" in row and isinstance(row["facts"], list):  # deadlines keeps them as they came
        row["facts"] = sorted(row["facts"], key=str)
    return json.dumps({key: row[key] for key in sorted(row) if key not in left_out}, ensure_ascii=False)


@asynccontextmanager
async def inbox(engines: Engines, service: str, folder: Path) -> AsyncIterator[Inbox]:
    """A service's consumer on a database of its own; nothing else of the service runs."""
    database_url = await _create_database(engines.postgres, f"{service}_{uuid.uuid4().hex[:10]}")
    settings = _settings(engines, folder, database_url, "inbox")

    await asyncio.to_thread(upgrade, service, settings.postgres_url)
    database = Database(settings.postgres_url, service, 4)
    composed = load_service(service, settings)
    try:
        if service == "deadlines":
            from services.deadlines.handlers import seed_calendar

            async with database.transaction() as tx:
                await seed_calendar(tx)
        vault = Vault.from_file(settings.master_key_file)
        yield Inbox(service, settings, database, Consumer(settings, service, database, composed.reactor), vault)
    finally:
        await database.close()
