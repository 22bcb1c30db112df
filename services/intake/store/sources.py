"""来源单号: the numbers other channels have for a matter, the one it came by and those that the reporter named."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, select

from services.intake.store.tables import KNOWN_AS, MATTER
from shared.contracts.codes import Channel
from shared.store.statements import Row
from shared.store.unit_of_work import Transaction

LOCK = 0x736F7572  # advisory: naming a number excludes taking it in, which many may do at once

_KNOWN = """
SELECT k.channel, k.source_ref FROM known_as k
JOIN unnest(CAST(:channels AS text[]), CAST(:refs AS text[])) AS g(channel, source_ref) USING (channel, source_ref)"""
_NAME = """
INSERT INTO known_as (channel, source_ref, matter_id) VALUES (:channel, :ref, :matter)
ON CONFLICT DO NOTHING RETURNING 1"""


async def named(tx: Transaction, references: Collection[tuple[Channel, str]]) -> set[tuple[Channel, str]]:
    """Which of these a reporter named when the matter was registered another way; none is added meanwhile."""
    await tx.run(f"SELECT pg_advisory_xact_lock_shared({LOCK})")
    channels, refs = [channel.value for channel, _ in references], [ref for _, ref in references]
    return {(Channel(row.channel), row.source_ref) for row in await tx.all(_KNOWN, channels=channels, refs=refs)}


async def name(tx: Transaction, channel: Channel, ref: str, matter_id: UUID) -> bool:
    """Keep another channel's number for the matter, unless one of ours came by it or is known by it."""
    await tx.run(f"SELECT pg_advisory_xact_lock({LOCK})")
    if await tx.one(select(MATTER.c.matter_id).where(*_came_by(channel, ref))):
        return False
    return await tx.run(_NAME, {"channel": channel.value, "ref": ref, "matter": matter_id}) != []


async def find(tx: Transaction, visible: ColumnElement[bool], channel: Channel, ref: str) -> Row | None:
    """The register number of what another channel has under this number, if the caller may see it."""
    came = await tx.one(select(MATTER.c.register_no).where(visible, *_came_by(channel, ref)))
    if came is not None:
        return came
    known = select(MATTER.c.register_no).join(KNOWN_AS, KNOWN_AS.c.matter_id == MATTER.c.matter_id)
    return await tx.one(known.where(visible, KNOWN_AS.c.channel == channel.value, KNOWN_AS.c.source_ref == ref))


def _came_by(channel: Channel, ref: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return MATTER.c.channel == channel.value, MATTER.c.source_ref == ref
