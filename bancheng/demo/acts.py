"""The acts of the trade as the people of a window and the units do them, through the public APIs only.

Each waits for the state it needs, since what it needs may still be on its way as an event, and tells the story a
sentence. Who acts follows from the roster: the team on duty on that day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bancheng.demo.identities import resolve, units
from bancheng.demo.papers import blank_pdf
from bancheng.demo.player import Player
from bancheng.demo.stage import Cue
from shared.contracts.codes import (
    AssessmentState,
    DuplicateCheck,
    FeedbackWay,
    HandlingPolicy,
    Kind,
    MatterState,
    MeetingKind,
    RootCause,
    Satisfaction,
    Solved,
    SubReason,
    UnitRole,
    label,
)

UNIT_NAMES = {unit["unit_id"]: unit["name"] for unit in units()}
FORM = {"confirm_mode": "SIGN_PAD", "privacy_notice_version": "2026-01", "disclosure": "AGREE", "channel": "WALK_IN"}


@dataclass(frozen=True)
class Judgement:
    """研判意见 with its verification note."""

    kind: Kind
    policy: HandlingPolicy
    cause: RootCause
    note: str
    sub_reasons: tuple[SubReason, ...] = ()
    complexity: str = "B"
    units: tuple[str, ...] = ()
    rule: str | None = None

    def body(self) -> dict[str, Any]:
        """The form as triage takes it."""
        return {
            "kind": self.kind, "policy": self.policy, "root_cause_main": self.cause, "sub_reasons": self.sub_reasons,
            "complexity": self.complexity, "rule": self.rule, "verification_note": self.note,
            "duplicate_check": DuplicateCheck.NONE_FOUND,
            "proposed_units": [{"unit_id": unit, "role": role} for unit, role in _parts(self.units)],
        }  # fmt: skip


@dataclass
class Matter:
    """One matter in play (事项), and what its window does with it."""

    cue: Cue
    player: Player
    window: str
    id: str = ""
    register_no: str = ""

    @property
    def staff(self) -> str:
        """值班人员 of the day."""
        return resolve(f"duty_staff@{self.window}", self.cue.now.date())

    @property
    def leader(self) -> str:
        """带班领导 of the day."""
        return resolve(f"duty_leader@{self.window}", self.cue.now.date())

    async def register(self, reporter: Mapping[str, Any], title: str, **form: Any) -> None:
        """登记 (T02)."""
        body = {**FORM, "reporter": reporter, "title": title, **form}
        found = await self.player.post(self.staff, "intake", "/matters", body)
        self.id, self.register_no = found["matter_id"], found["register_no"]
        self.cue.tell(f"登记《{title}》,{self.register_no}")

    async def settle_at_once(self, name: str, phone: str, title: str, done: str, cause: RootCause) -> None:
        """快速登记、当场办结 (T02, T03): six fields, one request."""
        body = {"name": name, "phone": phone, "item_code": "GJJ-02", "title": title, "done": done,
                "root_cause": cause, "minutes_spent": 6}  # fmt: skip
        found = await self.player.post(self.staff, "intake", "/matters/on-the-spot", body)
        self.id, self.register_no = found["matter_id"], found["register_no"]
        self.cue.tell(f"当场办结《{title}》,{self.register_no}")

    async def hand_in(self, *names: str) -> None:
        """登记反映人提交的材料."""
        for name in names:
            fields = {"name": name, "form": "COPY", "pages": "1"}
            await self.player.upload(self.staff, "intake", f"/matters/{self.id}/materials", fields, blank_pdf())
        self.cue.tell(f"登记材料{len(names)}份")

    async def hand_out_slip(self) -> None:
        """打印回执 with its query code."""
        slip = await self.player.printed(self.staff, "intake", f"/matters/{self.id}/slips")
        self.cue.expect(f"{self.register_no}的回执", "PDF", slip[1:4].decode())
        self.cue.tell("打印回执交反映人")

    async def accept(self) -> None:
        """受理 (T05)."""
        await self._post(self.staff, "intake", "acceptance")
        self.cue.tell("受理")

    async def propose(self, judgement: Judgement, reason: str | None = None) -> None:
        """研判 (T06)."""
        await self._assessed(AssessmentState.OPEN, AssessmentState.RETURNED)
        await self._post(self.staff, "triage", "assessment/proposal", {**judgement.body(), "reason": reason})
        why = "、".join(label(each) for each in judgement.sub_reasons)
        kind, policy = label(judgement.kind), label(judgement.policy)
        self.cue.tell(f"研判为“{kind}”{f'({why})' if why else ''},{policy}")

    async def send_back(self, reason: str) -> None:
        """退回重研 (T08)."""
        await self._post(self.leader, "triage", "assessment/return", {"reason": reason})
        self.cue.tell(f"带班领导退回重研:{reason}")

    async def reclassify(
        self, to: Kind, sub_reasons: Sequence[SubReason], policy: HandlingPolicy, rule: str, reason: str
    ) -> None:
        """重新分类 by the staff, so that the leader may still approve."""
        body = {"to_kind": to, "sub_reasons": list(sub_reasons), "policy": policy, "rule": rule, "reason": reason}
        await self._post(self.staff, "triage", "assessment/reclassification", body)
        self.cue.tell(f"重新分类为“{label(to)}”({'、'.join(map(label, sub_reasons))}):{reason}")

    async def approve(self, *unit_ids: str, rule: str = "", codes: Sequence[str] = (), **more: Any) -> None:
        """批转 (T07): an order for each unit, the first as main unit; none if the window handles it itself."""
        await self._assessed(AssessmentState.PROPOSED)
        orders = _orders(unit_ids, rule, codes)
        await self._post(self.leader, "triage", "assessment/approval", {"orders": orders, **more})
        to = f"拟交办{'、'.join(UNIT_NAMES[unit] for unit in unit_ids)}" if unit_ids else "窗口自行督办"
        self.cue.tell(f"带班领导批转,{to}{',提示类案' if more.get('class_hint') else ''}")

    async def approval_refused(self, code: str, *unit_ids: str, rule: str) -> None:
        """批转 that must be refused."""
        path, body = f"/matters/{self.id}/assessment/approval", {"orders": _orders(unit_ids, rule, ())}
        said = await self.player.refused(self.leader, "triage", path, body, 422, code)
        self.cue.tell(f"批转被拒:{said['detail']}")

    async def record_on_site(
        self, where: str, urged: str, found: str, unit_id: str, *sub_reasons: SubReason
    ) -> None:  # fmt: skip
        """现场督办记录 (T12b)."""
        await self.reaches(MatterState.HANDLING)
        body = {"where": where, "urged": urged, "found": found, "responsible_unit_id": unit_id,
                "sub_reasons": sub_reasons}  # fmt: skip
        await self._post(self.leader, "intake", "on-site-record", body)
        self.cue.tell(f"现场督办({where}):{found} 责任单位:{UNIT_NAMES[unit_id]}")

    async def review(self, result: str, cause: RootCause) -> None:
        """审核 (T17) of what the window handled itself: done."""
        await self.reaches(MatterState.RESULT_REVIEW)
        await self._post(self.leader, "intake", "review", {"result": result, "root_cause": cause})
        self.cue.tell(f"审核通过:{result} 主要原因:{label(cause)}")

    async def compare(self, *rows: Mapping[str, Any]) -> str:
        """横向对比; its id."""
        body = {"needed": True, "reason": "", "rows": rows}
        found = await self._post(self.staff, "referral", "comparisons", body)
        looser = sum(row["verdict"] == "LOOSER" for row in rows)
        self.cue.tell(f"横向对比{len(rows)}个城市,{looser}个更宽")
        return str(found["comparison_id"])

    async def call_meeting(self, kind: MeetingKind, unit_ids: Sequence[str], at: str, agenda: str) -> "Meeting":
        """召集会议 (T09)."""
        body = {"kind": kind, "unit_ids": unit_ids, "meets_at": at, "agenda": agenda}
        found = await self._post(self.leader, "referral", "meetings", body)
        self.cue.tell(f"召集{label(kind)}:{'、'.join(UNIT_NAMES[unit] for unit in unit_ids)}")
        return Meeting(self, tuple(unit_ids), found["meeting_id"])

    async def feed_back(self, way: FeedbackWay, content: str, **more: str) -> None:
        """反馈反映人 (T18)."""
        await self.reaches(MatterState.FEEDBACK)
        await self._post(self.staff, "intake", "feedback", {"way": way, "content": content, **more})
        self.cue.tell(f"反馈反映人({label(way)}):{content}")

    async def call_back(self, solved: Solved, satisfaction: Satisfaction) -> None:
        """回访 (T19): the reporter answers, and the matter closes."""
        await self.reaches(MatterState.CALLBACK)
        body = {"result": "REACHED", "identity_checked": True, "solved": solved, "satisfaction": satisfaction}
        await self._post(f"callback_officer@{self.window}", "intake", "callbacks", body)
        self.cue.tell(f"回访:{label(solved)},{label(satisfaction)};办结销号")

    async def do(self, who: str, act: str, body: Any = None) -> dict[str, Any]:
        """Any other of intake's commands about the matter."""
        return await self._post(who, "intake", act, body)

    async def check_text(self, text: str) -> dict[str, Any]:
        """文本核查: whether a text gives the reporter away, with intake's receipt."""
        return await self._post(self.staff, "intake", "text-checks", {"text": text})

    async def state(self) -> MatterState:
        """The state as intake has it now."""
        return MatterState((await self.player.get(self.staff, "intake", f"/matters/{self.id}"))["state"])

    async def reaches(self, state: MatterState) -> None:
        """Wait until the matter is in a state."""

        def found(matter: Any) -> bool:
            return bool(matter["state"] == state)

        await self.player.until(self.staff, "intake", f"/matters/{self.id}", found, f"事项进入“{label(state)}”")

    async def _assessed(self, *states: AssessmentState) -> None:
        def found(sheet: Any) -> bool:
            return sheet["state"] in states

        what = f"研判单进入“{'或'.join(map(label, states))}”"
        await self.player.until(self.staff, "triage", f"/matters/{self.id}/assessment", found, what)

    async def _post(self, who: str, service: str, act: str, body: Any = None) -> dict[str, Any]:
        return await self.player.post(who, service, f"/matters/{self.id}/{act}", body)


@dataclass
class Meeting:
    """A meeting in play (会议)."""

    matter: Matter
    unit_ids: tuple[str, ...]
    id: str

    async def hold(self, minutes: str, absent: Sequence[str] = ()) -> None:
        """One session."""
        present = [unit for unit in self.unit_ids if unit not in absent]
        body = {"present_unit_ids": present, "absent_unit_ids": absent, "minutes": minutes}
        matter = self.matter
        await matter.player.post(matter.staff, "referral", f"/meetings/{self.id}/sessions", body)
        matter.cue.tell(f"会议一次,到会{len(present)}家:{minutes}")

    async def conclude(self, summary: str, *tasks: tuple[str, str, str]) -> None:
        """会议结论: tasks as unit, what and until when."""
        listed = [{"unit_id": unit, "task": task, "due": due} for unit, task, due in tasks]
        matter = self.matter
        body = {"summary": summary, "tasks": listed}
        await matter.player.post(matter.leader, "referral", f"/meetings/{self.id}/conclusion", body)
        matter.cue.tell(f"会议结论:{summary}")


def _orders(unit_ids: Sequence[str], rule: str, codes: Sequence[str]) -> list[dict[str, Any]]:
    return [
        {"unit_id": unit, "role": role, "rule": rule, "requirement_codes": list(codes)}
        for unit, role in _parts(unit_ids)
    ]  # fmt: skip


def _parts(unit_ids: Sequence[str]) -> list[tuple[str, UnitRole]]:
    return [(unit, UnitRole.CO if place else UnitRole.MAIN) for place, unit in enumerate(unit_ids)]
