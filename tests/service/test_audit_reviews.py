"""The monthly review: looks at personal data and refused ones, counted by account, and listed one by one."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from shared.contracts.intake import AccessDenied, SensitiveViewed
from shared.contracts.referral import FileViewed
from shared.ids import new_id
from tests.engines import Engines
from tests.harness import START, Client, Hall, hall

PLACE = {"org_code": "410200", "window_id": "410200-W1"}
COUNTY = {"org_code": "410221", "window_id": "410221-W1"}
MATTER, OTHER = new_id(), new_id()


def viewed(matter: UUID, who: str = "staff-1", days: int = 0) -> SensitiveViewed:
    return SensitiveViewed(
        matter_id=matter, **PLACE, viewer_id=who, field_group="IDENTITY", purpose="HANDLING",
        viewed_at=START + timedelta(days=days),
    )  # fmt: skip


def denied(matter: UUID | None, who: str = "staff-2") -> AccessDenied:
    return AccessDenied(
        matter_id=matter, **PLACE, viewer_id=who, field_group="CONTENT", purpose="INSPECTION", reason_code="not_found",
        denied_at=START,
    )  # fmt: skip


@pytest.fixture(scope="module")
async def audit(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hall]:
    async with hall(engines, "audit", tmp_path_factory.mktemp("audit")) as found:
        await found.publish(viewed(MATTER), viewed(MATTER), viewed(OTHER), viewed(MATTER, days=5), denied(MATTER))
        await found.publish(denied(None))
        await found.publish_raw("intake", str(new_id()), 1, "bancheng.access.denied.v1", b"{ no json")
        await found.publish_raw("intake", str(new_id()), 1, "bancheng.access.denied.v1", b'{"denied_at": "gestern"}')
        await found.caught_up()

        async def all_in() -> bool:
            return bool((await found.query("SELECT size FROM tree_head"))[0]["size"] == 8)

        await found.until(all_in)
        yield found


@pytest.fixture
def reader(audit: Hall) -> Client:
    return audit.client("u-audit-1", "audit_admin")


async def lines(reader: Client, month: str) -> list[dict[str, Any]]:
    answer = await reader.get(f"/access-reviews/{month}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["lines"]
    return found


async def test_looks_of_a_month_are_counted_by_account_and_matters_once(reader: Client) -> None:
    september = await lines(reader, "2026-09")
    assert [(one["viewer_id"], one["denied"], one["looks"], one["matters"]) for one in september] == [
        ("staff-1", False, 3, 2), ("staff-2", True, 2, 2),
    ]  # fmt: skip
    assert [(one["viewer_id"], one["looks"]) for one in await lines(reader, "2026-10")] == [("staff-1", 1)]
    assert await lines(reader, "2026-12") == []


async def test_each_look_is_listed_by_its_entry_in_the_log(reader: Client) -> None:
    first = (await reader.get("/access-reviews/2026-09/looks", viewer="staff-1", limit=2)).json()
    rest = (await reader.get("/access-reviews/2026-09/looks", viewer="staff-1", after=first["next"])).json()
    listed = [one["subject"] for one in (*first["items"], *rest["items"])]
    assert (len(first["items"]), sorted(listed)) == (2, sorted([str(MATTER), str(MATTER), str(OTHER)]))
    entry = (await reader.get(f"/log/entries/{rest['items'][0]['index']}")).json()
    assert entry["type"] == "bancheng.access.viewed_sensitive.v1"
    [without, of_matter] = sorted(
        (await reader.get("/access-reviews/2026-09/looks", viewer="staff-2")).json()["items"],
        key=lambda one: one["subject"] != "staff-2",
    )
    assert (without["reason"], of_matter["subject"]) == ("not_found", str(MATTER))


@pytest.mark.parametrize("path", ["/access-reviews/2026-9", "/access-reviews/2026-13", "/access-reviews/2026-09/looks"])
async def test_a_wrong_question_gets_a_plain_answer(reader: Client, path: str) -> None:
    assert (await reader.get(path)).json()["code"] == "form.invalid"


async def test_a_file_of_an_order_that_was_opened_is_a_look_too(audit: Hall, reader: Client) -> None:
    await audit.publish(
        FileViewed(
            matter_id=MATTER, **PLACE, file_id=new_id(), viewer_id="staff-3", field_group="ORDER_FILES",
            purpose="REVIEW", viewed_at=START + timedelta(days=120),
        )
    )  # fmt: skip
    await audit.caught_up()

    async def told() -> bool:
        return bool(await lines(reader, "2027-01"))

    await audit.until(told)
    [line] = await lines(reader, "2027-01")
    assert (line["viewer_id"], line["field_group"], line["purpose"]) == ("staff-3", "ORDER_FILES", "REVIEW")


async def test_a_county_reviews_the_looks_at_its_own_matters(audit: Hall, reader: Client) -> None:
    theirs = new_id()
    await audit.publish(
        SensitiveViewed(
            matter_id=theirs, **COUNTY, viewer_id="county-1", field_group="CONTENT", purpose="HANDLING",
            viewed_at=START + timedelta(days=60),
        ),
        viewed(MATTER, days=60),
    )  # fmt: skip
    await audit.caught_up()

    async def both_in() -> bool:
        return len(await lines(reader, "2026-11")) == 2

    await audit.until(both_in)
    county = audit.client("county", "supervision_dept", org="410221")
    assert [one["viewer_id"] for one in await lines(county, "2026-11")] == ["county-1"]
    assert await lines(county, "2026-09") == []
    path = "/access-reviews/2026-11/looks"
    assert (await county.get(path, viewer="staff-1")).json()["items"] == []
    assert [one["subject"] for one in (await county.get(path, viewer="county-1")).json()["items"]] == [str(theirs)]
    other = audit.client("other", "audit_admin", org="410221")
    assert (await other.get("/access-reviews/2026-11")).json()["code"] == "log.other_org"
    assert (await county.get("/log")).json()["code"] == "log.other_org"
