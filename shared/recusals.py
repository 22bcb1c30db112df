"""回避: who declared an interest in a matter does not open it, in any service (信访工作条例 28).

Intake takes the declaration; the others keep a copy from `matter.recusal_declared`.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column, ColumnElement, MetaData, Table, Text, Uuid, bindparam, exists, select

from shared.contracts.actor import Actor
from shared.contracts.errors import Forbidden
from shared.contracts.intake import MatterRecusalDeclared, MatterRecusalLifted
from shared.store.unit_of_work import Transaction
from shared.store.upsert import upsert

RecusalNews = MatterRecusalDeclared | MatterRecusalLifted
_LIFT = """
DELETE FROM recusal r USING unnest(CAST(:matters AS uuid[]), CAST(:accounts AS text[])) AS n(matter_id, account_id)
WHERE r.matter_id = n.matter_id AND r.account_id = n.account_id"""


def recusal_table(metadata: MetaData) -> Table:
    """The table of declarations, the same wherever a copy is kept."""
    return Table(
        "recusal",
        metadata,
        Column("matter_id", Uuid, primary_key=True),
        Column("account_id", Text, primary_key=True),
        Column("ground", Text, nullable=False),
    )


def is_recused(table: Table, matter_id: ColumnElement[Any], account: str | None = None) -> ColumnElement[bool]:
    """Whether an account declared an interest in a matter; without one as a condition of `:account`."""
    who = bindparam("account", type_=Text) if account is None else account
    return exists(select(table.c.matter_id).where(table.c.matter_id == matter_id, table.c.account_id == who))


def require_not_recused(recused: bool, actor: Actor) -> None:
    """Refuse who declared an interest; it is their own declaration, so it is said."""
    if recused:
        raise Forbidden("recusal.declared", "您已就该事项申报回避,不能查看和办理,请由其他人员办理")


def save_recusals(tx: Transaction, table: Table, events: Iterable[RecusalNews]) -> None:
    """Keep what was declared and is not lifted; what comes last of the same matter and account counts."""
    last = {(event.matter_id, event.account_id): event for event in events}
    declared = [event for event in last.values() if isinstance(event, MatterRecusalDeclared)]
    upsert(tx, table, [_row(event) for event in declared])
    if lifted := [key for key, event in last.items() if isinstance(event, MatterRecusalLifted)]:
        matters, accounts = map(list, zip(*sorted(lifted), strict=True))
        tx.write(_LIFT, {"matters": matters, "accounts": accounts})


def _row(event: MatterRecusalDeclared) -> dict[str, Any]:
    return {"matter_id": event.matter_id, "account_id": event.account_id, "ground": event.ground.value}
