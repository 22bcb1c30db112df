"""Copies of the duty roster: intake owns it, others take it in from `duty.*`, and no command asks for it separately."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Column, ColumnElement, Date, Index, Label, MetaData, Table, Text, and_, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from shared.contracts import Event
from shared.contracts.duty import (
    DutyPeriod,
    OnDuty,
    Substitution,
    require_leader,
    require_leader_or_own,
    require_staff,
    require_staff_or_own,
)
from shared.contracts.intake import DutyPeriodPublished, DutySubstituted
from shared.store.statements import Row
from shared.store.unit_of_work import Transaction
from shared.store.upsert import upsert

# By their ids, so that what comes twice is kept once.
_SUBSTITUTE = """
UPDATE duty_period SET substitutions = substitutions || CAST(:substitutions AS jsonb) WHERE period_id = :period"""


@dataclass
class RosterNews:
    """What a batch of events says about the roster: periods, and who stands in for whom."""

    periods: dict[str, DutyPeriod] = field(default_factory=dict)
    substitutions: dict[str, list[Substitution]] = field(default_factory=dict)

    def take(self, event: Event) -> None:
        """Take in one event of the roster."""
        if isinstance(event, DutyPeriodPublished):
            self.periods[event.period_id] = period_of(event)
        elif isinstance(event, DutySubstituted):
            self.substitutions.setdefault(event.period_id, []).append(substitution_of(event))

    async def save(self, tx: Transaction, table: Table) -> None:
        """Write it into the copy."""
        await save_periods(tx, table, self.periods.values())
        for period_id, given in sorted(self.substitutions.items()):
            await save_substitutions(tx, period_id, given)


def duty_table(metadata: MetaData) -> Table:
    """The table of periods, the same wherever a copy is kept."""
    return Table(
        "duty_period",
        metadata,
        Column("period_id", Text, primary_key=True),
        Column("window_id", Text, nullable=False),
        Column("org_code", Text, nullable=False),
        Column("start_date", Date, nullable=False),
        Column("end_date", Date, nullable=False),
        Column("leader_id", Text, nullable=False),
        Column("staff_ids", ARRAY(Text), nullable=False),
        Column("substitutions", JSONB, nullable=False, server_default=text("'{}'")),
        Index("ix_duty_period_window", "window_id", "start_date"),
    )


def period_of(event: DutyPeriodPublished) -> DutyPeriod:
    """The period that an event tells of."""
    return DutyPeriod(
        event.period_id, event.window_id, event.org_code, event.start_date, event.end_date, event.leader_id,
        tuple(event.staff_ids),
    )  # fmt: skip


def substitution_of(event: DutySubstituted) -> Substitution:
    """The substitution that an event tells of."""
    return Substitution(
        str(event.substitution_id), event.replaced_id, event.substitute_id, event.from_day, event.to_day
    )


async def save_periods(tx: Transaction, table: Table, periods: Iterable[DutyPeriod]) -> None:
    """Insert or replace periods as published; substitutions stay as they are."""
    upsert(tx, table, [_row(period) for period in {period.period_id: period for period in periods}.values()])


async def save_substitutions(tx: Transaction, period_id: str, given: Iterable[Substitution]) -> None:
    """Add approved substitutions to a period."""
    added = orjson.dumps({each.substitution_id: each.to_json() for each in given}).decode()
    await tx.run(_SUBSTITUTE, {"substitutions": added, "period": period_id})


def duty_beside(table: Table, window: ColumnElement[str]) -> tuple[list[Label[Any]], ColumnElement[bool]]:
    """Columns and condition of an outer join that brings the period of a window on `:day`; `duty_of_row` reads it."""
    columns = [column.label(f"on_duty_{column.name}") for column in table.columns]
    day = bindparam("day", type_=Date)
    return columns, and_(table.c.window_id == window, table.c.start_date <= day, table.c.end_date >= day)


def duty_of_row(row: Row, day: date) -> OnDuty | None:
    """Who is on duty by the period that `duty_beside` brought, if there is one; `day` is the one it was asked for."""
    if row.on_duty_period_id is None:
        return None
    return OnDuty(period_of_row(row, "on_duty_"), day)


def period_of_row(row: Row, prefix: str = "") -> DutyPeriod:
    """A period as its row has it."""
    named = {name: row[prefix + name] for name in _PLAIN}
    kept = sorted(row[f"{prefix}substitutions"].items())
    substitutions = tuple(Substitution.from_json(*each) for each in kept)
    return DutyPeriod(**named, staff_ids=tuple(row[f"{prefix}staff_ids"]), substitutions=substitutions)


async def duty_on(tx: Transaction, table: Table, window_id: str | None, day: date) -> OnDuty | None:
    """Who is on duty at a window on a day."""
    row = await tx.one(
        table.select()
        .where(table.c.window_id == window_id, table.c.start_date <= day, table.c.end_date >= day)
        .order_by(table.c.start_date.desc())
    )
    return None if row is None else OnDuty(period_of_row(row), day)


_PLAIN = ("period_id", "window_id", "org_code", "start_date", "end_date", "leader_id")


def _row(period: DutyPeriod) -> dict[str, Any]:
    return {name: getattr(period, name) for name in _PLAIN} | {"staff_ids": list(period.staff_ids)}


__all__ = [
    "DutyPeriod",
    "OnDuty",
    "RosterNews",
    "Substitution",
    "duty_beside",
    "duty_of_row",
    "duty_on",
    "duty_table",
    "period_of",
    "period_of_row",
    "require_leader",
    "require_leader_or_own",
    "require_staff",
    "require_staff_or_own",
    "save_periods",
    "save_substitutions",
    "substitution_of",
]
