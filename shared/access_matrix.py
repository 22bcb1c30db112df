"""Who may ask what (handbook 7): every route of every service, and the callers whom it does not refuse.

The rights themselves are in each service's `access.py`, in commands as in queries; this table says what they amount to
for a matter of the city's window with an order to one unit. A test asks every route as every caller and holds the table
against the answers; `docs/access.md` is made from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Caller(StrEnum):
    """Who asks; what is asked about belongs to the city's window."""

    STAFF = "值班人员(当值)"
    LEADER = "带班领导(当值)"
    OFF_DUTY = "本窗口值班人员(未当值)"
    CALLER = "回访员"
    OTHER_WINDOW = "其他窗口值班人员"
    DEPARTMENT = "市党风政风监督室"
    COMMITTEE = "市纪委监委领导"
    OTHER_COUNTY = "其他县区监督室"
    HANDLER = "承办单位承办人"
    DEPUTY = "承办单位副职"
    PRINCIPAL = "承办单位主要负责人"
    OTHER_UNIT = "其他单位承办人"
    HALL = "政务服务局"
    SYSTEM = "系统管理员"
    SECURITY = "安全管理员"
    AUDIT = "审计管理员"
    NOBODY = "未登录"


_C = Caller
DUTY = frozenset({_C.STAFF, _C.LEADER})
WINDOW = DUTY | {_C.OFF_DUTY}
OVERSEERS = frozenset({_C.DEPARTMENT, _C.COMMITTEE})
UNIT = frozenset({_C.HANDLER, _C.DEPUTY, _C.PRINCIPAL})
EVERYBODY = frozenset(Caller) - {_C.NOBODY}


@dataclass(frozen=True, slots=True)
class Right:
    """A right by its name, and who has it."""

    name: str
    who: frozenset[Caller]


HANDLES: Final = Right("办理本窗口事项", DUTY)
DECIDES: Final = Right("带班领导决定", frozenset({_C.LEADER}))
ANSWERS_ALARM: Final = Right("处置紧急提醒(五分钟后上级也可处置)", frozenset({_C.LEADER}))
REGISTERS: Final = Right("在自己的窗口登记", DUTY | {_C.OTHER_WINDOW})
LOOKS_UP: Final = Right("在自己的窗口查询", WINDOW | {_C.OTHER_WINDOW})
RECEIVES: Final = Right("导入来件", DUTY | {_C.DEPARTMENT})
SEARCHES: Final = Right("检索(只出本人可见的)", WINDOW | OVERSEERS | {_C.OTHER_WINDOW, _C.OTHER_COUNTY})
CALLS: Final = Right("回访", frozenset({_C.CALLER}))
DRAWS: Final = Right("在自己的窗口抽取回访", frozenset({_C.CALLER, _C.LEADER}))
READS_DRAW: Final = Right("查看自己窗口的抽取结果", frozenset({_C.CALLER, _C.LEADER, _C.OFF_DUTY}))
SUMS: Final = Right("汇总回访(只计本人可见的)", READS_DRAW.who | OVERSEERS | {_C.OTHER_WINDOW, _C.OTHER_COUNTY})
READS: Final = Right("查看本窗口和下级的事项", WINDOW | OVERSEERS)
CHECKS: Final = Right("在本窗口核对", WINDOW)
OPENS: Final = Right("查看内容和反映人(留痕,过去值班的限自己经手未结的)", DUTY | OVERSEERS)
CONTACTS: Final = Right("查看反映人联系单(反映人同意、有在办交办单)", UNIT)
DECLARES: Final = Right(
    "申报与单位的利害关系(列表只列本人的,监督室列所辖的)",
    WINDOW | OVERSEERS | {_C.CALLER, _C.OTHER_WINDOW, _C.OTHER_COUNTY},
)
ROSTER: Final = Right("查看值班安排", WINDOW | OVERSEERS | {_C.CALLER})
SUBSTITUTES: Final = Right("提请替班", frozenset({_C.LEADER, _C.DEPARTMENT}))
HANDS_OVER: Final = Right("交接签字", frozenset({_C.LEADER, _C.OFF_DUTY}))
OVERSEES: Final = Right("党风政风监督室(本级和下级)", frozenset({_C.DEPARTMENT}))
IMPORTS_UNITS: Final = Right("党风政风监督室维护名录(逐行限本级和下级)", frozenset({_C.DEPARTMENT, _C.OTHER_COUNTY}))
READS_TERMS: Final = Right(
    "查看单位任职情况(单位限本单位)", WINDOW | OVERSEERS | UNIT | {_C.OTHER_WINDOW, _C.OTHER_COUNTY}
)  # fmt: skip
UNIT_ACTS: Final = Right("承办单位办理(主要负责人签字的另限本人)", UNIT)
EXTENDS: Final = Right("审批延期(第二次限分管领导)", frozenset({_C.LEADER, _C.COMMITTEE}))
RESUMES: Final = Right("恢复计时", UNIT | {_C.LEADER})
READS_ORDER: Final = Right("查看交办单(单位限本单位已送达的)", WINDOW | OVERSEERS | UNIT)
KEEPS_LIBRARY: Final = Right(
    "维护政策依据库", WINDOW | {_C.DEPARTMENT, _C.OTHER_WINDOW, _C.OTHER_COUNTY}
)  # fmt: skip
ENDS_POLICY: Final = Right("登记文件失效(登记的机关或上级)", WINDOW | {_C.DEPARTMENT})
READS_LIBRARY: Final = Right(
    "查阅政策依据库", WINDOW | OVERSEERS | UNIT | {_C.OTHER_WINDOW, _C.OTHER_COUNTY, _C.OTHER_UNIT}
)  # fmt: skip
READS_CLOCK: Final = Right("查看期限(单位限约束本单位的,回访员限回访的)", WINDOW | OVERSEERS | UNIT)
LISTS_CLOCKS: Final = Right(
    "列出期限(只列本人可见的)", READS_CLOCK.who | {_C.CALLER, _C.OTHER_WINDOW, _C.OTHER_COUNTY, _C.OTHER_UNIT}
)  # fmt: skip
READS_RULES: Final = Right("查看期限规则", WINDOW | OVERSEERS | {_C.OTHER_WINDOW, _C.OTHER_COUNTY})
AMENDS_RULES: Final = Right("党风政风监督室修订期限规则(县区限本级)", frozenset({_C.DEPARTMENT}))
LOADS_CALENDAR: Final = Right("载入工作日历(限市级)", frozenset({_C.DEPARTMENT}))
READS_LOG: Final = Right("查阅留痕日志(内容限纪委监委领导)", OVERSEERS | {_C.AUDIT})
REVIEWS_LOOKS: Final = Right("查看留痕月度清单(县区只列本级的)", OVERSEERS | {_C.AUDIT, _C.OTHER_COUNTY})
SIGNED_IN: Final = Right("已登录人员(列表只列本人可见的)", EVERYBODY)

ENTERS: Final = Right(
    "进入页面(只列本人可见的)", frozenset(Caller) - {_C.HALL, _C.SYSTEM, _C.SECURITY, _C.AUDIT, _C.NOBODY}
)  # fmt: skip
READS_PAGE: Final = Right("打开事项页面", WINDOW | OVERSEERS | UNIT)
JUDGES: Final = Right("研判批转列表", WINDOW | {_C.OTHER_WINDOW, _C.DEPARTMENT, _C.OTHER_COUNTY})
ROSTER_PAGE: Final = Right(
    "值班安排页面(只出本人可见的)", WINDOW | OVERSEERS | {_C.OTHER_WINDOW, _C.OTHER_COUNTY}
)  # fmt: skip
ASKS_SUBSTITUTE: Final = Right(
    "填写替班(所属服务再判断)", frozenset({_C.LEADER, _C.OFF_DUTY, _C.OTHER_WINDOW, _C.DEPARTMENT, _C.OTHER_COUNTY})
)
RULES_PAGE: Final = Right("期限规则页面(所属服务再判断)", frozenset({_C.DEPARTMENT, _C.OTHER_COUNTY}))
KEEPS_ROSTER: Final = Right("填写值班周期(所属服务再判断)", frozenset({_C.DEPARTMENT, _C.OTHER_COUNTY}))
CALENDAR_PAGE: Final = Right("查看工作日历页面", frozenset({_C.DEPARTMENT, _C.OTHER_COUNTY}))
ORDER_PAGE: Final = Right(
    "交办单页面(只出本人可见的,所属服务再判断)",
    WINDOW | OVERSEERS | UNIT | {_C.OTHER_WINDOW, _C.OTHER_COUNTY, _C.OTHER_UNIT},
)  # fmt: skip
SIGNS_ORDERS: Final = Right("批量签发(所属服务再判断)", frozenset({_C.LEADER, _C.OFF_DUTY, _C.OTHER_WINDOW}))
UPLOADS_TO_ORDER: Final = Right("上传交办单文件(所属服务再判断)", UNIT | {_C.OTHER_UNIT})
FILLS_ORDER: Final = Right(
    "填写交办单的办理(各按岗位,以恢复计时为例;所属服务再判断)", SIGNS_ORDERS.who | UNIT | {_C.OTHER_UNIT}
)  # fmt: skip
REVIEWS: Final = Right("查看留痕月度清单(所属服务再判断)", OVERSEERS | {_C.OTHER_COUNTY})
PASSED_ON: Final = Right("转交所属服务,由其判断", ENTERS.who)
ANYBODY: Final = Right("核验文书真伪(无需登录,不显示内容)", frozenset(Caller))
SIGNING_IN: Final = Right("登录、退出", frozenset(Caller))

MATRIX: Final[Mapping[str, Mapping[str, Right]]] = {
    "intake": {
        "POST /windows": OVERSEES,
        "GET /windows": SIGNED_IN,
        "GET /windows/{window_id}/roster": ROSTER,
        "POST /duty-periods": OVERSEES,
        "GET /duty-periods": SIGNED_IN,
        "POST /duty-periods/{period_id}/substitutions": SUBSTITUTES,
        "POST /substitutions/{substitution_id}/approval": OVERSEES,
        "POST /substitutions/{substitution_id}/declination": OVERSEES,
        "GET /duty-periods/{period_id}/handover": ROSTER,
        "POST /duty-periods/{period_id}/handover": HANDS_OVER,
        "POST /received-matters/batch": RECEIVES,
        "POST /matters": REGISTERS,
        "POST /matters/on-the-spot": REGISTERS,
        "POST /matters/{matter_id}/registration": HANDLES,
        "POST /matters/{matter_id}/on-spot-settlement": HANDLES,
        "POST /matters/{matter_id}/acceptance": HANDLES,
        "POST /matters/{matter_id}/on-site-record": DECIDES,
        "POST /matters/{matter_id}/review": HANDLES,
        "POST /matters/{matter_id}/feedback": HANDLES,
        "POST /matters/{matter_id}/callbacks": CALLS,
        "POST /matters/{matter_id}/alarm-acknowledgement": ANSWERS_ALARM,
        "POST /matters/{matter_id}/refusal-proposal": HANDLES,
        "POST /matters/{matter_id}/merger-proposal": HANDLES,
        "POST /matters/{matter_id}/proposal-confirmation": DECIDES,
        "POST /matters/{matter_id}/proposal-declination": DECIDES,
        "POST /matters/{matter_id}/withdrawal": HANDLES,
        "POST /matters/{matter_id}/transfer": DECIDES,
        "POST /matters/{matter_id}/reopening": DECIDES,
        "POST /matters/{matter_id}/archiving": OVERSEES,
        "POST /matters/{matter_id}/erasure": OVERSEES,
        "POST /matters/{matter_id}/materials": HANDLES,
        "GET /matters/{matter_id}/materials": OPENS,
        "GET /matters/{matter_id}/materials/{material_id}/file": OPENS,
        "POST /matters/{matter_id}/materials/{material_id}/return": HANDLES,
        "POST /matters/{matter_id}/slips": HANDLES,
        "POST /matters/{matter_id}/query-code-checks": CHECKS,
        "POST /matters/{matter_id}/text-checks": CHECKS,
        "POST /matters/{matter_id}/recusals": READS,
        "POST /matters/{matter_id}/recusals/{account_id}/lifting": OVERSEES,
        "POST /interests": DECLARES,
        "GET /interests": DECLARES,
        "POST /interests/{interest_id}/end": OVERSEES,
        "GET /matters": SIGNED_IN,
        "GET /matters/by-register-no": READS,
        "POST /matters/titles": SIGNED_IN,
        "POST /matters/similar": LOOKS_UP,
        "POST /matters/search": SEARCHES,
        "GET /matters/{matter_id}": READS,
        "GET /matters/{matter_id}/content": OPENS,
        "GET /matters/{matter_id}/identity": OPENS,
        "GET /matters/{matter_id}/contact-sheet": CONTACTS,
        "GET /scope-reasons": SIGNED_IN,
        "POST /callback-draws": DRAWS,
        "GET /callback-draws/{day}": READS_DRAW,
        "GET /callback-summary": SUMS,
        "POST /paper-numbers": DECIDES,
        "GET /paper-numbers/{year}": LOOKS_UP,
        "POST /paper-numbers/{year}/{number}/voiding": DECIDES,
    },
    "triage": {
        "POST /matters/{matter_id}/assessment/proposal": HANDLES,
        "POST /matters/{matter_id}/assessment/return": DECIDES,
        "POST /matters/{matter_id}/assessment/reclassification": HANDLES,
        "POST /matters/{matter_id}/assessment/approval": DECIDES,
        "POST /matters/{matter_id}/assessment/lowering-confirmation": OVERSEES,
        "POST /matters/{matter_id}/assessment/lowering-declination": OVERSEES,
        "GET /matters/{matter_id}/assessment": READS,
        "GET /assessments": SIGNED_IN,
    },
    "referral": {
        "PUT /orders/{order_id}/extract": HANDLES,
        "POST /orders/{order_id}/signature": DECIDES,
        "POST /orders/signatures": DECIDES,
        "POST /orders/{order_id}/acknowledgement": UNIT_ACTS,
        "POST /orders/{order_id}/answer": UNIT_ACTS,
        "POST /orders/{order_id}/notices": UNIT_ACTS,
        "POST /orders/{order_id}/review": HANDLES,
        "POST /orders/{order_id}/objection": UNIT_ACTS,
        "POST /orders/{order_id}/objection/decision": DECIDES,
        "POST /orders/{order_id}/extension": UNIT_ACTS,
        "POST /orders/{order_id}/extension/decision": EXTENDS,
        "POST /orders/{order_id}/suspension": UNIT_ACTS,
        "POST /orders/{order_id}/suspension/decision": DECIDES,
        "POST /orders/{order_id}/resumption": RESUMES,
        "POST /orders/{order_id}/contact-requests": UNIT_ACTS,
        "POST /orders/{order_id}/contact-requests/{contact_id}/outcome": HANDLES,
        "POST /orders/{order_id}/contacts": UNIT_ACTS,
        "POST /orders/{order_id}/successor": DECIDES,
        "POST /orders/{order_id}/reassignment": DECIDES,
        "POST /orders/{order_id}/voiding": DECIDES,
        "POST /orders/{order_id}/dropping": DECIDES,
        "GET /orders/{order_id}": READS_ORDER,
        "GET /orders": SIGNED_IN,
        "GET /matters/{matter_id}/orders": SIGNED_IN,
        "GET /orders/{order_id}/paper": READS_ORDER,
        "GET /orders/{order_id}/cannot-do-statement/paper": READS_ORDER,
        "GET /orders/{order_id}/supervision": READS_ORDER,
        "GET /orders/{order_id}/supervision/{level}/paper": READS_ORDER,
        "GET /papers/check": ANYBODY,
        "POST /orders/{order_id}/files": UNIT_ACTS,
        "GET /orders/{order_id}/files": READS_ORDER,
        "GET /orders/{order_id}/files/{file_id}": READS_ORDER,
        "POST /orders/{order_id}/cannot-do-statement/preview": UNIT_ACTS,
        "PUT /orders/{order_id}/cannot-do-statement/draft": UNIT_ACTS,
        "GET /orders/{order_id}/cannot-do-statement/draft": UNIT_ACTS,
        "POST /orders/{order_id}/cannot-do-statement/signature": UNIT_ACTS,
        "POST /orders/{order_id}/cannot-do-statement": UNIT_ACTS,
        "POST /orders/{order_id}/cannot-do-statement/decision": DECIDES,
        "POST /matters/{matter_id}/comparisons": HANDLES,
        "GET /matters/{matter_id}/comparisons": SIGNED_IN,
        "POST /matters/{matter_id}/meetings": DECIDES,
        "GET /matters/{matter_id}/meetings": SIGNED_IN,
        "POST /meetings/{meeting_id}/files": HANDLES,
        "GET /meetings/{meeting_id}/files": READS,
        "GET /meetings/{meeting_id}/files/{minutes_id}": READS,
        "POST /meetings/{meeting_id}/sessions": HANDLES,
        "POST /meetings/{meeting_id}/conclusion": DECIDES,
        "POST /units/import": IMPORTS_UNITS,
        "GET /units": SIGNED_IN,
        "GET /units/{unit_id}": READS_TERMS,
        "PUT /windows/{window_id}/order-prefix": OVERSEES,
        "POST /policies": KEEPS_LIBRARY,
        "POST /policies/{policy_id}/end": ENDS_POLICY,
        "GET /policies": READS_LIBRARY,
        "GET /policies/{policy_id}": READS_LIBRARY,
    },
    "deadlines": {
        "GET /deadlines": LISTS_CLOCKS,
        "GET /deadlines/{deadline_id}": READS_CLOCK,
        "GET /deadlines/{deadline_id}/explanation": READS_CLOCK,
        "GET /calendar": SIGNED_IN,
        "GET /rules": READS_RULES,
        "POST /rules/{rule}/versions": AMENDS_RULES,
        "POST /calendar/years": LOADS_CALENDAR,
    },
    "audit": {
        "GET /log": READS_LOG,
        "GET /log/entries": READS_LOG,
        "GET /log/entries/{index}": READS_LOG,
        "GET /log/entries/{index}/proof": READS_LOG,
        "GET /log/consistency": READS_LOG,
        "GET /access-reviews/{month}": REVIEWS_LOOKS,
        "GET /access-reviews/{month}/looks": REVIEWS_LOOKS,
    },
    "console": {
        "GET /": ENTERS,
        "GET /matters/{matter_id}": READS_PAGE,
        "GET /matters/{matter_id}/fragment": READS_PAGE,
        "GET /api/matters": ENTERS,
        "GET /api/matters/{matter_id}": READS_PAGE,
        "GET /events": ENTERS,
        "GET /matters/{matter_id}/content": READS,
        "POST /matters/{matter_id}/content": READS,
        "GET /matters/{matter_id}/materials": READS,
        "POST /matters/{matter_id}/materials": READS,
        "POST /matters/{matter_id}/materials/{material_id}/file": PASSED_ON,
        "POST /matters/{matter_id}/acts/materials": PASSED_ON,
        "GET /matters/{matter_id}/assessment": READS,
        "GET /matters/{matter_id}/acts/{act}": CHECKS,
        "POST /matters/{matter_id}/acts/{act}": PASSED_ON,
        "POST /matters/{matter_id}/slip": PASSED_ON,
        "POST /matters/{matter_id}/contact-sheet": PASSED_ON,
        "GET /desk/registered": ENTERS,
        "GET /desk/day": LOOKS_UP,
        "GET /desk/callbacks": SUMS,
        "GET /desk/assessments": JUDGES,
        "GET /desk/orders": ORDER_PAGE,
        "POST /desk/orders": SIGNS_ORDERS,
        "GET /orders/{order_id}": ORDER_PAGE,
        "GET /orders/{order_id}/files/{file_id}": ORDER_PAGE,
        "GET /orders/{order_id}/paper": ORDER_PAGE,
        "GET /orders/{order_id}/statement-paper": ORDER_PAGE,
        "GET /orders/{order_id}/supervision/{level}/paper": ORDER_PAGE,
        "POST /orders/{order_id}/acts/files": UPLOADS_TO_ORDER,
        "GET /orders/{order_id}/acts/{step}": FILLS_ORDER,
        "POST /orders/{order_id}/acts/{step}": FILLS_ORDER,
        "GET /deadlines/{deadline_id}/explanation": READS_PAGE,
        "POST /desk/search": PASSED_ON,
        "GET /desk/access-review": REVIEWS,
        "GET /desk/deadlines": ENTERS,
        "GET /desk/inbox": ENTERS,
        "GET /desk/roster": ROSTER_PAGE,
        "GET /desk/roster/substitution": ASKS_SUBSTITUTE,
        "POST /desk/roster/substitution": ASKS_SUBSTITUTE,
        "POST /desk/roster/substitutions/{substitution_id}/{decision}": PASSED_ON,
        "GET /desk/roster/period": KEEPS_ROSTER,
        "POST /desk/roster/period": KEEPS_ROSTER,
        "GET /desk/roster/handover": ROSTER_PAGE,
        "POST /desk/roster/handover": PASSED_ON,
        "GET /desk/rules": RULES_PAGE,
        "GET /desk/rules/{rule}": RULES_PAGE,
        "POST /desk/rules/{rule}": RULES_PAGE,
        "GET /desk/calendar": CALENDAR_PAGE,
        "POST /desk/calendar/trial": LOADS_CALENDAR,
        "POST /desk/calendar/load": LOADS_CALENDAR,
        "GET /desk/{name}": LOOKS_UP,
        "POST /desk/{name}": LOOKS_UP,
        "GET /check": ANYBODY,
        "GET /login": SIGNING_IN,
        "GET /login/callback": SIGNING_IN,
        "GET /logout/done": SIGNING_IN,
        "POST /logout": SIGNING_IN,
    },
}

# Rows of the handbook's section 7 without a right of their own so far, and why.
NOT_YET: Final[Mapping[str, str]] = {
    "反映人、代办人": "they have no account; they ask with register number and query code at the window or by phone",
    "监督检查室 / 派驻纪检监察组": "the directory names each unit's office; copies of orders and reds come later",
    "政务服务和大数据管理局": "statistics and meetings it attends come with the statistics; until then it sees nothing",
    "检查组": "draws, calls and scores come with the scorecards; until then there is no such account",
    "对外接口账号": "come with the agencies' subscriptions; imports are made by people of the window so far",
    "导出加水印、双人审批": "nothing can be exported yet",
    "承办单位看材料": "units see no materials yet, though a reporter agreed to be named",
    "统计数字小于3隐去": "there are no statistics for units yet",
}
