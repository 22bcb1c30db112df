"""What the window does with a registered matter: accept, on-site record, review, feedback, call-back."""

from uuid import UUID

from services.intake import access
from services.intake.domain import closing, commands
from services.intake.domain.callback import Report
from services.intake.domain.form import NOTE
from services.intake.domain.matter import Matter
from services.intake.handlers.common import kept, locked, noted
from services.intake.store import desk
from services.intake.store.tables import CALENDAR_YEAR
from shared.calendar_copy import calendar
from shared.contracts.codes import FeedbackWay, Outcome, RootCause, SubReason
from shared.store.unit_of_work import Transaction
from shared.store.vault import Vault
from shared.wording import passage
from shared.workdays import DEFAULT_HOURS


async def accept(tx: Transaction, matter_id: UUID) -> Matter:
    """受理 (T05)."""
    file = await locked(tx, matter_id)
    access.staff_on_duty(file.duty, tx.actor, "受理")
    return await kept(tx, commands.accept(file.matter, tx.actor.id, tx.now))


async def record_on_site(
    tx: Transaction, matter_id: UUID, words: dict[str, str | None], unit_id: str, sub_reasons: tuple[SubReason, ...],
    vault: Vault,
) -> Matter:  # fmt: skip
    """现场督办记录 (T12b)."""
    file = await locked(tx, matter_id)
    access.leader_or_own(tx.actor, file, "记录现场督办")
    labels = {"where": "地点", "urged": "督促内容", "found": "查明情况"}
    said = {name: passage(words.get(name) or "", label, *NOTE) for name, label in labels.items()}
    outcome = commands.record_on_site(file.matter, unit_id, sub_reasons, tx.actor.id, tx.now)
    await noted(tx, file, "ON_SITE", {**words, **said}, vault, responsible_unit_id=unit_id, sub_reasons=sub_reasons)
    return await kept(tx, outcome)


async def review(
    tx: Transaction, matter_id: UUID, outcome: Outcome, root_cause: RootCause, result: str, vault: Vault
) -> Matter:
    """审核 (T17) of what the window handled itself."""
    file = await locked(tx, matter_id)
    access.staff_on_duty(file.duty, tx.actor, "审核")
    decided = commands.review(file.matter, outcome, root_cause, tx.actor.id, tx.now)
    said = {"result": passage(result, "办理结果", *NOTE)}
    await noted(tx, file, "REVIEW", said, vault, outcome=outcome, root_cause=root_cause)
    return await kept(tx, decided)


async def give_feedback(
    tx: Transaction, matter_id: UUID, way: FeedbackWay, content: str, counselling: str | None, remedy: str | None,
    vault: Vault,
) -> Matter:  # fmt: skip
    """反馈反映人 (T18)."""
    file = await locked(tx, matter_id)
    access.staff_or_own(tx.actor, file, "反馈反映人")
    said = {
        "content": passage(content, "反馈内容", *NOTE),
        "counselling_note": passage(counselling, "疏导情况", *NOTE) if counselling else None,
        "remedy": passage(remedy, "救济途径", *NOTE) if remedy else None,
    }
    outcome = commands.give_feedback(file.matter, way, tx.actor.id, tx.now, bool(counselling), bool(remedy))
    await noted(tx, file, "FEEDBACK", said, vault, way=way)
    return await kept(tx, outcome)


async def call_back(
    tx: Transaction, matter_id: UUID, report: Report, note: str | None, codes: dict[str, object], vault: Vault
) -> Matter:
    """回访 (T19, T20)."""
    access.calling_back(tx.actor)
    file = await locked(tx, matter_id)
    window = await desk.window(tx, file.matter.window_id)
    hours = window.hours if window else DEFAULT_HOURS
    outcome = closing.call_back(file.matter, report, tx.actor.id, tx.now, await calendar(tx, CALENDAR_YEAR), hours)
    said = {"note": passage(note, "回访情况", *NOTE) if note else None}
    await noted(tx, file, "CALLBACK", said, vault, **codes)
    return await kept(tx, outcome)
