"""Routes of endings: what the duty leader decides, withdrawal, transfer, reopening, archiving, erasure; scope."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from services.intake.domain.ending import Told, Withdrawal
from services.intake.domain.scope import GUIDANCE
from services.intake.handlers import ending, erasing, materials
from services.intake.http.answers import MatterOut
from services.intake.http.registering import Note
from shared.contracts.codes import (
    ConfirmMode,
    ErasureGround,
    FeedbackWay,
    NotAcceptedReason,
    ReopenReason,
    TransferTo,
    label,
)
from shared.store.unit_of_work import Transaction
from shared.web import Answer, Body, Parts, Read, Run

router = APIRouter()

MainNo = Annotated[str, Field(pattern=r"^[\w〔〕\-]{1,60}$")]
ReceiptNo = Annotated[str, Field(pattern=r"^[\w\-./〔〕]{1,60}$")]


class ScopeReasonOut(Answer):
    """不予受理原因 with what the reporter is told and where to go."""

    code: NotAcceptedReason
    name: str
    told: str
    place: str


class ScopeReasonsOut(Answer):
    reasons: list[ScopeReasonOut]


class RefusalProposalIn(Body):
    """提请不予受理: why, and which way the reporter is told."""

    reason: NotAcceptedReason
    told: FeedbackWay
    note: Note | None = None


class MergerProposalIn(Body):
    """提请并件: into which matter, by id or register number, and which way both reporters were told."""

    into: Annotated[UUID | MainNo, Field(union_mode="left_to_right")]
    told: FeedbackWay | None = None
    told_main: FeedbackWay | None = None
    note: Note | None = None


class ConfirmationIn(Body):
    """确认: nothing to say."""


class DeclinationIn(Body):
    """退回提请."""

    reason: Note


class WithdrawalIn(Body):
    """撤回: how the reporter was recognised and confirmed it; of a group all must agree."""

    confirm_mode: ConfirmMode
    identity_checked: bool
    all_agree: bool = False
    note: Note | None = None


class TransferIn(Body):
    """转其他渠道: who takes it over, with their receipt number."""

    receiver: TransferTo
    receipt_no: ReceiptNo
    told: FeedbackWay
    note: Note | None = None


class ReopeningIn(Body):
    """复开."""

    reason: ReopenReason
    note: Note


class ErasureIn(Body):
    """删除反映人信息: on which ground."""

    ground: ErasureGround


@router.get("/scope-reasons")
async def scope_reasons(_read: Read) -> ScopeReasonsOut:
    return ScopeReasonsOut(
        reasons=[
            ScopeReasonOut(code=code, name=label(code), told=guidance.told, place=guidance.place)
            for code, guidance in GUIDANCE.items()
        ]
    )


@router.post("/matters/{matter_id}/refusal-proposal")
async def propose_refusal(matter_id: UUID, body: RefusalProposalIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> MatterOut:
        return MatterOut.of(
            await ending.propose_refusal(tx, matter_id, body.reason, body.told, body.note, parts.vault)
        )  # fmt: skip

    return await run(work)


@router.post("/matters/{matter_id}/merger-proposal")
async def propose_merger(matter_id: UUID, body: MergerProposalIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> MatterOut:
        told = Told(body.told, body.told_main)
        return MatterOut.of(await ending.propose_merger(tx, matter_id, body.into, told, body.note, parts.vault))

    return await run(work)


@router.post("/matters/{matter_id}/proposal-confirmation")
async def confirm(matter_id: UUID, _body: ConfirmationIn, run: Run) -> Response:
    async def work(tx: Transaction) -> MatterOut:
        return MatterOut.of(await ending.confirm(tx, matter_id))

    return await run(work)


@router.post("/matters/{matter_id}/proposal-declination")
async def decline(matter_id: UUID, body: DeclinationIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> MatterOut:
        return MatterOut.of(await ending.decline(tx, matter_id, body.reason, parts.vault))

    return await run(work)


@router.post("/matters/{matter_id}/withdrawal")
async def withdraw(matter_id: UUID, body: WithdrawalIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> MatterOut:
        given = Withdrawal(body.identity_checked, body.all_agree)
        codes = body.model_dump(mode="json", exclude={"note"})
        return MatterOut.of(await ending.withdraw(tx, matter_id, given, codes, body.note, parts.vault))

    return await run(work)


@router.post("/matters/{matter_id}/transfer")
async def transfer(matter_id: UUID, body: TransferIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> MatterOut:
        return MatterOut.of(
            await ending.transfer(
                tx, matter_id, body.receiver, body.receipt_no, body.told, body.note, parts.vault
            )
        )  # fmt: skip

    return await run(work)


@router.post("/matters/{matter_id}/reopening")
async def reopen(matter_id: UUID, body: ReopeningIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> MatterOut:
        return MatterOut.of(await ending.reopen(tx, matter_id, body.reason, body.note, parts.vault))

    return await run(work)


@router.post("/matters/{matter_id}/archiving")
async def archive(matter_id: UUID, _body: ConfirmationIn, run: Run) -> Response:
    async def work(tx: Transaction) -> MatterOut:
        return MatterOut.of(await ending.archive(tx, matter_id))

    return await run(work)


@router.post("/matters/{matter_id}/erasure")
async def erase(matter_id: UUID, body: ErasureIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> MatterOut:
        return MatterOut.of(await erasing.erase(tx, matter_id, body.ground, parts.vault))

    answer = await run(work)
    await materials.destroy(parts.extra.files, matter_id)
    return answer
