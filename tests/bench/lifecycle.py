"""One matter from the counter to its closing, over the public APIs: ten commands and two reads."""

import asyncio
import itertools
from collections import deque
from collections.abc import Callable
from typing import Any

from tests.bench.client import Load
from tests.bench.windows import DESKS, UNIT, Desk

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
    "duplicate_check": "NONE_FOUND",
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


_desks = itertools.cycle(DESKS)
SOON = 0.2  # seconds until an event has most often arrived; who asks in vain asks again after twice as long


async def lifecycle(load: Load) -> None:
    """Register, accept, propose, approve, sign, acknowledge, answer, review, feed back, call back; two reads."""
    desk = next(_desks)
    matter = await _ordered(load, desk)
    paper = f"/orders/{await _draft(load, desk, matter)}"
    await load.command("sign", desk.leader, "referral", f"{paper}/signature", {"extract": EXTRACT})
    await load.command("acknowledge", desk.handler, "referral", f"{paper}/acknowledgement", {})
    await load.command("answer", desk.handler, "referral", f"{paper}/answer", ANSWER)
    await load.command("review", desk.staff, "referral", f"{paper}/review", {"decision": "ACCEPT", "note": "材料齐全"})
    here = f"/matters/{matter}"
    found = await _until(load, desk.staff, "intake", here, lambda shown: shown["state"] == "FEEDBACK" and shown)
    told = {"way": "PHONE", "content": "已办结,请到窗口领取"}
    await load.command("feed back", desk.staff, "intake", f"{here}/feedback", told)
    await load.command("call back", desk.caller, "intake", f"{here}/callbacks", CALLBACK)
    await _look_around(load, desk, found["register_no"])
    load.counts["lifecycles"] += 1


async def prepare(load: Load, drafts: deque[tuple[Desk, str]]) -> None:
    """Bring one more matter to a draft, for the four-step lifecycle."""
    desk = next(_desks)
    drafts.append((desk, await _draft(load, desk, await _ordered(load, desk))))


async def four_steps(load: Load, drafts: deque[tuple[Desk, str]]) -> None:
    """The lifecycle of other systems' reports: register; sign and answer an order drafted before; look-up and list."""
    desk, order = drafts.popleft()
    paper = f"/orders/{order}"
    registered = await load.command("register", desk.staff, "intake", "/matters", REGISTRATION)
    await load.command("sign", desk.leader, "referral", f"{paper}/signature", {"extract": EXTRACT})
    await load.command("acknowledge", desk.handler, "referral", f"{paper}/acknowledgement", {})
    await load.command("answer", desk.handler, "referral", f"{paper}/answer", ANSWER)
    await _look_around(load, desk, registered["register_no"])
    load.counts["four steps"] += 1


async def on_the_spot(load: Load) -> None:
    """Settled at the counter, in one request."""
    await settle_at(load, next(_desks), "on the spot")


async def once(load: Load) -> None:
    """Somebody who comes to the counter, is told to come later and goes away: not repeated."""
    desk = next(_desks)
    await load.command("burst", desk.staff, "intake", "/matters/on-the-spot", ON_THE_SPOT, repeat=False)


async def settle_at(load: Load, desk: Desk, step: str) -> Any:
    """Settled at one window's counter."""
    return await load.command(step, desk.staff, "intake", "/matters/on-the-spot", ON_THE_SPOT)


async def _ordered(load: Load, desk: Desk) -> str:
    matter = (await load.command("register", desk.staff, "intake", "/matters", REGISTRATION))["matter_id"]
    here = f"/matters/{matter}"
    await load.command("accept", desk.staff, "intake", f"{here}/acceptance", {})
    await asyncio.sleep(SOON)
    await load.command("propose", desk.staff, "triage", f"{here}/assessment/proposal", PROPOSAL)
    order = {"unit_id": UNIT, "role": "MAIN", "rule": "D15"}
    await load.command("approve", desk.leader, "triage", f"{here}/assessment/approval", {"orders": [order]})
    return str(matter)


async def _draft(load: Load, desk: Desk, matter: str) -> str:
    drafts = await _until(load, desk.leader, "referral", f"/matters/{matter}/orders", lambda found: found["items"])
    return str(drafts[0]["order_id"])


async def _look_around(load: Load, desk: Desk, register_no: str) -> None:
    await load.read("look-up", desk.staff, "intake", f"/matters/by-register-no?no={register_no}")
    await load.read("list", desk.staff, "console", "/api/matters?limit=20")


async def _until(load: Load, who: str, service: str, path: str, ready: Callable[[Any], Any]) -> Any:
    pause = SOON
    while True:
        await asyncio.sleep(pause)
        pause *= 2
        found = await load.read("waiting", who, service, path)
        if found and (result := ready(found)):
            return result
