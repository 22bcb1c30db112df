"""Matters by the phone of who reported, and those that look alike."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from shared.contracts.codes import MatterState
from shared.store.statements import Row
from shared.store.unit_of_work import Transaction

LATEST = 300  # open matters of a window whose titles are looked at
OFTEN = 50  # matters of one phone that are looked at

_ADD = """
INSERT INTO contact (mark, matter_id) SELECT mark, :matter FROM unnest(CAST(:marks AS bytea[])) AS g(mark)
ON CONFLICT DO NOTHING"""
_CANDIDATES = """
WITH found AS (
    (SELECT matter_id, true AS same_phone FROM contact WHERE mark = :mark ORDER BY matter_id DESC LIMIT :often)
    UNION ALL
    (SELECT matter_id, false FROM matter WHERE window_id = :window AND state = ANY(CAST(:open AS text[]))
     ORDER BY matter_id DESC LIMIT :latest)
), once AS (
    SELECT matter_id, bool_or(same_phone) AS same_phone FROM found GROUP BY matter_id
)
SELECT m.matter_id, m.register_no, m.state, m.registered_at, m.item_code, m.sealed_title, r.data_key, once.same_phone
FROM once JOIN matter m USING (matter_id) JOIN reporter r USING (reporter_id)
WHERE m.window_id = :window AND m.registered_at >= :since
  AND NOT EXISTS (SELECT FROM recusal c WHERE c.matter_id = m.matter_id AND c.account_id = :viewer)
ORDER BY once.same_phone DESC, m.registered_at DESC"""


def add(tx: Transaction, matter_id: UUID, marks: Collection[bytes]) -> None:
    """Keep the phones of a matter, hashed."""
    if marks:
        tx.write(_ADD, {"matter": matter_id, "marks": sorted(marks)})


async def remove(tx: Transaction, matter_id: UUID) -> None:
    """Nobody finds the matter by a phone any more."""
    await tx.run("DELETE FROM contact WHERE matter_id = :matter", {"matter": matter_id})


async def candidates(
    tx: Transaction, window_id: str, mark: bytes, since: datetime, open_states: Collection[MatterState]
) -> Sequence[Row]:
    """Matters of a window registered since then: those with this phone, and the latest that are open; newest first."""
    return await tx.all(
        _CANDIDATES, window=window_id, mark=mark, since=since, open=[state.value for state in open_states],
        latest=LATEST, often=OFTEN, viewer=tx.actor.id,
    )  # fmt: skip
