"""Rendering matters chunk by chunk, and bringing each chunk into the databases and onto the topics."""

import asyncio
import struct
import sys
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from shared.workdays import ZONE
from tests.bench.fill import topic
from tests.bench.fill.log import Log
from tests.bench.fill.plan import Plan
from tests.bench.fill.store import Store

CHUNK = 2000  # matters rendered while those before are copied
Said = Callable[[str, int, int], None]  # what is done, how far, of how many
_LONG = struct.Struct(">q").pack


@dataclass
class Filled:
    """What was made, and how long each part took."""

    matters: int
    events: int = 0
    rows: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    seconds: dict[str, float] = field(default_factory=dict)
    cpu: dict[str, float] = field(default_factory=dict)  # of this process


@dataclass
class Chunk:
    """Some matters as rows and records."""

    matters: int
    at: datetime
    copies: dict[tuple[str, str], list[bytes]]
    records: topic.Full
    size: int
    root: bytes


async def copy(stores: dict[str, Store], plan: Plan, log: Log, topics: topic.Topics, filled: Filled, say: Said) -> None:
    """Render one chunk while the one before is on its way."""
    sys.setswitchinterval(0.0005)  # the loop, which feeds the databases, must not wait long for the rendering thread
    under_way: asyncio.Task[None] | None = None
    for first in range(0, filled.matters, CHUNK):
        last = min(first + CHUNK, filled.matters)
        chunk = await asyncio.to_thread(_render, plan, log, topics, first, last, filled)
        if under_way:
            await under_way
        under_way = asyncio.create_task(_load(stores, topics, chunk))
        say("copying", last, filled.matters)
    if under_way:
        await under_way


def _render(plan: Plan, log: Log, topics: topic.Topics, first: int, last: int, filled: Filled) -> Chunk:
    copies: dict[tuple[str, str], list[bytes]] = defaultdict(list)
    entries = copies["audit", "entry"]
    root, millis = b"", 0
    for template, draw in plan.draws(first, last):
        values, millis = template.slots.made(draw), draw.millis
        for at, render in template.tables.items():
            copies[at].append(render(values))
        index, leaf, subtrees, over = (template.logged[name] for name in ("index", "leaf_hash", "subtrees", "root"))
        for entry in template.entries:
            values[index] = _LONG(log.size)
            values[leaf], completed, root = log.append(entry.head(values) + values[entry.body])
            values[subtrees], values[over] = struct.pack(">i", len(completed)) + completed, root
            entries.append(entry.row(values))
        key = values[template.key]
        partition = topic.partition_of(key)
        for record in template.records:
            headers = [(name, fixed if slot is None else values[slot]) for name, fixed, slot in record.headers]
            topics.add(record.topic, partition, millis, key, values[record.body][4:], headers)
        filled.events += len(template.records)
        for at, count in template.rows.items():
            filled.rows[".".join(at)] += count
    moment = datetime.fromtimestamp(millis / 1000, ZONE)
    return Chunk(last - first, moment, copies, topics.taken(last == filled.matters), log.size, root)


async def _load(stores: dict[str, Store], topics: topic.Topics, chunk: Chunk) -> None:
    async def one(store: Store) -> None:
        for (service, table), rows in chunk.copies.items():
            if service == store.service:
                await store.copy(table, rows)
        if store.service == "audit":
            await store.connection.execute(
                "INSERT INTO checkpoint (size, root, at) VALUES ($1, $2, $3)", chunk.size, chunk.root, chunk.at
            )  # fmt: skip

    await asyncio.gather(topics.send(chunk.records), *(one(store) for store in stores.values()))
