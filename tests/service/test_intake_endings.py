"""Intake over HTTP: refusing, merging, withdrawing, transferring and reopening, each with what it publishes."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag

from shared.contracts.codes import NotAcceptedReason
from shared.ids import new_id
from shared.store.vault import ERASED, Vault
from tests.engines import Engines
from tests.harness import START
from tests.service.intake_desk import FORM, Desk, answered, intake_desk, triaged

OTHER = {"reporter": {"kind": "PERSON", "name": "王某", "phone": "13800000009"}}


@pytest.fixture(scope="module")
async def desk(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with intake_desk(engines, tmp_path_factory.mktemp("intake")) as opened:
        yield opened


@pytest.fixture(autouse=True)
def morning(desk: Desk) -> None:
    desk.at(START)


async def refusal_proposed(desk: Desk, reason: str = "N4") -> UUID:
    matter = await desk.registered()
    body = {"reason": reason, "told": "FACE_TO_FACE", "note": "属合同纠纷,已告知到调解委员会"}
    answer = await desk.staff.post(f"/matters/{matter}/refusal-proposal", body)
    assert answer.status_code == 200, answer.text
    return matter


async def test_every_reason_not_to_accept_can_be_read_out(desk: Desk) -> None:
    reasons = (await desk.staff.get("/scope-reasons")).json()["reasons"]
    assert [each["code"] for each in reasons] == list(NotAcceptedReason)
    assert all(each["told"] and each["place"] for each in reasons)


async def test_a_refusal_takes_two_and_is_final(desk: Desk) -> None:
    matter = await refusal_proposed(desk)
    waiting = (await desk.leader.get(f"/matters/{matter}")).json()
    assert (waiting["state"], waiting["proposal"]["kind"], waiting["proposal"]["reason"]) == (
        "REGISTERED", "REFUSAL", "N4",
    )  # fmt: skip
    assert (await desk.staff.post(f"/matters/{matter}/proposal-confirmation")).json()["code"] == "duty.not_leader"
    answer = await desk.leader.post(f"/matters/{matter}/proposal-confirmation")
    assert (answer.status_code, answer.json()["state"], answer.json()["proposal"]) == (200, "NOT_ACCEPTED", None)
    assert (await desk.told(matter))[2:] == ["matter.proposed", "matter.not_accepted", "T04"]
    assert (await desk.staff.post(f"/matters/{matter}/acceptance")).json()["code"] == "state.illegal"


async def test_the_leader_says_no_and_why(desk: Desk) -> None:
    matter = await refusal_proposed(desk)
    answer = await desk.leader.post(f"/matters/{matter}/proposal-declination", {"reason": "涉及窗口推诿,应当受理"})
    assert (answer.json()["state"], answer.json()["proposal"]) == ("REGISTERED", None)
    again = await desk.leader.post(f"/matters/{matter}/proposal-confirmation")
    assert (again.status_code, again.json()["code"]) == (409, "proposal.missing")
    content = (await desk.leader.get(f"/matters/{matter}/content", purpose="APPROVAL")).json()
    assert [line["kind"] for line in content["records"]] == ["REFUSAL_PROPOSED", "PROPOSAL_DECLINED"]


async def test_two_matters_become_one_when_both_reporters_know(desk: Desk) -> None:
    main, matter = await desk.accepted(), await desk.registered(**OTHER)
    proposal = f"/matters/{matter}/merger-proposal"
    untold = await desk.staff.post(proposal, {"into": str(main), "told": "PHONE"})
    assert (untold.status_code, untold.json()["code"]) == (422, "merger.tell_both")
    told = await desk.staff.post(proposal, {"into": str(main), "told": "PHONE", "told_main": "PHONE"})
    assert told.status_code == 200, told.text
    merged = (await desk.leader.post(f"/matters/{matter}/proposal-confirmation")).json()
    assert (merged["state"], merged["merged_into"], merged["outcome"]) == ("MERGED", str(main), "MERGED")
    assert await desk.state(main) == "ACCEPTED"
    assert (await desk.told(matter))[2:] == ["matter.proposed", "matter.merged", "T23"]


async def test_a_matter_of_the_same_reporter_is_merged_after_telling_once(desk: Desk) -> None:
    main, matter = await desk.registered(), await desk.registered()
    answer = await desk.staff.post(f"/matters/{matter}/merger-proposal", {"into": str(main), "told": "PHONE"})
    assert answer.status_code == 200, answer.text


async def test_the_main_matter_is_named_by_its_number_in_full_or_in_short(desk: Desk) -> None:
    main = await desk.registered()
    number = (await desk.staff.get(f"/matters/{main}")).json()["register_no"]
    short = f"2026-{int(number[-7:-1])}"
    for said in (number, short):
        matter = await desk.registered()
        answer = await desk.staff.post(f"/matters/{matter}/merger-proposal", {"into": said, "told": "PHONE"})
        assert answer.json()["proposal"]["into_id"] == str(main), said
    for unknown in ("汴监窗〔2026〕999999号", "2026-999999", "没有"):
        answer = await desk.staff.post(f"/matters/{matter}/merger-proposal", {"into": unknown, "told": "PHONE"})
        assert (answer.status_code, answer.json()["code"]) == (404, "merger.main_unknown")


async def test_ways_already_taken_point_at_reasons_until_the_scope_is_decided(desk: Desk) -> None:
    body = FORM | {"already_in": ["PETITION", "LITIGATION", "H12345"]}
    made = (await desk.staff.post("/matters", body)).json()
    assert made["scope_hints"] == ["N1", "N2"]
    path = f"/matters/{made['matter_id']}"
    assert (await desk.leader.get(path)).json()["scope_hints"] == ["N1", "N2"]
    await desk.staff.post(f"{path}/acceptance")
    assert (await desk.leader.get(path)).json()["scope_hints"] == []


async def test_nothing_is_merged_into_what_is_not_of_this_window(desk: Desk) -> None:
    matter = await desk.registered()
    elsewhere = (await desk.zone_staff.post("/matters", FORM)).json()["matter_id"]
    for into in (elsewhere, str(new_id())):
        answer = await desk.staff.post(f"/matters/{matter}/merger-proposal", {"into": into, "told": "PHONE"})
        assert (answer.status_code, answer.json()["code"]) == (404, "merger.main_unknown")


async def test_a_reporter_takes_a_matter_back_and_what_comes_later_changes_nothing(desk: Desk) -> None:
    order = new_id()
    matter = await desk.handled(order)
    body = {"confirm_mode": "SIGN_PAD", "identity_checked": False}
    assert (await desk.staff.post(f"/matters/{matter}/withdrawal", body)).json()[
        "code"
    ] == "withdrawal.not_the_reporter"
    answer = await desk.staff.post(f"/matters/{matter}/withdrawal", body | {"identity_checked": True})
    assert (answer.json()["state"], answer.json()["outcome"]) == ("WITHDRAWN", "WITHDRAWN")
    await desk.hall.publish(answered(matter, order), triaged(matter))
    await desk.hall.caught_up()
    assert await desk.state(matter) == "WITHDRAWN"
    assert await desk.hall.query("SELECT 1 FROM parked") == []


async def test_a_transfer_needs_the_leader_and_a_receipt(desk: Desk) -> None:
    matter = await desk.registered()
    body = {"receiver": "PETITION", "receipt_no": "汴信〔2026〕0815", "told": "WRITTEN"}
    assert (await desk.staff.post(f"/matters/{matter}/transfer", body)).json()["code"] == "duty.not_leader"
    lacking = {name: value for name, value in body.items() if name != "receipt_no"}
    assert (await desk.leader.post(f"/matters/{matter}/transfer", lacking)).status_code == 422
    answer = await desk.leader.post(f"/matters/{matter}/transfer", body)
    assert (answer.json()["state"], answer.json()["outcome"]) == ("TRANSFERRED", "TRANSFERRED")
    events = [event for event in await desk.hall.published("matter.transferred") if event["subject"] == str(matter)]
    assert [event["data"]["receiver"] for event in events] == ["PETITION"]
    assert "0815" not in str(events)


async def test_a_closed_matter_goes_on_in_its_next_round_under_its_number(desk: Desk) -> None:
    form = {"name": "赵某", "phone": "13800000002", "title": "公积金查询密码忘记", "done": "当场协助重置密码",
            "root_cause": "FLOW_POOR"}  # fmt: skip
    settled = (await desk.staff.post("/matters/on-the-spot", form)).json()
    matter = UUID(settled["matter_id"])
    body = {"reason": "SAME_AGAIN", "note": "第二天再次来访,密码仍不能用"}
    desk.at(START + timedelta(days=13))
    answer = (await desk.leader.post(f"/matters/{matter}/reopening", body)).json()
    assert (answer["state"], answer["round"], answer["outcome"]) == ("ACCEPTED", 2, None)
    assert answer["register_no"] == settled["register_no"]
    assert (await desk.told(matter))[-2:] == ["matter.reopened", "T22"]
    await desk.hall.publish(triaged(matter))
    await desk.reaches(matter, "TRIAGED")


@pytest.mark.parametrize("path", [
    "refusal-proposal", "merger-proposal", "proposal-confirmation", "proposal-declination", "withdrawal", "transfer",
    "reopening",
])  # fmt: skip
async def test_another_window_and_a_unit_find_nothing_to_end(desk: Desk, path: str) -> None:
    matter = await desk.registered()
    body = {
        "refusal-proposal": {"reason": "N4", "told": "PHONE"},
        "merger-proposal": {"into": str(new_id()), "told": "PHONE"},
        "proposal-declination": {"reason": "应当受理"},
        "withdrawal": {"confirm_mode": "SIGN_PAD", "identity_checked": True},
        "transfer": {"receiver": "PETITION", "receipt_no": "1", "told": "PHONE"},
        "reopening": {"reason": "NEW_FACT", "note": "有新情况"},
    }.get(path, {})
    for stranger in (desk.zone_staff, desk.unit):
        answer = await stranger.post(f"/matters/{matter}/{path}", body)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_days_draw_is_made_once_and_what_is_drawn_is_called_back(desk: Desk) -> None:
    form = {"name": "赵某", "phone": "13800000002", "title": "公积金查询密码忘记", "done": "当场协助重置密码",
            "root_cause": "FLOW_POOR"}  # fmt: skip
    desk.at(START + timedelta(days=1))
    settled = [(await desk.staff.post("/matters/on-the-spot", form)).json()["matter_id"] for _ in range(12)]
    erased, *settled = settled
    assert (await desk.overseer.post(f"/matters/{erased}/erasure", {"ground": "REQUEST"})).status_code == 200
    body = {"day": str((START + timedelta(days=1)).date())}
    assert (await desk.caller.post("/callback-draws", body)).json()["code"] == "draw.day_not_over"
    desk.at(START + timedelta(days=2))
    assert (await desk.staff.post("/callback-draws", body)).json()["code"] == "role.missing"
    first, second = [(await who.post("/callback-draws", body)).json() for who in (desk.caller, desk.leader)]
    assert first == second == (await desk.leader.get(f"/callback-draws/{body['day']}")).json()
    assert (first["population"], len(first["matter_ids"])) == (11, 2)
    assert set(first["matter_ids"]) <= set(settled)
    events = await desk.hall.published("callback.drawn")
    assert [(event["data"]["seed"], event["data"]["matter_ids"]) for event in events] == [
        (first["seed"], first["matter_ids"])
    ]
    one = first["matter_ids"][0]
    whom = (await desk.caller.get(f"/matters/{one}/identity", purpose="CALLBACK")).json()
    assert (whom["name"], whom["phone"], whom["id_no"]) == ("赵某", "13800000002", None)
    said = {"result": "REACHED", "identity_checked": True, "solved": "NOT_SOLVED", "satisfaction": "2",
            "unsatisfied_reason": "U1"}  # fmt: skip
    answer = (await desk.caller.post(f"/matters/{one}/callbacks", said)).json()
    assert (answer["state"], answer["to_be_called"]) == ("CLOSED", False)
    assert (await desk.caller.get(f"/matters/{one}/identity", purpose="CALLBACK")).status_code == 404
    again = await desk.leader.post(f"/matters/{one}/reopening", {"reason": "DISSATISFIED", "note": "密码仍不能用"})
    assert (again.json()["state"], again.json()["round"]) == ("ACCEPTED", 2)
    other = next(matter for matter in settled if matter not in first["matter_ids"])
    assert (await desk.caller.post(f"/matters/{other}/callbacks", said)).json()["code"] == "state.illegal"


async def test_an_erased_reporter_is_nowhere_and_every_list_still_works(
    desk: Desk, capfd: pytest.CaptureFixture[str]
) -> None:
    order = new_id()
    matter = await desk.handled(order, reporter={"kind": "PERSON", "name": "欧阳某某", "phone": "13900000017"})
    early = await desk.overseer.post(f"/matters/{matter}/erasure", {"ground": "REQUEST"})
    assert (early.status_code, early.json()["code"]) == (422, "erasure.open")
    taken_back = {"confirm_mode": "SIGN_PAD", "identity_checked": True, "note": "欧阳某某本人到窗口撤回"}
    assert (await desk.staff.post(f"/matters/{matter}/withdrawal", taken_back)).status_code == 200
    before = (await desk.staff.get(f"/matters/{matter}")).json()
    key = "SELECT r.data_key FROM reporter r JOIN matter m USING (reporter_id) WHERE m.matter_id = $1"
    [old] = await desk.hall.query(key, matter)
    assert (await desk.staff.post(f"/matters/{matter}/erasure", {"ground": "REQUEST"})).json()["code"] == "role.missing"
    answer = await desk.overseer.post(f"/matters/{matter}/erasure", {"ground": "REQUEST"})
    assert answer.status_code == 200, answer.text
    assert answer.json() == before | {"version": before["version"] + 1}
    assert (await desk.told(matter))[-1] == "reporter.erased"
    again = await desk.overseer.post(f"/matters/{matter}/erasure", {"ground": "REQUEST"})
    assert (again.status_code, again.json()["code"]) == (409, "erasure.done")

    who = (await desk.overseer.get(f"/matters/{matter}/identity", purpose="INSPECTION")).json()
    assert (who["name"], who["phone"]) == (None, None)
    content = (await desk.overseer.get(f"/matters/{matter}/content", purpose="INSPECTION")).json()
    assert (content["title"], content["facts"], content["demand"]) == (ERASED, None, None)
    assert [(line["kind"], line["words"]) for line in content["records"]] == [("WITHDRAWAL", {})]
    titles = (await desk.staff.post("/matters/titles", {"ids": [str(matter)]})).json()["titles"]
    assert titles == {str(matter): ERASED}
    page = (await desk.staff.get("/matters", state="WITHDRAWN")).json()["items"]
    assert str(matter) in [line["matter_id"] for line in page]
    await nothing_opens_with(desk, matter, old["data_key"])
    assert "欧阳" not in "".join(capfd.readouterr())
    assert "欧阳" not in str(await desk.hall.published())


async def test_whoever_reads_while_a_reporter_is_erased_reads_before_or_after_it(desk: Desk) -> None:
    for _ in range(4):
        matter = await desk.registered()
        taken_back = {"confirm_mode": "SIGN_PAD", "identity_checked": True, "note": "本人到窗口撤回"}
        assert (await desk.staff.post(f"/matters/{matter}/withdrawal", taken_back)).status_code == 200
        erasures = [desk.overseer.post(f"/matters/{matter}/erasure", {"ground": "REQUEST"}) for _ in range(2)]
        reads = [desk.overseer.get(f"/matters/{matter}/content", purpose="INSPECTION") for _ in range(6)]
        *read, erased, again = await asyncio.gather(*reads, *erasures)
        assert [answer.status_code for answer in read] == [200] * 6
        assert sorted((erased.status_code, again.status_code)) == [200, 409]


async def test_what_was_erased_while_somebody_waited_to_reopen_it_stays_closed(desk: Desk) -> None:
    form = {"name": "赵某", "phone": "13800000002", "title": "公积金查询密码忘记", "done": "当场协助重置密码",
            "root_cause": "FLOW_POOR"}  # fmt: skip
    for _ in range(4):
        matter = (await desk.staff.post("/matters/on-the-spot", form)).json()["matter_id"]
        erased, reopened = await asyncio.gather(
            desk.overseer.post(f"/matters/{matter}/erasure", {"ground": "REQUEST"}),
            desk.leader.post(f"/matters/{matter}/reopening", {"reason": "NEW_FACT", "note": "有新情况"}),
        )
        assert {erased.status_code, reopened.status_code} == {200, 422}
        assert (await desk.overseer.get(f"/matters/{matter}/content", purpose="INSPECTION")).status_code == 200


async def nothing_opens_with(desk: Desk, matter: UUID, key: bytes) -> None:
    """The old key is in no table any more; whoever kept it opens nothing with it."""
    tables = [row["tablename"] for row in await desk.hall.query(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]  # fmt: skip
    for table in tables:
        rows = await desk.hall.query(f'SELECT t::text AS kept FROM "{table}" t')
        assert all(key.hex() not in row["kept"] for row in rows)
    vault = Vault.from_file(desk.hall.settings.master_key_file)
    [sealed] = await desk.hall.query(
        "SELECT sealed_title, sealed_content, sealed_identity, sealed_words FROM matter"
        " JOIN reporter USING (reporter_id) JOIN record USING (matter_id) WHERE matter_id = $1", matter,
    )  # fmt: skip
    for part, column in (("title", 0), ("content", 1), ("identity", 2), ("record", 3)):
        with pytest.raises(InvalidTag):
            vault.open(key, sealed[column], f"intake.matter.{part}:{matter}")


async def test_an_erased_matter_is_not_reopened(desk: Desk) -> None:
    form = {"name": "赵某", "phone": "13800000002", "title": "公积金查询密码忘记", "done": "当场协助重置密码",
            "root_cause": "FLOW_POOR"}  # fmt: skip
    matter = (await desk.staff.post("/matters/on-the-spot", form)).json()["matter_id"]
    assert (await desk.overseer.post(f"/matters/{matter}/erasure", {"ground": "RETENTION_OVER"})).status_code == 200
    answer = await desk.leader.post(f"/matters/{matter}/reopening", {"reason": "NEW_FACT", "note": "又有新情况"})
    assert (answer.status_code, answer.json()["code"]) == (422, "reopening.erased")


async def test_the_duty_leader_closes_with_a_reason_what_is_complained_of_without_one(desk: Desk) -> None:
    matter = await desk.in_callback()
    said = {"result": "REACHED", "identity_checked": True, "solved": "SOLVED", "satisfaction": "1",
            "unsatisfied_reason": "U7"}  # fmt: skip
    assert (await desk.caller.post(f"/matters/{matter}/callbacks", said)).status_code == 200
    for nobody in (desk.staff, desk.caller):
        assert (await nobody.post(f"/matters/{matter}/proposal-declination", {"reason": "理由"})).status_code == 403
    again = await desk.caller.post(f"/matters/{matter}/callbacks", said)
    assert (again.status_code, again.json()["code"]) == (409, "callback.proposal_open")
    path = f"/matters/{matter}/proposal-declination"
    assert (await desk.leader.post(path, {})).status_code == 422
    closed = await desk.leader.post(path, {"reason": "已依法办结,反映人要求超出政策范围,已再次解释"})
    assert (closed.json()["state"], closed.json()["outcome"]) == ("CLOSED", "DONE")
    assert (await desk.told(matter))[-4:] == ["matter.proposed", "matter.proposal_declined", "T19", "matter.closed"]


async def test_the_department_archives_what_has_been_closed_for_thirty_days(desk: Desk) -> None:
    form = {"name": "孙某", "phone": "13900000061", "title": "住房公积金咨询", "done": "当场解答并演示查询",
            "root_cause": "POLICY_UNCLEAR"}  # fmt: skip
    answer = await desk.staff.post("/matters/on-the-spot", form)
    path = f"/matters/{answer.json()['matter_id']}/archiving"
    early = await desk.overseer.post(path, {})
    assert (early.status_code, early.json()["code"]) == (422, "archiving.too_early")
    desk.at(START + timedelta(days=31))
    assert (await desk.staff.post(path, {})).status_code == 403
    archived = await desk.overseer.post(path, {})
    assert (archived.status_code, archived.json()["state"]) == (200, "ARCHIVED")
    again = await desk.overseer.post(path, {})
    assert (again.status_code, again.json()["code"]) == (409, "state.illegal"), again.text
