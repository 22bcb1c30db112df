"""Events out of order across topics, cut into batches anyhow, some brought twice: the same end as undisturbed."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from tests.faults.inbox import Inbox, State, Story
from tests.faults.results import Tally, sized
from tests.faults.stories import STORIES

Batches = list[list[int]]
CASES = [pytest.param(service, n, id=f"{service}-{n}") for service, told in STORIES.items() for n in range(len(told))]
UNDISTURBED: dict[tuple[str, int], State] = {}


@pytest.fixture(scope="module")
def tally() -> Iterator[Tally]:
    counted = Tally("out of order")
    yield counted
    counted.record()


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
    inboxes: dict[str, Inbox], tally: Tally, service: str, number: int, data: some.DataObject
) -> None:
    here, story = inboxes[service], STORIES[service][number]
    if (service, number) not in UNDISTURBED:
        UNDISTURBED[service, number] = await here.after(story, [[place] for place in range(len(story.told))])
    undisturbed = UNDISTURBED[service, number]
    assert undisturbed["parked"] == []
    batches = data.draw(disturbed(story))
    with tally.run(sum(map(len, batches))):
        assert await here.after(story, batches) == undisturbed
