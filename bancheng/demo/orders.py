"""What the window and a unit do with one order (交办单), through the public APIs."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bancheng.demo.acts import UNIT_NAMES, Matter
from shared.contracts.codes import AnswerResult, OrderState, label


async def draft_for(matter: Matter, unit_id: str) -> "Order":
    """The draft for a unit, as soon as what leads to it has come to referral."""

    def found(page: Any) -> Any:
        drafts = (line for line in page["items"] if line["state"] == OrderState.DRAFT)
        return next((line for line in drafts if line["unit_id"] == unit_id), None)

    path = f"/matters/{matter.id}/orders"
    line = await matter.player.until(matter.leader, "referral", path, found, f"拟制给{UNIT_NAMES[unit_id]}的交办单")
    return Order(matter, unit_id, line["order_id"])


@dataclass
class Order:
    """An order in play."""

    matter: Matter
    unit: str
    id: str

    def person(self, part: str) -> str:
        """One of the unit's three accounts: handler, deputy or principal."""
        return f"unit_{part}@{self.unit}"

    async def read(self) -> dict[str, Any]:
        """The order as the window sees it."""
        return dict(await self.matter.player.get(self.matter.leader, "referral", f"/orders/{self.id}"))

    async def write_extract(
        self, title: str, facts: str, demand: str, *wanted: Mapping[str, Any], check: bool = False
    ) -> None:  # fmt: skip
        """摘要; with `check` through intake's text check, as MASK and ANONYMOUS ask for."""
        body = {"title": title, "facts_extract": facts, "demand": demand, "requirements": wanted}
        if check:
            asked = (one[part] for one in wanted for part in ("what", "evidence") if one.get(part))
            found = await self.matter.check_text("\n".join((title, facts, demand, *asked)))
            body["text_check_receipt"] = found["receipt"]
        await self.matter.player.put(self.matter.leader, "referral", f"/orders/{self.id}/extract", body)

    async def sign(self) -> None:
        """签发: numbered and delivered at once."""
        found = await self._act(self.matter.leader, "signature")
        self._tell(f"签发送达{found['order_no']}")

    async def acknowledge(self) -> None:
        """签收."""
        await self._act(self.person("handler"), "acknowledgement")
        self._tell("签收")

    async def give_notice(self, *materials: Mapping[str, Any]) -> None:
        """一次性告知."""
        await self._act(self.person("handler"), "notices", {"materials": materials})
        self._tell(f"一次性告知材料清单{len(materials)}项")

    async def answer(self, process: str, evidence: str, beneficiaries: Sequence[str] = ()) -> None:
        """反馈办理结果: solved."""
        await self.reaches(OrderState.WORKING)
        body = {
            "process": process, "result": AnswerResult.SOLVED, "handler": "承办人", "approved_by": "主要负责人",
            "evidence": [{"name": evidence, "sha256": hashlib.sha256(evidence.encode()).hexdigest()}],
            "beneficiaries": [{"label": each, "result": AnswerResult.SOLVED} for each in beneficiaries],
        }  # fmt: skip
        await self._act(self.person("handler"), "answer", body)
        self._tell(f"反馈:{process}")

    async def accept_answer(self, note: str) -> None:
        """审核通过."""
        await self._act(self.matter.staff, "review", {"decision": "ACCEPT", "note": note})
        self._tell(f"反馈审核通过:{note}")

    async def signed_statement(self, who: str, text: Mapping[str, Any]) -> dict[str, Any]:
        """The statement with the hash of what the signer was shown."""
        shown = await self._act(who, "cannot-do-statement/preview", text)
        return {**text, "text_sha256": shown["text_sha256"]}

    async def file_refused(self, who: str, text: Mapping[str, Any], code: str) -> dict[str, Any]:
        """A filing that must be refused; what the answer said."""
        body, path = await self.signed_statement(who, text), f"/orders/{self.id}/cannot-do-statement"
        said = await self.matter.player.refused(who, "referral", path, body, 422, code)
        self._tell(f"报送被拒:{said['detail']}")
        return said

    async def sign_statement(self, text: Mapping[str, Any]) -> None:
        """The handler drafts a statement, and the principal signs what was drafted."""
        await self._act(self.person("principal"), "cannot-do-statement/signature", await self._drafted(text))
        self._tell("承办人起草、主要负责人签字报送不能办情况说明")

    async def sign_refused(self, text: Mapping[str, Any], code: str) -> None:
        """A draft that may not be filed, whoever signs it."""
        await self.refused("principal", "cannot-do-statement/signature", 422, code, **await self._drafted(text))

    async def reject(self, note: str) -> None:
        """认定说明不成立 (T15)."""
        await self.reaches(OrderState.CANNOT_FILED)
        await self._act(self.matter.leader, "cannot-do-statement/decision", {"decision": "REJECT", "note": note})
        self._tell(f"带班领导认定说明不成立:{note}")

    async def order_again(self, rule: str) -> None:
        """另行交办."""
        await self._act(self.matter.leader, "successor", {"rule": rule})
        self._tell("另行交办")

    async def object_to(self, basis: str, suggested: str) -> None:
        """退单异议."""
        body = {"reason": "O1", "basis": basis, "suggested_unit_id": suggested}
        await self._act(self.person("handler"), "objection", body)
        self._tell(f"提出退单异议:{basis}")

    async def uphold_objection(self, unit: str, note: str) -> None:
        """认定异议成立, another unit is to have it."""
        body = {"upheld": True, "note": note, "unit_id": unit}
        await self._act(self.matter.leader, "objection/decision", body)
        self._tell(f"带班领导认定异议成立,改派{UNIT_NAMES[unit]}")

    async def ask_contact(self, what: str) -> None:
        """请窗口联系."""
        await self._act(self.person("handler"), "contact-requests", {"what": what})
        self._tell(f"请窗口联系反映人:{what}")

    async def contacted(self, outcome: str) -> None:
        """窗口联系反映人, for the first request that waits."""
        waiting = next(each["id"] for each in (await self.read())["contacts"] if each["done_at"] is None)
        checked = await self.matter.check_text(outcome)
        body = {"outcome": outcome, "text_check_receipt": checked["receipt"]}
        await self._act(self.matter.staff, f"contact-requests/{waiting}/outcome", body)
        self._tell(f"窗口联系反映人:{outcome}")

    async def ask_suspension(self, reason: str, basis: str, resume_by: str) -> None:
        """申请中止计时."""
        body = {"reason": reason, "basis": basis, "resume_by": resume_by}
        await self._act(self.person("handler"), "suspension", body)
        self._tell(f"申请中止计时至{resume_by}:{basis}")

    async def grant_suspension(self, note: str) -> None:
        """批准中止."""
        await self._act(self.matter.leader, "suspension/decision", {"granted": True, "note": note})
        self._tell(f"带班领导批准中止:{note}")

    async def refused(self, part: str, act: str, status: int, code: str, **body: Any) -> None:
        """An act of the unit that must be refused."""
        path = f"/orders/{self.id}/{act}"
        said = await self.matter.player.refused(self.person(part), "referral", path, body, status, code)
        self._tell(f"被拒:{said['detail']}")

    async def uphold(self, comparison_id: str, note: str, watch: bool = False) -> None:
        """认定不能办 (T14), with the comparison at hand; with `watch` until the policy changes."""
        await self.reaches(OrderState.CANNOT_FILED)
        body = {"decision": "UPHOLD", "comparison_id": comparison_id, "note": note, "watch": watch}
        await self._act(self.matter.leader, "cannot-do-statement/decision", body)
        self._tell(f"带班领导认定不能办:{note}")

    async def _drafted(self, text: Mapping[str, Any]) -> dict[str, Any]:
        path = f"/orders/{self.id}/cannot-do-statement/draft"
        drafted = await self.matter.player.put(self.person("handler"), "referral", path, text)
        return {"text_sha256": drafted["text_sha256"]}

    async def _act(self, who: str, act: str, body: Any = None) -> dict[str, Any]:
        return await self.matter.player.post(who, "referral", f"/orders/{self.id}/{act}", body)

    async def reaches(self, state: OrderState) -> None:
        """Wait until the order is in a state."""

        def found(order: Any) -> bool:
            return bool(order["state"] == state)

        what = f"交办单进入“{label(state)}”"
        await self.matter.player.until(self.matter.leader, "referral", f"/orders/{self.id}", found, what)

    def _tell(self, sentence: str) -> None:
        self.matter.cue.tell(f"{UNIT_NAMES[self.unit]}:{sentence}")
