"""Routes of triage, their requests and answers."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from services.triage import access, handlers
from services.triage.domain import Approval, Correction, Judgement
from services.triage.store.assessments import Shown
from services.triage.words import Pen
from shared.contracts.codes import AssessmentState, Complexity, HandlingPolicy, Kind, RootCause, SubReason, UnitRole
from shared.contracts.triage import OrderDraft, ProposedUnit
from shared.store.unit_of_work import Transaction
from shared.web import Answer, Body, Cursor, Page, Parts, Read, Run

router = APIRouter()

Text = Annotated[str, Field(max_length=20_000)]
UnitId = Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]{1,40}$")]
WindowId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_\-.@]{1,60}$")]
Rule = Annotated[str, Field(pattern=r"^D\d\d$")]
RequirementCode = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{1,39}$")]
SubReasons = Annotated[tuple[SubReason, ...], Field(max_length=len(SubReason))]


class ProposedUnitIn(Body):
    unit_id: UnitId
    role: UnitRole


class ProposalIn(Body):
    """研判意见 with its verification note; a reason when the kind differs from the last one."""

    kind: Kind
    sub_reasons: SubReasons = ()
    policy: HandlingPolicy
    root_cause_main: RootCause
    root_cause_other: Annotated[tuple[RootCause, ...], Field(max_length=len(RootCause))] = ()
    complexity: Complexity
    proposed_units: Annotated[tuple[ProposedUnitIn, ...], Field(max_length=20)] = ()
    rule: Rule | None = None
    verification_note: Text = ""
    reason: Text | None = None

    def judgement(self) -> Judgement:
        return Judgement(
            kind=self.kind,
            sub_reasons=tuple(dict.fromkeys(self.sub_reasons)),
            policy=self.policy,
            root_cause=self.root_cause_main,
            other_causes=tuple(dict.fromkeys(self.root_cause_other)),
            complexity=self.complexity,
            units=tuple(ProposedUnit(unit_id=unit.unit_id, role=unit.role) for unit in self.proposed_units),
            rule=self.rule,
        )


class ReturnIn(Body):
    reason: Text = ""


class ReclassificationIn(Body):
    to_kind: Kind
    sub_reasons: SubReasons = ()
    policy: HandlingPolicy | None = None
    rule: Rule | None = None
    reason: Text = ""

    def correction(self) -> Correction:
        return Correction(self.to_kind, tuple(dict.fromkeys(self.sub_reasons)), self.policy, self.rule)


class OrderIn(ProposedUnitIn):
    rule: Rule
    requirement_codes: Annotated[tuple[RequirementCode, ...], Field(max_length=20)] = ()


class ApprovalIn(Body):
    """批转意见 and the orders to draft; no order where the window handles the matter itself."""

    opinion: Text | None = None
    orders: Annotated[tuple[OrderIn, ...], Field(max_length=20)] = ()
    class_hint: bool = False

    def drafts(self) -> list[OrderDraft]:
        return [OrderDraft(**order.model_dump()) for order in self.orders]


class ReturnOut(Answer):
    by: str
    at: datetime
    reason: str | None


class ApprovalOut(Answer):
    leader_id: str
    approved_at: datetime
    orders: list[OrderDraft]
    class_hint: bool
    opinion: str | None


class ChangeOut(Answer):
    """A line of the kind's history; `by` is empty where it followed from the upheld statement named."""

    from_kind: Kind | None
    to_kind: Kind
    by: str | None
    at: datetime
    reason: str | None
    statement_id: UUID | None


class AssessmentLine(Answer):
    """One line of the list; nothing that anybody wrote."""

    matter_id: UUID
    org_code: str
    window_id: str
    window_name: str | None
    state: AssessmentState
    round: int
    version: int
    opened_at: datetime
    compared: bool
    kind: Kind | None
    policy: HandlingPolicy | None
    complexity: Complexity | None
    rule: str | None
    proposed_by: str | None
    proposed_at: datetime | None


class AssessmentOut(AssessmentLine):
    """The whole sheet; texts only where it is read, by the people of its window."""

    sub_reasons: list[SubReason]
    root_cause_main: RootCause | None
    root_cause_other: list[RootCause]
    proposed_units: list[ProposedUnit]
    verification_note: str | None
    returns: list[ReturnOut]
    approval: ApprovalOut | None
    kind_history: list[ChangeOut]


@router.post("/matters/{matter_id}/assessment/proposal")
async def propose(matter_id: UUID, body: ProposalIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> AssessmentOut:
        said = body.verification_note, body.reason
        return _out(await handlers.propose(tx, matter_id, body.judgement(), *said, parts.vault))

    return await run(work)


@router.post("/matters/{matter_id}/assessment/return")
async def send_back(matter_id: UUID, body: ReturnIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> AssessmentOut:
        return _out(await handlers.send_back(tx, matter_id, body.reason, parts.vault))

    return await run(work)


@router.post("/matters/{matter_id}/assessment/reclassification")
async def reclassify(matter_id: UUID, body: ReclassificationIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> AssessmentOut:
        return _out(await handlers.reclassify(tx, matter_id, body.correction(), body.reason, parts.vault))

    return await run(work)


@router.post("/matters/{matter_id}/assessment/approval")
async def approve(matter_id: UUID, body: ApprovalIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> AssessmentOut:
        decision = body.drafts(), body.opinion, body.class_hint
        return _out(await handlers.approve(tx, matter_id, *decision, parts.vault))

    return await run(work)


@router.get("/matters/{matter_id}/assessment")
async def read_one(matter_id: UUID, read: Read, parts: Parts) -> Response:
    async def work(tx: Transaction) -> AssessmentOut:
        shown = await handlers.read(tx, matter_id)
        pen = Pen(parts.vault, shown.sheet) if access.may_read_words(tx.actor, shown.sheet) else None
        return _out(shown, pen)

    return await read(work)


@router.get("/assessments")
async def read_many(
    read: Read, wanted: Cursor, state: AssessmentState | None = None, window: WindowId | None = None
) -> Response:
    after = wanted.position(UUID)

    async def work(tx: Transaction) -> Page[AssessmentLine]:
        found = await handlers.read_many(tx, state, window, after[0] if after else None, wanted.limit + 1)
        return Page.of([_line(shown) for shown in found], wanted.limit, lambda line: [line.matter_id])

    return await read(work)


def _line(shown: Shown) -> AssessmentLine:
    return AssessmentLine(**_head(shown))


def _out(shown: Shown, pen: Pen | None = None) -> AssessmentOut:
    """The sheet, with its texts only for who has a pen.

    A command answers without: what it answers is kept for a repeat, and not under the matter's key.
    """
    sheet = shown.sheet
    judgement = sheet.proposal.judgement if sheet.proposal else None
    return AssessmentOut(
        **_head(shown),
        sub_reasons=list(judgement.sub_reasons) if judgement else [],
        root_cause_main=judgement.root_cause if judgement else None,
        root_cause_other=list(judgement.other_causes) if judgement else [],
        proposed_units=list(judgement.units) if judgement else [],
        verification_note=pen.open("note", sheet.proposal.note) if pen and sheet.proposal else None,
        returns=[
            ReturnOut(by=line.by, at=line.at, reason=pen.open("reason", line.reason) if pen else None)
            for line in sheet.returns
        ],
        approval=_approval(sheet.approval, pen) if sheet.approval else None,
        kind_history=[
            ChangeOut(
                from_kind=line.from_kind,
                to_kind=line.to_kind,
                by=line.by,
                at=line.at,
                reason=pen.open("reason", line.reason) if pen else None,
                statement_id=line.statement_id,
            )
            for line in sheet.history
        ],
    )


def _head(shown: Shown) -> dict[str, Any]:
    sheet, proposal = shown.sheet, shown.sheet.proposal
    judgement = proposal.judgement if proposal else None
    return {
        "matter_id": sheet.matter_id,
        "org_code": sheet.org_code,
        "window_id": sheet.window_id,
        "window_name": shown.window_name,
        "state": sheet.state,
        "round": sheet.round,
        "version": sheet.version,
        "opened_at": sheet.opened_at,
        "compared": shown.compared,
        "kind": judgement.kind if judgement else None,
        "policy": judgement.policy if judgement else None,
        "complexity": judgement.complexity if judgement else None,
        "rule": judgement.rule if judgement else None,
        "proposed_by": proposal.by if proposal else None,
        "proposed_at": proposal.at if proposal else None,
    }


def _approval(approval: Approval, pen: Pen | None) -> ApprovalOut:
    return ApprovalOut(
        leader_id=approval.by,
        approved_at=approval.at,
        orders=list(approval.orders),
        class_hint=approval.class_hint,
        opinion=pen.open("opinion", approval.opinion) if pen else None,
    )
