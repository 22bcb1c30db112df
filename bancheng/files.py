"""`bancheng files`: the file store held against the rows that name its files."""

import asyncio
import importlib
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Annotated, NamedTuple
from uuid import UUID

import typer
from rich.console import Console

from bancheng.databases import HERE, Data, Url, read_or_refuse, refuse, settings_for
from shared.files import Files, FilesAway
from shared.settings import Settings
from shared.store.unit_of_work import Database, Transaction

YOUNG = timedelta(days=1)  # an upload may still be on its way to its row
app = typer.Typer(no_args_is_help=True, help="The files that people handed in (BANCHENG_FILES_URL).")
out = Console(highlight=False, soft_wrap=True)


class Keeper(StrEnum):
    """The services that keep files."""

    INTAKE = "intake"
    REFERRAL = "referral"


QUERIES = {Keeper.INTAKE: "services.intake.store.materials", Keeper.REFERRAL: "services.referral.store.files"}


class Found(NamedTuple):
    """What is in the store: files that a row wants, and those that none does."""

    wanted: int
    left: list[str]


@app.callback()
def files() -> None:
    """Keeps `sweep` a command of its own."""


@app.command()
def sweep(
    service: Annotated[Keeper, typer.Argument(help="Whose files.")],
    dry_run: Annotated[bool, typer.Option(help="Only name what would be removed.")] = False,
    database: Url = None,
    data: Data = HERE,
) -> None:
    """Remove files that no row wants: uploads that broke off a day ago or more, leftovers of erasures."""
    settings = settings_for(service, database, data)
    store = Files(settings.files_url)
    try:
        found = asyncio.run(read_or_refuse(service, _found(service, settings, store)))
        if found.left and not found.wanted:
            refuse(f"this database knows none of {len(found.left)} files at {settings.files_url}: is it the right one?")
        for place in found.left:
            out.print(place)
        if not dry_run:
            asyncio.run(store.remove(*found.left))
    except FilesAway:
        refuse(f"the file store does not answer at {settings.files_url}")
    said = "would be removed" if dry_run else "removed"
    out.print(f"{service}: {found.wanted} files are wanted, {len(found.left)} {said}")


async def _found(service: Keeper, settings: Settings, store: Files) -> Found:
    living = _living(service)
    database, before = Database(settings.postgres_url, service.value, 1), datetime.now(UTC) - YOUNG
    wanted, left = 0, []
    try:
        async for kept in store.below(service):
            ids = {each.place: found for each in kept if (found := _id(each.place))}
            async with database.reading() as tx:
                here = await living(tx, ids.values())
            wanted += len(here)
            old = {each.place for each in kept if each.since < before}
            left += [place for place, found in ids.items() if place in old and found not in here]
    finally:
        await database.close()
    return Found(wanted, sorted(left))


def _living(service: Keeper) -> Callable[[Transaction, Collection[UUID]], Awaitable[set[UUID]]]:
    """The query of a service for those of some files that a row wants; no other command needs to know its tables."""
    living: Callable[[Transaction, Collection[UUID]], Awaitable[set[UUID]]]
    living = importlib.import_module(QUERIES[service]).living
    return living


def _id(place: str) -> UUID | None:
    """The id that a file is called by; what is called otherwise is none of ours."""
    with suppress(ValueError):
        return UUID(PurePosixPath(place).name)
    return None
