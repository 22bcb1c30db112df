"""材料: papers that the reporter hands in at the counter, and gets back (handbook 6.1)."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.intake.domain.matter import Matter
from services.intake.domain.transitions import OPEN
from shared.contracts.base import Event
from shared.contracts.codes import FileFormat, PaperForm
from shared.contracts.errors import Conflict, Refused
from shared.contracts.intake import MatterMaterialAdded, MatterMaterialReturned
from shared.wording import line

MOST = 30
NAME = (1, 50)


@dataclass(frozen=True, slots=True)
class Material:
    """A paper of a matter, without its name and without its file."""

    id: UUID
    format: FileFormat
    form: PaperForm
    pages: int
    size: int
    added_by: str
    added_at: datetime
    returned_by: str | None = None
    returned_at: datetime | None = None


def paper_name(name: str) -> str:
    """What a paper is called, such as 参保证明."""
    return line(name, "材料名称", *NAME)


def require_room(matter: Matter, there: int) -> None:
    """Papers come while the matter is worked on; what comes later reopens it."""
    if matter.state not in OPEN:
        raise Refused("material.not_open", "只有已登记、尚未办结的事项可以登记材料;已办结又有新材料的,请先办理复开")
    if there >= MOST:
        raise Refused("material.too_many", f"每件事项最多登记{MOST}份材料,请合并扫描后上传")


def add(matter: Matter, there: int, material: Material) -> list[Event]:
    """登记材料, when `there` are so many already."""
    require_room(matter, there)
    return [
        MatterMaterialAdded(
            **matter.ref, material_id=material.id, format=material.format, form=material.form, pages=material.pages,
            size=material.size, added_by=material.added_by, added_at=material.added_at,
        )
    ]  # fmt: skip


def give_back(matter: Matter, material: Material, by: str, now: datetime) -> tuple[Material, list[Event]]:
    """退还材料, also after the end: an original belongs to who brought it."""
    if material.returned_at is not None:
        raise Conflict("material.returned", "这份材料已经退还")
    told = MatterMaterialReturned(**matter.ref, material_id=material.id, returned_by=by, returned_at=now)
    return replace(material, returned_by=by, returned_at=now), [told]
