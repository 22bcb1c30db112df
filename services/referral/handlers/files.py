"""Files of orders and meetings; a file goes to the store before its row, so that no row lacks one."""

from uuid import UUID

import structlog

from services.referral import access
from services.referral.domain import files as rules
from services.referral.domain.files import File, FilePurpose
from services.referral.domain.meetings import Meeting
from services.referral.handlers.desk import duty_of, for_unit, meeting_for_window
from services.referral.handlers.reading import shown_order
from services.referral.store import files, meetings
from services.referral.store.files import Filed
from services.referral.store.words import Words
from shared.contracts.codes import Purpose
from shared.contracts.errors import Conflict, Gone, NotFound, Refused
from shared.contracts.referral import FileViewed
from shared.files import Drawer, Files, Stored, destroy
from shared.roster import require_staff
from shared.store.unit_of_work import Transaction
from shared.store.vault import Vault

log = structlog.get_logger(__name__)


async def expect_on_order(tx: Transaction, order_id: UUID, name: str, kept: Files, vault: Vault) -> Drawer:
    """Where a file of this order goes, if its unit may add one of this name now."""
    access.of_a_unit(tx.actor)
    rules.file_name(name)
    shown = await shown_order(tx, order_id, vault)
    access.of_this_unit(tx.actor, shown.order)
    rules.require_place_on_order(shown.order, await files.count(tx, order_id))
    return _drawer(kept, shown.order.matter_id, shown.words)


async def add_to_order(
    tx: Transaction, order_id: UUID, stored: Stored, name: str, purpose: FilePurpose, vault: Vault
) -> File:
    """上传证据材料或签字件."""
    desk = await for_unit(tx, vault, order_id)
    rules.require_place_on_order(desk.order, await files.count(tx, order_id))
    return _added(tx, desk.words, desk.matter.id, order_id, stored, name, purpose)


async def expect_at_meeting(tx: Transaction, meeting_id: UUID, name: str, kept: Files, vault: Vault) -> Drawer:
    """Where the signed minutes of this meeting go, if the window may add a file of this name now."""
    access.of_a_window(tx.actor)
    rules.file_name(name)
    meeting, words = await _meeting(tx, meeting_id, vault)
    access.of_this_window(tx.actor, meeting.matter.window_id)
    require_staff(await duty_of(tx, meeting.matter), tx.actor, doing="上传会议纪要")
    rules.require_place_at_meeting(meeting, await files.count(tx, meeting_id))
    return _drawer(kept, meeting.matter.id, words)


async def add_to_meeting(tx: Transaction, meeting_id: UUID, stored: Stored, name: str, vault: Vault) -> File:
    """上传签字的会议纪要."""
    kept, meeting = await meeting_for_window(tx, vault, meeting_id)
    require_staff(await duty_of(tx, kept.matter), tx.actor, doing="上传会议纪要")
    rules.require_place_at_meeting(meeting, await files.count(tx, meeting_id))
    return _added(tx, kept.words, kept.matter.id, meeting_id, stored, name, FilePurpose.MINUTES)


async def of_order(tx: Transaction, order_id: UUID, vault: Vault) -> list[File]:
    """The files of an order, for everybody who may read it."""
    shown = await shown_order(tx, order_id, vault)
    return await files.listed(tx, shown.words, order_id)


async def of_meeting(tx: Transaction, meeting_id: UUID, vault: Vault) -> list[File]:
    """The signed minutes of a meeting, on the window's side only."""
    _, words = await _meeting(tx, meeting_id, vault)
    return await files.listed(tx, words, meeting_id)


async def look_on_order(
    tx: Transaction, order_id: UUID, file_id: UUID, purpose: Purpose | None, kept: Files, vault: Vault
) -> tuple[Filed, Drawer]:
    """Which file of an order somebody may open, and where it lies: a look that is told, but for its own unit."""
    shown = await shown_order(tx, order_id, vault)
    filed = await _living(tx, shown.words, order_id, file_id)
    if not access.is_unit(tx.actor):
        order = shown.order
        _told(tx, file_id, "ORDER_FILES", purpose, order.matter_id, order.org_code, order.window_id)
    return filed, _drawer(kept, shown.order.matter_id, shown.words)


async def look_at_meeting(
    tx: Transaction, meeting_id: UUID, file_id: UUID, purpose: Purpose | None, kept: Files, vault: Vault
) -> tuple[Filed, Drawer]:
    """Which file of a meeting somebody may open, and where it lies: a look that is told."""
    meeting, words = await _meeting(tx, meeting_id, vault)
    filed = await _living(tx, words, meeting_id, file_id)
    matter = meeting.matter
    _told(tx, file_id, "MINUTES", purpose, matter.id, matter.org_code, matter.window_id)
    return filed, _drawer(kept, matter.id, words)


async def fetch(filed: Filed, where: Drawer) -> bytes:
    """A file as it was handed in."""
    content = await where.fetch(filed.file.id, filed.digest)
    if content is None:
        log.error("file.lost", file=str(filed.file.id))
        raise NotFound("file.lost", "文件缺失或已损坏,请联系系统管理员从备份恢复")
    return content


async def destroy_of(kept: Files, matter_id: UUID) -> None:
    """Remove the files of an erased matter."""
    await destroy(kept, _place(matter_id))


def _told(
    tx: Transaction, file_id: UUID, group: str, purpose: Purpose | None, matter_id: UUID, org_code: str, window_id: str
) -> None:
    if purpose is None:
        raise Refused("look.no_purpose", "文件中可能有反映人信息,请选择查看目的后再打开;查看将留痕")
    tx.publish(
        FileViewed(
            matter_id=matter_id, org_code=org_code, window_id=window_id, file_id=file_id, viewer_id=tx.actor.id,
            field_group=group, purpose=purpose.value, viewed_at=tx.now,
        )
    )  # fmt: skip


def _drawer(kept: Files, matter_id: UUID, words: Words) -> Drawer:
    """Where the files of a matter lie."""
    return Drawer(kept, _place(matter_id), words)


def _place(matter_id: UUID) -> str:
    return f"referral/{matter_id}"


def _added(
    tx: Transaction, words: Words, matter_id: UUID, of: UUID, stored: Stored, name: str, purpose: FilePurpose
) -> File:
    if stored.pen != words:  # erased between the two: nobody could open it any more
        raise Conflict("file.key_changed", "该事项的信息刚刚依法删除或密钥刚刚更换,文件没有保存,请重新上传")
    file = File(
        stored.id, of, purpose, rules.file_name(name), stored.sha256, stored.format, stored.size, tx.actor.id, tx.now
    )
    files.add(tx, words, matter_id, Filed(file, stored.digest))
    return file


async def _meeting(tx: Transaction, meeting_id: UUID, vault: Vault) -> tuple[Meeting, Words]:
    found = await meetings.find(tx, vault, access.on_window_side(tx.actor), meeting_id)
    if found is None:
        raise NotFound
    return found


async def _living(tx: Transaction, words: Words, of: UUID, file_id: UUID) -> Filed:
    filed = await files.find(tx, words, of, file_id)
    if filed is None:
        raise NotFound
    if filed.file.is_erased:
        raise Gone("file.erased", "反映人信息已依法删除,相关文件已一并销毁")
    return filed
