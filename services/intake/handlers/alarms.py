"""紧急提醒: a leader answers for it."""

from uuid import UUID

from services.intake import access
from services.intake.domain import emergency
from services.intake.domain.matter import Matter
from services.intake.handlers.common import kept
from services.intake.store import matters
from services.intake.store.tables import MATTER
from shared.contracts.errors import NotFound
from shared.store.unit_of_work import Transaction


async def acknowledge(tx: Transaction, matter_id: UUID) -> Matter:
    """The window's duty leader at once; who oversees the window when it has been left for five minutes."""
    file = await matters.find_locked(tx, access.visible(tx.actor) & (MATTER.c.matter_id == matter_id), tx.now.date())
    if file is None:
        raise NotFound
    tx.match(file.matter.version, file.matter.state)
    alarm = file.matter.alarm
    access.answering_alarm(tx.actor, file, alarm is not None and emergency.has_passed_on(alarm, tx.now))
    return await kept(tx, emergency.acknowledge(file.matter, tx.actor.id, tx.now))
