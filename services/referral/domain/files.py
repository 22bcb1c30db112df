"""Files of orders and meetings: the unit's evidence and signatures, the window's signed minutes (handbook 6.3, 6.4)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.referral.domain.answers import Answer, Evidence
from services.referral.domain.meetings import Meeting
from services.referral.domain.orders import WORKABLE, Order
from services.referral.domain.statements import Draft
from shared.contracts.codes import FileFormat, OrderState
from shared.contracts.errors import Refused
from shared.wording import line

MOST_OF_ORDER, MOST_OF_MEETING = 50, 20
NAME = (1, 100)


class FilePurpose(StrEnum):
    """What a file is for: 证据材料, 签字件, 签字的会议纪要."""

    EVIDENCE = "EVIDENCE"
    SIGNATURE = "SIGNATURE"
    MINUTES = "MINUTES"


@dataclass(frozen=True, slots=True)
class File:
    """A file of an order or of a meeting (`of`), without its content."""

    id: UUID
    of: UUID
    purpose: FilePurpose
    name: str
    sha256: str  # of what was handed in
    format: FileFormat
    size: int
    added_by: str
    added_at: datetime
    is_erased: bool = False


def file_name(name: str) -> str:
    """What a file is called, such as 登记截图."""
    return line(name, "文件名称", *NAME)


def require_place_on_order(order: Order, there: int) -> None:
    """A unit adds files while the order is in its hands, when `there` are so many already."""
    order.require(OrderState.DELIVERED, *WORKABLE, doing="上传文件")
    _require_room(there, MOST_OF_ORDER, "每份交办单")


def require_place_at_meeting(meeting: Meeting, there: int) -> None:
    """Minutes are signed once the meeting has sat."""
    if not meeting.sessions:
        raise Refused("meeting.not_held", "会议尚未召开,请先记录会次再上传签字的会议纪要")
    _require_room(there, MOST_OF_MEETING, "每次会议")


def with_files(answer: Answer, files: Iterable[File]) -> Answer:
    """The answer whose evidence says of uploaded files what they are; each is one of the order."""
    known = {file.id: file for file in files if not file.is_erased}
    return replace(answer, evidence=tuple(_stated(one, known) for one in answer.evidence))


def require_signature(file: File | None, written: Draft | None) -> str:
    """The sha256 of what was signed by hand: a signature of this order, younger than the text (8.20)."""
    if file is None or file.is_erased or file.purpose is not FilePurpose.SIGNATURE:
        raise Refused("cannot_do.signature_unknown", "所选签字件不是本交办单上传的签字文件,请先以“签字件”上传")
    if written and file.added_at < written.written_at:
        raise Refused(
            "cannot_do.signature_older", "签字件早于文本定稿,不能作为对该文本的签字,请由主要负责人对定稿重新签字后上传"
        )
    return file.sha256


def _stated(evidence: Evidence, known: Mapping[UUID, File]) -> Evidence:
    if evidence.file_id is None:
        return evidence
    if evidence.file_id not in known:
        raise Refused("answer.file_unknown", "所选证据文件不是本交办单的文件,请先上传到本交办单")
    file = known[evidence.file_id]
    return Evidence(file.name, file.sha256, file.id)


def _require_room(there: int, most: int, where: str) -> None:
    if there >= most:
        raise Refused("file.too_many", f"{where}最多上传{most}份文件,请合并扫描后上传")
