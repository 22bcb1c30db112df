"""Amending a rule (修订期限规则): what an amendment may say, and what it may never (handbook 5.3, R07)."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time

from services.deadlines.domain.rules import RULES
from services.deadlines.domain.versions import RuleVersion, Versions
from shared.contracts.deadlines import RuleAmended
from shared.contracts.errors import Conflict, NotFound, Refused
from shared.wording import line, passage
from shared.workdays import ZONE, Limit, Unit

# 5.3: neither extension nor suspension, whatever an amendment says.
NEVER_LONGER = ("D03", "D07", "D13")
# R07: the answer "cannot be done" within three working days.
CANNOT_DO, LONGEST_CANNOT_DO = "D13", 3
# After one working day an order counts as signed for (handbook 5), and red comes then.
SIGN_FOR, HOURS_OF_DAY = "D06", 8
UNITS = {
    Unit.WORKING_DAYS: "WD(工作日)", Unit.WORKING_HOURS: "WH(工作小时)", Unit.SAME_DAY: "SAME_DAY(当日)",
    Unit.NATURAL_DAYS: "ND(自然日)", Unit.MONTHS: "M(月)",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Amendment:
    """修订内容: what is asked for; what is None stays as it is in force there."""

    rule: str
    amount: int
    unit: str
    valid_from: date
    basis: str
    org_code: str | None = None
    window_id: str | None = None
    extendable: bool | None = None
    suspendable: bool | None = None
    red_at_once: bool | None = None
    listed: bool | None = None
    applies_to_running: bool = False
    reason: str = ""


def amend(asked: Amendment, versions: Versions, by: str, now: datetime) -> tuple[RuleVersion, RuleAmended]:
    """The next version of a rule, or the refusal that says what to change."""
    _require_changeable(asked)
    limit = _limit(asked)
    _require_term(asked, now)
    since = max(datetime.combine(asked.valid_from, time.min, ZONE), now)
    before = versions.on(asked.rule, asked.org_code, asked.window_id, since).rule
    rule = replace(
        before, limits=(limit,), extendable=_or(asked.extendable, before.extendable),
        suspendable=_or(asked.suspendable, before.suspendable),
        red_at_once=_or(asked.red_at_once, before.red_at_once), listed=_or(asked.listed, before.listed),
    )  # fmt: skip
    version = RuleVersion(
        rule, versions.of_rule(asked.rule)[-1].version + 1, since, now, asked.org_code, asked.window_id,
        asked.applies_to_running, asked.valid_from, line(asked.basis, "修订依据", most=200),
        passage(asked.reason, "理由", 2, 500) if asked.reason else "", by,
    )  # fmt: skip
    return version, _told(version, by)


def _require_changeable(asked: Amendment) -> None:
    rule = RULES.get(asked.rule)
    if rule is None:
        raise NotFound("rule.unknown", f"没有期限规则{asked.rule},请从规则表中选择")
    if asked.rule in NEVER_LONGER and (asked.extendable or asked.suspendable):
        raise Refused("rule.never_extended", f"{rule.name}({rule.id})的期限不得延长,也不得中止,不能改为可延长或可中止")
    if not rule.active:
        raise Conflict("rule.not_active", f"期限规则{rule.id}尚未启用,没有按它计算的期限,启用后方可修订")
    if asked.window_id is not None and asked.org_code is None:
        raise Refused("rule.scope", "只对一个窗口修订的,请同时填写该窗口所属地区的编码")


def _limit(asked: Amendment) -> Limit:
    if asked.unit not in set(Unit):
        raise Refused("rule.unknown_unit", f"不认识期限单位“{asked.unit}”,请使用:{'、'.join(UNITS.values())}")
    unit = Unit(asked.unit)
    if unit is Unit.SAME_DAY and asked.amount != 1:
        raise Refused("rule.amount", "期限为当日的,数值只能填1")
    if not 1 <= asked.amount <= 999:
        raise Refused("rule.amount", f"期限数值{asked.amount}无效,请填1至999的整数")
    within_days = unit is Unit.SAME_DAY or (unit is Unit.WORKING_DAYS and asked.amount <= LONGEST_CANNOT_DO)
    if asked.rule == CANNOT_DO and not within_days:
        raise Refused("rule.cannot_do_longer", "不能办情况说明的期限不得超过3个工作日,请填当日或1至3个工作日")
    longest = {Unit.SAME_DAY: 1, Unit.WORKING_DAYS: 1, Unit.WORKING_HOURS: HOURS_OF_DAY}.get(unit, 0)
    if asked.rule == SIGN_FOR and asked.amount > longest:
        raise Refused("rule.sign_for_longer", "逾1个工作日未签收的视为签收,签收期限不得超过1个工作日(8个工作小时)")
    return Limit(asked.amount, unit)


def _require_term(asked: Amendment, now: datetime) -> None:
    today = now.astimezone(ZONE).date()
    if asked.valid_from < today:
        raise Refused("rule.past", f"生效日期{asked.valid_from}已经过去,请填今天({today})或以后的日期")
    if not asked.basis:
        raise Refused("rule.no_basis", "请写明修订依据的文件名称或文号")
    if asked.applies_to_running and asked.valid_from != today:
        raise Refused(
            "rule.running_from_today", f"适用于正在计时的期限的,须从修订当日({today})起生效,请把生效日期改为今天"
        )
    if asked.applies_to_running and not asked.reason:
        raise Refused("rule.no_reason", "适用于正在计时的期限的,请写明理由")


def _or(asked: bool | None, before: bool) -> bool:
    return before if asked is None else asked


def _told(version: RuleVersion, by: str) -> RuleAmended:
    rule, limit = version.rule, str(version.rule.limit)
    assert version.valid_from is not None
    return RuleAmended(
        rule=rule.id, version=version.version, org_code=version.org_code, window_id=version.window_id,
        valid_from=version.valid_from, since=version.since, limit=limit, extendable=rule.extendable,
        suspendable=rule.suspendable, red_at_once=rule.red_at_once, listed=rule.listed,
        applies_to_running=version.applies_to_running, amended_by=by, amended_at=version.amended_at,
    )  # fmt: skip


__all__ = ["NEVER_LONGER", "Amendment", "amend"]
