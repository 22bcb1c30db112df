"""`bancheng keys`: change the master key, under which people's data is kept, without losing any of it.

Leaves with 0 when it is done, 1 when something is still under an older key or under none of the file's, 2 when it could
not be begun.
"""

import asyncio
import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from bancheng.databases import HERE, Data, Url, database_of, read_or_refuse, refuse
from shared.bus.topics import CONSUMERS
from shared.store import key_file, rotation
from shared.store.rotation import Tally
from shared.store.secrecy import HOLDS, under_master_key
from shared.store.unit_of_work import Database
from shared.store.vault import Vault

app = typer.Typer(
    no_args_is_help=True,
    help="Change the master key: renew, restart the service, rotate, retire. See docs/operations.md.",
)
out, err = Console(highlight=False, soft_wrap=True), Console(stderr=True, highlight=False, soft_wrap=True)

File = Annotated[Path, typer.Argument(help="The file that BANCHENG_MASTER_KEY_FILE names.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only count what is under which key.")]
LOCAL_FILE = "master.key"


@app.command()
def renew(
    file: File,
    again: Annotated[bool, typer.Option("--again", help="Although an older key is in the file still.")] = False,
) -> None:
    """Put a new master key in front; the old one stays behind it and opens what is under it.

    First step. Keep a copy of FILE before and after. The services go by the new key when they have been started again,
    all processes of a service at once: one with the old file cannot read what one with the new file writes.
    """
    try:
        text = key_file.text_of(file)
        older = len(key_file.parse(text).masters)
        if older > 1 and not again:
            refuse(f"{file} holds {older} master keys: rotate and retire first, or give --again")
        key_file.put(file, key_file.renewed(text))
    except ValueError as error:
        refuse(str(error))
    except OSError as error:
        refuse(f"{file} cannot be written: {error.strerror}")
    out.print(f"{file}: a new master key is in front, {older} older {'one' if older == 1 else 'ones'} behind it")
    out.print("next: keep a copy of the file, start the services that read it again, `bancheng keys rotate SERVICE`")


@app.command()
def rotate(
    service: Annotated[str, typer.Argument(help="The service whose database is gone through.")],
    file: Annotated[
        Path | None,
        typer.Option("--key-file", envvar="BANCHENG_MASTER_KEY_FILE", help="The service's key file."),
    ] = None,
    dry_run: DryRun = False,
    database: Url = None,
    data: Data = HERE,
) -> None:
    """Bring everything in a service's database under the first master key of its file.

    Second step, after the service was started again with the renewed file; it may be at work meanwhile. Commits as it
    goes: broken off, it goes on where it was when it is run again.
    """
    url = _database(service, database, data)
    if file is None and database is None:
        file = data / LOCAL_FILE
    vault = _vault(file)
    if dry_run:
        tallies = _through(service, url, vault, "counting", write=False)
        _show(service, tallies)
        out.print("nothing was changed (--dry-run)")
        return
    moved = sum(tally.moved for tally in _through(service, url, vault, "rotating", write=True))
    left = _through(service, url, vault, "looking again", write=False)
    _show(service, left)
    out.print(f"{service}: {moved} brought under the key in use")
    if not _is_clean(service, left):
        raise typer.Exit(1)


@app.command()
def retire(
    file: File,
    services: Annotated[list[str], typer.Argument(help="Every service that reads this file.", metavar="SERVICE...")],
    dry_run: DryRun = False,
    databases: Annotated[
        list[str] | None,
        typer.Option("--database", envvar="BANCHENG_DATABASE_URL", help="Of each service, in their order."),
    ] = None,
    data: Data = HERE,
) -> None:
    """Take the older master keys out of FILE, after looking in every database that nothing is under them.

    Last step. What a service that was not named keeps under an older key is lost with it, and so is a backup of the
    database that was made before `rotate`: keep the copy of the old file as long as such a backup.
    """
    given: Sequence[str | None] = databases or [None] * len(services)
    if len(given) != len(services):
        refuse(f"{len(services)} services want as many --database, in their order; {len(given)} were given")
    unnamed = sorted(set(CONSUMERS) - set(services))
    if not databases and unnamed and file.resolve() == (data / LOCAL_FILE).resolve():
        refuse(f"every service of the local system reads this file: name {', '.join(unnamed)} too")
    vault, text = _vault(file), key_file.text_of(file)
    if len(key_file.parse(text).masters) == 1:
        out.print(f"{file}: there is no older master key in it")
        return
    nothing_left = True
    for service, database in zip(services, given, strict=True):
        tallies = _through(service, _database(service, database, data), vault, f"looking into {service}", write=False)
        _show(service, tallies)
        nothing_left = _is_clean(service, tallies) and nothing_left
    if not nothing_left:
        err.print(f"{file} stays as it is", style="red", markup=False)
        raise typer.Exit(1)
    if dry_run:
        out.print("nothing was changed (--dry-run)")
        return
    if key_file.text_of(file) != text:
        refuse(f"{file} was changed meanwhile: look at it and run this again")
    try:
        key_file.put(file, key_file.retired(text))
    except OSError as error:
        refuse(f"{file} cannot be written: {error.strerror}")
    out.print(f"{file}: the older master keys are gone from it")


def _database(service: str, given: str | None, data: Path) -> str:
    if service not in CONSUMERS:
        refuse(f"no service {service!r}; there are {', '.join(CONSUMERS)}")
    return database_of(service, given, data)


def _vault(file: Path | None) -> Vault:
    try:
        return Vault.from_file(file)
    except ValueError as error:
        refuse(str(error))


def _through(service: str, url: str, vault: Vault, doing: str, write: bool) -> list[Tally]:
    return asyncio.run(read_or_refuse(service, _gone_through(service, url, vault, doing, write)))


async def _gone_through(service: str, url: str, vault: Vault, doing: str, write: bool) -> list[Tally]:
    columns = under_master_key(importlib.import_module(f"services.{service}.main").METADATA)
    each = rotation.move if write else rotation.look
    database = Database(url, service, 1)
    shown = (TextColumn(doing), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    try:
        with Progress(*shown, console=err, transient=True, disable=not err.is_terminal) as bar:
            task = bar.add_task(doing, total=await rotation.sizes(database, columns))
            return [
                await each(database, vault, column, lambda count: bar.advance(task, count)) for column in columns
            ]  # fmt: skip
    finally:
        await database.close()


def _show(service: str, tallies: Sequence[Tally]) -> None:
    table = Table(f"{service} keeps", "in", "under the key in use", "under older ones", "under none of the file's")
    for tally in tallies:
        column = tally.column
        counts = (tally.by_age[0], tally.older, tally.unknown)
        table.add_row(f"{column.info[HOLDS]}", f"{column.table.name}.{column.name}", *map(str, counts))
    out.print(table)


def _is_clean(service: str, tallies: Sequence[Tally]) -> bool:
    older, unknown = sum(tally.older for tally in tallies), sum(tally.unknown for tally in tallies)
    if older:
        err.print(f"{service}: {older} are under an older master key: has every process of it been started again "
                  "since the key was renewed? Then run `bancheng keys rotate` (again)", style="red")  # fmt: skip
    if unknown:
        err.print(f"{service}: {unknown} open with no master key of this file: is it this service's?", style="red")
    return not older and not unknown
