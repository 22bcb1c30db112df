"""Routes of materials: upload, list, open, give back."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import Field

from services.intake.domain.materials import Material
from services.intake.handlers import materials
from services.intake.http.looks import look
from shared.contracts.codes import FileFormat, PaperForm, Purpose
from shared.files import Drawer, Stored
from shared.store.unit_of_work import Transaction
from shared.web import Answer, Body, Parts, Read, Run
from shared.web.uploads import CARRIES_FILES, attachment, document_of, few_at_once, received

router = APIRouter()


class MaterialIn(Body):
    """登记材料: what the paper is, beside its `file`."""

    name: Annotated[str, Field(max_length=200)]
    form: PaperForm
    pages: Annotated[int, Field(ge=1, le=2000)]


class MaterialOut(Answer):
    """A paper without its name."""

    material_id: UUID
    format: FileFormat
    form: PaperForm
    pages: int
    size: int
    added_by: str
    added_at: datetime
    returned_by: str | None
    returned_at: datetime | None

    @classmethod
    def of(cls, material: Material) -> "MaterialOut":
        """The answer about a material."""
        return cls(**_codes(material))


class NamedMaterialOut(MaterialOut):
    """A paper with its name."""

    name: str


class MaterialListOut(Answer):
    materials: list[NamedMaterialOut]


class ReturnIn(Body):
    """退还: nothing to say."""


def named(material: Material, name: str) -> NamedMaterialOut:
    """The answer about a material whose name may be seen."""
    return NamedMaterialOut(**_codes(material), name=name)


@router.post("/matters/{matter_id}/materials", dependencies=CARRIES_FILES, openapi_extra=document_of(MaterialIn))
async def add(matter_id: UUID, run: Run, parts: Parts) -> Response:
    async def place(tx: Transaction, given: MaterialIn) -> Drawer:
        return await materials.expect(tx, matter_id, given.name, parts.extra.files, parts.vault)

    async def work(tx: Transaction, given: MaterialIn, stored: Stored) -> MaterialOut:
        said = given.name, given.form, given.pages
        return MaterialOut.of(await materials.add(tx, matter_id, stored, *said, parts.vault))

    return await received(run, MaterialIn, place, work)


@router.get("/matters/{matter_id}/materials")
async def page(matter_id: UUID, purpose: Purpose, read: Read) -> MaterialListOut:
    async with look(read, matter_id, "MATERIALS", purpose) as tx:
        found = await materials.listed(tx, matter_id, purpose, read.parts.vault)
    return MaterialListOut(materials=[named(*each) for each in found])


@router.get("/matters/{matter_id}/materials/{material_id}/file", dependencies=[Depends(few_at_once)])
async def open_file(matter_id: UUID, material_id: UUID, purpose: Purpose, read: Read) -> Response:
    async with look(read, matter_id, "MATERIALS", purpose) as tx:
        filed, own = await materials.look(tx, matter_id, material_id, purpose, read.parts.vault)
    content = await materials.fetch(read.parts.extra.files, filed, own)
    return attachment(material_id, filed.material.format, content)


@router.post("/matters/{matter_id}/materials/{material_id}/return")
async def give_back(matter_id: UUID, material_id: UUID, _body: ReturnIn, run: Run) -> Response:
    async def work(tx: Transaction) -> MaterialOut:
        return MaterialOut.of(await materials.give_back(tx, matter_id, material_id))

    return await run(work)


def _codes(material: Material) -> dict[str, object]:
    return {
        "material_id": material.id, "format": material.format, "form": material.form, "pages": material.pages,
        "size": material.size, "added_by": material.added_by, "added_at": material.added_at,
        "returned_by": material.returned_by, "returned_at": material.returned_at,
    }  # fmt: skip
