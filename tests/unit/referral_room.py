"""Things that referral's unit tests work with: a matter, units, an order in any state, a statement that stands."""

from dataclasses import replace
from datetime import date, datetime

from services.referral.domain import orders
from services.referral.domain.answers import Answer, BeneficiaryResult, Evidence
from services.referral.domain.comparisons import CityRule, Comparison, Verdict
from services.referral.domain.matters import Matter
from services.referral.domain.orders import Extract, Order, Requirement, ReviewDecision
from services.referral.domain.statements import (
    Basis,
    Conclusion,
    Statement,
    StatementText,
    canonical,
    file,
    text_hash,
)
from services.referral.domain.terms import Post, Term
from services.referral.domain.units import Unit, UnitKind
from shared.contracts.codes import AnswerResult, BasisLevel, Disclosure, HandlingPolicy, UnitRole
from shared.contracts.triage import OrderDraft
from shared.ids import new_id
from shared.workdays import ZONE

NOW = datetime(2026, 10, 10, 9, 30, tzinfo=ZONE)
TODAY = NOW.date()
LEADER, STAFF = "u-leader-1", "u-staff-1"
PRINCIPAL, DEPUTY, HANDLER = "u-principal-1", "u-deputy-1", "u-handler-1"
UNIT = "410200-U01"
FILE = Evidence("现场照片.jpg", "ab" * 32)


def matter(disclosure: Disclosure = Disclosure.AGREE, group_size: int | None = None) -> Matter:
    """A registered matter of the city window."""
    return Matter(new_id(), "410200", "410200-W1", "汴监窗〔2026〕000123号", disclosure, group_size)


def unit(
    unit_id: str = UNIT, valid_from: date = date(2019, 1, 1), valid_to: date | None = None, successor: str | None = None
) -> Unit:
    """A unit of the directory with its principal and a deputy, in office from its first day."""
    terms = Term(DEPUTY, Post.DEPUTY, valid_from), Term(PRINCIPAL, Post.PRINCIPAL, valid_from)
    return Unit(
        unit_id, "410200", "市商务局", UnitKind.DEPARTMENT, PRINCIPAL, (DEPUTY,), valid_from, valid_to, successor,
        terms=terms,
    )  # fmt: skip


def extract() -> Extract:
    """An extract that may be signed."""
    return Extract(
        "加油站恢复营业", "经营者换发许可证后申请恢复营业,未获同意。", "恢复营业", (Requirement("书面答复"),)
    )


def drafted(of: Matter, role: UnitRole = UnitRole.MAIN, rule: str = "D15", unit_id: str = UNIT) -> Order:
    """An order as the approval makes it."""
    order, _ = orders.draft(of, OrderDraft(unit_id=unit_id, role=role, rule=rule), HandlingPolicy.PUSH, NOW)
    return order


def delivered(of: Matter, role: UnitRole = UnitRole.MAIN) -> Order:
    """An order signed and delivered."""
    signed, _ = orders.sign(orders.write_extract(drafted(of, role), extract()), "汴纪监窗交〔2026〕45号", LEADER, NOW)
    return signed


def working(of: Matter, role: UnitRole = UnitRole.MAIN) -> Order:
    """An order the unit has acknowledged."""
    acked, _ = orders.acknowledge(delivered(of, role), HANDLER, NOW)
    return acked


def given(result: AnswerResult = AnswerResult.SOLVED, *beneficiaries: BeneficiaryResult) -> Answer:
    """An answer with one piece of evidence."""
    return Answer("已补录登记信息", result, (FILE,), "王某", "赵某", HANDLER, NOW, beneficiaries=beneficiaries)


def answered(of: Matter, result: AnswerResult = AnswerResult.SOLVED) -> Order:
    """An order with an answer that waits for review."""
    order, _ = orders.answer(working(of), given(result), of)
    return order


def accepted(of: Matter, result: AnswerResult = AnswerResult.SOLVED) -> Order:
    """An order struck off after its answer passed."""
    order, _ = orders.review(answered(of, result), ReviewDecision.ACCEPT, "", STAFF, NOW)
    return order


def basis(**changes: object) -> Basis:
    """A regulation in force, quoted."""
    law = Basis(
        BasisLevel.RULE,
        "成品油市场管理办法",
        "商务部令2006年第23号",
        "第十七条",
        "换发批准证书后,应当重新接受主管部门审查。",
        "商务部",
        date(2007, 1, 1),
    )
    return replace(law, **changes)  # type: ignore[arg-type]


def statement_text(**changes: object) -> StatementText:
    """A complete statement."""
    text = StatementText(
        Conclusion.NOT_NOW,
        (basis(),),
        "该站9月换发批准证书,尚未按第十七条重新审查。",
        "该加油站换发新证后,依照规定须由主管部门会同有关部门重新审查经营条件,审查合格前不得恢复营业;"
        "目前消防和计量两项审查尚在进行,结论作出前我局无权同意先行营业。",
        "两项审查合格后即可恢复营业,我局可提前受理材料。",
        "对本答复不服的,可在60日内申请行政复议。",
        "我局市场科,电话由窗口转接",
    )
    return replace(text, **changes)  # type: ignore[arg-type]


def filed(of: Matter) -> tuple[Order, Statement]:
    """An order with a filed statement."""
    order = working(of)
    signature = text_hash(canonical(order, statement_text()))
    after, statement, _ = file(order, unit(), statement_text(), signature, False, PRINCIPAL, NOW)
    return after, statement


def comparison(of: Matter) -> Comparison:
    """A comparison with one other city."""
    rule = CityRule("洛阳市", "洛阳市成品油管理规定", "洛政〔2020〕8号", "第九条", "……", date(2020, 5, 1), Verdict.SAME)
    return Comparison(new_id(), of.id, True, "", (rule,), STAFF, NOW)
