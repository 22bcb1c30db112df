"""Intake over HTTP: the counter, on-site handling, feedback and call-back, each with what it publishes."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest

from shared.receipts import read_key, verify
from tests.engines import Engines
from tests.harness import START
from tests.service.intake_desk import FORM, WINDOW, Desk, approved, intake_desk, period, triaged


@pytest.fixture(scope="module")
async def desk(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with intake_desk(engines, tmp_path_factory.mktemp("intake")) as opened:
        yield opened


@pytest.fixture(autouse=True)
def morning(desk: Desk) -> None:
    desk.at(START)


async def test_registering_gives_a_number_and_tells_codes_only(desk: Desk) -> None:
    answer = await desk.staff.post("/matters", FORM)
    body = answer.json()
    assert answer.status_code == 201
    assert body["state"] == "REGISTERED"
    assert body["register_no"].startswith("汴监窗〔2026〕")
    events = [event for event in await desk.hall.published() if event["subject"] == body["matter_id"]]
    assert [event["type"] for event in events] == ["matter.registered", "matter.moved"]
    assert "李某某" not in str(events)
    assert FORM["title"] not in str(events)


async def test_numbers_of_a_window_have_no_gap_however_many_register_at_once(desk: Desk) -> None:
    before = await desk.hall.query("SELECT value FROM register_counter WHERE window_id = $1", WINDOW)
    first = before[0]["value"] + 1 if before else 1
    bad = FORM | {"title": "请致电13800000001"}
    answers = await asyncio.gather(
        *(desk.staff.post("/matters", FORM) for _ in range(8)),
        *(desk.colleague.post("/matters", bad) for _ in range(3)),
    )
    numbers = sorted(answer.json()["register_no"] for answer in answers if answer.status_code == 201)
    assert numbers == [f"汴监窗〔2026〕{number:06d}号" for number in range(first, first + 8)]
    elsewhere = (await desk.zone_staff.post("/matters", FORM)).json()["register_no"]
    assert elsewhere == "汴区监窗〔2026〕000001号"


async def test_over_the_turn_of_a_year_both_years_have_no_gap(desk: Desk) -> None:
    window = {
        "window_id": "410200-W9",
        "org_code": "410200",
        "level": "CITY",
        "name": "车站",
        "register_mark": "汴站窗",
    }
    around = period("410200-W9", START + timedelta(days=14 * 6), "leader-9", "staff-9a", "staff-9b")
    for path, body in (("/windows", window), ("/duty-periods", around)):
        assert (await desk.overseer.post(path, body)).status_code == 201
    staff = desk.hall.client("staff-9a", "duty_staff", window="410200-W9")
    new_year = START.replace(year=2027, month=1, day=1, hour=0, minute=0)
    eve, drawn = new_year - timedelta(seconds=1), []

    async def register() -> None:
        drawn.append(str((await staff.post("/matters", FORM)).json()["register_no"]))

    for moment in (eve, new_year):
        desk.at(moment)
        await register()
    at_once = asyncio.gather(*(register() for _ in range(12)))
    for moment in itertools.cycle((eve, new_year)):
        desk.at(moment)
        await asyncio.sleep(0)
        if at_once.done():
            break
    desk.at(START)
    for year in (2026, 2027):
        numbers = sorted(no for no in drawn if f"〔{year}〕" in no)
        assert numbers == [f"汴站窗〔{year}〕{number:06d}号" for number in range(1, len(numbers) + 1)]
    assert len(drawn) == 14


async def test_no_name_number_or_word_lies_open_in_the_database(desk: Desk) -> None:
    matter = await desk.registered()
    await desk.staff.post(
        f"/matters/{matter}/on-spot-settlement", {"done": "当场补录参保信息", "root_cause": "FLOW_POOR"}
    )  # fmt: skip
    rows = await desk.hall.query(
        "SELECT m::text || r::text || l::text AS kept FROM matter m JOIN reporter r USING (reporter_id)"
        " JOIN record l USING (matter_id) UNION ALL SELECT i::text FROM idempotency i"
        " UNION ALL SELECT o::text || convert_from(payload, 'UTF8') FROM outbox o"
    )
    kept = "".join(row["kept"] for row in rows)
    for said in (FORM["reporter"]["name"], "13800000001", FORM["title"], FORM["facts"], "当场补录参保信息"):
        assert said not in kept
        assert said.encode().hex() not in kept


async def test_a_repeated_registration_is_one_matter(desk: Desk) -> None:
    first = await desk.staff.post("/matters", FORM, idempotency_key="counter-7-0001")
    again = await desk.staff.post("/matters", FORM, idempotency_key="counter-7-0001")
    assert first.json() == again.json()


async def test_only_who_is_rostered_today_registers(desk: Desk) -> None:
    stranger = desk.hall.client("staff-9", "duty_staff", window=WINDOW)
    assert (await stranger.post("/matters", FORM)).json()["code"] == "duty.not_on_duty"
    assert (await desk.unit.post("/matters", FORM)).json()["code"] == "role.missing"
    desk.at(START + timedelta(days=14))
    assert (await desk.staff.post("/matters", FORM)).json()["code"] == "duty.not_on_duty"
    desk.at(START + timedelta(days=40))
    assert (await desk.staff.post("/matters", FORM)).json()["code"] == "duty.unknown"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"title": "请致电13800000001联系"}, "title.personal_data"),
        ({"facts": "!!!!????……!!!!"}, "text.empty"),
        ({"facts": "太短"}, "text.length"),
        ({"channel": "PHONE"}, "source_ref.missing"),
        ({"received_at": str(START + timedelta(hours=1))}, "received_at.future"),
        ({"received_at": "0001-01-01T00:00:00+08:00"}, "received_at.too_old"),
        ({"conflict_of_interest": True}, "register.recusal"),
        ({"counter_no": "1\x00"}, "form.invalid"),
        ({"blamed_unit_ids": ["\x00"]}, "form.invalid"),
        ({"reporter": FORM["reporter"] | {"phone": "0371"}}, "reporter.phone_invalid"),
        ({"reporter": FORM["reporter"] | {"name": "李\u202e某"}}, "text.invisible"),
        ({"reporter": {"kind": "GROUP", "name": "职工代表", "phone": "13800000001"}}, "group.size_missing"),
        (
            {"reporter": {"kind": "GROUP", "name": "职工代表", "phone": "13800000001", "group_size": 10_001}},
            "form.invalid",
        ),
    ],
)
async def test_a_bad_form_is_refused_with_a_sentence_and_nothing_is_stored(
    desk: Desk, changes: dict[str, object], code: str
) -> None:
    before = await desk.hall.query("SELECT count(*) FROM matter")
    answer = await desk.staff.post("/matters", FORM | changes)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert await desk.hall.query("SELECT count(*) FROM matter") == before


@pytest.mark.parametrize("body", [b"{", b'{"title": "\\ud800"}', b"[]", b'{"nonsense": 1}'])
async def test_what_is_no_form_is_never_a_server_error(desk: Desk, body: bytes) -> None:
    assert (await desk.staff.post("/matters", body)).status_code in (400, 422)


async def test_a_source_reference_is_registered_once(desk: Desk) -> None:
    form = FORM | {"channel": "H12345", "source_ref": "12345-0007"}
    first = await desk.staff.post("/matters", form)
    again = await desk.staff.post("/matters", form)
    assert (again.status_code, again.json()["code"]) == (409, "matter.duplicate")
    assert first.json()["register_no"] in again.json()["detail"]
    elsewhere = await desk.zone_staff.post("/matters", form)
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (409, "matter.duplicate")
    assert "编号" not in elsewhere.json()["detail"].replace("来源单号", "")


async def test_settled_on_the_spot_is_registered_and_closed_in_one_request(desk: Desk) -> None:
    form = {"name": "赵某", "phone": "13800000002", "item_code": "GJJ-01", "title": "公积金查询密码忘记",
            "done": "当场协助重置密码并查询", "root_cause": "FLOW_POOR", "minutes_spent": 8}  # fmt: skip
    answer = await desk.staff.post("/matters/on-the-spot", form)
    body = answer.json()
    assert (answer.status_code, body["state"], body["outcome"]) == (201, "CLOSED", "ON_THE_SPOT")
    told = await desk.told(UUID(body["matter_id"]))
    assert told == ["matter.registered", "T02", "matter.resolved_on_spot", "T03", "matter.closed"]


async def test_a_fast_form_from_elsewhere_names_its_source(desk: Desk) -> None:
    form = {"name": "赵某", "phone": "13800000002", "title": "公积金查询密码忘记", "done": "当场协助重置",
            "root_cause": "FLOW_POOR", "channel": "H12345"}  # fmt: skip
    assert (await desk.staff.post("/matters/on-the-spot", form)).json()["code"] == "source_ref.missing"


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/matters", {"window": "\x00"}), ("/matters", {"after": "\x00"}), ("/matters", {"after": "WzFd"}),
        ("/matters", {"limit": 0}), ("/matters", {"state": "OPEN"}), ("/matters/by-register-no", {"no": "\x00"}),
        ("/duty-periods", {"window": "\x00"}), ("/matters/1", {}), ("/matters/1/content", {"purpose": "FUN"}),
    ],
)  # fmt: skip
async def test_nonsense_in_an_address_is_never_a_server_error(desk: Desk, path: str, asked: dict[str, object]) -> None:
    assert (await desk.staff.get(path, **asked)).status_code in (400, 404, 422)


async def test_a_registered_matter_may_be_settled_on_the_spot(desk: Desk) -> None:
    matter = await desk.registered()
    body = {"done": "电话联系医保窗口,当场补录", "root_cause": "FLOW_POOR"}
    assert (await desk.staff.post(f"/matters/{matter}/on-spot-settlement", body)).json()["state"] == "CLOSED"
    again = await desk.staff.post(f"/matters/{matter}/on-spot-settlement", body)
    assert (again.status_code, again.json()["code"]) == (409, "state.illegal")


async def test_accepting_needs_the_version_that_was_seen(desk: Desk) -> None:
    matter = await desk.registered()
    assert (await desk.staff.post(f"/matters/{matter}/acceptance", if_match='"7"')).json()["code"] == "version.conflict"
    answer = await desk.staff.post(f"/matters/{matter}/acceptance", if_match='"1"')
    assert (answer.json()["state"], answer.headers["etag"]) == ("ACCEPTED", '"2"')
    assert (await desk.told(matter))[-2:] == ["matter.accepted", "T05"]


async def test_another_windows_matter_is_not_there(desk: Desk) -> None:
    matter = await desk.registered()
    assert (await desk.zone_staff.post(f"/matters/{matter}/acceptance")).status_code == 404
    for reader in (desk.zone_staff, desk.unit, desk.caller):
        assert (await reader.get(f"/matters/{matter}")).status_code == 404
    assert (await desk.overseer.get(f"/matters/{matter}")).status_code == 200


async def test_the_duty_leader_handles_a_matter_on_site_without_any_order(desk: Desk) -> None:
    matter = await desk.accepted()
    await desk.hall.publish(triaged(matter), approved(matter, orders=0))
    await desk.reaches(matter, "HANDLING")
    record = {"where": "县医保局窗口", "urged": "从医保信息系统查起", "found": "医院换系统时漏迁参保记录",
              "responsible_unit_id": "410221-U09", "sub_reasons": ["SYSTEM_DATA"]}  # fmt: skip
    path = f"/matters/{matter}/on-site-record"
    assert (await desk.staff.post(path, record)).json()["code"] == "duty.not_leader"
    assert (await desk.leader.post(path, record)).json()["state"] == "RESULT_REVIEW"
    review = {"result": "医院补录后已结算", "root_cause": "FLOW_POOR"}
    cannot = await desk.staff.post(f"/matters/{matter}/review", review | {"outcome": "CANNOT_EXPLAINED"})
    assert (cannot.status_code, cannot.json()["code"]) == (422, "review.outcome")
    reviewed = (await desk.staff.post(f"/matters/{matter}/review", review)).json()
    assert (reviewed["state"], reviewed["responsible_unit_id"]) == ("FEEDBACK", "410221-U09")
    told = await desk.told(matter)
    assert told[-4:] == ["matter.handled_on_site", "T12b", "matter.reviewed", "T17"]


async def test_a_satisfied_reporter_closes_the_matter_but_not_by_a_call_of_its_own_staff(desk: Desk) -> None:
    matter = await desk.in_callback()
    path = f"/matters/{matter}/callbacks"
    report = {"result": "REACHED", "identity_checked": True, "solved": "SOLVED", "satisfaction": "5"}
    for hand in ("staff-1a", "leader-1"):
        insider = desk.hall.client(hand, "callback_officer", window=WINDOW)
        assert (await insider.post(path, report)).json()["code"] == "callback.own_matter"
    assert (await desk.caller.post(path, report | {"identity_checked": False})).status_code == 422
    assert (await desk.caller.post(path, {"result": "NO_ANSWER", "satisfaction": "5"})).status_code == 422
    whom = (await desk.caller.get(f"/matters/{matter}/identity", purpose="CALLBACK")).json()
    assert {name: value for name, value in whom.items() if value} == {"name": "李某某", "phone": "13800000001"}
    closed = (await desk.caller.post(path, report)).json()
    assert (closed["state"], closed["outcome"], closed["root_cause"]) == ("CLOSED", "DONE", "FLOW_POOR")
    assert (await desk.told(matter))[-4:] == ["callback.attempted", "callback.completed", "T19", "matter.closed"]


async def test_three_attempts_in_different_half_days_close_as_unreachable(desk: Desk) -> None:
    matter = await desk.in_callback()
    path, missed = f"/matters/{matter}/callbacks", {"result": "NO_ANSWER"}
    assert (await desk.caller.post(path, missed)).json()["state"] == "CALLBACK"
    desk.at(START + timedelta(minutes=30))
    assert (await desk.caller.post(path, missed)).json()["code"] == "callback.too_soon"
    for hours, state in ((2, "CALLBACK"), (5, "CALLBACK"), (24, "CLOSED")):
        desk.at(START + timedelta(hours=hours))
        assert (await desk.caller.post(path, missed)).json()["state"] == state
    last = (await desk.hall.published("callback.completed"))[-1]["data"]
    assert (last["reached"], last["satisfaction"]) == (False, None)


async def test_what_cannot_be_done_is_told_with_counselling(desk: Desk) -> None:
    from shared.contracts.codes import Outcome
    from shared.ids import new_id
    from tests.service.intake_desk import answered, settled

    order = new_id()
    matter = await desk.handled(order)
    await desk.hall.publish(answered(matter, order), settled(matter, Outcome.CANNOT_EXPLAINED))
    await desk.reaches(matter, "FEEDBACK")
    feedback = {"way": "FACE_TO_FACE", "content": "依规定发证后须重新审查,目前不能恢复营业"}
    path = f"/matters/{matter}/feedback"
    assert (await desk.staff.post(path, feedback)).json()["code"] == "feedback.counselling_missing"
    feedback |= {"counselling_note": "当面解释规定,当事人表示理解"}
    assert (await desk.staff.post(path, feedback)).json()["code"] == "feedback.remedy_missing"
    feedback |= {"remedy": "可依法申请行政复议"}
    assert (await desk.staff.post(path, feedback)).json()["state"] == "CALLBACK"
    assert (await desk.hall.published("feedback.given"))[-1]["data"]["counselling"] is True


async def test_a_text_check_finds_the_reporter_and_signs_what_is_clean(desk: Desk) -> None:
    matter = await desk.registered()
    path = f"/matters/{matter}/text-checks"
    found = (await desk.leader.post(path, {"text": "李 某 某反映其外甥女徐某某,电话１３８-0000-0001"})).json()
    assert (found["clean"], found["findings"]) == (
        False, ["AGENT", "BENEFICIARY", "REPORTER_NAME", "REPORTER_PHONE"],
    )  # fmt: skip
    text = "住院费用无法结算\n查不到参保信息\n"
    clean = (await desk.leader.post(path, {"text": text})).json()
    public = read_key(desk.hall.settings.receipt_public_key_file)
    assert clean["clean"]
    assert verify(public, clean["receipt"], matter, text)
    assert not verify(public, found["receipt"], matter, text)


async def test_titles_come_in_one_call_without_trace_and_only_ones_own(desk: Desk) -> None:
    mine, theirs = await desk.registered(), UUID((await desk.zone_staff.post("/matters", FORM)).json()["matter_id"])
    before = len(await desk.hall.published("access.viewed_sensitive"))
    answer = await desk.staff.post("/matters/titles", {"ids": [str(mine), str(theirs)]})
    assert answer.json() == {"titles": {str(mine): FORM["title"]}}
    assert len(await desk.hall.published("access.viewed_sensitive")) == before
    assert (await desk.unit.post("/matters/titles", {"ids": [str(mine)]})).json() == {"titles": {}}


async def test_a_look_at_content_or_identity_is_told_once_in_ten_minutes(desk: Desk) -> None:
    matter = await desk.registered()

    async def looks() -> list[str]:
        told = [e["data"] for e in await desk.hall.published("access.viewed_sensitive") if e["subject"] == str(matter)]
        return [f"{data['viewer_id']} {data['field_group']} {data['purpose']}" for data in told]

    for _ in range(2):
        content = (await desk.staff.get(f"/matters/{matter}/content", purpose="HANDLING")).json()
    assert (content["title"], content["demand"]) == (FORM["title"], FORM["demand"])
    assert await looks() == ["staff-1a CONTENT HANDLING"]
    identity = (await desk.leader.get(f"/matters/{matter}/identity", purpose="APPROVAL")).json()
    assert (identity["name"], identity["agent"]["relation"]) == ("李某某", "舅舅")
    desk.at(START + timedelta(minutes=10))
    await desk.staff.get(f"/matters/{matter}/content", purpose="HANDLING")
    assert await looks() == [
        "staff-1a CONTENT HANDLING", "leader-1 IDENTITY APPROVAL", "staff-1a CONTENT HANDLING",
    ]  # fmt: skip
    assert (await desk.staff.get(f"/matters/{matter}/identity")).status_code == 422


async def test_matters_are_listed_by_pages_and_found_by_their_number(desk: Desk) -> None:
    matters = [await desk.registered() for _ in range(3)]
    first = (await desk.staff.get("/matters", state="REGISTERED", window=WINDOW, limit=2)).json()
    assert [line["matter_id"] for line in first["items"]] == [str(matters[2]), str(matters[1])]
    second = (await desk.staff.get("/matters", state="REGISTERED", limit=2, after=first["next"])).json()
    assert second["items"][0]["matter_id"] == str(matters[0])
    number = first["items"][0]["register_no"]
    assert (await desk.staff.get("/matters/by-register-no", no=number)).json()["matter_id"] == str(matters[2])
    assert (await desk.zone_staff.get("/matters/by-register-no", no=number)).status_code == 404


@pytest.mark.parametrize(
    "changes",
    [
        {"source_ref": "12345-\x00-1"},
        {"address_region": "41\x00203"},
        {"source_ref": "\ud800"},
        {"received_at": "0001-01-01T00:00:00+14:00"},
    ],
)
async def test_what_no_database_can_keep_is_refused_and_not_an_error_of_ours(
    desk: Desk, changes: dict[str, str]
) -> None:
    answer = await desk.staff.post("/matters", FORM | changes)
    assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (422, "application/problem+json")
    assert any("一" <= sign <= "鿿" for sign in answer.json()["detail"])
