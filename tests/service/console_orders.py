"""Orders as referral would show them, for the console's pages."""

from typing import Any

from shared.ids import new_id
from tests.harness import Client
from tests.service.console_story import CITY, REGISTRY_OFFICE
from tests.service.console_world import World

AT = "2026-09-28T10:00:00+08:00"
EXTRACT: dict[str, Any] = {
    "title": "加油站恢复营业", "facts_extract": "换发许可证后申请恢复营业,未获同意。<b>", "demand": "恢复营业",
    "requirements": [{"what": "书面答复", "evidence": "答复文书", "limit": "1个工作日", "due": None}],
}  # fmt: skip
LINE: dict[str, Any] = {
    "order_id": str(new_id()), "matter_id": str(new_id()), "register_no": "汴监窗〔2026〕000301号", "round": 1,
    "order_no": "汴纪监窗交〔2026〕45号", "window_id": CITY, "window_name": "市民之家监督窗口",
    "unit_id": REGISTRY_OFFICE, "unit_name": "市不动产登记中心", "role": "MAIN", "state": "WORKING",
    "title": EXTRACT["title"], "policy": "PUSH", "policy_label": "推动办", "limit": "7个工作日", "delivered_at": AT,
    "acked_at": AT, "ack_missed": False, "open_contacts": 0, "suspension_waits": False, "version": 3, "rule": "D15",
    "predecessor_id": None,
}  # fmt: skip
ORDER: dict[str, Any] = LINE | EXTRACT | {
    "group_size": None, "signed_by": "leader-1", "acked_by": "u-1", "answers": [], "reviews": [], "returns": 0,
    "objections": [], "extensions": [], "suspensions": [], "contacts": [], "dropped": False, "ended_because": "",
    "notices": [], "statement": None, "org_code": "410200", "drafted_at": AT, "requirement_codes": [],
    "text_check_receipt": None, "requirement_rules": ["D18"], "marks": [], "confirmed": [],
    "copies_to": [],
}  # fmt: skip
OF_WINDOW = ("rule", "predecessor_id", "org_code", "drafted_at", "requirement_codes", "text_check_receipt",
             "requirement_rules", "marks", "confirmed")  # fmt: skip


def for_unit(**changes: Any) -> dict[str, Any]:
    """An order as its unit sees it."""
    return {name: value for name, value in (ORDER | changes).items() if name not in OF_WINDOW}


def answered(result: str = "SOLVED") -> dict[str, Any]:
    """One answer of a unit."""
    evidence = [{"name": "登记截图.png", "sha256": "ab" * 32}]
    return {"process": "已补录登记信息", "result": result, "evidence": evidence, "handler": "王某",
            "approved_by": "赵某", "by": "u-1", "at": AT, "cause_view": "", "beneficiaries": []}  # fmt: skip


def shows_order(world: World) -> None:
    """Referral refuses nothing, and shows the order with nothing beside it."""
    world.intake.refusal, world.intake.refusals = None, {}
    here = f"orders/{ORDER['order_id']}"
    world.intake.answers = {here: ORDER, f"{here}/files": {"files": []}, f"{here}/supervision": {"items": []}}


def of_unit(world: World, role: str = "unit_handler") -> Client:
    """Somebody of the unit that has the order."""
    return world.hall.client("u-9", role, org_type="UNIT", unit=REGISTRY_OFFICE)
