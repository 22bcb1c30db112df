"""Routes of a window's roster as it stands, of substitutes and of handovers."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from services.intake.domain.handover import Handover
from services.intake.domain.substitutions import Asked
from services.intake.handlers import duty, roster
from services.intake.handlers.duty import Sheet
from services.intake.handlers.roster import Standing
from services.intake.http.roster import Day, Id, PeriodOut, WindowOut
from services.intake.store.substitutions import Kept
from shared.contracts.codes import MatterState, SubstitutionReason
from shared.contracts.duty import OnDuty
from shared.ids import new_id
from shared.store.unit_of_work import Transaction
from shared.web import Answer, Body, Parts, Read, Run

router = APIRouter()
Notes = Annotated[str, Field(max_length=5_000)]


class SubstitutionIn(Body):
    """提请替班: who stands in for whom, from a day to a day, both included."""

    replaced_id: Id
    substitute_id: Id
    from_day: Day
    to_day: Day
    reason: SubstitutionReason
    words: Annotated[str, Field(max_length=5_000)]

    def asked(self, period_id: str, tx: Transaction) -> Asked:
        return Asked(
            new_id(), period_id, self.replaced_id, self.substitute_id, self.from_day, self.to_day, self.reason,
            tx.actor.id, tx.now,
        )  # fmt: skip


class SubstitutionOut(Answer):
    """替班; `approved` is none until it is decided, `words` are for who proposes and who decides."""

    substitution_id: UUID
    period_id: str
    replaced_id: str
    substitute_id: str
    from_day: date
    to_day: date
    reason: SubstitutionReason
    words: str | None = None
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    approved: bool | None

    @classmethod
    def of(cls, asked: Asked, words: str | None = None) -> "SubstitutionOut":
        return cls(
            substitution_id=asked.id, period_id=asked.period_id, replaced_id=asked.replaced_id,
            substitute_id=asked.substitute_id, from_day=asked.from_day, to_day=asked.to_day, reason=asked.reason,
            words=words, proposed_by=asked.proposed_by, proposed_at=asked.proposed_at, decided_by=asked.decided_by,
            decided_at=asked.decided_at, approved=asked.approved,
        )  # fmt: skip


class HandoverIn(Body):
    """交接签字, with notes for those who come."""

    next_period_id: Id | None = None
    notes: Notes | None = None


class HandoverOut(Answer):
    """How far the handover is; `due_day`: the outgoing period's last working day."""

    period_id: str
    next_period_id: str
    due_day: date
    signed: bool
    signatures: int
    late: bool
    outgoing_signed_by: str | None
    incoming_signed_by: str | None

    @classmethod
    def of(cls, handover: Handover) -> "HandoverOut":
        signatures = [each for each in (handover.outgoing, handover.incoming) if each]
        return cls(
            period_id=handover.period.period_id, next_period_id=handover.following.period_id,
            due_day=handover.due_day, signed=handover.incoming is not None, signatures=len(signatures),
            late=handover.late, outgoing_signed_by=handover.outgoing.by if handover.outgoing else None,
            incoming_signed_by=handover.incoming.by if handover.incoming else None,
        )  # fmt: skip


class OpenOut(Answer):
    """Open matters in one state, by their register numbers."""

    state: MatterState
    register_numbers: list[str]


class HandoverSheetOut(Answer):
    """交接清单: what both leaders sign."""

    handover: HandoverOut
    period: PeriodOut
    following: PeriodOut
    open_matters: list[OpenOut]
    notes: str | None

    @classmethod
    def of(cls, sheet: Sheet) -> "HandoverSheetOut":
        listed = [
            OpenOut(state=state, register_numbers=list(sheet.open_matters[state.value]))
            for state in MatterState if sheet.open_matters.get(state.value)
        ]  # fmt: skip
        return cls(
            handover=HandoverOut.of(sheet.handover), period=PeriodOut.of(sheet.handover.period),
            following=PeriodOut.of(sheet.handover.following), open_matters=listed, notes=sheet.notes,
        )  # fmt: skip


class OnDutyOut(Answer):
    """Who is on duty today, substitutes included."""

    period_id: str
    leader_id: str
    staff_ids: list[str]

    @classmethod
    def of(cls, duty: OnDuty) -> "OnDutyOut":
        return cls(period_id=duty.period_id, leader_id=duty.leader_id, staff_ids=list(duty.staff_ids))


class StandingOut(Answer):
    """A window's roster: the periods of the last four weeks and all to come."""

    window: WindowOut
    today: date
    on_duty: OnDutyOut | None
    periods: list[PeriodOut]
    substitutions: list[SubstitutionOut]
    handovers: list[HandoverOut]


@router.get("/windows/{window_id}/roster")
async def standing(window_id: str, read: Read, parts: Parts) -> Response:
    async def work(tx: Transaction) -> StandingOut:
        def with_words(kept: Kept) -> SubstitutionOut:
            return SubstitutionOut.of(kept.asked, duty.reason_of(kept, tx.actor, parts.vault))

        found: Standing = await roster.standing(tx, window_id)
        return StandingOut(
            window=WindowOut.of(found.window), today=tx.now.date(),
            on_duty=OnDutyOut.of(found.duty) if found.duty else None, periods=list(map(PeriodOut.of, found.periods)),
            substitutions=list(map(with_words, found.substitutions)),
            handovers=list(map(HandoverOut.of, found.handovers)),
        )  # fmt: skip

    return await read(work)


@router.post("/duty-periods/{period_id}/substitutions", status_code=201)
async def propose_substitution(period_id: str, body: SubstitutionIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> SubstitutionOut:
        asked = body.asked(period_id, tx)
        return SubstitutionOut.of(await duty.propose_substitution(tx, asked, body.words, parts.vault))

    return await run(work, status=201)


@router.post("/substitutions/{substitution_id}/approval")
async def approve_substitution(substitution_id: UUID, run: Run) -> Response:
    async def work(tx: Transaction) -> SubstitutionOut:
        return SubstitutionOut.of(await duty.approve_substitution(tx, substitution_id))

    return await run(work)


@router.post("/substitutions/{substitution_id}/declination")
async def decline_substitution(substitution_id: UUID, run: Run) -> Response:
    async def work(tx: Transaction) -> SubstitutionOut:
        return SubstitutionOut.of(await duty.decline_substitution(tx, substitution_id))

    return await run(work)


@router.get("/duty-periods/{period_id}/handover")
async def handover_sheet(period_id: str, read: Read, parts: Parts) -> Response:
    async def work(tx: Transaction) -> HandoverSheetOut:
        return HandoverSheetOut.of(await duty.handover_sheet(tx, period_id, parts.vault))

    return await read(work)


@router.post("/duty-periods/{period_id}/handover")
async def sign_handover(period_id: str, body: HandoverIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> HandoverOut:
        done = await duty.sign_handover(tx, period_id, body.next_period_id, body.notes, parts.vault)
        return HandoverOut.of(done)

    return await run(work)
