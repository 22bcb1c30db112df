"""登记台: a day at the counter, in all the forms that intake has, and the day after."""

from dataclasses import dataclass
from typing import Any

from bancheng.demo.acts import Judgement, Matter
from bancheng.demo.checks import READER, Check, Look, fact, look, moment
from bancheng.demo.identities import CITY
from bancheng.demo.player import Player
from bancheng.demo.stage import Cue
from shared.contracts.codes import (
    AlreadyIn,
    FeedbackWay,
    HandlingPolicy,
    Kind,
    MatterState,
    NotAcceptedReason,
    Outcome,
    RootCause,
    Satisfaction,
    Solved,
    TransferTo,
    UnsatisfiedReason,
    Urgency,
    Vulnerable,
)

NAME, WINDOW = "登记台", CITY
INSURANCE = "410200-U09"
GUARDED = {
    "kind": "PERSON", "name": "韩某", "phone": "13800000021",
    "agent": {"name": "韩某", "relation": "母亲", "phone": "13800000021"},
    "beneficiary": {"name": "韩某某", "age": 9},
}  # fmt: skip
AGAIN = Judgement(
    Kind.HARD, HandlingPolicy.PUSH, RootCause.FLOW_POOR, "经核实,当场重置的密码在网上大厅不生效,须由后台同步。"
)


async def play(cue: Cue, player: Player) -> str:
    """What comes to the counter on 09-29; the matter that was drawn to be called back."""
    counter = Counter(cue, player)
    await cue.at("09-29 09:05")
    settled = [await counter.settled_at_once("赵某", "13800000022", "公积金查询密码忘记")]
    await cue.at("09-29 09:20")
    first = await counter.registered_in_full()
    await cue.at("09-29 09:40")
    await counter.came_again_and_merged(first)
    await cue.at("09-29 10:00")
    await counter.refused()
    await cue.at("09-29 10:20")
    settled.append(await counter.in_danger())
    await cue.at("09-29 10:40")
    settled.append(await counter.came_by_hotline())
    await cue.at("09-29 11:00")
    await counter.written_on_paper()
    await cue.at("09-29 14:30")
    await counter.withdrawn_and_transferred(first)
    await cue.at("09-30 09:00")
    return await counter.called_back_and_reopened(settled)


async def check(player: Player, matter_id: str) -> list[Check]:
    """The drawn matter went round again under its number; no number of the year is missing."""
    seen = await look(player, matter_id)
    pages = (await player.get(f"duty_leader-1@{WINDOW}", "intake", "/paper-numbers/2026"))["numbers"]
    found = await player.get(
        READER, "intake", "/callback-summary", first="2026-09-30", last="2026-09-30"
    )  # fmt: skip
    return [
        fact("抽中的当场办结件复开后办成", (2, MatterState.CLOSED, Outcome.DONE), _standing(seen)),
        fact("复开当日办结", "09-30 15:40", moment(seen.matter["state_since"])),
        fact("纸质登记簿", ["已登记", "已作废"], [_page(page) for page in pages]),
        fact("09-30全市回访接通", 3, found["reached"]),
        fact("09-30全市拒访、未接通", (0, 0), (found["declined"], found["unanswered"])),
        fact("没有超期", [], seen.overdue()),
    ]


def _standing(seen: Look) -> tuple[int, MatterState, Outcome]:
    return seen.matter["round"], MatterState(seen.matter["state"]), Outcome(seen.matter["outcome"])


def _page(page: dict[str, Any]) -> str:
    return "已作废" if page["is_void"] else "已登记" if page["matter_id"] else "未用"


@dataclass
class Counter:
    """The people at the city's counter, and what comes to it."""

    cue: Cue
    player: Player

    async def settled_at_once(self, name: str, phone: str, title: str) -> Matter:
        """The fast form: about nine in ten go this way."""
        matter = self._matter()
        await matter.settle_at_once(name, phone, title, "当场协助重置密码", RootCause.FLOW_POOR)
        await matter.hand_out_slip()
        return matter

    async def registered_in_full(self) -> Matter:
        """Every part of the full form, papers and slip."""
        matter = self._matter()
        await matter.register(
            GUARDED, "孩子医保参保信息查不到",
            facts="9月下旬为孩子办理门诊报销,经办窗口说查不到参保信息,先后跑了四次,每次说法不同。",
            demand="查清参保信息并办理报销。", item_code="OTHER", item_text="少儿医保参保信息更正",
            blamed_unit_ids=[INSURANCE], counter_no="12", address_region="410202", tries=4,
            tried="区医保经办窗口、社区服务站",
            already_in=[AlreadyIn.H12345, AlreadyIn.PETITION], hotline_ref="KF12345-20260921-0077",
            urgency=Urgency.URGENT, vulnerable=[Vulnerable.PREGNANT], disclosure="MASK",
        )  # fmt: skip
        await matter.hand_in("参保缴费凭证", "户口簿复印件")
        await matter.hand_out_slip()
        read = await self.player.get(matter.staff, "intake", f"/matters/{matter.id}")
        self.cue.expect("已走信访的提示核对受理范围", [NotAcceptedReason.N2], _reasons(read["scope_hints"]))
        return matter

    async def came_again_and_merged(self, first: Matter) -> None:
        """The same phone the same day: suggested, proposed, confirmed."""
        title = "孩子参保信息查不到无法报销"
        known = {"phone": GUARDED["phone"], "title": title}
        alike = await self.player.post(first.staff, "intake", "/matters/similar", known)
        self.cue.expect("查重", [first.register_no], [each["register_no"] for each in alike["matters"]])
        matter = self._matter()
        await matter.register(
            GUARDED, title, facts="再次来访,补充说明孩子八月底已经缴费,网上能查到扣款记录。", demand="尽快办理。",
            disclosure="MASK",
        )  # fmt: skip
        body = {"into": first.register_no, "told": FeedbackWay.FACE_TO_FACE}
        await matter.do(matter.staff, "merger-proposal", body)
        await matter.do(matter.leader, "proposal-confirmation")
        self.cue.tell(f"与{first.register_no}并件,带班领导确认")
        self.cue.expect("再次反映并入首件", MatterState.MERGED, await matter.state())

    async def refused(self) -> None:
        """Not the window's business: told where to go, confirmed by the duty leader."""
        matter = self._matter()
        await matter.register(
            {"kind": "PERSON", "name": "冯某", "phone": "13800000024"}, "与装修公司的合同纠纷",
            facts="与装修公司签订合同后对方不按约定施工,要求退款被拒绝。", demand="请责成装修公司退款。",
        )  # fmt: skip
        body = {"reason": NotAcceptedReason.N4, "told": FeedbackWay.FACE_TO_FACE, "note": "已引导至人民调解委员会"}
        await matter.do(matter.staff, "refusal-proposal", body)
        await matter.do(matter.leader, "proposal-confirmation")
        self.cue.tell("民事纠纷,告知去处后不予受理,带班领导确认")
        self.cue.expect("民事纠纷不予受理", MatterState.NOT_ACCEPTED, await matter.state())

    async def in_danger(self) -> Matter:
        """Words of danger: the clerk is told whom to call, the leader answers for it."""
        matter = self._matter()
        await matter.register(
            {"kind": "PERSON", "name": "杜某", "phone": "13800000025"}, "残疾补贴停发三个月",
            facts="补贴停发三个月,多次询问没有结果,老人说不想活了,家属十分着急。", demand="恢复发放补贴。",
            urgency=Urgency.URGENT, vulnerable=[Vulnerable.ELDERLY, Vulnerable.DISABLED],
        )  # fmt: skip
        read = await self.player.get(matter.staff, "intake", f"/matters/{matter.id}")
        self.cue.expect("紧急提醒", ["110、120"], [each["call"] for each in read["alarm"]["dangers"]])
        await self.cue.at("09-29 10:23")
        await matter.do(matter.leader, "alarm-acknowledgement")
        self.cue.tell("出现轻生言语,带班领导三分钟内到场处置")
        await self._settle(matter, "联系发放部门查明为年审未录入,当场补录,补贴次日到账。")
        return matter

    async def came_by_hotline(self) -> Matter:
        """12345 sends two, one of them twice known: the other is registered and settled."""
        rows = [
            {"channel": "H12345", "source_ref": ref, "title": title, "facts": f"来电反映:{title},请协调处理。",
             "received_at": "2026-09-29T08:30:00+08:00", "reporter_name": "来电人"}
            for ref, title in (("KF12345-20260921-0077", "孩子医保参保信息查不到"),
                               ("KF12345-20260929-0003", "身份证办理预约不上"))
        ]  # fmt: skip
        matter = self._matter()
        results = (await self.player.post(matter.staff, "intake", "/received-matters/batch", {"rows": rows}))["results"]
        self.cue.expect("热线转来:已登记的不重复接收", ["DUPLICATE", "ACCEPTED"], [one["status"] for one in results])
        matter.id = results[1]["matter_id"]
        reporter = {"kind": "PERSON", "name": "邓某", "phone": "13800000026"}
        body = {"reporter": reporter, "disclosure": "MASK", "demand": "协助预约。", "confirm_mode": "ORAL_READBACK",
                "privacy_notice_version": "2026-01"}  # fmt: skip
        matter.register_no = (await matter.do(matter.staff, "registration", body))["register_no"]
        self.cue.tell(f"登记热线转来件,{matter.register_no}")
        await self._settle(matter, "联系派出所当场预约成功。")
        return matter

    async def written_on_paper(self) -> None:
        """The network is away: a page is filled in, entered later under its number; another is spoiled."""
        matter = self._matter()
        reserved = (await self.player.post(matter.leader, "intake", "/paper-numbers", {"count": 2}))["numbers"]
        self.cue.tell("预留纸质登记簿编号两个")
        await self.cue.at("09-29 14:00")
        late = {"year": 2026, "number": reserved[0]["number"], "written_at": "2026-09-29T11:20:00+08:00",
                "reason": "网络中断"}  # fmt: skip
        await matter.register(
            {"kind": "ENTERPRISE", "name": "某食品有限公司", "phone": "13800000027"}, "生产许可变更等了两个月",
            facts="生产许可变更材料交了两个月,窗口一直说在流转,不告知进度。", demand="告知进度并尽快办理。", late=late,
        )  # fmt: skip
        self.cue.expect("补录用预留的编号", True, matter.register_no.endswith(f"{reserved[0]['number']:06d}号"))
        await self._settle(matter, "查明已办结待领证,当场联系送达。")
        path = f"/paper-numbers/2026/{reserved[1]['number']}/voiding"
        await self.player.post(matter.leader, "intake", path, {"reason": "纸页污损"})
        self.cue.tell("另一页污损,编号作废")

    async def withdrawn_and_transferred(self, first: Matter) -> None:
        """A reporter takes a matter back; another goes on elsewhere, against a receipt."""
        matter = self._matter()
        await matter.register(
            {"kind": "PERSON", "name": "蒋某", "phone": "13800000028"}, "社保卡补办没有消息",
            facts="补办社保卡交了材料一个月,一直没有领卡通知。", demand="尽快领到社保卡。",
        )  # fmt: skip
        body = {"confirm_mode": "SIGN_PAD", "identity_checked": True, "note": "当天下午收到领卡通知"}
        await matter.do(matter.staff, "withdrawal", body)
        self.cue.expect("反映人撤回", MatterState.WITHDRAWN, await matter.state())
        body = {"receiver": TransferTo.PETITION, "receipt_no": "汴信〔2026〕0929", "told": FeedbackWay.PHONE}
        await first.do(first.leader, "transfer", body)
        self.cue.tell("社保卡一件反映人撤回;医保一件已在信访程序中,凭回执转出")
        self.cue.expect("转其他渠道", MatterState.TRANSFERRED, await first.state())

    async def called_back_and_reopened(self, settled: list[Matter]) -> str:
        """One in ten of what was settled on the spot is called; who is not content gets another round."""
        caller = f"callback_officer@{WINDOW}"
        draw = await self.player.post(caller, "intake", "/callback-draws", {"day": "2026-09-29"})
        self.cue.expect("抽查:当场办结件至少一成", True, len(draw["matter_ids"]) * 10 >= draw["population"] > 0)
        [drawn] = draw["matter_ids"]
        matter = self._matter()
        matter.id = drawn
        report = {"result": "REACHED", "identity_checked": True, "solved": Solved.NOT_SOLVED,
                  "satisfaction": Satisfaction.DISSATISFIED, "unsatisfied_reason": UnsatisfiedReason.U1}  # fmt: skip
        await matter.do(caller, "callbacks", report)
        self.cue.tell("抽查回访一件:不满意")
        await self.cue.at("09-30 09:30")
        body = {"reason": "DISSATISFIED", "note": "回访反映没有真正解决"}
        await matter.do(matter.leader, "reopening", body)
        self.cue.tell("带班领导复开,编号不变")
        await self.cue.at("09-30 10:00")
        await matter.propose(AGAIN)
        await self.cue.at("09-30 10:30")
        await matter.approve(opinion="窗口当日督办")
        await self.cue.at("09-30 14:30")
        await matter.record_on_site("经办窗口", "请后台当日处理到位", "后台数据未同步,已处理。", INSURANCE)
        await self.cue.at("09-30 15:00")
        await matter.review("后台已同步,当面验证可用。", RootCause.FLOW_POOR)
        await self.cue.at("09-30 15:20")
        await matter.feed_back(FeedbackWay.PHONE, "后台已处理,可以正常使用。")
        await self.cue.at("09-30 15:40")
        await matter.call_back(Solved.SOLVED, Satisfaction.SATISFIED)
        return matter.id

    def _matter(self) -> Matter:
        return Matter(self.cue, self.player, WINDOW)

    async def _settle(self, matter: Matter, done: str) -> None:
        body = {"done": done, "root_cause": RootCause.FLOW_POOR, "minutes_spent": 20}
        await matter.do(matter.staff, "on-spot-settlement", body)
        self.cue.tell(f"当场办结:{done}")


def _reasons(codes: list[str]) -> list[NotAcceptedReason]:
    return [NotAcceptedReason(code) for code in codes]
