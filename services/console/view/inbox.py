"""收件箱 and 送达: the papers of supervision sent to somebody, and to whom those about a matter went."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from uuid import UUID

from services.console import words
from services.console.domain import supervision
from shared.contracts.codes import Role, label
from shared.store.statements import Row
from shared.web import Answer

Names = Mapping[str, str]
OFFICE = "联系监督检查室"


class Letter(Answer):
    """A paper sent to the reader; without a matter where it is not in sight any more."""

    deadline_id: UUID
    level: str
    paper: str
    is_open: bool
    withdrawn: bool
    copy_only: bool
    reached_at: datetime
    sent_at: datetime
    due_at: datetime
    stopped_at: datetime | None
    name: str
    unit_name: str
    matter_id: UUID
    register_no: str | None
    in_sight: bool
    order_id: UUID | None
    order_no: str | None
    prints: bool


class Recipient(Answer):
    """One addressee by function; the account only for people of windows and above."""

    function: str
    account_id: str | None
    copy_only: bool


class Sent(Answer):
    """送达: when the paper of a step went out, and to whom."""

    deadline_id: UUID
    level: str
    reached_at: datetime
    sent_at: datetime
    order_id: UUID | None
    recipients: list[Recipient]


def letters_of(rows: Sequence[Row], units: Names, is_open: bool) -> list[Letter]:
    """The lines of an inbox."""
    return [_letter(row, units, is_open) for row in rows]


def sent_of(rows: Sequence[Row], shows_accounts: bool) -> list[Sent]:
    """The record of each paper, from one row for each addressee in their order."""
    found = []
    for (deadline_id, level, reached_at, sent_at), group in groupby(rows, key=_paper):
        to = list(group)
        recipients = list(dict.fromkeys(_recipient(row, shows_accounts) for row in to))
        found.append(
            Sent(deadline_id=deadline_id, level=level, reached_at=reached_at, sent_at=sent_at,
                 order_id=to[0].order_id, recipients=recipients)
        )  # fmt: skip
    return found


_COPIED = (
    "deadline_id", "level", "withdrawn", "copy_only", "reached_at", "sent_at", "due_at", "stopped_at", "matter_id",
    "register_no", "order_id", "order_no",
)  # fmt: skip


def _letter(row: Row, units: Names, is_open: bool) -> Letter:
    paper, in_sight = supervision.paper(row.level), row.of_window is not None
    return Letter(
        **{name: row[name] for name in _COPIED},
        paper=paper or "督办消息",
        is_open=is_open,
        name=words.rule(row.rule) if in_sight else "",
        unit_name=units.get(row.unit_id, row.unit_id or "") if in_sight else "",
        in_sight=in_sight,
        prints=row.order_no is not None and not row.withdrawn and paper is not None,
    )


def _paper(row: Row) -> tuple[UUID, str, datetime, datetime]:
    return row.deadline_id, row.level, row.reached_at, row.sent_at


def _recipient(row: Row, shows_accounts: bool) -> Recipient:
    known = row.role in Role._value2member_map_
    function = OFFICE if row.role is None else label(Role(row.role)) if known else row.role
    return Recipient(
        function=function, account_id=row.account_id if shows_accounts else None, copy_only=row.copy_only
    )  # fmt: skip
