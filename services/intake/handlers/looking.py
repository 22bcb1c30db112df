"""Looks at personal data: each is told, and each that was refused, once in ten minutes."""

from typing import Final
from uuid import UUID

from services.intake.store import matters
from services.intake.store.matters import File
from services.intake.store.tables import MATTER
from shared.contracts.codes import Purpose
from shared.contracts.intake import AccessDenied, SensitiveViewed
from shared.store.unit_of_work import Transaction

NOWHERE: Final = UUID(int=0)  # what is not there is one matter: who tries ids out does not fill the table


async def told(tx: Transaction, file: File, field_group: str, purpose: Purpose) -> None:
    """Have a look at personal data told."""
    if await matters.is_new_look(tx, file.matter.id, field_group, purpose.value):
        tx.publish(
            SensitiveViewed(
                **file.matter.ref, viewer_id=tx.actor.id, field_group=field_group, purpose=purpose.value,
                viewed_at=tx.now,
            )
        )  # fmt: skip


async def refused(tx: Transaction, matter_id: UUID, field_group: str, purpose: Purpose, reason: str) -> None:
    """Have a refused look told; it takes the same steps whether the matter is there or not."""
    file = await matters.find(tx, MATTER.c.matter_id == matter_id, tx.now.date())
    place = file.matter.ref if file else {"org_code": tx.actor.org}
    known = file.matter.id if file else NOWHERE
    if await matters.is_new_look(tx, known, f"REFUSED_{field_group}", purpose.value):
        tx.publish(
            AccessDenied(
                **place, viewer_id=tx.actor.id, field_group=field_group, purpose=purpose.value, reason_code=reason,
                denied_at=tx.now,
            )
        )  # fmt: skip
