"""接收 (T01) of many: what other channels sent, row by row accepted, known already, or refused with a reason."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from services.intake import access
from services.intake.domain import commands, form
from services.intake.domain.form import Content, Received
from services.intake.domain.identity import Identity
from services.intake.domain.matter import Moved
from services.intake.domain.roster import Window
from services.intake.handlers import searching
from services.intake.sealing import Pen
from services.intake.store import desk, matters, sources
from services.intake.store.matters import NewMatter, Sealed
from services.intake.store.tables import DUTY
from shared.contracts.codes import Role
from shared.contracts.errors import Forbidden, Refused
from shared.ids import new_id
from shared.rights import oversees
from shared.roster import duty_on
from shared.store.unit_of_work import Transaction
from shared.store.vault import Vault


class Answered(NamedTuple):
    """What became of one row."""

    status: str
    matter_id: UUID | None = None
    code: str | None = None
    detail: str | None = None


DUPLICATE = Answered("DUPLICATE", None, "received.duplicate", "该渠道的这个来源单号已经接收过")


async def receive(
    tx: Transaction, rows: Sequence[Received | Refused], window_id: str | None, vault: Vault
) -> list[Answered]:
    """Take the good rows in, in one transaction; `rows` may hold refusals of the form already."""
    access.receiving(tx.actor)
    window = await _window(tx, window_id)
    answers: dict[int, Answered] = {}
    wanted = _wanted(tx, rows, window, answers)
    named = await sources.named(tx, [(given.channel, given.source_ref) for given, _ in wanted.values()])
    wanted = {place: row for place, row in wanted.items() if (row[0].channel, row[0].source_ref) not in named}
    new = [_sealed(given, outcome, vault) for given, outcome in wanted.values()]
    added = await matters.add_new(tx, new) if new else set()
    taken = {place: row for place, row in wanted.items() if row[1][0].id in added}
    for place, (_, (matter, events)) in taken.items():
        answers[place] = Answered("ACCEPTED", matter.id)
        tx.publish(*events)
    searching.enter(tx, [(matter, Content(given.title, given.facts)) for given, (matter, _) in taken.values()], vault)
    return [answers.get(place, DUPLICATE) for place in range(len(rows))]


def _wanted(
    tx: Transaction, rows: Sequence[Received | Refused], window: Window, answers: dict[int, Answered]
) -> dict[int, tuple[Received, Moved]]:
    """What each row would become, by its place and each source reference once; refusals go into `answers`."""
    wanted: dict[int, tuple[Received, Moved]] = {}
    seen: set[tuple[str, str]] = set()
    for place, row in enumerate(rows):
        try:
            if isinstance(row, Refused):
                raise row
            given = form.checked_received(row, tx.now)
        except Refused as error:
            answers[place] = Answered("REFUSED", None, error.code, error.message)
            continue
        if (given.channel, given.source_ref) not in seen:
            seen.add((given.channel, given.source_ref))
            wanted[place] = given, commands.receive(new_id(), given, window.org_code, window.window_id, tx.now)
    return wanted


def _sealed(given: Received, outcome: Moved, vault: Vault) -> NewMatter:
    matter = outcome[0]
    pen = Pen(vault, vault.new_key(), matter.id)
    content = Content(given.title, given.facts)
    identity = Identity(name=given.reporter_name)
    return NewMatter(
        matter,
        Sealed(new_id(), pen.key, pen.seal_identity(identity), pen.seal_title(given.title), pen.seal_content(content)),
    )


async def _window(tx: Transaction, window_id: str | None) -> Window:
    """The window that takes them in: one's own, or for the department one that it stands over."""
    window = await desk.window(tx, window_id or tx.actor.window_id)
    overseen = window is not None and tx.actor.has(Role.SUPERVISION_DEPT) and oversees(tx.actor, window.org_code)
    if window is None or not (overseen or window.window_id == tx.actor.window_id):
        raise Forbidden("window.unknown", "请指明接收的窗口(window_id),且须为本窗口或下级窗口")
    if not overseen:
        access.staff_on_duty(await duty_on(tx, DUTY, window.window_id, tx.now.date()), tx.actor, "导入来件")
    return window
