"""One matter from the counter to its closing, over the public APIs: ten commands and what it takes to see them."""

import asyncio
from collections.abc import Callable
from typing import Any

from bancheng.demo.identities import CITY
from tests.bench.client import Load

STAFF, LEADER, CALLER = f"duty_staff-1a@{CITY}", f"duty_leader-1@{CITY}", f"callback_officer@{CITY}"
UNIT = "410200-U03"
HANDLER = f"unit_handler@{UNIT}"
EVERYBODY = (STAFF, LEADER, CALLER, HANDLER)

FACTS = "本人多次到窗口申请办理业务,每次都被告知材料不全,未一次性告知所需全部材料,请协调解决。"
REGISTRATION: dict[str, Any] = {
    "channel": "WALK_IN",
    "reporter": {"kind": "PERSON", "name": "李某", "phone": "13800000001"},
    "disclosure": "AGREE",
    "title": "申请业务多次往返未办成",
    "facts": FACTS,
    "demand": "一次性告知材料并尽快办理",
    "blamed_unit_ids": [UNIT],
    "already_in": [],
    "confirm_mode": "ORAL_READBACK",
    "privacy_notice_version": "2026-01",
}
ON_THE_SPOT: dict[str, Any] = {
    "name": "李某",
    "phone": "13800000001",
    "item_code": "YB-001",
    "title": "窗口未受理已当场协调",
    "done": "联系窗口负责人当场受理",
    "root_cause": "FLOW_POOR",
    "minutes_spent": 10,
    "privacy_notice_version": "2026-01",
}
PROPOSAL = {
    "kind": "HARD",
    "sub_reasons": ["MISSING_MATERIAL"],
    "policy": "PUSH",
    "root_cause_main": "FLOW_POOR",
    "complexity": "C",
    "proposed_units": [{"unit_id": UNIT, "role": "MAIN"}],
    "rule": "D15",
    "verification_note": "已向窗口核实,情况属实",
}
EXTRACT = {
    "title": "申请业务多次往返未办成",
    "facts_extract": FACTS,
    "demand": "一次性告知材料并尽快办理",
    "requirements": [{"what": "出具一次性告知书并办结", "evidence": "告知书、办结凭证"}],
}
ANSWER = {
    "process": "已联系申请人,一次性告知材料并于当日办结",
    "result": "SOLVED",
    "evidence": [{"name": "办结凭证.pdf", "sha256": "0" * 64}],
    "handler": "承办人",
    "approved_by": "分管负责人",
}
CALLBACK = {"result": "REACHED", "identity_checked": True, "solved": "SOLVED", "satisfaction": "5"}


async def lifecycle(load: Load) -> None:
    """Register, accept, propose, approve, sign, acknowledge, answer, review, feed back, call back."""
    matter = (await load.command("register", STAFF, "intake", "/matters", REGISTRATION))["matter_id"]
    here = f"/matters/{matter}"
    await load.command("accept", STAFF, "intake", f"{here}/acceptance", {})
    await load.command("propose", STAFF, "triage", f"{here}/assessment/proposal", PROPOSAL)
    order = {"unit_id": UNIT, "role": "MAIN", "rule": "D15"}
    await load.command("approve", LEADER, "triage", f"{here}/assessment/approval", {"orders": [order]})
    drafts = await _until(load, LEADER, "referral", f"{here}/orders", lambda found: found["items"])
    paper = f"/orders/{drafts[0]['order_id']}"
    await load.command("extract", LEADER, "referral", f"{paper}/extract", EXTRACT, "PUT")
    await load.command("sign", LEADER, "referral", f"{paper}/signature", {})
    await load.command("acknowledge", HANDLER, "referral", f"{paper}/acknowledgement", {})
    await load.command("answer", HANDLER, "referral", f"{paper}/answer", ANSWER)
    await load.command("review", STAFF, "referral", f"{paper}/review", {"decision": "ACCEPT", "note": "材料齐全"})
    await _until(load, STAFF, "intake", here, lambda found: found["state"] == "FEEDBACK")
    told = {"way": "PHONE", "content": "已办结,请到窗口领取"}
    await load.command("feed back", STAFF, "intake", f"{here}/feedback", told)
    await load.command("call back", CALLER, "intake", f"{here}/callbacks", CALLBACK)
    load.counts["lifecycles"] += 1


async def on_the_spot(load: Load) -> None:
    """Settled at the counter, in one request."""
    await load.command("on the spot", STAFF, "intake", "/matters/on-the-spot", ON_THE_SPOT)


async def _until(load: Load, who: str, service: str, path: str, ready: Callable[[Any], Any]) -> Any:
    while True:
        found = await load.read(who, service, path)
        if found and (result := ready(found)):
            return result
        await asyncio.sleep(0.02)
