"""The versions of the rules, and the matters whose clocks an amendment may touch."""

from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import insert

from services.deadlines.domain.rules import RULES
from services.deadlines.domain.versions import RuleVersion, Versions
from services.deadlines.store.tables import RULE_VERSION
from shared.store.unit_of_work import Transaction
from shared.workdays import ZONE, Limit

_COLUMNS = [column.name for column in RULE_VERSION.columns]
_ALL = f"SELECT {', '.join(_COLUMNS)} FROM rule_version ORDER BY rule, version"
_TOUCHED = """
SELECT DISTINCT matter_id FROM deadline
WHERE rule = :rule AND (stopped_at IS NULL OR stopped_at >= :amended_at)
  AND (CAST(:org AS text) IS NULL OR org_code = :org) AND (CAST(:window AS text) IS NULL OR window_id = :window)
  AND (:running OR started_at >= :since)
ORDER BY matter_id"""


class _Stored(NamedTuple):
    rule: str
    version: int
    org_code: str | None
    window_id: str | None
    valid_from: date
    since: datetime
    time_limit: str
    extendable: bool
    suspendable: bool
    red_at_once: bool
    listed: bool
    applies_to_running: bool
    basis: str
    reason: str
    amended_by: str
    amended_at: datetime


async def current(tx: Transaction) -> Versions:
    """All versions; built once for the same rows."""
    return _versions(tuple(_Stored(**row) for row in await tx.all(_ALL)))


async def touched_by(tx: Transaction, version: RuleVersion) -> list[UUID]:
    """The matters with clocks that may have to run by a new version, in the order in which they are locked."""
    rows = await tx.all(
        _TOUCHED, rule=version.rule.id, amended_at=version.amended_at, org=version.org_code, window=version.window_id,
        running=version.applies_to_running, since=version.since,
    )  # fmt: skip
    return [row.matter_id for row in rows]


def add(tx: Transaction, version: RuleVersion) -> None:
    """Keep a new version."""
    rule = version.rule
    flags = {name: getattr(rule, name) for name in ("extendable", "suspendable", "red_at_once", "listed")}
    same = {name: getattr(version, name) for name in _COLUMNS if hasattr(version, name)}
    tx.write(insert(RULE_VERSION), same | flags | {"rule": rule.id, "time_limit": str(rule.limit)})


@lru_cache(maxsize=4)
def _versions(stored: tuple[_Stored, ...]) -> Versions:
    return Versions.of_all(map(_version, stored))


def _version(row: _Stored) -> RuleVersion:
    rule = replace(
        RULES[row.rule], limits=(Limit.parse(row.time_limit),), extendable=row.extendable,
        suspendable=row.suspendable, red_at_once=row.red_at_once, listed=row.listed,
    )  # fmt: skip
    return RuleVersion(
        rule, row.version, row.since.astimezone(ZONE), row.amended_at.astimezone(ZONE), row.org_code, row.window_id,
        row.applies_to_running, row.valid_from, row.basis, row.reason, row.amended_by,
    )  # fmt: skip
