"""Fixtures that every kind of test may use."""

from collections.abc import AsyncIterator

import pytest

from tests.engines import Engines
from tests.engines import engines as running_engines


@pytest.fixture(scope="session")
async def engines() -> AsyncIterator[Engines]:
    """A real Kafka and a real PostgreSQL for the whole run."""
    async with running_engines() as found:
        yield found
