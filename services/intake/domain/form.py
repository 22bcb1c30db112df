"""登记表: what is asked at the counter, in two sizes, checked before anything is stored (handbook 6.1)."""

import re
from dataclasses import dataclass, replace
from datetime import datetime

from services.intake.domain import identity as identities
from services.intake.domain.identity import Identity
from shared.contracts.codes import (
    AlreadyIn,
    Channel,
    ConfirmMode,
    Disclosure,
    ReporterKind,
    RootCause,
    Urgency,
    Vulnerable,
)
from shared.contracts.errors import Refused
from shared.wording import line, passage, visible, without_personal_number

TITLE, FACTS, DEMAND, NOTE = (2, 100), (10, 20_000), (2, 5_000), (2, 5_000)
OTHER_ITEM = "OTHER"
POSTED_NOTICE = "POSTED"  # 告知: the privacy notice that hangs at the counter, for the fast form
_REGION = re.compile(r"\d{6}", re.ASCII)
_SOURCE_REF = re.compile(r"[\w\-./:#]{1,100}")


@dataclass(frozen=True, slots=True)
class Content:
    """What was reported, in words: kept sealed; the fast form has a title only."""

    title: str
    facts: str | None = None
    demand: str | None = None
    item_text: str | None = None
    tried: str | None = None


@dataclass(frozen=True, slots=True)
class Particulars:
    """The codes of a registration form."""

    reporter_kind: ReporterKind
    disclosure: Disclosure
    confirm_mode: ConfirmMode
    privacy_notice_version: str
    urgency: Urgency = Urgency.NORMAL
    item_code: str | None = None
    group_size: int | None = None
    blamed_unit_ids: tuple[str, ...] = ()
    counter_no: str | None = None
    address_region: str | None = None
    already_in: tuple[AlreadyIn, ...] = ()
    hotline_ref: str | None = None
    vulnerable: tuple[Vulnerable, ...] = ()
    times_tried: int = 0


@dataclass(frozen=True, slots=True)
class Form:
    """登记表 as filled in; with a conflict of interest another person must register it (T02)."""

    particulars: Particulars
    identity: Identity
    content: Content
    channel: Channel = Channel.WALK_IN
    source_ref: str | None = None
    received_at: datetime | None = None
    conflict_of_interest: bool = False


@dataclass(frozen=True, slots=True)
class Settlement:
    """当场办结: the one-line judgement of what was done at the counter, and the cause behind it."""

    action_taken: str
    root_cause: RootCause
    minutes_spent: int

    def checked(self) -> "Settlement":
        """The settlement normalised, or what is wrong with it."""
        return replace(self, action_taken=passage(self.action_taken, "办理情况", *NOTE))


@dataclass(frozen=True, slots=True)
class Received:
    """来件: what another channel sent and nobody has registered yet."""

    channel: Channel
    source_ref: str
    title: str
    facts: str
    received_at: datetime
    reporter_name: str | None = None


def checked(form: Form, now: datetime) -> Form:
    """The full form normalised, or what is wrong with it."""
    if form.conflict_of_interest:
        raise Refused("register.recusal", "与反映人或所反映事项有利害关系的应当回避,请换人登记")
    return replace(
        form,
        particulars=_particulars(form.particulars, form.content),
        identity=_identity(form),
        content=_content(form.content),
        source_ref=_source_ref(form.channel, form.source_ref),
        received_at=identities.received_in_time(form.received_at or now, now),
    )


def checked_fast(form: Form) -> Form:
    """The fast form for what is settled at the counter: who, what in one sentence, and the item."""
    source_ref = _source_ref(form.channel, form.source_ref)
    content = Content(title=_title(form.content.title))
    return replace(form, identity=_identity(form), content=content, source_ref=source_ref)


def checked_received(given: Received, now: datetime) -> Received:
    """What another channel sent, cleaned, or what is wrong with it."""
    return replace(
        given,
        source_ref=_source_ref(given.channel, given.source_ref) or "",
        title=_title(visible(given.title)),
        facts=passage(given.facts, "反映内容", *FACTS),
        received_at=identities.received_in_time(given.received_at, now),
        reporter_name=line(visible(given.reporter_name), "姓名或名称") if given.reporter_name else None,
    )


def _identity(form: Form) -> Identity:
    codes = form.particulars
    return identities.checked(form.identity, codes.reporter_kind, codes.group_size, codes.disclosure)


def _content(content: Content) -> Content:
    return Content(
        title=_title(content.title),
        facts=passage(content.facts or "", "反映内容", *FACTS),
        demand=passage(content.demand or "", "诉求", *DEMAND),
        item_text=line(content.item_text, "事项名称") if content.item_text else None,
        tried=passage(content.tried, "已找过的单位", 1, 2_000) if content.tried else None,
    )


def _title(title: str) -> str:
    return without_personal_number(line(title, "事由", *TITLE))


def _particulars(codes: Particulars, content: Content) -> Particulars:
    if codes.item_code == OTHER_ITEM and not content.item_text:
        raise Refused("item.text_missing", "事项选择“其他”的,请写明是什么事项")
    if codes.address_region is not None and not _REGION.fullmatch(codes.address_region):
        raise Refused("region.invalid", "区域请填6位行政区划代码(到县区)")
    if codes.hotline_ref is None:
        return codes
    _require_reference(codes.hotline_ref, "12345工单号")
    return replace(codes, already_in=tuple(dict.fromkeys((*codes.already_in, AlreadyIn.H12345))))


def _source_ref(channel: Channel, reference: str | None) -> str | None:
    if reference is None:
        if channel is not Channel.WALK_IN:
            raise Refused("source_ref.missing", "除窗口来访外,请填写来源单号")
        return None
    _require_reference(reference, "来源单号")
    return reference


def _require_reference(reference: str, label: str) -> None:
    if not _SOURCE_REF.fullmatch(reference):
        raise Refused("source_ref.invalid", f"{label}只用字母、数字、汉字和 - . / : # _,最多100个字符")
