"""Who is on duty: the fortnightly periods of each window. Intake owns them; others keep a copy from `duty.*`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Column, ColumnElement, Date, Index, Label, MetaData, Table, Text, and_, bindparam
from sqlalchemy.dialects.postgresql import ARRAY

from shared.contracts.actor import Actor
from shared.contracts.errors import Forbidden
from shared.contracts.intake import DutyPeriodPublished
from shared.store.statements import Row
from shared.store.unit_of_work import Transaction
from shared.store.upsert import upsert


@dataclass(frozen=True, slots=True)
class DutyPeriod:
    """值班周期: one window, fourteen days, one duty leader (带班领导) and fixed staff (值班人员)."""

    period_id: str
    window_id: str
    org_code: str
    start_date: date
    end_date: date
    leader_id: str
    staff_ids: tuple[str, ...]

    def covers(self, day: date) -> bool:
        """Whether the day lies in this period, both ends included."""
        return self.start_date <= day <= self.end_date


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
        Index("ix_duty_period_window", "window_id", "start_date"),
    )


def period_of(event: DutyPeriodPublished) -> DutyPeriod:
    """The period that an event tells of."""
    return DutyPeriod(
        event.period_id, event.window_id, event.org_code, event.start_date, event.end_date, event.leader_id,
        tuple(event.staff_ids),
    )  # fmt: skip


async def save_periods(tx: Transaction, table: Table, periods: Iterable[DutyPeriod]) -> None:
    """Insert or replace periods."""
    upsert(tx, table, [_row(period) for period in {period.period_id: period for period in periods}.values()])


def duty_beside(table: Table, window: ColumnElement[str]) -> tuple[list[Label[Any]], ColumnElement[bool]]:
    """Columns and condition of an outer join that brings the period of a window on `:day`; `period_beside` reads it."""
    columns = [column.label(f"on_duty_{column.name}") for column in table.columns]
    day = bindparam("day", type_=Date)
    return columns, and_(table.c.window_id == window, table.c.start_date <= day, table.c.end_date >= day)


def period_beside(row: Row) -> DutyPeriod | None:
    """The period that `duty_beside` brought, if there is one."""
    if row.on_duty_period_id is None:
        return None
    return DutyPeriod(
        row.on_duty_period_id, row.on_duty_window_id, row.on_duty_org_code, row.on_duty_start_date,
        row.on_duty_end_date, row.on_duty_leader_id, tuple(row.on_duty_staff_ids),
    )  # fmt: skip


async def period_on(tx: Transaction, table: Table, window_id: str | None, day: date) -> DutyPeriod | None:
    """The period of a window that covers a day."""
    row = await tx.one(
        table.select()
        .where(table.c.window_id == window_id, table.c.start_date <= day, table.c.end_date >= day)
        .order_by(table.c.start_date.desc())
    )
    return None if row is None else DutyPeriod(**{**row, "staff_ids": tuple(row.staff_ids)})


def require_leader(period: DutyPeriod | None, actor: Actor, doing: str) -> DutyPeriod:
    """Only the duty leader of the period may do this."""
    known = _known(period)
    if actor.id != known.leader_id:
        raise Forbidden("duty.not_leader", f"只有本窗口当前值班周期的带班领导可以{doing}")
    return known


def require_staff(period: DutyPeriod | None, actor: Actor, doing: str) -> DutyPeriod:
    """Only staff rostered in the period, its leader included, may do this."""
    known = _known(period)
    if actor.id != known.leader_id and actor.id not in known.staff_ids:
        raise Forbidden("duty.not_on_duty", f"只有本窗口当前值班周期的值班人员可以{doing}")
    return known


def _known(period: DutyPeriod | None) -> DutyPeriod:
    if period is None:
        raise Forbidden("duty.unknown", "查不到本窗口今天的值班安排,请联系党风政风监督室发布排班")
    return period


def _row(period: DutyPeriod) -> dict[str, Any]:
    return {name: getattr(period, name) for name in DutyPeriod.__slots__} | {"staff_ids": list(period.staff_ids)}
