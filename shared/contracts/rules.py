"""Which version of a rule counts (期限规则版本): asked alike by the service that counts and by those that print it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol, TypeVar


class Version(Protocol):
    """A version of one rule: where it holds (nowhere named: everywhere), and since which moment."""

    @property
    def version(self) -> int: ...
    @property
    def org_code(self) -> str | None: ...
    @property
    def window_id(self) -> str | None: ...
    @property
    def since(self) -> datetime: ...
    @property
    def applies_to_running(self) -> bool: ...
    @property
    def amended_at(self) -> datetime: ...


V = TypeVar("V", bound=Version)


def in_force(
    versions: Iterable[V], org_code: str | None, window_id: str | None, at: datetime,
    stopped_at: datetime | None = None, running: bool = False,
) -> V | None:  # fmt: skip
    """The version of one rule for what began at a moment, of the narrowest scope the latest; none: the built-in one.

    What is `running` has also those made for running clocks, unless it stopped before they were made.
    """

    def holds(version: V) -> bool:
        if version.org_code not in (None, org_code) or version.window_id not in (None, window_id):
            return False
        reached = running and (stopped_at is None or stopped_at >= version.amended_at)
        return version.since <= at or (version.applies_to_running and reached)

    return max(filter(holds, versions), key=_rank, default=None)


def _rank(version: Version) -> tuple[int, datetime, int]:
    narrow = (version.org_code is not None) + (version.window_id is not None)
    return narrow, version.since, version.version


__all__ = ["Version", "in_force"]
