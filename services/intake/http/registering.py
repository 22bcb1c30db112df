"""Routes of the counter: register, register what was received, settle on the spot."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import AwareDatetime, Field

from services.intake.domain.form import NOTE, POSTED_NOTICE, Content, Form, Particulars, Settlement
from services.intake.domain.identity import Agent, Beneficiary, Identity, Representative
from services.intake.domain.register import LateEntry
from services.intake.handlers import registering
from services.intake.http.answers import MatterOut, of_registered
from shared.contracts.codes import (
    AlreadyIn,
    Channel,
    ConfirmMode,
    Disclosure,
    IdType,
    ReporterKind,
    RootCause,
    Urgency,
    Vulnerable,
)
from shared.store.unit_of_work import Transaction
from shared.web import Body, Parts, Run
from shared.wording import passage

router = APIRouter()

Name = Annotated[str, Field(max_length=200)]
Phone = Annotated[str, Field(max_length=40)]
Title = Annotated[str, Field(max_length=400)]
Long = Annotated[str, Field(max_length=40_000)]
Note = Annotated[str, Field(max_length=20_000)]
UnitId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_\-.]{1,40}$")]
ItemCode = Annotated[str, Field(pattern=r"^[A-Za-z0-9_\-.]{1,40}$")]
Minutes = Annotated[int, Field(ge=0, le=24 * 60)]
Notice = Annotated[str, Field(pattern=r"^[A-Za-z0-9_\-.]{1,40}$")]


class AgentIn(Body):
    name: Name
    relation: Name
    phone: Phone | None = None


class BeneficiaryIn(Body):
    name: Name
    age: Annotated[int, Field(ge=0, le=150)] | None = None


class RepresentativeIn(Body):
    name: Name
    phone: Phone | None = None


class ReporterIn(Body):
    """反映人; whoever speaks for another says for whom."""

    kind: ReporterKind
    name: Name | None = None
    phone: Phone | None = None
    id_type: IdType | None = None
    id_no: Annotated[str, Field(max_length=60)] | None = None
    agent: AgentIn | None = None
    beneficiary: BeneficiaryIn | None = None
    group_size: Annotated[int, Field(ge=1, le=10_000)] | None = None  # an answer lists each one
    representatives: Annotated[tuple[RepresentativeIn, ...], Field(max_length=20)] = ()

    def identity(self) -> Identity:
        return Identity(
            name=self.name,
            phone=self.phone,
            id_type=self.id_type or (IdType.ID_CARD if self.id_no and self.kind is ReporterKind.PERSON else None),
            id_no=self.id_no,
            agent=Agent(**self.agent.model_dump()) if self.agent else None,
            beneficiary=Beneficiary(**self.beneficiary.model_dump()) if self.beneficiary else None,
            representatives=tuple(Representative(**person.model_dump()) for person in self.representatives),
        )


class RegistrationIn(Body):
    """登记表 for what was received: channel, source and time are known, title and facts may stay as they came."""

    reporter: ReporterIn
    disclosure: Disclosure
    title: Title | None = None
    facts: Long | None = None
    demand: Note
    blamed_unit_ids: Annotated[tuple[UnitId, ...], Field(max_length=20)] = ()
    counter_no: Annotated[str, Field(pattern=r"^[\w\-]{1,20}$")] | None = None
    item_code: ItemCode | None = None
    item_text: Title | None = None
    address_region: Annotated[str, Field(max_length=6)] | None = None
    urgency: Urgency = Urgency.NORMAL
    tries: Annotated[int, Field(ge=0, le=1000)] = 0
    tried: Note | None = None
    already_in: Annotated[tuple[AlreadyIn, ...], Field(max_length=len(AlreadyIn))] = ()
    hotline_ref: Annotated[str, Field(max_length=200)] | None = None
    vulnerable: Annotated[tuple[Vulnerable, ...], Field(max_length=len(Vulnerable))] = ()
    confirm_mode: ConfirmMode
    privacy_notice_version: Notice
    conflict_of_interest: bool = False

    def form(self, channel: Channel, source_ref: str | None, received_at: datetime | None) -> Form:
        return Form(
            particulars=self._particulars(),
            identity=self.reporter.identity(),
            content=Content(self.title or "", self.facts, self.demand, self.item_text, self.tried),
            channel=channel,
            source_ref=source_ref,
            received_at=received_at,
            conflict_of_interest=self.conflict_of_interest,
        )

    def _particulars(self) -> Particulars:
        return Particulars(
            reporter_kind=self.reporter.kind,
            disclosure=self.disclosure,
            confirm_mode=self.confirm_mode,
            privacy_notice_version=self.privacy_notice_version,
            urgency=self.urgency,
            item_code=self.item_code,
            group_size=self.reporter.group_size,
            blamed_unit_ids=tuple(dict.fromkeys(self.blamed_unit_ids)),
            counter_no=self.counter_no,
            address_region=self.address_region,
            already_in=tuple(dict.fromkeys(self.already_in)),
            hotline_ref=self.hotline_ref,
            vulnerable=tuple(dict.fromkeys(self.vulnerable)),
            times_tried=self.tries,
        )


class LateIn(Body):
    """补录: the number on the page, when it was written, and why not at once."""

    year: Annotated[int, Field(ge=2000, le=2999)]
    number: Annotated[int, Field(ge=1, le=999_999)]
    written_at: AwareDatetime
    reason: Annotated[str, Field(min_length=2, max_length=2_000)]

    def entry(self) -> LateEntry:
        return LateEntry(self.year, self.number, self.written_at, passage(self.reason, "补录原因", *NOTE))


class MatterIn(RegistrationIn):
    """登记表 in full."""

    late: LateIn | None = None

    channel: Channel = Channel.WALK_IN
    source_ref: Annotated[str, Field(max_length=200)] | None = None
    received_at: AwareDatetime | None = None


class SettlementIn(Body):
    """当场办结: what was done, the cause behind it, the minutes it took."""

    done: Note
    root_cause: RootCause
    minutes_spent: Minutes = 10

    def settlement(self) -> Settlement:
        return Settlement(self.done, self.root_cause, self.minutes_spent)


class OnTheSpotIn(SettlementIn):
    """快速登记: six fields for what is settled at the counter."""

    name: Name
    phone: Phone
    item_code: ItemCode | None = None
    title: Title
    channel: Channel = Channel.WALK_IN
    source_ref: Annotated[str, Field(max_length=200)] | None = None
    reporter_kind: ReporterKind = ReporterKind.PERSON
    privacy_notice_version: Notice = POSTED_NOTICE

    def form(self) -> Form:
        codes = Particulars(
            reporter_kind=self.reporter_kind,
            disclosure=Disclosure.MASK,  # no unit sees it
            confirm_mode=ConfirmMode.ORAL_READBACK,
            privacy_notice_version=self.privacy_notice_version,
            item_code=self.item_code,
        )
        identity = Identity(name=self.name, phone=self.phone)
        return Form(codes, identity, Content(self.title), self.channel, self.source_ref)


@router.post("/matters", status_code=201)
async def register(body: MatterIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> MatterOut:
        form = body.form(body.channel, body.source_ref, body.received_at)
        late = body.late.entry() if body.late else None
        return of_registered(await registering.register(tx, form, parts.vault, late), body.already_in)

    return await run(work, status=201)


@router.post("/matters/on-the-spot", status_code=201)
async def on_the_spot(body: OnTheSpotIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> MatterOut:
        return MatterOut.of(await registering.on_the_spot(tx, body.form(), body.settlement(), parts.vault))

    return await run(work, status=201)


@router.post("/matters/{matter_id}/registration")
async def register_received(matter_id: UUID, body: RegistrationIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> MatterOut:
        form = body.form(Channel.WALK_IN, None, None)
        matter = await registering.register_received(tx, matter_id, form, parts.vault)
        return of_registered(matter, body.already_in)

    return await run(work)


@router.post("/matters/{matter_id}/on-spot-settlement")
async def settle(matter_id: UUID, body: SettlementIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> MatterOut:
        return MatterOut.of(await registering.settle(tx, matter_id, body.settlement(), parts.vault))

    return await run(work)
