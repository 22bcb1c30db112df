"""Fixtures that every kind of test may use, and how the tests are shared out between workers."""

import os
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.engines import Engines
from tests.engines import engines as running_engines

LONG = ("tests/system/", "tests/faults/")
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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first, so that no worker is left alone with one at the end."""
    items.sort(key=lambda item: next((place for place, kind in enumerate(LONG) if kind in item.nodeid), len(LONG)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """A file goes to one worker, as its fixtures are shared; so do all faults, which share a whole plant."""
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            return LONG[1] if nodeid.startswith(LONG[1]) else nodeid.split("::")[0]

    return ByFile(config, log)
