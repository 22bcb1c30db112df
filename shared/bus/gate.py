"""Whether a service may take commands: not while its topic is ahead of its database, which the relay finds out.

The relay tells its own process at once and all others through the table `relay_state`.
"""

import asyncio
from typing import Any

import structlog
from prometheus_client import Gauge

from shared.bus.history import Finding, State
from shared.store.unit_of_work import Database

POLL = 1.0  # seconds
ahead_gauge = Gauge(
    "bancheng_topic_ahead", "1 while the topic holds events that the database does not know", ["service"]
)
behind_gauge = Gauge("bancheng_topic_behind", "1 while the topic lacks events that were published to it", ["service"])
log = structlog.get_logger(__name__)

_LOOK = """
SELECT s.history, s.reason, EXISTS (SELECT 1 FROM outbox WHERE recovered_at IS NOT NULL AND actor = 'system') AS owing
FROM (SELECT 1) one LEFT JOIN relay_state s ON true"""
_TELL = """
INSERT INTO relay_state AS r (singleton, history, reason) VALUES (true, $1, $2)
ON CONFLICT (singleton) DO UPDATE SET history = excluded.history, reason = excluded.reason
WHERE (r.history, r.reason) IS DISTINCT FROM (excluded.history, excluded.reason)"""


class Gate:
    """What this process knows of the comparison."""

    def __init__(self, service: str) -> None:
        self._service = service
        self.state, self.reason = State.SAME, ""
        self.looked = asyncio.Event()  # the comparison was made, or cannot be made while the broker is away
        self._open = asyncio.Event()
        self._note(State.SAME, None)

    @property
    def closed(self) -> bool:
        """Commands would build on a state that is older than what the world was told."""
        return self.state is State.AHEAD

    async def opened(self) -> None:
        """Return when nothing is known that forbids to go on."""
        await self.looked.wait()
        await self._open.wait()

    async def tell(self, connection: Any, finding: Finding) -> None:
        """The relay has compared: for this process and, if it is news, for all others.

        It closes at once. Only `watch` opens again: with the news it reads whether a recovery is owing, and who reacts
        before that is known makes events twice.
        """
        await connection.execute(_TELL, finding.state.value, finding.reason)
        if finding.state is not State.SAME:
            self._note(finding.state, finding.reason)

    async def watch(self, database: Database, alone: bool) -> None:
        """Follow what the relay of whatever process found; `alone`: this one has no relay to wait for."""
        while True:
            try:
                async with database.reading() as tx:
                    row = await tx.one(_LOOK)
                assert row is not None
                database.recovering = row.owing
                self._note(State(row.history or State.SAME), row.reason)
                if alone:
                    self.looked.set()
            except Exception as error:
                log.debug("gate.blind", error=type(error).__name__)
            await asyncio.sleep(POLL)

    def _note(self, state: State, reason: str | None) -> None:
        if state is not self.state:
            said = {State.AHEAD: "history.topic_ahead", State.BEHIND: "history.topic_behind"}
            what = {State.AHEAD: "recover", State.BEHIND: "republish"}
            if state is State.SAME:
                log.info("history.same_again")
            else:
                log.error(said[state], reason=reason, run=f"bancheng {what[state]} {self._service}")
        self.state, self.reason = state, reason or ""
        ahead_gauge.labels(self._service).set(state is State.AHEAD)
        behind_gauge.labels(self._service).set(state is State.BEHIND)
        if self.closed:
            self._open.clear()
        else:
            self._open.set()
