"""Titles belong to intake: read with the user's own token, in one call that a page does not wait for long."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

import httpx
import structlog

PATIENCE = 0.2  # seconds a page waits for its titles
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Found:
    """The titles the user may read; `available` is false when intake is down or slow."""

    titles: dict[UUID, str]
    available: bool


class Titles:
    """A client of intake's titles."""

    def __init__(self, intake_url: str) -> None:
        self._http = httpx.AsyncClient(base_url=intake_url, timeout=PATIENCE)

    async def of(self, ids: Collection[UUID], token: str) -> Found:
        """The titles of these matters; blank rather than late."""
        if not ids:
            return Found({}, True)
        try:
            async with asyncio.timeout(PATIENCE):
                answer = await self._http.post(
                    "/matters/titles",
                    json={"ids": [str(matter_id) for matter_id in ids]},
                    headers={"Authorization": f"Bearer {token}"},
                )
            answer.raise_for_status()
            found = answer.json()["titles"]
            return Found({UUID(key): str(title) for key, title in found.items()}, True)
        except (httpx.HTTPError, TimeoutError, ValueError, KeyError, AttributeError, TypeError) as error:
            log.info("titles.unavailable", error=type(error).__name__)
            return Found({}, False)
