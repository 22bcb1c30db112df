"""Every query about materials."""

from collections.abc import Collection, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from services.intake.domain.materials import Material
from services.intake.store.tables import MATERIAL
from shared.contracts.codes import FileFormat, PaperForm
from shared.store.statements import Row
from shared.store.unit_of_work import Transaction

_ADD = """
INSERT INTO material (material_id, matter_id, format, form, pages, size, file_digest, sealed_name, added_by, added_at)
VALUES (:material, :matter, :format, :form, :pages, :size, :digest, :name, :by, :at)"""
_GIVE_BACK = "UPDATE material SET returned_by = :by, returned_at = :at WHERE material_id = :material"
_LIVING = """
SELECT material_id FROM material JOIN matter USING (matter_id) JOIN reporter USING (reporter_id)
WHERE material_id = ANY(CAST(:ids AS uuid[])) AND reporter.erased_at IS NULL"""


class Filed(NamedTuple):
    """A material with what is sealed of it in its row."""

    material: Material
    sealed_name: bytes
    file_digest: bytes


async def count(tx: Transaction, matter_id: UUID) -> int:
    """How many a matter has."""
    row = await tx.one("SELECT count(*) FROM material WHERE matter_id = :matter", matter=matter_id)
    return int(row[0]) if row else 0


def add(tx: Transaction, matter_id: UUID, filed: Filed) -> None:
    """Insert one; its file is in the store already."""
    new = filed.material
    tx.write(_ADD, {
        "material": new.id, "matter": matter_id, "format": new.format.value, "form": new.form.value,
        "pages": new.pages, "size": new.size, "digest": filed.file_digest, "name": filed.sealed_name,
        "by": new.added_by, "at": new.added_at,
    })  # fmt: skip


async def of_matter(tx: Transaction, matter_id: UUID) -> list[Filed]:
    """All of a matter, oldest first."""
    query = select(MATERIAL).where(MATERIAL.c.matter_id == matter_id).order_by(MATERIAL.c.material_id)
    return [_filed(row) for row in await tx.all(query)]


async def find(tx: Transaction, matter_id: UUID, material_id: UUID) -> Filed | None:
    """One of a matter."""
    query = select(MATERIAL).where(MATERIAL.c.matter_id == matter_id, MATERIAL.c.material_id == material_id)
    row = await tx.one(query)
    return _filed(row) if row else None


def give_back(tx: Transaction, material: Material) -> None:
    """Note that the paper was given back."""
    tx.write(_GIVE_BACK, {"by": material.returned_by, "at": material.returned_at, "material": material.id})


async def erase(tx: Transaction, matter_id: UUID, sealed_name: bytes) -> None:
    """Put one name in the place of all."""
    await tx.run(
        "UPDATE material SET sealed_name = :name WHERE matter_id = :matter", {"name": sealed_name, "matter": matter_id}
    )


async def living(tx: Transaction, ids: Collection[UUID]) -> set[UUID]:
    """Those of these materials that are in a row and not erased: their files are wanted."""
    rows: Sequence[Row] = await tx.all(_LIVING, ids=list(ids))
    return {row.material_id for row in rows}


def _filed(row: Row) -> Filed:
    material = Material(
        row.material_id, FileFormat(row.format), PaperForm(row.form), row.pages, row.size, row.added_by, row.added_at,
        row.returned_by, row.returned_at,
    )  # fmt: skip
    return Filed(material, row.sealed_name, row.file_digest)
