"""Meetings of matters; attendance, minutes and tasks are among the sealed words."""

from dataclasses import dataclass
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, select

from services.referral.domain.matters import Matter
from services.referral.domain.meetings import Conclusion, Meeting, MeetingState, Session
from services.referral.store.matters import matter_of
from services.referral.store.tables import MATTER, MEETING
from services.referral.store.words import Words
from shared.contracts.codes import MeetingKind
from shared.store.statements import Row
from shared.store.unit_of_work import Transaction
from shared.store.upsert import upsert
from shared.store.vault import Vault


@dataclass(frozen=True, slots=True)
class MeetingWords:
    """What was to be talked about, and what came of it."""

    agenda: str
    sessions: tuple[Session, ...]
    conclusion: Conclusion | None


WORDS = TypeAdapter(MeetingWords)
_WITH_MATTER = select(MEETING, *(column for column in MATTER.c if column.name != "matter_id")).join(
    MATTER, MATTER.c.matter_id == MEETING.c.matter_id
)


async def locked(tx: Transaction, words: Words, matter: Matter, meeting_id: UUID) -> Meeting:
    """One meeting, locked; its matter's row is locked already and proves that it exists."""
    row = await tx.one(select(MEETING).where(MEETING.c.meeting_id == meeting_id).with_for_update())
    assert row is not None
    return _meeting(row, words, matter)


async def open_one(tx: Transaction, matter_id: UUID) -> UUID | None:
    """The meeting of a matter that is not concluded yet."""
    row = await tx.one(
        select(MEETING.c.meeting_id).where(
            MEETING.c.matter_id == matter_id, MEETING.c.state == MeetingState.SCHEDULED.value
        )
    )
    return row.meeting_id if row else None


async def of_matter(tx: Transaction, vault: Vault, visible: ColumnElement[bool], matter_id: UUID) -> list[Meeting]:
    """The meetings of a matter that the reader may see, oldest first."""
    query = _WITH_MATTER.where(visible, MEETING.c.matter_id == matter_id).order_by(MEETING.c.meeting_id)
    return [_meeting(row, Words(vault, row.data_key), matter_of(row)) for row in await tx.all(query)]


async def find(
    tx: Transaction, vault: Vault, visible: ColumnElement[bool], meeting_id: UUID
) -> tuple[Meeting, Words] | None:
    """One meeting that the reader may see, with what opens the words of its matter."""
    row = await tx.one(_WITH_MATTER.where(visible, MEETING.c.meeting_id == meeting_id))
    if row is None:
        return None
    words = Words(vault, row.data_key)
    return _meeting(row, words, matter_of(row)), words


async def save(tx: Transaction, words: Words, meeting: Meeting) -> None:
    """Write a meeting, new or locked before."""
    written = MeetingWords(meeting.agenda, meeting.sessions, meeting.conclusion)
    upsert(
        tx,
        MEETING,
        [
            {
                "meeting_id": meeting.id,
                "matter_id": meeting.matter.id,
                "kind": meeting.kind.value,
                "unit_ids": list(meeting.unit_ids),
                "meets_at": meeting.meets_at,
                "state": meeting.state.value,
                "words": words.seal(WORDS, meeting.id, written),
                "version": meeting.version,
            }
        ],
    )


def _meeting(row: Row, words: Words, matter: Matter) -> Meeting:
    written = words.open(WORDS, row.meeting_id, row.words)
    return Meeting(
        id=row.meeting_id,
        matter=matter,
        kind=MeetingKind(row.kind),
        unit_ids=tuple(row.unit_ids),
        agenda=written.agenda,
        meets_at=row.meets_at,
        state=MeetingState(row.state),
        sessions=written.sessions,
        conclusion=written.conclusion,
        version=row.version,
    )
