"""One plant for all scenarios, as long as it can be brought back to what it was."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from tests.engines import Engines
from tests.faults.evidence import SERVICES
from tests.faults.inbox import Inbox, inbox
from tests.faults.plant import Plant, running_plant
from tests.faults.results import LONG


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long faults to `make faults`; they are counted as skipped."""
    for item in () if LONG else (item for item in items if item.get_closest_marker("long")):
        item.add_marker(pytest.mark.skip(reason="a long fault: make faults"))


class Plants:
    """Keeps a plant running; one that a scenario spoiled is replaced."""

    def __init__(self) -> None:
        self._running = AsyncExitStack()
        self._plant: Plant | None = None

    async def one(self) -> Plant:
        if self._plant is None:
            self._plant = await self._running.enter_async_context(running_plant())
        return self._plant

    async def close(self) -> None:
        self._plant = None
        await self._running.aclose()


@pytest.fixture(scope="session")
async def inboxes(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[dict[str, Inbox]]:
    """Every service's consumer, fed by hand, each on a database of its own."""
    async with AsyncExitStack() as stack:
        folders = {service: tmp_path_factory.mktemp(service) for service in SERVICES}
        yield {name: await stack.enter_async_context(inbox(engines, name, at)) for name, at in folders.items()}


@pytest.fixture(scope="session")
async def plants() -> AsyncIterator[Plants]:
    kept = Plants()
    yield kept
    await kept.close()


@pytest.fixture
async def plant(plants: Plants, request: pytest.FixtureRequest) -> AsyncIterator[Plant]:
    """A settled plant with six processes."""
    yield await plants.one()
    try:
        running = await plants.one()
        await running.restore()
        await running.settle()
    except Exception as error:
        print(f"the plant is given up after {request.node.name}: {error!r}")
        await plants.close()
