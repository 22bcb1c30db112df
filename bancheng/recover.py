"""`bancheng recover`: a service's database was set back to a backup; bring it in line with what it has published since.

What is listed was read by others already, but its state is gone here: people enter again what people did; what the
service made by rule comes back by itself (docs/operations.md).
"""

import asyncio
import csv
import importlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import asyncpg
import typer
from aiokafka.errors import KafkaError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from bancheng.databases import HERE, Data, Operator, Url, no_broker, quiet_broker, refuse, settings_for
from shared.bus import recovery
from shared.bus.recovery import Lost, Outcome
from shared.contracts import REGISTRY
from shared.contracts.actor import Actor
from shared.contracts.operations import HistoryRecovered
from shared.settings import Settings
from shared.store.unit_of_work import Database, Transaction

SHOWN = 40
COLUMNS = ("topic", "subject", "sequence", "type", "ce_id", "time", "actor", "comes_back")
out, err = Console(highlight=False, soft_wrap=True), Console(stderr=True, highlight=False, soft_wrap=True)


def recover(
    service: Annotated[str, typer.Argument(help="The service whose database was restored.")],
    operator: Operator,
    dry_run: Annotated[bool, typer.Option(help="Only compare and list.")] = False,
    output: Annotated[
        Path | None, typer.Option(help="Write the whole list here, as JSON (.json) or else CSV.", dir_okay=False)
    ] = None,
    database: Url = None,
    data: Data = HERE,
) -> None:
    """Take back into a restored database what its topic has: list every event whose state is gone, lift the counters.

    The service then goes on by itself. Needs the broker (BANCHENG_KAFKA, BANCHENG_TOPIC_PREFIX, BANCHENG_REGION).
    """
    settings = settings_for(service, database, data)
    if output:
        _write(output, [])  # now, not after everything is done, is the time to see that it cannot be written
    quiet_broker()
    try:
        found = asyncio.run(_recover(settings, service, operator, dry_run))
    except (KafkaError, TimeoutError) as error:
        refuse(no_broker(settings, error))
    except asyncpg.LockNotAvailableError:
        refuse(f"{service} is at work, its relay publishes: stop its processes and run this again")
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        refuse(f"{service}'s database cannot be read: {error}")
    lines = [_line(event) for event in sorted(found.lost, key=lambda event: event.comes_back)]  # by hand first
    if output:
        _write(output, lines)
    _show(service, found, lines, dry_run, output)


async def _recover(settings: Settings, service: str, operator: str, dry_run: bool) -> Outcome:
    database = Database(settings.postgres_url, service, 1)
    columns = (TextColumn("comparing"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    try:
        with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
            task = bar.add_task("comparing", total=None)
            async with database.transaction(Actor(operator, "", "SYSTEM")) as tx:
                found = await recovery.compare(
                    tx, settings, service, lambda done, total: bar.update(task, completed=done, total=total)
                )
                if not dry_run:
                    found = await _write_back(tx, service, operator, found)
    finally:
        await database.close()
    return found


async def _write_back(tx: Transaction, service: str, operator: str, found: Outcome) -> Outcome:
    if await recovery.anything_kept(tx):
        await recovery.keep_out_others(tx)
        found = await recovery.take_back(tx, found)
        await _tell_the_service(tx, service)
        tx.publish(
            HistoryRecovered(
                service=service,
                events_lost=len(found.lost),
                subjects_touched=len({event.subject for event in found.lost}),
                events_renumbered=found.renumbered,
                operator=operator,
                done_at=tx.now,
            )
        )
    await recovery.same_again(tx)
    return found


async def _tell_the_service(tx: Transaction, service: str) -> None:
    """What a service itself has to do about lost events, e.g. never to give their numbers again."""
    wanted = getattr(importlib.import_module(f"services.{service}.main"), "AFTER_RECOVERY", {})
    for kind, do in wanted.items():
        bodies = await recovery.bodies(tx, [kind.CE_TYPE])
        if bodies:
            await do(tx, [REGISTRY[name].model_validate_json(body) for name, body in bodies])


def _line(event: Lost) -> dict[str, Any]:
    kept = asdict(event) | {"ce_id": str(event.id), "comes_back": event.comes_back}
    return {name: kept[name] for name in COLUMNS}


def _write(path: Path, lines: Sequence[dict[str, Any]]) -> None:
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            if path.suffix == ".json":
                json.dump(lines, file, ensure_ascii=False, indent=1)
            else:
                writer = csv.DictWriter(file, COLUMNS)
                writer.writeheader()
                writer.writerows(lines)
    except OSError as error:
        refuse(f"{path} cannot be written: {error.strerror}")


def _show(service: str, found: Outcome, lines: Sequence[dict[str, Any]], dry_run: bool, output: Path | None) -> None:
    if lines:
        table = Table(*COLUMNS)
        for line in lines[:SHOWN]:
            table.add_row(*(str(line[name]) for name in COLUMNS[:-1]), "yes" if line["comes_back"] else "BY HAND")
        out.print(table)
        if len(lines) > SHOWN:
            out.print(f"… and {len(lines) - SHOWN} more" + ("" if output else "; --output FILE writes them all"))
    by_hand = sum(not line["comes_back"] for line in lines)
    subjects = len({line["subject"] for line in lines})
    out.print(
        f"{service}: {found.compared} events on the topic, {len(lines)} of them without state here ({subjects}"
        f" subjects): {by_hand} to be entered again by hand, {len(lines) - by_hand} come back by themselves"
    )
    for fork in found.forks:
        out.print(f"split: number {fork.sequence} of {fork.subject} was given twice; {fork.id} came second")
    if dry_run:
        out.print("nothing was changed (--dry-run)")
    elif lines or found.renumbered:
        out.print(f"taken back; {found.renumbered} events not yet sent were numbered anew. {service} goes on by itself")
    else:
        out.print("nothing to take back")


__all__ = ["recover"]
