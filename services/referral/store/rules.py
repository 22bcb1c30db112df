"""The amended rules as deadlines tells of them: what an order's paper names as its limit."""

from collections.abc import Iterable
from functools import lru_cache

from services.referral.domain.limits_in_force import Limits
from services.referral.store.tables import RULE_VERSION
from shared.contracts.deadlines import RuleAmended
from shared.store.unit_of_work import Transaction
from shared.store.upsert import upsert

_ALL = "SELECT content::text AS content FROM rule_version ORDER BY rule, version"


async def limits(tx: Transaction) -> Limits:
    """The limits by all versions known here."""
    return Limits(_grouped(tuple(row.content for row in await tx.all(_ALL))), tx.now)


def save(tx: Transaction, amended: Iterable[RuleAmended]) -> None:
    """Keep each version."""
    told = {(event.rule, event.version): event.model_dump(mode="json") for event in amended}
    rows = [{"rule": rule, "version": number, "content": body} for (rule, number), body in told.items()]
    upsert(tx, RULE_VERSION, rows)


@lru_cache(maxsize=4)
def _grouped(stored: tuple[str, ...]) -> dict[str, tuple[RuleAmended, ...]]:
    grouped: dict[str, tuple[RuleAmended, ...]] = {}
    for version in map(RuleAmended.model_validate_json, stored):
        grouped[version.rule] = (*grouped.get(version.rule, ()), version)
    return grouped
