"""What audit listens to: everything, unread."""

from collections.abc import Sequence

from services.audit import handlers, store
from services.audit.handlers import Batch
from shared.bus.clocks import ClockWatch
from shared.bus.envelope import Record
from shared.bus.topics import PUBLISHERS
from shared.store.unit_of_work import Transaction


class Reactor:
    """Audit's part in the bus; it reacts to no type, so no type, version or body can hold it up."""

    topics = (*PUBLISHERS, "operations")
    types = None

    def __init__(self) -> None:
        self._clocks = ClockWatch()

    async def load(self, tx: Transaction, records: Sequence[Record]) -> Batch:
        return Batch(await store.lock_head(tx))

    async def save(self, tx: Transaction, state: Batch) -> None:
        await handlers.save(tx, state)

    def take(self, state: Batch, record: Record) -> None:
        handlers.take(state, record)
        self._clocks.saw(record)
