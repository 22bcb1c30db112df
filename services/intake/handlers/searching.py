"""检索: matters by register number or by words of title and facts, within what the caller may see."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.intake import access, marking
from services.intake.domain import register, search
from services.intake.domain.form import Content
from services.intake.domain.matter import Matter
from services.intake.domain.search import Words
from services.intake.sealing import Pen
from services.intake.store import desk
from services.intake.store import search as index
from shared.contracts.codes import MatterState
from shared.store.statements import Row
from shared.store.unit_of_work import Transaction
from shared.store.vault import Vault

SHOWN = 20
_AT_ONCE = 60  # candidates opened in one go
_MOST = 600  # and in one request; who looks for more goes on from there
_NEWEST = UUID(int=2**128 - 1)


@dataclass(frozen=True, slots=True)
class Hit:
    """A matter found."""

    matter_id: UUID
    register_no: str | None
    state: MatterState
    registered_at: datetime | None
    title: str


@dataclass(frozen=True, slots=True)
class Hits:
    """A page of what was found, newest first, and from where to look on."""

    matters: list[Hit]
    before: UUID | None


async def find(tx: Transaction, query: str, before: UUID | None, vault: Vault) -> Hits:
    """Matters with this register number, and matters with all these words."""
    access.searching(tx.actor)
    if before is None and (numbered := await _numbered(tx, query, vault)):
        return Hits(numbered, None)
    words, opened = search.asked(query), 0
    found: list[Hit] = []
    while len(found) < SHOWN and opened < _MOST:
        candidates = await _candidates(tx, words, before or _NEWEST, vault)
        for row in await index.opened(tx, candidates, access.listed(tx.actor)):
            content = Pen(vault, row.data_key, row.matter_id).content(row.sealed_content)
            if words.held_by(content.title, content.facts or ""):
                found.append(_hit(row, content.title))
                if len(found) == SHOWN:
                    return Hits(found, row.matter_id)
        if len(candidates) < _AT_ONCE:
            return Hits(found, None)
        before, opened = candidates[-1], opened + len(candidates)
    return Hits(found, before)


def enter(tx: Transaction, given: Iterable[tuple[Matter, Content]], vault: Vault) -> None:
    """Have matters found by their words from now on."""
    index.add(tx, {
        matter.id: marking.of_matter(vault, matter.id, matter.org_code, matter.window_id, content)
        for matter, content in given
    })  # fmt: skip


async def _candidates(tx: Transaction, words: Words, before: UUID, vault: Vault) -> list[UUID]:
    reach = await index.reach(tx)
    if reach is None:
        return []
    oldest, newest = (marking.span_of(matter_id) for matter_id in reach)
    scope, pairs = access.search_scope(tx.actor), sorted(words.pairs)
    wanted = [
        marking.marks(vault, span, [*scope, *pairs])
        for span in range(min(newest, marking.span_of(before)), oldest - 1, -1)
    ]
    return await index.holding(tx, wanted, before, _AT_ONCE)


async def _numbered(tx: Transaction, query: str, vault: Vault) -> list[Hit]:
    meant = register.read_out(query, tx.now.year)
    if not meant:
        return []
    marks = [window.register_mark for window in await desk.windows(tx, access.visible_windows(tx.actor))]
    numbers = [register.register_number(mark, year, number) for mark in marks for year, number in meant]
    rows = await index.numbered(tx, numbers, access.listed(tx.actor))
    return [_hit(row, Pen(vault, row.data_key, row.matter_id).title(row.sealed_title)) for row in rows]


def _hit(row: Row, title: str) -> Hit:
    return Hit(row.matter_id, row.register_no, MatterState(row.state), row.registered_at, title)
