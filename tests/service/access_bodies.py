"""A body for each command, good enough that the caller is looked at and not the form."""

import json
from typing import Any

from fastapi.responses import Response

from shared.contracts.codes import CallbackResult, Satisfaction, Solved
from shared.workdays import builtin_calendar
from tests import papers
from tests.service import referral_desk as referral
from tests.service import triage_desk as triage
from tests.service.access_world import CITY, COUNTY, Form
from tests.service.console_explanations import explanation
from tests.service.console_orders import ORDER
from tests.service.intake_desk import FORM
from tests.service.test_console_calendar import CALENDAR, OFFICIAL_2027, WOULD
from tests.service.test_console_judging import SHEET
from tests.service.test_console_roster import FIRST, HANDOVER, PERIODS, STANDING
from tests.service.test_console_rules import D15, TRIED

FAST = {"name": "赵某", "phone": "13800000002", "title": "公积金查询密码忘记", "done": "当场协助重置",
        "root_cause": "FLOW_POOR"}  # fmt: skip
RECEIVED = {"channel": "ONLINE", "source_ref": "A-1", "title": "小区停车收费", "facts": "物业收费没人管,反映多次。",
            "received_at": "2026-09-01T09:00:00+08:00"}  # fmt: skip
NOTE = {"reason": "核查后认定不同"}
JUDGED = {"to_kind": "HARD", "policy": "PUSH"} | NOTE
MEETING = {"kind": "COORDINATION", "unit_ids": [referral.U1], "meets_at": "2026-09-28T15:00:00+08:00"}
POLICY = {"level": "NORMATIVE", "title": "某管理办法", "number": "演示〔2021〕9号", "issued_by": "某机关",
          "effective_on": "2021-05-01", "articles": [{"number": "第一条", "text": "条文"}]}  # fmt: skip
STATEMENT = referral.STATEMENT | {"reasons": referral.reasons("权限")}
WORDS = {"text": "不动产登记办理情况"}

BODIES: dict[str, Any] = {
    # deadlines
    "POST /calendar/years": {"content": builtin_calendar().years[2027].to_json()},
    # intake
    "POST /windows": {"window_id": "410200-W7", "org_code": "410200", "level": "CITY", "name": "车站窗口",
                      "register_mark": "汴站窗"},
    "POST /duty-periods": {"window_id": CITY, "start_date": "2026-10-26", "leader_id": "l-9", "staff_ids": ["a", "b"]},
    "POST /duty-periods/{period_id}/handover": {},
    "POST /duty-periods/{period_id}/substitutions": {
        "replaced_id": "staff-1b", "substitute_id": "staff-9", "from_day": "2026-09-29", "to_day": "2026-09-30",
        "reason": "ILLNESS", "words": "因病请假"},
    "POST /received-matters/batch": {"rows": [RECEIVED], "window_id": CITY},
    "POST /matters": FORM,
    "POST /matters/on-the-spot": FAST,
    "POST /matters/{matter_id}/registration": FORM,
    "POST /matters/{matter_id}/on-spot-settlement": {"done": "当场办结", "root_cause": "FLOW_POOR"},
    "POST /matters/{matter_id}/refusal-proposal": {"reason": "N4", "told": "PHONE"},
    "POST /matters/{matter_id}/merger-proposal": {"into": "2026-1", "told": "PHONE"},
    "POST /matters/{matter_id}/proposal-declination": NOTE,
    "POST /matters/{matter_id}/withdrawal": {"confirm_mode": "SIGN_PAD", "identity_checked": False},
    "POST /matters/{matter_id}/transfer": {"receiver": "PETITION", "receipt_no": "1", "told": "PHONE"},
    "POST /matters/{matter_id}/reopening": {"reason": "NEW_FACT", "note": "有新情况"},
    "POST /matters/{matter_id}/erasure": {"ground": "REQUEST"},
    "POST /matters/{matter_id}/on-site-record": {"where": "窗口", "urged": "尽快", "found": "已查明",
                                                 "responsible_unit_id": referral.U1},
    "POST /matters/{matter_id}/review": {"result": "已办好", "root_cause": "FLOW_POOR"},
    "POST /matters/{matter_id}/feedback": {"way": "PHONE", "content": "已办好"},
    "POST /matters/{matter_id}/callbacks": {"result": "NO_ANSWER"},
    "POST /matters/{matter_id}/materials": ("a.pdf", papers.pdf(), {"name": "证明", "form": "COPY", "pages": "1"}),
    "POST /matters/{matter_id}/query-code-checks": {"query_code": "ABCD2345"},
    "POST /matters/{matter_id}/text-checks": WORDS,
    "POST /matters/{matter_id}/recusals": {"ground": "KIN_OF_REPORTER"},
    "POST /matters/{matter_id}/recusals/{account_id}/lifting": {"note": "误报,经核实并无亲属关系"},
    "POST /interests": {"unit_id": "410200-U77", "ground": "KIN_IN_UNIT"},
    "POST /interests/{interest_id}/end": {},
    "POST /matters/titles": {"ids": []},
    "POST /matters/similar": {"title": "停车收费"},
    "POST /matters/search": {"query": "医保结算"},
    "POST /callback-draws": {"day": "2026-09-27"},
    "POST /paper-numbers": {"count": 1},
    "POST /paper-numbers/{year}/{number}/voiding": NOTE,
    # triage
    "POST /matters/{matter_id}/assessment/proposal": triage.PROPOSAL,
    "POST /matters/{matter_id}/assessment/return": NOTE,
    "POST /matters/{matter_id}/assessment/reclassification": JUDGED,
    "POST /matters/{matter_id}/assessment/approval": {"orders": [triage.ORDER]},
    "POST /matters/{matter_id}/assessment/lowering-declination": NOTE,
    # referral
    "PUT /orders/{order_id}/extract": referral.EXTRACT,
    "POST /orders/{order_id}/answer": referral.ANSWER,
    "POST /orders/{order_id}/files": ("a.pdf", papers.pdf(), {"name": "登记截图", "purpose": "EVIDENCE"}),
    "POST /orders/{order_id}/notices": {"materials": [{"name": "身份证", "basis": "条例第三条", "form": "COPY"}]},
    "POST /orders/{order_id}/review": {"decision": "ACCEPT", "note": "核对无误"},
    "POST /orders/{order_id}/cannot-do-statement/preview": STATEMENT,
    "POST /orders/{order_id}/cannot-do-statement": STATEMENT | {"text_sha256": "ab" * 32},
    "POST /orders/{order_id}/cannot-do-statement/decision": {"decision": "REJECT", "note": "依据不足"},
    "POST /orders/signatures": {"orders": [{"order_id": "{order_id}", "version": 1}]},
    "PUT /orders/{order_id}/cannot-do-statement/draft": STATEMENT,
    "POST /orders/{order_id}/cannot-do-statement/signature": {"text_sha256": "ab" * 32},
    "POST /orders/{order_id}/objection": {"reason": "O1", "basis": "权责清单第三项列明由市场监管部门办理"},
    "POST /orders/{order_id}/objection/decision": {"upheld": False, "note": "职责清楚"},
    "POST /orders/{order_id}/extension": {"days": 1, "reason": "E2", "evidence": "调档函", "plan": "周五前办结"},
    "POST /orders/{order_id}/extension/decision": {"granted": True, "note": "理由成立"},
    "POST /orders/{order_id}/suspension": {"reason": "S1", "basis": "法定检测", "resume_by": "2026-10-08"},
    "POST /orders/{order_id}/suspension/decision": {"granted": True, "note": "理由成立"},
    "POST /orders/{order_id}/resumption": {},
    "POST /orders/{order_id}/contact-requests": {"what": "请补充缴费记录"},
    "POST /orders/{order_id}/contact-requests/{contact_id}/outcome": {"outcome": "已转告"},
    "POST /orders/{order_id}/contacts": {"outcome": "已电话联系"},
    "POST /orders/{order_id}/successor": {"rule": "D15"},
    "POST /orders/{order_id}/reassignment": {"unit_id": referral.U2, "reason": "职责在该单位"},
    "POST /orders/{order_id}/voiding": NOTE,
    "POST /orders/{order_id}/dropping": NOTE,
    "PUT /windows/{window_id}/order-prefix": {"prefix": "汴监督交"},
    "POST /matters/{matter_id}/comparisons": referral.COMPARISON,
    "POST /matters/{matter_id}/meetings": MEETING,
    "POST /meetings/{meeting_id}/files": ("a.pdf", papers.pdf(), {"name": "会议纪要"}),
    "POST /meetings/{meeting_id}/sessions": {"present_unit_ids": [referral.U1], "minutes": "情况"},
    "POST /meetings/{meeting_id}/conclusion": {"summary": "结论"},
    "POST /policies": POLICY,
    "POST /policies/{policy_id}/end": {"ended_on": "2026-09-01"},
    "POST /units/import": {"rows": [referral.unit("410200-U50")]},
    "POST /rules/{rule}/versions": {
        "limit": {"amount": 6, "unit": "WD"}, "valid_from": "2026-12-01", "basis": "演示〔2026〕9号"},
}  # fmt: skip
PARAMS: dict[str, dict[str, str]] = {
    "GET /papers/check": {"no": "汴纪监窗交〔2026〕999号", "h": "0" * 16},
    "GET /matters/by-register-no": {"no": "{register_no}"},
    "GET /matters/{matter_id}/content": {"purpose": "HANDLING"},
    "GET /matters/{matter_id}/identity": {"purpose": "HANDLING"},
    "GET /matters/{matter_id}/contact-sheet": {"purpose": "HANDLING"},
    "GET /matters/{matter_id}/materials": {"purpose": "HANDLING"},
    "GET /matters/{matter_id}/materials/{material_id}/file": {"purpose": "HANDLING"},
    "GET /orders/{order_id}/files/{file_id}": {"purpose": "REVIEW"},
    "GET /meetings/{meeting_id}/files/{minutes_id}": {"purpose": "REVIEW"},
    "GET /callback-summary": {"first": "2026-09-01", "last": "2026-09-30"},
    "GET /log/consistency": {"first": "1", "second": "1"},
    "GET /access-reviews/{month}/looks": {"viewer": "u-1"},
}


# The console takes forms as browsers send them, and passes most of them on.
CONSOLE_BODIES: dict[str, Any] = {
    "POST /desk/search": Form(query="医保结算"),
    "POST /desk/{name}": Form(title="产权证", key="k"),
    "POST /matters/{matter_id}/acts/{act}": Form(identity_checked="yes"),
    "POST /matters/{matter_id}/acts/materials": ("a.pdf", papers.pdf(), {"name": "证明", "form": "COPY", "pages": "1"}),
    "POST /matters/{matter_id}/slip": Form(),
    "POST /desk/orders": Form(chosen=f"{ORDER['order_id']}:3"),
    "POST /orders/{order_id}/acts/{step}": Form(),
    "POST /orders/{order_id}/acts/files": ("a.pdf", papers.pdf(), {"name": "证明", "purpose": "EVIDENCE"}),
    "POST /desk/roster/substitution": Form(replaced_id="staff-1"),
    "POST /desk/roster/period": Form(leader_id="leader-3"),
    "POST /desk/roster/handover": Form(),
    "POST /desk/rules/{rule}": Form(basis="演示〔2026〕9号"),
    "POST /desk/calendar/trial": ("2027.json", json.dumps(OFFICIAL_2027).encode(), {}),
    "POST /desk/calendar/load": Form(content=json.dumps(OFFICIAL_2027), calendar_version="0" * 12),
    "POST /desk/roster/substitutions/{substitution_id}/{decision}": Form(),
    "POST /matters/{matter_id}/contact-sheet": Form(),
    "POST /matters/{matter_id}/content": Form(purpose="HANDLING", part="content"),
    "POST /matters/{matter_id}/materials": Form(purpose="HANDLING"),
    "POST /matters/{matter_id}/materials/{material_id}/file": Form(purpose="HANDLING"),
}
DUTY_AT = {"window": CITY, "period": FIRST}
CONSOLE_PARAMS = {
    **{f"{method} /desk/roster/{form}": DUTY_AT for method in ("GET", "POST")
       for form in ("substitution", "period", "handover", "substitutions/{substitution_id}/{decision}")},
    "GET /desk/access-review": {"month": "2026-09"},
    "GET /desk/registered": {"matter": "{matter_id}", "no": "汴监窗〔2026〕000001号"},
}  # fmt: skip


def console_answers(matter: str, order: str, material: str) -> dict[str, Any]:
    """What the owners answer to whoever the console asks for."""
    nothing = dict.fromkeys(("facts", "demand", "item_text", "tried"))
    content: dict[str, Any] = {"title": "产权证", **nothing, "records": [], "materials": []}
    summary: dict[str, Any] = {"reached": 0, "declined": 0, "unanswered": 0, "solved": dict.fromkeys(Solved, 0),
               "satisfaction": dict.fromkeys(Satisfaction, 0), "results": dict.fromkeys(CallbackResult, 0)}  # fmt: skip
    return {
        f"windows/{CITY}/roster": STANDING, f"windows/{COUNTY}/roster": STANDING,
        f"duty-periods/{FIRST}/handover": {"handover": HANDOVER, "period": PERIODS[0], "following": PERIODS[1],
                                           "open_matters": [], "notes": None},
        "access-reviews/2026-09": {"lines": []}, "rules": {"items": [D15]}, "rules/D15/versions": TRIED,
        "calendar": CALENDAR, "calendar/years": WOULD,
        f"orders/{order}": ORDER | {"order_id": order, "matter_id": matter, "state": "SUSPENDED"},
        f"orders/{order}/files": {"files": []}, f"orders/{order}/supervision": {"items": []},
        **dict.fromkeys(
            (f"orders/{order}/files/{material}", f"orders/{order}/paper", f"orders/{order}/cannot-do-statement/paper",
             f"orders/{order}/supervision/RED/paper"),
            Response(
                papers.pdf(), media_type="application/pdf", headers={"content-disposition": "attachment"}
            ),
        ),
        f"deadlines/{material}/explanation": explanation() | {"matter_id": matter, "order_id": order},
        "orders": {"items": [], "next": None},
        "matters/search": {"matters": [], "before": None}, "callback-summary": summary, "assessments": {"items": []},
        f"matters/{matter}/assessment": SHEET | {"matter_id": matter}, f"matters/{matter}/content": content,
        f"matters/{matter}/contact-sheet": {"name": "李某", "phone": None, "agent": None, "representatives": []},
        f"matters/{matter}/materials": {"materials": []},
        f"matters/{matter}/materials/{material}/file": Response(
            papers.pdf(), media_type="application/pdf", headers={"content-disposition": "attachment"}
        ),
        }  # fmt: skip
