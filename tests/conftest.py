"""Fixtures that every kind of test may use, and how the tests are shared out between workers."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.engines import Engines
from tests.engines import engines as running_engines

HERE = Path(__file__).parent
FIRST = ("system", "faults")  # the long ones, so that no worker is left alone with one at the end
PORTS = 3_000  # for each worker


@pytest.fixture(scope="session")
async def engines() -> AsyncIterator[Engines]:
    """A real Kafka and a real PostgreSQL for all the tests of a worker."""
    async with running_engines() as found:
        yield found


def pytest_configure() -> None:
    """Two workers never choose the same port."""
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        first = 20_000 + PORTS * int(worker.removeprefix("gw"))
        os.environ["BANCHENG_PORT_RANGE"] = f"{first}-{first + PORTS}"


@pytest.hookimpl(tryfirst=True)  # before the groups are read
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A file goes to one worker, as its fixtures are shared; so do all faults, which share a whole plant."""
    items.sort(key=lambda item: FIRST.index(_kind(item)) if _kind(item) in FIRST else len(FIRST))
    for item in items:
        kind = _kind(item)
        item.add_marker(pytest.mark.xdist_group(kind if kind == "faults" else f"{kind}/{item.path.name}"))


def _kind(item: pytest.Item) -> str:
    return item.path.relative_to(HERE).parts[0]
