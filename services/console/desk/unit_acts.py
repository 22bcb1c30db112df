"""What a unit does with its orders (handbook 6.3): acknowledge, answer, ask for time, tell materials once."""

import re
from collections.abc import Mapping
from typing import Any

from services.console.desk.act import IN_HAND, UNIT, WORKABLE, Act, Order, S, files_for, plain
from services.console.desk.fields import Field, Group, in_row, numbered
from services.console.desk.form import Form
from shared.contracts.codes import AnswerResult, ExtensionReason, ObjectionReason, SuspendReason

EVIDENCE = 3  # rows of one form
MATERIALS = 6
PURPOSES = (("EVIDENCE", "佐证材料"), ("SIGNATURE", "情况说明的签字件"))
FORMS = (("ORIGINAL", "原件"), ("COPY", "复印件"), ("ELECTRONIC", "电子件"))
_RANGE = re.compile(r"B(\d{2,5})[-—~～至]B?(\d{2,5})")
_BETWEEN = re.compile(r"[\s,，、;；]+")
_MOST = 10_000  # beneficiaries of one group
_OUTCOME = Field("outcome", "联系情况", "text", required=True, hint="联系不上的也要写明")


_PROCEDURE = Group("怎么办理", (
    Field("conditions", "办理条件", "text"), Field("flow", "办理流程", "text"), Field("duration", "办理时限"),
    Field("fee", "收费"), Field("place", "办理地点"), Field("contact", "咨询电话"),
))  # fmt: skip


def answer(body: dict[str, Any]) -> dict[str, Any]:
    """反馈 as referral takes it: rows of evidence, and a line for each beneficiary that was named."""
    given = body.get("of", {})
    beneficiaries = [
        {"label": label, "result": result} for result in AnswerResult for label in labels(given.get(result, ""))
    ]
    rest = {name: value for name, value in body.items() if name not in ("of", "evidence", "files")}
    evidence = [*({"file_id": chosen} for chosen in body.get("files", ())), *numbered("evidence", body)]
    return {**rest, "evidence": evidence, "beneficiaries": beneficiaries}


def labels(text: str) -> list[str]:
    """`B01-B03、B07` as B01, B02, B03, B07; what is no label is passed on for referral to refuse."""
    found: list[str] = []
    for part in _BETWEEN.split(text.strip().upper()):
        span = _RANGE.fullmatch(part)
        first, last = (int(number) for number in span.groups()) if span else (1, 0)
        if span and first <= last <= _MOST:
            found += [f"B{number:02d}" for number in range(first, last + 1)]
        elif part:
            found.append(part)
    return found


def notice(body: dict[str, Any]) -> dict[str, Any]:
    """一次性告知: the rows that were filled in."""
    return {**body, "materials": numbered("materials", body)}


def _answering(order: Order) -> tuple[Group, ...]:
    rows = tuple(
        field
        for place in range(EVIDENCE)
        for field in (
            Field(f"evidence.{place}.name", f"自存材料{place + 1} 名称"),
            Field(f"evidence.{place}.sha256", f"自存材料{place + 1} 文件校验值", hint="SHA-256,64位"),
        )
    )  # fmt: skip
    what = Group("办理结果", (
        Field("process", "办理过程", "text", required=True, hint="何时做了什么、依据什么;不写反映人的身份信息"),
        Field("result", "结果", "one", AnswerResult, required=True),
        Field("handler", "承办人", required=True),
        Field("approved_by", "审批人", required=True),
        Field("cause_view", "本单位对原因的看法", "text"),
    ))  # fmt: skip
    chosen = Field("files", "已上传的佐证材料", "many", options=files_for(order, "EVIDENCE"))
    evidence = Group(
        "佐证材料(至少一份;先在交办单页面上传,或填写本单位自存的材料)", (chosen, *rows) if chosen.options else rows
    )
    size = order["group_size"]
    if not size:
        return what, evidence
    whole = f"B01至B{size:02d}"
    each = Group(f"逐人结果({whole},主办单位须逐人填写)", (
        Field("of.SOLVED", "已解决的", "sentence", hint=f"写编号,可连写,如:{'B01-B03、B05' if size > 4 else whole}"),
        Field("of.PARTLY", "部分解决的", "sentence"),
        Field("of.NOT_SOLVED", "未解决的", "sentence"),
    ))  # fmt: skip
    return what, each, evidence


def _material(place: int) -> Group:
    name = in_row("materials", place)
    needed = place == 0
    return Group(f"材料{place + 1}", (
        Field(name("name"), "材料名称", required=needed), Field(name("basis"), "依据(文件和条款)", required=needed),
        Field(name("form"), "形式", "one", options=FORMS, required=needed),
        Field(name("copies"), "份数", "number", hint="不填为1份"), Field(name("issuer"), "出具单位"),
    ))  # fmt: skip


def _may_object(order: Order) -> bool:
    return not order["objections"] and not order["answers"]


UNIT_ACTS: Mapping[str, Act] = {
    "acknowledgement": Act(Form("签收", (), UNIT, submit="签收"), (S.DELIVERED,), "acknowledgement"),
    "answer": Act(
        Form("反馈办理结果", (), UNIT, submit="提交反馈", shaped=answer), WORKABLE, "answer", asks=_answering
    ),
    "files": Act(Form("上传文件", plain(
        Field("name", "名称", required=True, hint="如:登记截图;不写反映人姓名和证件号码"),
        Field("purpose", "用途", "one", options=PURPOSES, required=True, usual="EVIDENCE"),
        Field("file", "文件", "file", required=True, hint="pdf、jpg、png、ofd、docx,每个不超过20MB"),
    ), UNIT, submit="上传"), (S.DELIVERED, *WORKABLE), "files"),
    "notices": Act(
        Form(
            "一次性告知", (*map(_material, range(MATERIALS)), _PROCEDURE), UNIT, submit="出具告知", shaped=notice
        ),
        WORKABLE, "notices",
    ),
    "objection": Act(Form("退单异议", plain(
        Field("reason", "理由", "one", ObjectionReason, required=True),
        Field("basis", "依据", "text", required=True, hint="三定规定、权责清单的具体条目,不少于10字"),
        Field("suggested_unit_id", "建议改派的单位", "unit"),
    ), UNIT, submit="提出异议"), (S.DELIVERED, S.WORKING), "objection", _may_object),
    "extension": Act(Form("申请延期", plain(
        Field("days", "延长(工作日)", "number", required=True, hint="不超过原时限,最多10个工作日"),
        Field("reason", "理由", "one", ExtensionReason, required=True),
        Field("evidence", "佐证", "text", required=True),
        Field("plan", "延期后的办理计划", "text", required=True),
    ), UNIT, submit="提出申请"), (S.WORKING, S.RETURNED), "extension"),
    "suspension": Act(Form("申请中止", plain(
        Field("reason", "原因", "one", SuspendReason, required=True, hint="等待反映人补充材料的,须先一次性告知"),
        Field("resume_by", "最迟恢复日期", "day", required=True, hint="自今天起最长30日"),
        Field("basis", "事实和依据", "text", required=True),
    ), UNIT, submit="提出申请"), (S.WORKING, S.RETURNED), "suspension", lambda order: not order["suspension_waits"]),
    "contact-requests": Act(Form("请窗口联系", plain(
        Field("what", "需要了解或转告的内容", "text", required=True),
    ), UNIT, submit="提交窗口"), IN_HAND, "contact-requests"),
    "contacts": Act(
        Form("登记联系", plain(_OUTCOME), UNIT, submit="登记"), IN_HAND, "contacts",
        lambda order: bool(order["reporter_known"]),
    ),
}  # fmt: skip
