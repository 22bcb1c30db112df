"""Live updates: who hears of what, from where on, in which order."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.engines import Engines
from tests.harness import Client, Hall, hall
from tests.service.console_story import CITY, COUNTY, SUPPLY, Story, names, publish


@pytest.fixture(scope="module")
async def console(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hall]:
    async with hall(engines, "console", tmp_path_factory.mktemp("live")) as running:
        await running.publish(*names())
        yield running


async def heard(client: Client, count: int, within: float = 10, **asked: Any) -> list[dict[str, Any]]:
    """The first events of a stream."""
    found: list[dict[str, Any]] = []
    headers = {"Last-Event-ID": str(asked["last"])} if "last" in asked else {}
    params = {"since": asked["since"]} if "since" in asked else {}
    async with asyncio.timeout(within), client._http.stream("GET", "/events", headers=headers, params=params) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        async for line in answer.aiter_lines():
            if line.startswith("data: "):
                found.append(json.loads(line.removeprefix("data: ")))
                if len(found) == count:
                    break
    return found


async def revision_of(console: Hall, story: Story) -> int:
    rows = await console.query("SELECT revision FROM matter WHERE matter_id = $1", story.matter_id)
    return int(rows[0]["revision"])


async def told(console: Hall, story: Story) -> Story:
    await publish(console, story.told)
    await console.caught_up()
    return story


async def test_a_browser_hears_id_and_revision_of_what_changes_after_it_came(console: Hall) -> None:
    client = console.client("staff-1", "duty_staff", window=CITY)
    story = Story().register()
    listening = asyncio.create_task(heard(client, 1))
    await asyncio.sleep(0.3)
    await told(console, story)
    (event,) = await listening
    assert set(event) == {"matter_id", "revision"}
    assert event["matter_id"] == str(story.matter_id)
    assert 1 <= event["revision"] <= await revision_of(console, story)  # it may have heard of the first batch already


async def test_a_browser_hears_only_of_matters_in_its_sight(console: Hall) -> None:
    since = (await console.query("SELECT coalesce(max(revision), 0) AS r FROM matter"))[0]["r"]
    county, city = await told(console, Story(window=COUNTY).register()), await told(console, Story().register().order())
    unit = console.client("handler", "unit_handler", org_type="UNIT", unit=SUPPLY)
    staff = console.client("staff-1", "duty_staff", window=CITY)
    overseer = console.client("overseer", "supervision_dept")
    assert [e["matter_id"] for e in await heard(unit, 1, since=since)] == [str(city.matter_id)]
    assert [e["matter_id"] for e in await heard(staff, 1, since=since)] == [str(city.matter_id)]
    both = [e["matter_id"] for e in await heard(overseer, 2, since=since)]
    assert both == [str(county.matter_id), str(city.matter_id)]


async def test_a_browser_that_comes_back_hears_what_it_missed_once(console: Hall) -> None:
    client = console.client("overseer", "supervision_dept")
    first, second = await told(console, Story().register()), await told(console, Story().register())
    last = await revision_of(console, first)
    # The browser's own memory counts more than the address of the page it was on.
    assert [e["matter_id"] for e in await heard(client, 1, last=last, since=0)] == [str(second.matter_id)]
    with pytest.raises(TimeoutError):
        await heard(client, 1, within=1, last=await revision_of(console, second))


async def test_every_change_of_a_matter_has_a_higher_revision(console: Hall) -> None:
    story = await told(console, Story().register())
    before = await revision_of(console, story)
    more = Story(matter_id=story.matter_id).order()
    await told(console, more)
    assert await revision_of(console, story) > before


async def test_without_a_token_there_is_nothing_to_hear(console: Hall) -> None:
    assert (await Client(console.base, "").get("/events")).status_code == 401
