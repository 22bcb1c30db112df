"""`bancheng audit`: check the log of everything that happened, and look at an entry of it."""

import asyncio
from collections.abc import Coroutine
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from bancheng.databases import HERE, Data, Url, database_of, read_or_refuse
from services.audit import store
from services.audit.domain import headers_from_json, inclusion_spans, span_hash, subtrees_of, verify_inclusion
from services.audit.verify import Finding, Verdict, verify
from shared.store.unit_of_work import Database, Transaction

app = typer.Typer(no_args_is_help=True, help="The append-only log of every event (audit's database).")
out, err = Console(highlight=False, soft_wrap=True), Console(stderr=True, highlight=False, soft_wrap=True)
T = TypeVar("T")


@app.command("verify")
def verify_log(database: Url = None, data: Data = HERE) -> None:
    """Recompute the whole log from its rows; name the first entry that does not fit and leave with status 1."""
    url = database_of("audit", database, data)
    columns = (TextColumn("checking"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task("checking", total=None)
        verdict = _run(verify(url, lambda done, size: bar.update(task, completed=done, total=size)))
    if verdict.finding:
        out.print(f"does not fit: {verdict.finding}", style="red", markup=False)
        out.print(f"sound before it: {verdict.size} entries, root {verdict.root}")
        raise typer.Exit(1)
    out.print(f"sound: {verdict.size} entries, root {verdict.root}")


@app.command()
def show(
    index: Annotated[int | None, typer.Argument(min=0, help="Place in the log, from 0.")] = None,
    database: Url = None,
    data: Data = HERE,
) -> None:
    """Show the head of the log, or one entry with its headers, its body and its proof."""
    _run(_show(database_of("audit", database, data), index))


async def _show(url: str, index: int | None) -> None:
    database = Database(url, "audit", 1)
    try:
        async with database.reading() as tx:
            await (_show_head(tx) if index is None else _show_entry(tx, index))
    finally:
        await database.close()


async def _show_head(tx: Transaction) -> None:
    head, checkpoint = await store.read_head(tx), await store.latest_checkpoint(tx)
    out.print(f"entries     {head.size}\nroot        {head.root().hex()}")
    if checkpoint:
        at = checkpoint.at.isoformat(timespec="seconds")
        out.print(f"checkpoint  {checkpoint.size} entries at {at}, root {checkpoint.root.hex()}")


async def _show_entry(tx: Transaction, index: int) -> None:
    head, row = await store.read_head(tx), await store.entry(tx, index)
    if row is None or index >= head.size:
        err.print(f"there is no entry {index}; the log has {head.size}", style="red")
        raise typer.Exit(1)
    spans = inclusion_spans(index, head.size)
    nodes = await store.nodes(tx, [place for span in spans for place in subtrees_of(span)])
    path = [span_hash(span, nodes) for span in spans]
    proven = verify_inclusion(row.leaf_hash, index, head.size, path, head.root())
    table = Table("header", "value", title=f"entry {index} of {head.size}", title_justify="left")
    for name, value in headers_from_json(row.headers):
        table.add_row(name, value.decode(errors="replace"))
    out.print(table)
    out.print(row.value.decode(errors="replace"), markup=False)
    out.print(
        f"leaf hash  {row.leaf_hash.hex()}\nin the log: {'proven' if proven else 'NOT PROVEN'} by {len(path)} hashes:"
    )
    for node in path:
        out.print(f"  {node.hex()}")
    if not proven:
        raise typer.Exit(1)


def _run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(read_or_refuse("audit", work))


__all__ = ["Finding", "Verdict", "app", "verify"]
