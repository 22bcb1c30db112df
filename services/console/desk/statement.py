"""The form of a cannot-do statement (不能办情况说明, handbook 6.4): its draft, and the principal's signature."""

from collections.abc import Mapping
from typing import Any

from services.console.desk.act import UNIT, WORKABLE, Act, Order, files_for
from services.console.desk.fields import Field, Group, Values, in_row, numbered
from services.console.desk.form import Form
from shared.contracts.codes import BasisLevel, Role

BASES = 3  # rows of one form
CONCLUSIONS = (("CANNOT", "不能办"), ("NOT_NOW", "暂不能办"))
_TEXTS = ("facts_vs_basis", "reasons", "alternatives", "remedy", "counsellor")
_BASIS = (
    "level", "title", "number", "article", "quotation", "issued_by", "effective_on", "repealed_on", "policy_id",
)  # fmt: skip


def statement(body: dict[str, Any]) -> dict[str, Any]:
    """The draft as referral takes it."""
    return {**body, "basis": numbered("basis", body)}


def from_draft(parts: Mapping[str, Any]) -> Values:
    """The form filled in with what was written so far."""
    values = {name: [parts[name]] for name in ("conclusion", *_TEXTS)}
    for place, basis in enumerate(parts["basis"]):
        values |= {f"basis.{place}.{name}": [basis[name] or ""] for name in _BASIS}
    return values


def _basis(place: int) -> Group:
    name = in_row("basis", place)
    return Group(f"政策依据{place + 1}", (
        Field(name("level"), "层级", "one", BasisLevel, hint="填了依据的必选;内部规定不能单独作为依据"),
        Field(name("title"), "文件名称"), Field(name("number"), "文号"), Field(name("article"), "条款"),
        Field(name("issued_by"), "发布机关"), Field(name("effective_on"), "施行日期", "day"),
        Field(name("repealed_on"), "废止日期", "day", hint="现行有效的不填"),
        Field(name("policy_id"), "政策依据库编号", hint="引自依据库的填写,其余内容从库中带出"),
        Field(name("quotation"), "条文原文", "text"),
    ))  # fmt: skip


def _writing(order: Order) -> tuple[Group, ...]:
    count = max(BASES, len(order["draft"]["parts"]["basis"]) if order.get("draft") else 0)
    return (
        Group("结论", (Field("conclusion", "结论", "one", options=CONCLUSIONS, required=True),)),
        *(_basis(place) for place in range(count)),
        Group("说明", (
            Field("facts_vs_basis", "事实与依据对照", "text", hint="哪项事实不符合哪一条"),
            Field("reasons", "理由", "text", hint="结合本件事实,不少于50字"),
            Field("alternatives", "其他途径", "text", hint="换种办法、何时可办;没有的写明为什么没有"),
            Field("remedy", "救济途径", "text", hint="复议、诉讼、信访复查等"),
            Field("counsellor", "解释人", hint="由谁向反映人解释"),
        )),
    )  # fmt: skip


def _signing(order: Order) -> tuple[Group, ...]:
    scans = files_for(order, "SIGNATURE")
    scan = Field("signature_file_id", "签字件", "one", options=scans, hint="已上传的签字扫描件")
    when = Field("signed_at", "签字时间", "moment", hint="不得早于文本定稿")
    return (Group("此前已在纸质文本上签字的(现在签字的不填)", (when, scan) if scans else (when,)),)


STATEMENT_ACTS: Mapping[str, Act] = {
    "statement": Act(
        Form("不能办情况说明", (), UNIT, submit="保存草稿", shaped=statement), WORKABLE, "cannot-do-statement/draft",
        asks=_writing, usual=lambda order: from_draft(order["draft"]["parts"]) if order.get("draft") else {},
        method="PUT",
    ),
    "statement-signature": Act(
        Form("主要负责人签字", (), (Role.UNIT_PRINCIPAL,), submit="签字并报送"), WORKABLE,
        "cannot-do-statement/signature", asks=_signing,
    ),
}  # fmt: skip
