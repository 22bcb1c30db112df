"""Query codes, as keyed hashes: one for each matter, the last that was printed."""

from uuid import UUID

from shared.store.unit_of_work import Transaction

_KEEP = """
INSERT INTO query_code (matter_id, mark, printed_by, printed_at) VALUES (:matter, :mark, :by, :now)
ON CONFLICT (matter_id) DO UPDATE SET
    mark = excluded.mark, printed_by = excluded.printed_by, printed_at = excluded.printed_at"""


async def keep(tx: Transaction, matter_id: UUID, mark: bytes) -> None:
    """Keep a new code; the one before opens nothing any more."""
    await tx.run(_KEEP, {"matter": matter_id, "mark": mark, "by": tx.actor.id, "now": tx.now})


async def mark_of(tx: Transaction, matter_id: UUID) -> bytes | None:
    """The hash of the code that was printed last."""
    row = await tx.one("SELECT mark FROM query_code WHERE matter_id = :matter", matter=matter_id)
    return row.mark if row else None


async def remove(tx: Transaction, matter_id: UUID) -> None:
    """No code opens the matter any more."""
    await tx.run("DELETE FROM query_code WHERE matter_id = :matter", {"matter": matter_id})
