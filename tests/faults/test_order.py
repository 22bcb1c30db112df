"""Events out of order across topics, cut into batches anyhow, some brought twice: the same end as undisturbed."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from tests.engines import Engines
from tests.faults.inbox import Inbox, Story, inbox
from tests.faults.results import sized
from tests.faults.stories import STORIES

Batches = list[list[int]]
CASES = [pytest.param(service, n, id=f"{service}-{n}") for service, told in STORIES.items() for n in range(len(told))]


@pytest.fixture(scope="module")
async def inboxes(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[dict[str, Inbox]]:
    async with AsyncExitStack() as stack:
        found = {}
        for service in STORIES:
            folder = tmp_path_factory.mktemp(service)
            found[service] = await stack.enter_async_context(inbox(engines, service, folder))
        yield found


@some.composite
def disturbed(draw: some.DrawFn, story: Story) -> Batches:
    """The story's places in an order that keeps that of each source, with redelivery, in batches."""
    waiting = {source: [n for n, of in enumerate(story.sources) if of == source] for source in set(story.sources)}
    arrivals = [waiting[source].pop(0) for source in draw(some.permutations(story.sources))]
    for _ in range(draw(some.integers(0, 3))):  # read again from where a process that died had been
        stood = draw(some.integers(0, len(arrivals)))
        arrivals[stood:stood] = arrivals[max(0, stood - draw(some.integers(1, 8))) : stood]
    cuts = sorted(draw(some.sets(some.integers(1, len(arrivals) - 1), max_size=8)))
    return [arrivals[start:end] for start, end in zip([0, *cuts], [*cuts, None], strict=True)]


@pytest.mark.parametrize(("service", "number"), CASES)
@settings(
    max_examples=sized(12, 400), deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(data=some.data())
async def test_whatever_the_order_between_sources_the_end_is_the_same(
    inboxes: dict[str, Inbox], service: str, number: int, data: some.DataObject
) -> None:
    here, story = inboxes[service], STORIES[service][number]
    if (service, number) not in UNDISTURBED:
        UNDISTURBED[service, number] = await here.after(story, [[place] for place in range(len(story.told))])
    undisturbed = UNDISTURBED[service, number]
    assert undisturbed["parked"] == []
    assert await here.after(story, data.draw(disturbed(story))) == undisturbed


UNDISTURBED: dict[tuple[str, int], dict[str, list[str]]] = {}
