"""Forms of orders against a stand-in referral: they send what it takes, and what it refuses is said."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi.responses import Response

from shared.contracts.codes import Disclosure
from shared.ids import new_id
from tests import papers
from tests.engines import Engines
from tests.harness import Client
from tests.service.console_orders import AT, EXTRACT, ORDER, for_unit, of_unit, shows_order
from tests.service.console_story import SUPPLY, Story
from tests.service.console_world import HTML, World, console_world, key_of, page, sent, told

ID = ORDER["order_id"]
MATTER = ORDER["matter_id"]
ACTS = f"/orders/{ID}/acts"
SHA, FILE = "ab" * 32, str(new_id())
PARTS: dict[str, Any] = {
    "conclusion": "NOT_NOW", "facts_vs_basis": "尚未审查", "reasons": "短", "alternatives": "", "remedy": "",
    "counsellor": "",
    "basis": [{"level": "RULE", "title": "成品油市场管理办法", "number": "23号", "article": "第十七条",
               "quotation": "应当重新审查。", "issued_by": "商务部", "effective_on": "2007-01-01", "repealed_on": None,
               "policy_id": None}],
}  # fmt: skip
DRAFT = {"text": "不能办情况说明\n交办单编号:45号", "text_sha256": SHA, "parts": PARTS, "written_by": "u-9",
         "written_at": AT,
         "faults": [{"code": "cannot_do.reasons_short", "message": "不能办的理由不少于50字"}]}  # fmt: skip


@pytest.fixture(scope="module")
async def world(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with console_world(engines, tmp_path_factory.mktemp("acts")) as running:
        yield running


@pytest.fixture(autouse=True)
def willing(world: World) -> None:
    shows_order(world)


def stands(world: World, **changes: Any) -> None:
    world.intake.answers[f"orders/{ID}"] = ORDER | changes


async def entered(world: World, who: Client, act: str, **values: Any) -> tuple[str, Any]:
    """Open a form, fill it in and send it; what referral was asked, under the form's own key."""
    form = await page(who, f"{ACTS}/{act}")
    assert form.status_code == 200, form.text
    done = await sent(who, f"{ACTS}/{act}", key=key_of(form), **values)
    assert done.status_code == 303, done.text
    path, body, key = world.intake.last()
    assert key == key_of(form)
    return path.removeprefix(f"orders/{ID}/"), body


async def test_a_unit_acknowledges_and_asks(world: World) -> None:
    unit = of_unit(world)
    stands(world, state="DELIVERED")
    assert await entered(world, unit, "acknowledgement") == ("acknowledgement", {})
    objection = {"reason": "O1", "basis": "权责清单第三项", "suggested_unit_id": SUPPLY}
    assert await entered(world, unit, "objection", **objection) == ("objection", objection)
    stands(world)
    wish = {"days": "3", "reason": "E2", "evidence": "调档函", "plan": "周五前办结"}
    assert await entered(world, unit, "extension", **wish) == ("extension", wish | {"days": 3})
    pause = {"reason": "S1", "basis": "法定检测", "resume_by": "2026-10-08"}
    assert await entered(world, unit, "suspension", **pause) == ("suspension", pause)
    asked = {"what": "请补充缴费记录"}
    assert await entered(world, unit, "contact-requests", **asked) == ("contact-requests", asked)
    stands(world, state="SUSPENDED")
    assert await entered(world, unit, "resumption") == ("resumption", {})


async def test_an_answer_names_its_evidence_and_each_beneficiary(world: World) -> None:
    stands(world, group_size=15)
    given = {"process": "已补录", "result": "PARTLY", "handler": "王某", "approved_by": "赵某",
             "evidence.0.name": "截图.png", "evidence.0.sha256": SHA,
             "of.SOLVED": "B01-B03、b05", "of.NOT_SOLVED": "B04,B99x"}  # fmt: skip
    path, body = await entered(world, of_unit(world), "answer", **given)
    assert (path, body["evidence"]) == ("answer", [{"name": "截图.png", "sha256": SHA}])
    solved, open_ones = ([each["label"] for each in body["beneficiaries"] if each["result"] == result]
                         for result in ("SOLVED", "NOT_SOLVED"))  # fmt: skip
    assert (solved, open_ones) == (["B01", "B02", "B03", "B05"], ["B04", "B99X"])


async def test_evidence_is_uploaded_and_chosen_for_the_answer(world: World) -> None:
    unit = of_unit(world)
    form = await page(unit, f"{ACTS}/files")
    assert 'enctype="multipart/form-data"' in form.text
    said = {"name": "登记截图", "purpose": "EVIDENCE", "key": key_of(form)}
    file = {"file": ("a.pdf", papers.pdf())}
    done = await unit._http.post(f"{ACTS}/files", data=said, files=file, headers=HTML)
    assert (done.status_code, done.headers["location"]) == (303, f"/orders/{ID}")
    path, body, key = world.intake.last()
    assert (path, key) == (f"orders/{ID}/files", key_of(form))
    assert body == {"name": "登记截图", "purpose": "EVIDENCE", "file": ("a.pdf", papers.pdf())}
    stored = {"file_id": FILE, "purpose": "EVIDENCE", "name": "登记截图", "sha256": SHA, "format": "PDF", "size": 9,
              "added_by": "u-9", "added_at": AT, "is_erased": False}  # fmt: skip
    world.intake.answers[f"orders/{ID}/files"] = {"files": [stored]}
    assert f'value="{FILE}"> 登记截图' in (await page(unit, f"{ACTS}/answer")).text
    _, answer = await entered(world, unit, "answer", process="已补录", result="SOLVED", files=FILE)
    assert answer["evidence"] == [{"file_id": FILE}]
    assert f'href="/orders/{ID}/files/{FILE}">登记截图</a>' in (await page(unit, f"/orders/{ID}")).text
    kept = Response(papers.pdf(), media_type="application/pdf", headers={"content-disposition": "attachment"})
    world.intake.answers[f"orders/{ID}/files/{FILE}"] = kept
    fetched = await page(unit, f"/orders/{ID}/files/{FILE}")
    assert (fetched.content, fetched.headers["content-disposition"]) == (papers.pdf(), "attachment")


async def test_a_notice_lists_the_materials_that_were_filled_in(world: World) -> None:
    material = {"name": "身份证", "basis": "条例第三条", "form": "COPY"}
    values = {f"materials.0.{part}": value for part, value in material.items()} | {"materials.2.name": "红线图"}
    path, body = await entered(world, of_unit(world), "notices", **values)
    assert (path, body) == ("notices", {"materials": [material, {"name": "红线图"}]})


async def test_a_saved_statement_shows_what_is_missing_before_the_principal_may_sign(world: World) -> None:
    unit, principal = of_unit(world), of_unit(world, "unit_principal")
    world.intake.answers[f"orders/{ID}/cannot-do-statement/draft"] = DRAFT
    values = {"conclusion": "NOT_NOW", "reasons": "短", "basis.0.level": "RULE", "basis.0.title": "成品油市场管理办法"}
    done = await sent(unit, f"{ACTS}/statement", key="k-1", **values)
    assert done.headers["location"] == f"{ACTS}/statement"
    path, body, _ = world.intake.last()
    assert path == f"orders/{ID}/cannot-do-statement/draft"
    assert body["basis"] == [{"level": "RULE", "title": "成品油市场管理办法"}]
    shown = await page(unit, f"{ACTS}/statement")
    for each in ("还差1项", "不能办的理由不少于50字", 'value="第十七条"', "应当重新审查。</textarea>"):
        assert each in shown.text
    assert "签字并报送" not in (await page(principal, f"{ACTS}/statement-signature")).text
    assert (await page(unit, f"{ACTS}/statement-signature")).status_code == 404


async def test_the_principal_signs_the_text_that_is_shown_by_its_hash(world: World) -> None:
    principal = of_unit(world, "unit_principal")
    world.intake.answers[f"orders/{ID}/cannot-do-statement/draft"] = DRAFT | {"faults": []}
    form = await page(principal, f"{ACTS}/statement-signature")
    assert "交办单编号:45号</pre>" in form.text
    assert f'name="text_sha256" value="{SHA}"' in form.text
    signed = {"text_sha256": SHA, "signed_at": "2026-09-28T09:30"}
    path, body = await entered(world, principal, "statement-signature", **signed)
    assert path == "cannot-do-statement/signature"
    assert body == {"text_sha256": SHA, "signed_at": "2026-09-28T09:30+08:00"}
    newer = DRAFT | {"faults": [], "text": "改过的文本", "text_sha256": "cd" * 32}
    world.intake.answers[f"orders/{ID}/cannot-do-statement/draft"] = newer
    world.intake.refusals = {
        f"orders/{ID}/cannot-do-statement/signature": (422, "cannot_do.text_changed", "文本不一致")
    }
    refused = await sent(principal, f"{ACTS}/statement-signature", key="k-9", **signed)
    for each in ("文本不一致", "改过的文本</pre>", f'value="{"cd" * 32}"', 'value="2026-09-28T09:30"'):
        assert each in refused.text


async def test_an_extract_goes_with_intakes_word_that_it_names_nobody(world: World) -> None:
    staff = world.who("duty_staff")
    stands(world, state="DRAFT", marks=["王主任"], confirmed=["李科长"])
    world.intake.answers[f"matters/{MATTER}/text-checks"] = {"clean": True, "findings": [], "receipt": "r-1"}
    form = await page(staff, f"{ACTS}/extract")
    for each in ('value="王主任"> 王主任', 'value="李科长" checked', 'value="加油站恢复营业"', 'value="D18" selected'):
        assert each in form.text
    said = {"title": " 加油站恢复营业 ", "facts_extract": "换发许可证", "demand": "恢复营业",
            "requirements.0.what": "书面答复", "requirements.0.evidence": "答复文书", "requirements.2.what": "说明理由",
            "confirmed": ["王主任", "李科长"]}  # fmt: skip
    path, body = await entered(world, staff, "extract", **said)
    checked = "加油站恢复营业\n换发许可证\n恢复营业\n书面答复\n答复文书\n说明理由"
    assert (f"matters/{MATTER}/text-checks", {"text": checked}, "") in world.intake.asked
    assert (path, body["text_check_receipt"], body["confirmed"]) == ("extract", "r-1", ["王主任", "李科长"])
    assert body["requirements"] == [{"what": "书面答复", "evidence": "答复文书"}, {"what": "说明理由"}]


async def test_an_extract_that_shows_the_reporter_is_not_sent(world: World) -> None:
    staff = world.who("duty_staff")
    stands(world, state="DRAFT")
    found = {"clean": False, "findings": ["REPORTER_PHONE"], "receipt": "r-2"}
    world.intake.answers[f"matters/{MATTER}/text-checks"] = found
    answer = await sent(staff, f"{ACTS}/extract", key="k-2", title="加油站", facts_extract="电话13800000001")
    for each in ("出现反映人电话", "电话13800000001</textarea>", 'name="key" value="k-2"'):
        assert each in answer.text
    assert world.intake.last()[0] == f"matters/{MATTER}/text-checks"


async def test_no_check_is_asked_for_where_the_reporter_agreed_to_be_named(world: World) -> None:
    story = Story()
    story.register("汴监窗〔2026〕000321号")
    event_id, registered = story.told[1]
    story.told[1] = event_id, registered.model_copy(update={"disclosure": Disclosure.AGREE})
    await told(world, story)
    stands(world, state="DRAFT", matter_id=str(story.matter_id))
    _, body = await entered(world, world.who("duty_staff"), "extract", title="加油站")
    assert "text_check_receipt" not in body
    world.intake.answers[f"orders/{ID}"] = for_unit(matter_id=str(story.matter_id))
    order = story.order()
    await told(world, order)
    assert f"{ACTS}/contacts" in (await page(of_unit(world), f"/orders/{ID}")).text


async def test_the_window_reviews_and_decides(world: World) -> None:
    staff, leader = world.who("duty_staff"), world.who("duty_leader")
    stands(world, state="ANSWERED")
    review = {"decision": "RETURN", "note": "佐证不足"}
    assert await entered(world, staff, "review", **review) == ("review", review)
    stands(world, state="OBJECTED")
    path, body = await entered(world, leader, "objection-decision", upheld="yes", note="职责在他处", unit_id=SUPPLY)
    assert (path, body) == ("objection/decision", {"upheld": True, "note": "职责在他处", "unit_id": SUPPLY})
    stands(world, state="EXT_ASKED")
    path, body = await entered(world, leader, "extension-decision", granted="no", note="理由不足")
    assert (path, body) == ("extension/decision", {"granted": False, "note": "理由不足"})
    stands(world, suspension_waits=True)
    path, body = await entered(world, leader, "suspension-decision", granted="yes", note="属实")
    assert (path, body) == ("suspension/decision", {"granted": True, "note": "属实"})
    stands(world)
    moved = {"unit_id": SUPPLY, "reason": "职责在该单位"}
    assert await entered(world, leader, "reassignment", **moved) == ("reassignment", moved)
    assert await entered(world, leader, "voiding", reason="重复") == ("voiding", {"reason": "重复"})
    stands(world, state="REJECTED")
    assert await entered(world, leader, "successor", rule="D12") == ("successor", {"rule": "D12"})
    assert await entered(world, leader, "dropping", reason="已无必要") == ("dropping", {"reason": "已无必要"})
    stands(world, state="DRAFT")
    assert await entered(world, leader, "signature") == ("signature", {})


async def test_a_second_extension_is_granted_by_the_committees_leader_only(world: World) -> None:
    asked = {"days": 3, "reason": "E2", "evidence": "函", "plan": "计划", "stood": "WORKING", "by": "u-1", "at": AT}
    granted = {"granted": True, "note": "同意", "by": "leader-1", "at": AT}
    history = [asked | {"number": 1, "decision": granted}, asked | {"number": 2, "decision": None}]
    stands(world, state="EXT_ASKED", extensions=history)
    leader = await page(world.who("duty_leader"), f"{ACTS}/extension-decision")
    assert ('value="yes"' in leader.text, "第二次延期只能由纪委监委分管领导批准" in leader.text) == (False, True)
    committee = world.hall.client("c-1", "committee_leader")
    path, body = await entered(world, committee, "second-extension-decision", granted="yes", note="确需")
    assert (path, body) == ("extension/decision", {"granted": True, "note": "确需"})


async def test_a_contact_is_told_where_it_was_asked_for(world: World) -> None:
    contact = str(new_id())
    waiting = {"id": contact, "kind": "ASKED", "what": "补充缴费记录", "by": "u-1", "at": AT, "outcome": None,
               "done_by": None, "done_at": None}  # fmt: skip
    stands(world, open_contacts=1, contacts=[waiting])
    world.intake.answers[f"matters/{MATTER}/text-checks"] = {"clean": True, "findings": [], "receipt": "r-3"}
    staff = world.who("duty_staff")
    path, body = await entered(world, staff, "contact-outcome", contact_id=contact, outcome="已转告")
    assert (f"matters/{MATTER}/text-checks", {"text": "已转告"}, "") in world.intake.asked
    assert (path, body) == (f"contact-requests/{contact}/outcome", {"outcome": "已转告", "text_check_receipt": "r-3"})
    evil = await sent(staff, f"{ACTS}/contact-outcome", key="k", contact_id="../voiding?", outcome="x")
    assert evil.status_code == 404


async def test_a_statement_is_upheld_with_a_comparison_of_its_matter(world: World) -> None:
    chosen = str(new_id())
    stands(world, state="CANNOT_FILED")
    found = {"comparison_id": chosen, "needed": True, "reason": "", "rows": [{"city": "洛阳市"}]}
    world.intake.answers[f"matters/{MATTER}/comparisons"] = {"items": [found]}
    leader = world.who("duty_leader")
    assert "已对比:洛阳市" in (await page(leader, f"{ACTS}/statement-decision")).text
    given = {"decision": "UPHOLD", "comparison_id": chosen, "note": "依据充分"}
    path, body = await entered(world, leader, "statement-decision", **given, watch="yes")
    assert (path, body) == ("cannot-do-statement/decision", given | {"watch": True})


async def test_what_referral_refuses_is_said_and_nothing_entered_is_lost(world: World) -> None:
    unit = of_unit(world)
    world.intake.refusals = {f"orders/{ID}/extension": (422, "extension.late", "延期须在办理期限届满前申请")}
    answer = await sent(unit, f"{ACTS}/extension", key="k-7", days="三天", reason="E2", plan="周五前<b>")
    assert answer.status_code == 422
    for kept in ("延期须在办理期限届满前申请", 'value="三天"', 'value="E2" selected', "周五前&lt;b&gt;</textarea>"):
        assert kept in answer.text
    assert key_of(answer) == "k-7"


async def test_with_referral_away_a_form_stays_with_what_was_entered(world: World) -> None:
    world.intake.refusal = (503, "service.unavailable", "服务暂时不可用")
    said = {"process": "已补录<i>", "of.SOLVED": "B01-B15", "evidence.2.name": "第三份"}
    answer = await sent(of_unit(world), f"{ACTS}/answer", key="k-8", **said)
    for kept in ("服务暂时不可用", "已补录&lt;i&gt;</textarea>", 'value="B01-B15"', 'value="第三份"'):
        assert kept in answer.text
    rows = {"requirements.5.what": "第六项要求", "confirmed": "王主任"}
    answer = await sent(world.who("duty_staff"), f"{ACTS}/extract", key="k-8", **rows)
    assert 'value="王主任" checked' in answer.text
    assert (await page(of_unit(world), f"{ACTS}/answer")).status_code == 503


async def test_neither_side_reaches_the_others_forms(world: World) -> None:
    for act in ("signature", "review", "extension-decision", "voiding"):
        assert (await page(of_unit(world), f"{ACTS}/{act}")).status_code == 404
        assert (await sent(of_unit(world), f"{ACTS}/{act}", key="k")).status_code == 404
    for act in ("acknowledgement", "answer", "statement-signature"):
        assert (await sent(world.who("duty_leader"), f"{ACTS}/{act}", key="k")).status_code == 404
    late = await page(of_unit(world), f"{ACTS}/acknowledgement")
    assert (late.status_code, "目前不能办理这一步" in late.text) == (404, True)
    assert EXTRACT["title"] not in late.text
