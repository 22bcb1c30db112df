"""The line to the broker: once it was cut, it may be another log of the same name that answers.

A producer left alone reconnects and sends on; aiokafka tells nobody. So this looks at its client's private table of
connections, from beside the work: nothing is paid per batch.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any

LISTEN = 0.1  # seconds between two looks; a broker needs longer than that to come back


class CutOff(Exception):
    """A connection to the broker was lost."""


async def until_cut(client: Any, work: Coroutine[Any, Any, None]) -> None:
    """Do the work as long as every connection of the client stands; raises CutOff, or what the work raises."""
    known: dict[Any, Any] = {}
    working = asyncio.create_task(work)
    try:
        while not working.done():
            await asyncio.wait([working], timeout=LISTEN)
            known = dict(client._conns) | known
            for node, connection in known.items():
                if client._conns.get(node) is not connection or not connection.connected():
                    raise CutOff(str(node))
        await working
    finally:
        working.cancel()
        await asyncio.wait([working], timeout=5)


__all__ = ["CutOff", "until_cut"]
