"""The pace of fetching: an event after a pause comes at once, under load events come by the tenth of a second.

aiokafka sends the next fetch as soon as one has answered, and builds each in Python over all partitions: with several
busy topics that is one fetch for every few events, the greater part of a consumer's time, and every fetch a batch with
a transaction of its own. It has no setting for it: this wraps one private method of the fetcher (the version is pinned,
a test guards it).
"""

import time
from typing import Any

INTERVAL = 0.1  # seconds from one fetch to the next


def apply(consumer: Any, interval: float = INTERVAL) -> None:
    """Let a started consumer send a fetch at most once in an interval."""
    fetcher, sent = consumer._fetcher, 0.0
    actions = fetcher._get_actions_per_node

    def paced(assignment: Any) -> Any:
        nonlocal sent
        now = time.monotonic()
        if now < sent + interval:
            return [], {}, sent + interval - now, False, []
        found = actions(assignment)
        if found[0]:
            sent = now
        return found

    fetcher._get_actions_per_node = paced


__all__ = ["INTERVAL", "apply"]
