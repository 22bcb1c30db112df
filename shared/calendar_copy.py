"""Copies of the working-day calendar: deadlines owns it, others count by what `calendar.year_loaded` tells them."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column, Integer, MetaData, Table, select
from sqlalchemy.dialects.postgresql import JSONB

from shared.store.unit_of_work import Transaction
from shared.store.upsert import upsert
from shared.workdays import Calendar, builtin_calendar, parse_year


def calendar_table(metadata: MetaData) -> Table:
    """The table of years, the same wherever a copy is kept."""
    return Table(
        "calendar_year",
        metadata,
        Column("year", Integer, primary_key=True, autoincrement=False),
        Column("content", JSONB, nullable=False),
    )


async def calendar(tx: Transaction, table: Table) -> Calendar:
    """The built-in calendar with every year that deadlines has loaded since."""
    loaded = builtin_calendar()
    for row in await tx.all(select(table.c.content)):
        loaded = loaded.with_year(parse_year(row.content))
    return loaded


def save_years(tx: Transaction, table: Table, years: Mapping[int, dict[str, Any]]) -> None:
    """Keep the latest of each year."""
    upsert(tx, table, [{"year": year, "content": content} for year, content in sorted(years.items())])
