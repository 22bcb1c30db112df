"""Erasing the words of a matter: its key is replaced, and under the new one every text says that it is gone.

What is typed (codes, dates, numbers, ids) stays, so that every page and list still shows what happened.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import Table, select

from services.referral.store import comparisons, files, meetings, notices, orders, statements
from services.referral.store.tables import COMPARISON, FILE, MATTER, MEETING, NOTICE, ORDER, STATEMENT, STATEMENT_DRAFT
from services.referral.store.words import Words
from shared.store.statements import among
from shared.store.unit_of_work import Transaction
from shared.store.vault import ERASED, Vault


class Written(NamedTuple):
    """A table with words: its key column, the type of what they hold, and how it names its matter."""

    table: Table
    key: str
    kind: TypeAdapter[Any]
    by_order: bool


WRITTEN = (
    Written(ORDER, "order_id", orders.WORDS, by_order=False),
    Written(COMPARISON, "comparison_id", comparisons.WORDS, by_order=False),
    Written(MEETING, "meeting_id", meetings.WORDS, by_order=False),
    Written(NOTICE, "notice_id", notices.WORDS, by_order=True),
    Written(STATEMENT, "statement_id", statements.WORDS, by_order=True),
    Written(STATEMENT_DRAFT, "order_id", statements.DRAFT_WORDS, by_order=True),
    Written(FILE, "file_id", files.WORDS, by_order=False),
)


_STAYS = re.compile(r"_ids?$|rule$|sha256$|^(done_|resumed_)?by$")  # accounts are codes; whom a unit names is not


async def erase(tx: Transaction, vault: Vault, matter_ids: Collection[UUID]) -> None:
    """Destroy the words of these matters, which are locked, and the keys they were sealed under."""
    if not matter_ids:
        return
    query = select(MATTER.c.matter_id, MATTER.c.data_key).where(among(MATTER.c.matter_id, matter_ids))
    old = {row.matter_id: Words(vault, row.data_key) for row in await tx.all(query)}
    new = {matter_id: Words(vault, vault.new_key()) for matter_id in old}
    for written in WRITTEN:
        await _rewrite(tx, written, old, new)
    await files.mark_erased(tx, matter_ids)
    await _put(tx, "matter", "matter_id", "data_key", [(matter_id, words.key) for matter_id, words in new.items()])


def gone(value: Any) -> Any:
    """The value with every text in it replaced, however deep; codes, ids and hashes stay."""
    if type(value) is str:  # not a code: those are str as well
        return ERASED
    if is_dataclass(value) and not isinstance(value, type):
        named = {field.name: getattr(value, field.name) for field in fields(value)}
        return replace(value, **{name: each if _STAYS.search(name) else gone(each) for name, each in named.items()})
    if isinstance(value, tuple):
        return tuple(map(gone, value))
    return value


async def _rewrite(tx: Transaction, written: Written, old: dict[UUID, Words], new: dict[UUID, Words]) -> None:
    table = written.table
    matter = ORDER.c.matter_id if written.by_order else table.c.matter_id
    query = select(table.c[written.key].label("id"), table.c.words, matter.label("matter_id"))
    if written.by_order:
        query = query.join(ORDER, ORDER.c.order_id == table.c.order_id)
    rows = await tx.all(query.where(among(matter, list(old))))
    rewritten = []
    for row in rows:
        value = gone(old[row.matter_id].open(written.kind, row.id, row.words))
        rewritten.append((row.id, new[row.matter_id].seal(written.kind, row.id, value)))
    await _put(tx, table.name, written.key, "words", rewritten)


async def _put(tx: Transaction, table: str, key: str, column: str, rows: Sequence[tuple[UUID, bytes]]) -> None:
    if not rows:
        return
    statement = f"""
        UPDATE "{table}" t SET {column} = n.value
        FROM unnest(CAST(:ids AS uuid[]), CAST(:sealed AS bytea[])) AS n(id, value) WHERE t.{key} = n.id"""
    await tx.run(statement, {"ids": [each for each, _ in rows], "sealed": [sealed for _, sealed in rows]})
