"""The desk's pages against a stand-in intake that notes what it is asked."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest

from shared.contracts import intake, referral
from shared.contracts.codes import AnswerResult, CallbackResult, Disclosure, MatterState, Satisfaction, Solved
from tests.engines import Engines
from tests.harness import START, Client
from tests.service.console_story import REGISTRY_OFFICE, SUPPLY, Story, at
from tests.service.console_world import HTML, MADE, World, console_world, key_of, page, sent, told

FOUND = {"matter_id": str(UUID(int=78)), "register_no": "汴监窗〔2026〕000123号", "state": "CLOSED",
         "title": "加装电梯", "registered_at": "2026-09-28T09:00:00+08:00"}  # fmt: skip
FAST = {"name": "赵某", "phone": "13800000055", "title": "公积金密码忘记", "done": "当场协助重置",
        "root_cause": "FLOW_POOR", "minutes_spent": "8", "item_code": ""}  # fmt: skip


@pytest.fixture(scope="module")
async def world(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with console_world(engines, tmp_path_factory.mktemp("desk")) as running:
        yield running


@pytest.fixture(autouse=True)
def willing(world: World) -> None:
    world.intake.refusal = None
    world.intake.answers = {}


def in_callback() -> Story:
    story = Story().register().order()
    story.move(MatterState.FEEDBACK, MatterState.CALLBACK, "T18", at(20))
    return story


async def test_the_fast_form_is_six_questions_and_one_request(world: World) -> None:
    staff = world.who("duty_staff")
    form = await page(staff, "/desk/on-the-spot")
    asked = form.text.split("</header>")[1]
    assert asked.count("<input ") + asked.count("<textarea ") + asked.count("<select ") == 8
    answer = await sent(staff, "/desk/on-the-spot", key=key_of(form), **FAST)
    assert (answer.status_code, answer.headers["location"][:16]) == (303, "/desk/registered")
    assert "赵某" not in answer.headers["location"]
    body = {name: value for name, value in FAST.items() if value} | {"minutes_spent": 8}
    assert world.intake.last() == ("matters/on-the-spot", body, key_of(form))
    shown = await page(staff, answer.headers["location"])
    assert "汴监窗〔2026〕000009号" in shown.text


async def test_what_intake_refuses_is_said_and_nothing_entered_is_lost(world: World) -> None:
    staff = world.who("duty_staff")
    world.intake.refusal = (422, "reporter.phone_invalid", "联系电话不对")
    answer = await sent(staff, "/desk/on-the-spot", key="k-1", **FAST)
    assert answer.status_code == 422
    assert "联系电话不对" in answer.text
    assert FAST["name"] in answer.text
    assert FAST["done"] in answer.text
    assert 'value="FLOW_POOR" selected' in answer.text
    assert key_of(answer) == "k-1"


async def test_text_from_a_person_is_never_markup(world: World) -> None:
    world.intake.refusal = (422, "text.invisible", "<b>不行</b>")
    evil = FAST | {"name": '"><script>alert(1)</script>', "done": "</textarea><script>alert(1)</script>"}
    answer = await sent(world.who("duty_staff"), "/desk/on-the-spot", key="k-2", **evil)
    assert "<script>alert" not in answer.text
    assert "<b>" not in answer.text.split("<h1>")[1].split("<form")[0]


async def test_matters_alike_are_shown_before_anything_is_registered(world: World) -> None:
    found = {"matter_id": str(MADE), "register_no": "汴监窗〔2026〕000001号", "state": "HANDLING",
             "registered_at": "2026-09-28T09:00:00+08:00", "title": "公积金密码", "signs": ["PHONE"]}  # fmt: skip
    world.intake.answers = {"matters/similar": {"matters": [found]}}
    answer = await sent(world.who("duty_staff"), "/desk/on-the-spot", key="k-3", look_up="yes", **FAST)
    assert world.intake.last()[:2] == (
        "matters/similar", {"phone": FAST["phone"], "item_code": None, "title": FAST["title"]},
    )  # fmt: skip
    assert "汴监窗〔2026〕000001号" in answer.text
    assert "同一电话" in answer.text
    assert FAST["name"] in answer.text


async def test_the_full_form_fills_the_whole_registration(world: World) -> None:
    staff = world.who("duty_staff")
    form = await page(staff, "/desk/register")
    assert "市不动产登记中心" in form.text
    entered = {
        "channel": "WALK_IN", "reporter.kind": "GROUP", "reporter.name": "职工代表", "reporter.phone": "13800000056",
        "reporter.group_size": "15", "reporter.representatives": "王某 13800000057", "disclosure": "MASK",
        "title": "三十二号院办不下产权证", "facts": "多次到登记中心没有结果", "demand": "办理产权证",
        "urgency": "NORMAL", "vulnerable": ["ELDERLY", "DISABLED"], "confirm_mode": "SIGN_PAD",
    }  # fmt: skip
    await sent(staff, "/desk/register", key=key_of(form), **entered)
    path, body, _ = world.intake.last()
    assert path == "matters"
    assert body["reporter"] == {
        "kind": "GROUP", "name": "职工代表", "phone": "13800000056", "group_size": 15,
        "representatives": [{"name": "王某", "phone": "13800000057"}],
    }  # fmt: skip
    assert (body["vulnerable"], body["privacy_notice_version"]) == (["ELDERLY", "DISABLED"], "POSTED")


async def test_the_day_shows_its_lines_of_the_register_and_no_others(world: World) -> None:
    today = Story().register("汴监窗〔2026〕000101号")
    elsewhere = Story(window="410221-W1").register("杞监窗〔2026〕000102号")
    for story in (today, elsewhere):
        await told(world, story)
    shown = await page(world.who("duty_leader"), "/desk/day?day=2026-09-28")
    assert "汴监窗〔2026〕000101号" in shown.text
    assert "000102号" not in shown.text
    assert "汴监窗〔2026〕000101号" not in (await page(world.who("duty_leader"), "/desk/day?day=2026-09-27")).text
    assert "当日登记" in (await page(world.who("duty_staff"), "/")).text
    for other in (world.who("callback_officer"), world.hall.client("o", "supervision_dept")):
        assert (await page(other, "/desk/day")).status_code == 404
    assert (await page(world.who("duty_staff"), "/desk/day?day=nonsense")).status_code == 422


async def test_a_matter_offers_what_its_reader_may_do_now(world: World) -> None:
    acts = await told(world, Story().register())
    registered = acts.removesuffix("/acts")
    for role, offered in (("duty_staff", "acts/acceptance"), ("duty_leader", "acts/transfer")):
        assert offered in (await page(world.who(role), registered)).text
    overseen = (await page(world.hall.client("o", "supervision_dept"), registered)).text
    assert overseen.count("acts/") == overseen.count("acts/recusals") == 1
    staff = world.who("duty_staff")
    form = await page(staff, f"{acts}/acceptance")
    done = await sent(staff, f"{acts}/acceptance", key=key_of(form))
    assert (done.status_code, done.headers["location"]) == (303, registered)
    assert world.intake.last() == (f"{registered[1:]}/acceptance", {}, key_of(form))
    late = await page(staff, f"{acts}/feedback")
    assert (late.status_code, "目前不能办理" in late.text) == (404, True)


async def test_what_waits_for_the_leader_is_said_and_offered_only_while_it_waits(world: World) -> None:
    story = Story().register("汴监窗〔2026〕000120号")
    story.tell(intake.MatterProposed, kind="REFUSAL", reason="N4", proposed_by="u-2", proposed_at=START)
    matter = (await told(world, story)).removesuffix("/acts")
    leader = world.who("duty_leader")
    shown = (await page(leader, matter)).text
    assert "已提请带班领导决定:不予受理" in shown
    assert "acts/proposal-confirmation" in shown
    assert "acts/proposal-confirmation" not in (await page(world.who("duty_staff"), matter)).text
    later = Story(matter_id=story.matter_id)
    later.tell(intake.MatterProposalDeclined, kind="REFUSAL", declined_by="u-1", declined_at=START)
    await told(world, later)
    shown = (await page(leader, matter)).text
    assert "acts/proposal" not in shown
    assert "已提请带班领导决定" not in shown
    assert "带班领导不同意不予受理" in shown


async def test_merging_names_the_other_matter_by_its_number(world: World) -> None:
    acts = await told(world, Story().register())
    staff = world.who("duty_staff")
    form = await page(staff, f"{acts}/merger-proposal")
    entered = {"into": "2026-123", "told": "PHONE", "told_main": ""}
    await sent(staff, f"{acts}/merger-proposal", key=key_of(form), **entered)
    body = {"into": "2026-123", "told": "PHONE"}
    assert world.intake.last() == (f"{acts.removesuffix('/acts')[1:]}/merger-proposal", body, key_of(form))


async def test_ways_already_taken_are_pointed_out_after_registering(world: World) -> None:
    made = {"matter_id": str(MADE), "register_no": "汴监窗〔2026〕000009号", "state": "REGISTERED",
            "scope_hints": ["N2"]}  # fmt: skip
    reasons = [{"code": code, "name": name, "told": "请按信访程序跟进", "place": "信访部门"}
               for code, name in (("N1", "涉法涉诉"), ("N2", "已进入信访程序"))]  # fmt: skip
    world.intake.answers = {"matters": made, "scope-reasons": {"reasons": reasons}}
    staff = world.who("duty_staff")
    answer = await sent(staff, "/desk/register", key="k-7", title="产权证")
    shown = (await page(staff, answer.headers["location"])).text
    assert "已进入信访程序" in shown
    assert "涉法涉诉" not in shown
    assert f"/matters/{MADE}/acts/refusal-proposal" in shown


async def test_the_summary_of_call_backs_counts_silence_apart(world: World) -> None:
    found = {"reached": 7, "declined": 2, "unanswered": 1, "solved": dict.fromkeys(Solved, 3),
             "satisfaction": dict.fromkeys(Satisfaction, 4), "results": dict.fromkeys(CallbackResult, 5)}  # fmt: skip
    world.intake.answers = {"callback-summary": found}
    leader = world.who("duty_leader")
    assert "回访汇总" in (await page(leader, "/")).text
    shown = await page(leader, "/desk/callbacks?first=2026-09-01&last=2026-09-30")
    assert world.intake.last()[:2] == ("callback-summary", {"first": "2026-09-01", "last": "2026-09-30"})
    assert "既不计满意,也不计不满意" in shown.text
    assert shown.text.count("<dt>拒访</dt><dd>2</dd>") == 1
    world.intake.refusal = (422, "callback_summary.days", "起止日期不对")
    assert "起止日期不对" in (await page(leader, "/desk/callbacks?first=2026-09-30&last=2026-09-01")).text
    assert (await page(world.who("duty_staff"), "/desk/callbacks")).status_code == 404


async def test_the_caller_sees_the_phone_only_by_a_look_that_is_told(world: World) -> None:
    acts = await told(world, in_callback())
    caller = world.who("callback_officer")
    form = await page(caller, f"{acts}/callbacks")
    assert form.status_code == 200
    assert "13800000099" not in form.text
    whom = {"name": "李某", "phone": "13800000099"}
    matter = acts.removesuffix("/acts")[1:]
    world.intake.answers = {f"{matter}/identity": whom}
    answer = await sent(caller, f"{acts}/callbacks", key="k-4", look_up="yes", result="REACHED")
    assert world.intake.last()[:2] == (f"{matter}/identity", {"purpose": "CALLBACK"})
    assert "13800000099" in answer.text
    assert 'value="REACHED" selected' in answer.text


async def test_danger_is_said_on_the_page_at_once(world: World) -> None:
    said = {"danger": "FIRE", "call": "119", "advice": "立即拨打119"}
    made = {
        "matter_id": str(MADE),
        "register_no": "汴监窗〔2026〕000009号",
        "state": "CLOSED",
        "alarm": {"dangers": [said]},
    }
    world.intake.answers = {"matters/on-the-spot": made}
    answer = await sent(world.who("duty_staff"), "/desk/on-the-spot", key="k-6", **FAST)
    assert answer.status_code == 200
    assert "拨打 119" in answer.text
    assert "汴监窗〔2026〕000009号" in answer.text


async def test_an_alarm_stays_on_the_list_until_it_is_answered_and_passes_on_after_five_minutes(world: World) -> None:
    story = Story().register("汴监窗〔2026〕000088号")
    story.tell(intake.MatterAlarmRaised, dangers=["SELF_HARM"], raised_at=START)
    acts = await told(world, story)
    leader, overseer = world.who("duty_leader"), world.hall.client("o", "supervision_dept")
    world.hall.time.set(START + timedelta(minutes=4))
    assert "紧急提醒:1件" in (await page(leader, "/")).text
    assert f"{acts}/alarm-acknowledgement" in (await page(leader, "/")).text
    assert "紧急提醒:1件" in (await page(world.who("duty_staff"), "/")).text
    assert f"{acts}/alarm-acknowledgement" not in (await page(world.who("duty_staff"), "/")).text
    for other in (overseer, world.who("callback_officer")):
        assert "紧急提醒" not in (await page(other, "/")).text
    world.hall.time.set(START + timedelta(minutes=5))
    assert f"{acts}/alarm-acknowledgement" in (await page(overseer, "/")).text
    form = await page(leader, f"{acts}/alarm-acknowledgement")
    await sent(leader, f"{acts}/alarm-acknowledgement", key=key_of(form))
    assert world.intake.last()[0] == f"{acts.removesuffix('/acts')[1:]}/alarm-acknowledgement"
    answered = Story(matter_id=story.matter_id, told=[])
    answered.tell(intake.MatterAlarmAcknowledged, acked_by="leader-1", acked_at=START + timedelta(minutes=6))
    await told(world, answered)
    assert "紧急提醒" not in (await page(leader, "/")).text


async def test_when_intake_is_away_the_form_stays(world: World) -> None:
    world.intake.refusal = (503, "overloaded", "系统繁忙,请稍后重试")
    answer = await sent(world.who("duty_staff"), "/desk/on-the-spot", key="k-5", **FAST)
    assert (answer.status_code, FAST["done"] in answer.text) == (503, True)


async def test_nobody_else_registers_and_no_other_site_acts_for_anybody(world: World) -> None:
    for role in ("callback_officer", "supervision_dept"):
        assert (await page(world.who(role), "/desk/register")).status_code == 404
    staff, before = world.who("duty_staff"), len(world.intake.asked)
    foreign = await staff._http.post("/desk/on-the-spot", data=FAST, headers={**HTML, "Origin": "https://evil.example"})
    assert foreign.status_code == 403
    assert len(world.intake.asked) == before


async def test_a_form_that_is_none_is_not_there(world: World) -> None:
    staff = world.who("duty_staff")
    acts = await told(world, Story().register())
    for path in ("/desk/nonsense", f"{acts}/nonsense"):
        assert (await page(staff, path)).status_code == 404
        assert (await sent(staff, path, key="k")).status_code == 404


async def test_a_search_shows_what_intake_found_and_goes_on_from_there(world: World) -> None:
    world.intake.answers["matters/search"] = {"matters": [FOUND], "before": str(UUID(int=5))}
    shown = await sent(world.who("duty_staff"), "/desk/search", query="电梯")
    assert world.intake.last()[:2] == ("matters/search", {"query": "电梯", "before": None})
    for said in ("加装电梯", f'href="/matters/{UUID(int=78)}"', "09-28 09:00", f'name="before" value="{UUID(int=5)}"'):
        assert said in shown.text, said
    world.intake.answers["matters/search"] = {"matters": [], "before": None}
    rest = await sent(world.who("duty_staff"), "/desk/search", query="电梯", before=str(UUID(int=5)))
    assert world.intake.last()[1] == {"query": "电梯", "before": str(UUID(int=5))}
    assert "没有更多了" in rest.text


async def test_a_search_that_intake_refuses_says_why(world: World) -> None:
    world.intake.refusal = (422, "search.too_short", "请输入至少两个相连的字")
    shown = await sent(world.who("duty_staff"), "/desk/search", query="医")
    assert (shown.status_code, "请输入至少两个相连的字" in shown.text) == (422, True)


async def test_only_who_may_read_content_is_offered_the_search(world: World) -> None:
    for role, offered in (("duty_staff", True), ("supervision_dept", True), ("callback_officer", False)):
        listed = await page(world.who(role), "/")
        assert ('action="/desk/search"' in listed.text) == offered, role


SHEET = {"name": "欧阳某", "phone": "13900000071", "agent": {"name": "李某某", "phone": "13900000072"},
         "representatives": [{"name": "王某", "phone": None}]}  # fmt: skip


def agreed(disclosure: Disclosure = Disclosure.AGREE) -> Story:
    story = Story().register("汴监窗〔2026〕000099号").order()
    story.told = [
        (at, event.model_copy(update={"disclosure": disclosure} if isinstance(event, intake.MatterRegistered) else {}))
        for at, event in story.told
    ]
    return story


def of_unit(world: World, unit: str = REGISTRY_OFFICE) -> Client:
    return world.hall.client(f"handler@{unit}", "unit_handler", org_type="UNIT", unit=unit)


async def test_a_unit_opens_the_contact_sheet_by_a_button_and_no_address_carries_anybody(world: World) -> None:
    matter = (await told(world, agreed())).removesuffix("/acts")
    unit = of_unit(world)
    shown = await page(unit, matter)
    assert f'action="{matter}/contact-sheet"' in shown.text
    assert "反映人联系单" in shown.text
    assert world.intake.asked[-1][0] == "matters/titles"  # nothing was looked at yet
    world.intake.answers = {f"{matter[1:]}/contact-sheet": SHEET}
    sheet = await sent(unit, f"{matter}/contact-sheet")
    assert sheet.status_code == 200
    assert world.intake.last()[:2] == (f"{matter[1:]}/contact-sheet", {"purpose": "HANDLING"})
    assert all(said in sheet.text for said in ("欧阳某 13900000071", "李某某 13900000072", "王某", "已留痕"))
    assert sheet.headers["cache-control"] == "no-store"
    assert (await page(unit, f"{matter}/contact-sheet")).status_code == 405


@pytest.mark.parametrize("disclosure", [Disclosure.MASK, Disclosure.ANONYMOUS])
async def test_where_the_reporter_did_not_agree_no_sheet_is_offered_nor_told_why(
    world: World, disclosure: Disclosure
) -> None:
    story = agreed(disclosure)
    matter = (await told(world, story)).removesuffix("/acts")
    assert "contact-sheet" not in (await page(of_unit(world), matter)).text
    known = (await of_unit(world).get(f"/api/matters/{story.matter_id}")).json()
    assert (known["disclosure"], known["contact_sheet"]) == (None, False)


async def test_neither_the_window_nor_a_unit_that_is_done_is_offered_a_sheet(world: World) -> None:
    story = agreed()
    matter = (await told(world, story)).removesuffix("/acts")
    assert "contact-sheet" not in (await page(world.who("duty_staff"), matter)).text
    done = Story(matter_id=story.matter_id, orders=story.orders)
    done.tell(
        referral.OrderAccepted, order_id=story.orders[0], unit_id=REGISTRY_OFFICE, round=1, result=AnswerResult.SOLVED,
        reviewed_by="staff-1", accepted_at=at(30),
    )  # fmt: skip
    await told(world, done)
    assert "contact-sheet" not in (await page(of_unit(world), matter)).text
    assert "contact-sheet" in (await page(of_unit(world, SUPPLY), matter)).text


async def test_what_intake_refuses_is_said_with_whom_to_ask(world: World) -> None:
    matter = (await told(world, agreed())).removesuffix("/acts")
    world.intake.refusal = (404, "not_found", "没有找到,或您无权查看")
    answer = await sent(of_unit(world), f"{matter}/contact-sheet")
    assert answer.status_code == 404
    assert "请与监督窗口联系" in answer.text


async def test_a_slip_is_printed_by_a_button_and_passed_on_as_it_is(world: World) -> None:
    staff = world.who("duty_staff")
    shown = await page(staff, f"/desk/registered?matter={MADE}&no=汴监窗〔2026〕000009号")
    assert f'action="/matters/{MADE}/slip" target="_blank"' in shown.text
    printed = await sent(staff, f"/matters/{MADE}/slip")
    assert (printed.status_code, printed.headers["content-type"]) == (200, "application/pdf")
    assert printed.headers["cache-control"] == "no-store"
    assert world.intake.last()[0] == f"matters/{MADE}/slips"
    world.intake.refusal = (403, "duty.not_on_duty", "您今天不在本窗口值班")
    refused = await sent(staff, f"/matters/{MADE}/slip")
    assert (refused.status_code, "您今天不在本窗口值班" in refused.text) == (403, True)
