"""The console's pages of orders against a stand-in referral: one order, and the lists of a unit and a window."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from shared.ids import new_id
from tests.engines import Engines
from tests.service.console_orders import AT, LINE, ORDER, answered, for_unit, of_unit, shows_order
from tests.service.console_story import Story, text_of
from tests.service.console_world import World, console_world, key_of, page, sent, told

ID = ORDER["order_id"]
HERE = f"/orders/{ID}"


@pytest.fixture(scope="module")
async def world(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with console_world(engines, tmp_path_factory.mktemp("orders")) as running:
        yield running


@pytest.fixture(autouse=True)
def willing(world: World) -> None:
    shows_order(world)


def offered(text: str) -> set[str]:
    return {part.split('"')[0] for part in text.split(f'href="{HERE}/acts/')[1:]}


async def test_an_order_is_shown_with_what_its_unit_may_do_and_nothing_of_the_windows(world: World) -> None:
    world.intake.answers[f"orders/{ID}"] = for_unit()
    shown = await page(of_unit(world), HERE)
    for each in ("换发许可证后申请恢复营业,未获同意。&lt;b&gt;", "书面答复", "7个工作日", "汴纪监窗交〔2026〕45号"):
        assert each in shown.text
    assert offered(shown.text) == {
        "answer", "files", "notices", "objection", "extension", "suspension", "contact-requests", "statement",
    }  # fmt: skip
    assert "statement-signature" in offered((await page(of_unit(world, "unit_principal"), HERE)).text)


async def test_a_window_is_offered_its_own_acts_in_each_state(world: World) -> None:
    cases: list[tuple[str, dict[str, Any], set[str]]] = [
        ("duty_leader", {"state": "DRAFT"}, {"extract", "signature", "voiding"}),
        ("duty_staff", {"state": "DRAFT"}, {"extract"}),
        ("duty_staff", {"state": "ANSWERED"}, {"review"}),
        ("duty_leader", {"suspension_waits": True}, {"suspension-decision", "reassignment", "voiding"}),
        ("duty_leader", {"state": "REJECTED"}, {"successor", "dropping"}),
        ("duty_leader", {"state": "REJECTED", "dropped": True}, set()),
        ("duty_leader", {"state": "CLOSED"}, set()),
        ("duty_staff", {"open_contacts": 1}, {"contact-outcome"}),
        ("committee_leader", {"state": "EXT_ASKED"}, set()),
    ]
    for role, changes, acts in cases:
        world.intake.answers[f"orders/{ID}"] = ORDER | changes
        assert offered((await page(world.who(role), HERE)).text) == acts, (role, changes)


async def test_what_came_of_an_order_is_told_with_its_breaches_and_returns(world: World) -> None:
    material = {"basis": "条例第三条", "form": "COPY", "copies": 1, "issuer": ""}
    notice: dict[str, Any] = {"notice_id": ID, "order_id": ID, "given_by": "u-1", "given_at": AT,
                              "procedure": {"flow": "先测绘,后核实", "fee": "", "conditions": "", "duration": "",
                                            "place": "", "contact": ""}}  # fmt: skip
    decision = {"granted": False, "note": "职责清楚", "by": "leader-1", "at": AT}
    world.intake.answers[f"orders/{ID}"] = ORDER | {
        "answers": [answered("NOT_SOLVED"), answered()], "returns": 1,
        "reviews": [{"decision": "RETURN", "note": "佐证不足", "by": "staff-1", "at": AT}],
        "notices": [notice | {"notice_version": 1, "materials": [material | {"name": "身份证"}], "added": []},
                    notice | {"notice_version": 2, "materials": [material | {"name": "资信证明"}],
                              "added": ["资信证明"]}],
        "objections": [{"reason": "O1", "basis": "权责清单第三项", "suggested_unit_id": "410200-U02",
                        "stood": "WORKING", "by": "u-1", "at": AT, "decision": decision}],
        "contacts": [{"id": ID, "kind": "ASKED", "what": "补充缴费记录", "by": "u-1", "at": AT, "outcome": None,
                      "done_by": None, "done_at": None}],
    }  # fmt: skip
    shown = text_of((await page(world.who("duty_leader"), HERE)).text)
    for each in ("退回重办1次", "佐证不足", "待审核", "告知不到位:新增1项首次未告知的材料(资信证明)",
                 "异议不成立,不得再次退单", "市供销社", "待窗口联系", "先测绘,后核实"):  # fmt: skip
        assert each in shown, each


async def test_the_due_time_comes_from_the_clock_that_runs(world: World) -> None:
    story = Story().register("汴监窗〔2026〕000311号").order()
    await told(world, story)
    order_id, matter_id = str(story.orders[0]), str(story.matter_id)
    world.intake.answers[f"orders/{order_id}/files"] = {"files": []}
    world.intake.answers[f"orders/{order_id}/supervision"] = {"items": []}
    mine = for_unit(order_id=order_id, matter_id=matter_id, state="DELIVERED")
    world.intake.answers[f"orders/{order_id}"] = mine
    shown = text_of((await page(of_unit(world), f"/orders/{order_id}")).text)
    assert "签收交办单 应于 2026-09-28(周一)15:00 前" in shown
    assert f'href="/orders/{order_id}"' in (await page(of_unit(world), f"/matters/{matter_id}")).text


async def test_a_unit_finds_its_orders_by_how_far_they_are(world: World) -> None:
    ids = {"DELIVERED": ID, "RETURNED": str(new_id()), "CANNOT_FILED": str(new_id())}
    lines = [LINE | {"order_id": ids[state], "state": state, "title": f"事由{state}"} for state in ids]
    world.intake.answers["orders"] = {"items": lines, "next": None}
    shown = await page(of_unit(world), "/desk/orders")
    text = text_of(shown.text)
    for each in ("待签收 1件", "办理中 1件", "待审核 1件", "事由RETURNED"):
        assert each in text
    assert f"{HERE}/acts/acknowledgement" in shown.text
    assert "签发所选" not in text
    assert 'href="/desk/orders">交办单</a>' in shown.text


async def test_the_leader_signs_those_that_were_ticked_as_they_were_shown(world: World) -> None:
    other, third = (LINE | {"order_id": str(new_id())} for _ in range(2))
    waiting = [LINE | {"state": "DRAFT", "order_no": None}, other | {"state": "OBJECTED"}, third | {"open_contacts": 2}]
    world.intake.answers["orders"] = {"items": waiting, "next": "more"}
    leader = world.who("duty_leader")
    shown = await page(leader, "/desk/orders")
    for each in ("待签发 1件", "退单异议 1件", "请窗口联系反映人 1件", "这里只列最新的"):
        assert each in text_of(shown.text)
    assert f"/orders/{other['order_id']}/acts/objection-decision" in shown.text
    nothing = await sent(leader, "/desk/orders", key=key_of(shown))
    assert (nothing.status_code, "请先勾选" in nothing.text) == (422, True)
    done = await sent(leader, "/desk/orders", key=key_of(shown), chosen=f"{ID}:3")
    assert (done.status_code, done.headers["location"]) == (303, "/desk/orders")
    assert world.intake.last() == ("orders/signatures", {"orders": [{"order_id": ID, "version": 3}]}, key_of(shown))
    staff = await page(world.who("duty_staff"), "/desk/orders")
    assert "签发所选" not in staff.text
    assert (await sent(world.who("duty_staff"), "/desk/orders", key="k", chosen=f"{ID}:3")).status_code == 404


async def test_what_referral_does_not_sign_is_said_and_the_ticks_stay(world: World) -> None:
    leader = world.who("duty_leader")
    world.intake.answers["orders"] = {"items": [LINE | {"state": "DRAFT"}], "next": None}
    refusals = {"orders/signatures": (422, "order.names_unconfirmed", "摘要中有1处姓名职务或工号")}
    world.intake.refusals = refusals
    answer = await sent(leader, "/desk/orders", key="k-1", chosen=f"{ID}:3")
    world.intake.refusals = {}
    assert (answer.status_code, "摘要中有1处姓名职务或工号" in answer.text) == (422, True)
    assert f'value="{ID}:3" aria-label="签发加油站恢复营业" checked' in answer.text


async def test_who_has_nothing_to_do_with_orders_does_not_find_them(world: World) -> None:
    for address in ("/desk/orders", HERE):
        assert (await page(world.who("callback_officer"), address)).status_code == 404
    world.intake.refusal = (404, "not_found", "没有找到")
    assert (await page(of_unit(world), HERE)).status_code == 404


async def test_papers_of_supervision_lie_with_the_order_until_they_are_withdrawn(world: World) -> None:
    step = {"due_at": AT, "reached_at": AT, "sent_at": AT, "withdrawn": False}
    world.intake.answers[f"orders/{ID}/supervision"] = {"items": [
        step | {"level": "YELLOW", "document": "催办通知书", "addressee": "分管负责人", "copies": ["带班领导"]},
        step | {"level": "RED", "document": "督办单", "addressee": "主要负责人", "copies": [], "withdrawn": True},
    ]}  # fmt: skip
    shown = (await page(of_unit(world), HERE)).text
    assert f'href="{HERE}/supervision/YELLOW/paper">催办通知书</a>' in shown
    assert "致分管负责人,抄送带班领导" in shown
    assert "RED/paper" not in shown
    assert "已撤销" in shown


async def test_the_window_finds_what_has_to_be_ordered_again(world: World) -> None:
    lines = [LINE | {"order_id": str(new_id()), "state": state, "title": f"事由{state}"}
             for state in ("REASSIGNED", "WORKING")]  # fmt: skip
    world.intake.answers["orders"] = {"items": lines, "next": None}
    shown = await page(world.who("duty_leader"), "/desk/orders")
    assert "待另行交办" in shown.text
    assert "事由REASSIGNED" in shown.text
    assert f'href="/orders/{lines[0]["order_id"]}/acts/successor"' in shown.text
