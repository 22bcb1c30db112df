"""一次性告知: the unit gives the complete list of materials once; whatever is added later is on record (A29)."""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.referral.domain.orders import WORKABLE, Order
from shared.contracts.base import Event
from shared.contracts.errors import Refused
from shared.contracts.referral import NoticeBreachDetected, NoticeIssued
from shared.ids import new_id


class MaterialForm(StrEnum):
    """原件, 复印件 or 电子件."""

    ORIGINAL = "ORIGINAL"
    COPY = "COPY"
    ELECTRONIC = "ELECTRONIC"


@dataclass(frozen=True, slots=True)
class Material:
    """One paper the person has to bring, and the rule that asks for it."""

    name: str
    basis: str
    form: MaterialForm
    copies: int
    issuer: str = ""

    @property
    def key(self) -> str:
        """The name as it is compared: width and blanks make no other paper."""
        return "".join(unicodedata.normalize("NFKC", self.name).split())


@dataclass(frozen=True, slots=True)
class Procedure:
    """How the person goes about it: conditions, steps, time, fee, place and whom to call (handbook 6.10)."""

    conditions: str = ""
    flow: str = ""
    duration: str = ""
    fee: str = ""
    place: str = ""
    contact: str = ""


UNSAID = Procedure()


@dataclass(frozen=True, slots=True)
class Notice:
    """One version of the notice; `added` names the materials no earlier version asked for."""

    id: UUID
    order_id: UUID
    version: int
    materials: tuple[Material, ...]
    added: tuple[str, ...]
    given_by: str
    given_at: datetime
    procedure: Procedure = UNSAID


def issue(
    order: Order, materials: tuple[Material, ...], earlier: Sequence[Notice], by: str, now: datetime,
    procedure: Procedure = UNSAID,
) -> tuple[Notice, list[Event]]:  # fmt: skip
    """Give the next version of the one-time notice of an order."""
    order.require(*WORKABLE, doing="出具一次性告知")
    _require_list(materials)
    asked = {material.key for notice in earlier for material in notice.materials}
    added = tuple(material.name for material in materials if earlier and material.key not in asked)
    notice = Notice(new_id(), order.id, len(earlier) + 1, materials, added, by, now, procedure)
    event = NoticeIssued(
        **order.ref,
        notice_id=notice.id,
        version=notice.version,
        material_count=len(materials),
        added_count=len(added),
        given_at=now,
    )
    if not added:
        return notice, [event]
    breach = NoticeBreachDetected(
        **order.ref, notice_id=notice.id, version=notice.version, added_count=len(added), detected_at=now
    )
    return notice, [event, breach]


def _require_list(materials: tuple[Material, ...]) -> None:
    if not materials:
        raise Refused("notice.no_material", "一次性告知须列出全部材料,至少一项")
    twice = [key for key, times in Counter(material.key for material in materials).items() if times > 1]
    if twice:
        raise Refused("notice.material_twice", f"材料重复:{'、'.join(twice)}")
