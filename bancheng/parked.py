"""`bancheng parked`: events that could not be applied: look at them, have them tried again, or pass over them."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, TypeVar

import asyncpg
import typer
from rich.console import Console
from rich.table import Table

from bancheng.databases import HERE, Data, Operator, Url, database_of, read_or_refuse
from shared.bus import parking
from shared.contracts.actor import Actor
from shared.contracts.errors import DomainError
from shared.store.unit_of_work import Database, Transaction

app = typer.Typer(no_args_is_help=True, help="Parked events of one service.")
out, err = Console(), Console(stderr=True)
PIPED = 300  # columns
T = TypeVar("T")

Service = Annotated[str, typer.Argument(help="The service that parked the event.")]
Source = Annotated[str, typer.Argument(help="ce_source of the parked event, e.g. /410200/intake")]
Subject = Annotated[str, typer.Argument(help="ce_subject of the parked event: the matter id")]


@app.command("list")
def list_parked(service: Service, limit: int = 50, database: Url = None, data: Data = HERE) -> None:
    """Show what is parked and why; events that only wait behind another are counted with it."""

    async def look(tx: Transaction) -> Any:
        return await tx.all(
            "SELECT DISTINCT ON (source, subject) source, subject, sequence, type, reason, attempts, parked_at,"
            " count(*) OVER (PARTITION BY source, subject) - 1 AS behind"
            " FROM parked ORDER BY source, subject, sequence LIMIT :limit",
            limit=limit,
        )

    async def look_at_timers(tx: Transaction) -> Any:
        return await tx.all("SELECT * FROM held_matter ORDER BY held_since LIMIT :limit", limit=limit)

    url = database_of(service, database, data)
    rows = _work(service, url, "operator", look)
    if service == "deadlines" and (held := _work(service, url, "operator", look_at_timers)):
        _print(_held(held))
    table = Table("source", "subject", "sequence", "type", "why", "attempts", "since", "behind")
    for row in rows:
        table.add_row(row.source, row.subject, str(row.sequence), row.type, row.reason, str(row.attempts),
                      row.parked_at.isoformat(timespec="seconds"), str(row.behind))  # fmt: skip
    if rows:
        _print(table)
    else:
        out.print("nothing is parked")


@app.command()
def retry(
    service: Service,
    source: Source,
    subject: Subject,
    operator: Operator,
    database: Url = None,
    data: Data = HERE,
) -> None:
    """Have the first parked event of a source and subject tried again at once."""

    async def do(tx: Transaction) -> None:
        await parking.retry_now(tx, service, (source, subject), operator)

    _work(service, database_of(service, database, data), operator, do)
    out.print("will be tried within a second; look again with `bancheng parked list`")


@app.command()
def skip(
    service: Service,
    source: Source,
    subject: Subject,
    operator: Operator,
    reason: Annotated[str, typer.Option(help="Why its effect may be missing for good.")],
    database: Url = None,
    data: Data = HERE,
) -> None:
    """Pass over the first parked event of a source and subject; its effect will never be. Audited."""
    _require_reason(reason)

    async def do(tx: Transaction) -> None:
        await parking.skip(tx, service, (source, subject), operator, reason.strip())

    _work(service, database_of(service, database, data), operator, do)
    out.print("skipped")


@app.command("skip-subjects")
def skip_subjects(
    service: Service,
    subjects: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A file, one subject a line.")],
    operator: Operator,
    reason: Annotated[str, typer.Option(help="Why their effects may be missing for good.")],
    database: Url = None,
    data: Data = HERE,
) -> None:
    """Pass over everything parked of these subjects: matters that a restored database has lost. Audited."""
    _require_reason(reason)
    wanted = {line.strip() for line in subjects.read_text(encoding="utf-8").splitlines() if line.strip()}

    async def do(tx: Transaction) -> int:
        skipped = 0
        for key in await parking.keys_of(tx, wanted):
            while await parking.waits(tx, key):
                await parking.skip(tx, service, key, operator, reason.strip())
                skipped += 1
        return skipped

    out.print(f"skipped: {_work(service, database_of(service, database, data), operator, do)}")


def _require_reason(given: str) -> None:
    if len(given.strip()) < 5:
        err.print("--reason: say why in at least 5 characters", style="red")
        raise typer.Exit(2)


def _held(rows: Any) -> Table:
    """Matters whose timers fail: each waits alone and is tried again by itself."""
    table = Table("matter whose timers fail", "why", "attempts", "since", "next attempt")
    for row in rows:
        moments = (moment.isoformat(timespec="seconds") for moment in (row.held_since, row.next_attempt_at))
        table.add_row(str(row.matter_id), row.reason, str(row.attempts), *moments)
    return table


def _work(service: str, url: str, operator: str, work: Callable[[Transaction], Awaitable[T]]) -> T:
    async def run() -> T:
        database = Database(url, service, 1)
        try:
            with suppress(asyncpg.SerializationError):  # this host's clock is behind the service's: now it is told
                return await once(database)
            return await once(database)
        finally:
            await database.close()

    async def once(database: Database) -> T:
        async with database.transaction(Actor(operator, "", "SYSTEM")) as tx:
            return await work(tx)

    try:
        return asyncio.run(read_or_refuse(service, run()))
    except DomainError as refusal:
        err.print(refusal.message, style="red")
        raise typer.Exit(1) from None


def _print(table: Table) -> None:
    """As wide as the screen, and into a pipe without folding what others look for."""
    (out if out.is_terminal else Console(width=PIPED)).print(table)
