"""Routes of reading: matters, titles, and the looks at words and identity that are told."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field, StringConstraints

from services.intake.domain.duplicates import Sign
from services.intake.domain.textcheck import Finding
from services.intake.handlers import duplicates, reading, searching
from services.intake.http.answers import MatterOut, RegisterNo, of_file
from services.intake.http.looks import look
from services.intake.http.materials import NamedMaterialOut, named
from shared.contracts.codes import IdType, MatterState, Purpose
from shared.store.unit_of_work import Transaction
from shared.web import Answer, Body, Cursor, Guess, Page, Parts, Read

router = APIRouter()


class TitlesIn(Body):
    ids: Annotated[list[UUID], Field(max_length=200)]


class TitlesOut(Answer):
    """Titles by matter; what the caller may not open is left out."""

    titles: dict[UUID, str]


class SimilarIn(Body):
    """What is known of a matter before it is registered."""

    phone: Annotated[str, Field(max_length=40)] | None = None
    item_code: Annotated[str, Field(max_length=40)] | None = None
    title: Annotated[str, Field(max_length=400)] | None = None


class SimilarOut(Answer):
    """A matter that may be the same, and by what it looks so."""

    matter_id: UUID
    register_no: str
    state: MatterState
    registered_at: datetime
    title: str
    signs: list[Sign]


class SimilarListOut(Answer):
    matters: list[SimilarOut]


class SearchIn(Body):
    """Words, or a register number; in the body, because what is looked for may be a name."""

    query: Annotated[str, Field(min_length=1, max_length=200)]
    before: UUID | None = None


class HitOut(Answer):
    """A matter found by number or words."""

    matter_id: UUID
    register_no: str | None
    state: MatterState
    registered_at: datetime | None
    title: str


class SearchOut(Answer):
    """Newest first; `before` asks for the rest, which may be none."""

    matters: list[HitOut]
    before: UUID | None


class RecordOut(Answer):
    """A line of the record of handling."""

    kind: str
    round: int
    codes: dict[str, Any]
    words: dict[str, str]
    recorded_by: str
    recorded_at: datetime


class ContentOut(Answer):
    """What was reported, what was done and said since, and what was handed in."""

    title: str
    facts: str | None
    demand: str | None
    item_text: str | None
    tried: str | None
    records: list[RecordOut]
    materials: list[NamedMaterialOut]


class PersonOut(Answer):
    name: str
    phone: str | None = None
    relation: str | None = None
    age: int | None = None


class IdentityOut(Answer):
    """Who reported."""

    name: str | None
    phone: str | None
    id_type: IdType | None
    id_no: str | None
    agent: PersonOut | None
    beneficiary: PersonOut | None
    representatives: list[PersonOut]


class ContactOut(Answer):
    name: str
    phone: str | None


class ContactSheetOut(Answer):
    """Whom a unit may call; the agent only where the reporter left no number."""

    name: str | None
    phone: str | None
    agent: ContactOut | None
    representatives: list[ContactOut]


class TextCheckIn(Body):
    # Not stripped: the receipt is for exactly this text.
    text: Annotated[str, StringConstraints(strip_whitespace=False, min_length=1, max_length=120_000)]


class TextCheckOut(Answer):
    """Kinds of identity found in the text, and the receipt that says so."""

    clean: bool
    findings: list[Finding]
    receipt: str


@router.get("/matters")
async def page(
    read: Read, wanted: Cursor, state: MatterState | None = None,
    window: Annotated[str | None, Query(pattern=r"^[A-Za-z0-9_\-.@]{1,60}$")] = None,
) -> Response:  # fmt: skip
    async def work(tx: Transaction) -> Page[MatterOut]:
        after = wanted.position(UUID)
        found = await reading.page(tx, state, window, after[0] if after else None, wanted.limit + 1)
        return Page.of([MatterOut.of(matter) for matter in found], wanted.limit, lambda line: [line.matter_id])

    return await read(work)


@router.get("/matters/by-register-no")
async def read_by_number(guess: Guess, no: Annotated[RegisterNo, Query()]) -> Response:
    async def work(tx: Transaction) -> MatterOut:
        return of_file(await reading.read_by_number(tx, no))

    return await guess(work)


@router.post("/matters/titles")
async def titles(body: TitlesIn, read: Read, parts: Parts) -> Response:
    async def work(tx: Transaction) -> TitlesOut:
        return TitlesOut(titles=await reading.titles(tx, body.ids, parts.vault))

    return await read(work)


@router.post("/matters/similar")
async def similar(body: SimilarIn, read: Read, parts: Parts) -> Response:
    async def work(tx: Transaction) -> SimilarListOut:
        found = await duplicates.similar(tx, body.phone, body.item_code, body.title, parts.vault)
        return SimilarListOut(matters=[SimilarOut(**asdict(each)) for each in found])

    return await read(work)


@router.post("/matters/search")
async def search(body: SearchIn, read: Read, parts: Parts) -> Response:
    async def work(tx: Transaction) -> SearchOut:
        hits = await searching.find(tx, body.query, body.before, parts.vault)
        return SearchOut(matters=[HitOut(**asdict(hit)) for hit in hits.matters], before=hits.before)

    return await read(work)


@router.get("/matters/{matter_id}")
async def read_matter(matter_id: UUID, read: Read) -> Response:
    async def work(tx: Transaction) -> MatterOut:
        return of_file(await reading.read(tx, matter_id))

    return await read(work)


@router.get("/matters/{matter_id}/content")
async def content(matter_id: UUID, purpose: Purpose, read: Read) -> ContentOut:
    async with look(read, matter_id, "CONTENT", purpose) as tx:
        found, lines, papers = await reading.content(tx, matter_id, purpose, read.parts.vault)
    return ContentOut(
        title=found.title,
        facts=found.facts,
        demand=found.demand,
        item_text=found.item_text,
        tried=found.tried,
        records=[
            RecordOut(
                kind=line.kind, round=line.round, codes=line.codes, words=words, recorded_by=line.recorded_by,
                recorded_at=line.recorded_at,
            )
            for line, words in lines
        ],
        materials=[named(*paper) for paper in papers],
    )  # fmt: skip


@router.get("/matters/{matter_id}/identity")
async def identity(matter_id: UUID, purpose: Purpose, read: Read) -> IdentityOut:
    async with look(read, matter_id, "IDENTITY", purpose) as tx:
        found = await reading.identity(tx, matter_id, purpose, read.parts.vault)
    agent, beneficiary = found.agent, found.beneficiary
    return IdentityOut(
        name=found.name,
        phone=found.phone,
        id_type=found.id_type,
        id_no=found.id_no,
        agent=PersonOut(name=agent.name, phone=agent.phone, relation=agent.relation) if agent else None,
        beneficiary=PersonOut(name=beneficiary.name, age=beneficiary.age) if beneficiary else None,
        representatives=[PersonOut(name=person.name, phone=person.phone) for person in found.representatives],
    )


@router.get("/matters/{matter_id}/contact-sheet")
async def contact_sheet(matter_id: UUID, purpose: Purpose, read: Read) -> ContactSheetOut:
    async with look(read, matter_id, "CONTACT_SHEET", purpose) as tx:
        found = await reading.contact_sheet(tx, matter_id, purpose, read.parts.vault)
    return ContactSheetOut(**asdict(found))


@router.post("/matters/{matter_id}/text-checks")
async def check_text(matter_id: UUID, body: TextCheckIn, read: Read, parts: Parts) -> Response:
    async def work(tx: Transaction) -> TextCheckOut:
        kinds, receipt = await reading.check_text(tx, matter_id, body.text, parts.vault, parts.extra.receipt_key)
        return TextCheckOut(clean=not kinds, findings=kinds, receipt=receipt)

    return await read(work)
