"""`bancheng republish`: the broker lost a service's topic; send its published events once more, in their order.

The service's own relay does it, before anything new; where none runs, this command does. Consumers pass over what they
have by their watermarks.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

import structlog
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from bancheng.databases import HERE, Data, Operator, Url, quiet_broker, read_or_refuse, refuse, settings_for
from shared.bus.relay import Relay
from shared.contracts.actor import Actor
from shared.contracts.operations import HistoryRepublished
from shared.settings import Settings
from shared.store.unit_of_work import Database, Transaction

IMPATIENT = 15.0  # seconds
out, err = Console(highlight=False, soft_wrap=True), Console(stderr=True, highlight=False, soft_wrap=True)

# The last one published always goes: by it the relay sees that the topic has its past again.
_RANGE = """
SELECT min(position) FILTER (WHERE CAST(:since AS timestamptz) IS NULL OR published_at >= :since) AS first,
       max(position) AS last, count(*) FILTER (WHERE CAST(:since AS timestamptz) IS NULL OR published_at >= :since) AS n
FROM outbox WHERE published_at IS NOT NULL"""
_ASK = """
INSERT INTO relay_state AS r (singleton, history, resend_from, resend_upto) VALUES (true, 'same', :first, :last)
ON CONFLICT (singleton) DO UPDATE SET resend_from = least(r.resend_from, excluded.resend_from),
                                      resend_upto = greatest(r.resend_upto, excluded.resend_upto)"""
_LEFT = "SELECT history, reason, resend_from, resend_upto FROM relay_state"


@dataclass(frozen=True)
class Wanted:
    """What is to be sent: places in the outbox and how many rows."""

    first: int
    last: int
    rows: int


def republish(
    service: Annotated[str, typer.Argument(help="The service whose topic was lost.")],
    operator: Operator,
    since: Annotated[
        datetime | None, typer.Option(help="Only what was published from this moment on (UTC if no zone is given).")
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="Everything that was ever published.")] = False,
    dry_run: Annotated[bool, typer.Option(help="Only say how much it would be.")] = False,
    database: Url = None,
    data: Data = HERE,
) -> None:
    """Send the published events of a service's outbox again, after `bancheng topics apply` made the topics anew."""
    if (since is None) != all_:
        refuse("give either --all or --since")
    settings = settings_for(service, database, data)
    quiet_broker()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))  # it is said here
    asyncio.run(read_or_refuse(service, _republish(settings, service, operator, since, dry_run)))


async def _republish(settings: Settings, service: str, operator: str, since: datetime | None, dry_run: bool) -> None:
    database = Database(settings.postgres_url, service, 1)
    try:
        async with database.transaction(Actor(operator, "", "SYSTEM")) as tx:
            wanted = await _wanted(tx, since)
            if wanted and not dry_run:
                await tx.run(_ASK, {"first": wanted.first, "last": wanted.last})
                tx.publish(
                    HistoryRepublished(service=service, first_position=wanted.first, last_position=wanted.last,
                                       operator=operator, asked_at=tx.now)
                )  # fmt: skip
        if wanted is None:
            return out.print(f"{service} has published nothing yet")
        if dry_run:
            return out.print(f"{service}: {wanted.rows} events would be sent again; nothing was changed (--dry-run)")
        await _sent(settings, service, database, wanted)
        out.print(f"{service}: {wanted.rows} events sent again")
    finally:
        await database.close()


async def _wanted(tx: Transaction, since: datetime | None) -> Wanted | None:
    row = await tx.one(_RANGE, since=since and (since if since.tzinfo else since.replace(tzinfo=UTC)))
    return Wanted(row.last if row.first is None else row.first, row.last, row.n or 1) if row and row.last else None


async def _sent(settings: Settings, service: str, database: Database, wanted: Wanted) -> None:
    """Wait until a relay has sent it all: the service's own, or ours where none holds the lock."""
    relay = asyncio.create_task(Relay(settings, service, database.committed).run())
    columns = (TextColumn("sending again"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    try:
        with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
            task = bar.add_task("sending", total=wanted.last + 1 - wanted.first)
            await _until_sent(database, lambda position: bar.update(task, completed=position - wanted.first))
    finally:
        relay.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await relay


async def _until_sent(database: Database, show: Callable[[int], Any]) -> None:
    before, moved_at = None, time.monotonic()
    while True:
        async with database.reading() as tx:
            row = await tx.one(_LEFT)
        if row is None or row.resend_from is None:
            return
        if row.resend_from != before:
            before, moved_at = row.resend_from, time.monotonic()
        elif time.monotonic() - moved_at > IMPATIENT:
            err.print("nothing moves: does the broker answer, and has `bancheng topics apply` made the topics?")
            moved_at = time.monotonic()
        if row.history == "ahead":
            refuse(f"the topic is ahead of the database: run `bancheng recover` first ({row.reason})")
        show(row.resend_from)
        await asyncio.sleep(0.3)


__all__ = ["republish"]
