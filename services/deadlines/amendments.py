"""Amending a rule: the new version, and the clocks that run by it from now on."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from services.deadlines import access, batch
from services.deadlines.domain.amending import Amendment, amend
from services.deadlines.domain.clock import Clock
from services.deadlines.domain.counting import Counting
from services.deadlines.domain.matter import MatterClocks
from services.deadlines.domain.versions import RuleVersion, Versions
from services.deadlines.store import hours, matters, rules, years
from shared.store.unit_of_work import Transaction

AT_ONCE = 1_000  # matters


@dataclass(frozen=True, slots=True)
class Moved:
    """A clock before and after."""

    before: Clock
    after: Clock


@dataclass(frozen=True, slots=True)
class Amended:
    """A version and every clock that runs by it though it began before."""

    version: RuleVersion
    moved: tuple[Moved, ...]


async def read_versions(tx: Transaction) -> Versions:
    """All versions, for those who may see them."""
    access.require_rules(tx.actor)
    return await rules.current(tx)


async def amend_rule(tx: Transaction, asked: Amendment, dry_run: bool) -> Amended:
    """修订期限规则; with `dry_run` nothing is kept or told, and nobody waits."""
    access.require_may_amend(tx.actor, asked.org_code)
    if not dry_run:
        await years.hold_alone(tx)
    versions = await rules.current(tx)
    version, told = amend(asked, versions, tx.actor.id, tx.now)
    touched = await rules.touched_by(tx, version)
    if dry_run:
        return Amended(version, await _foreseen(tx, touched, version, versions.beside(version)))
    rules.add(tx, version)
    tx.publish(told)
    await tx.flush()  # from its first event to the commit no fence is put: none may come between ours
    return Amended(version, await _recount(tx, touched, version))


async def _recount(tx: Transaction, touched: list[UUID], version: RuleVersion) -> tuple[Moved, ...]:
    moved = list[Moved]()
    for ids in _slices(touched):
        state = await batch.load_matters(tx, ids)
        for id, known in state.found.items():
            state.matters[id], events = known.by_versions_of(version.rule.id, state.counting(known.window_id))
            tx.publish(*events)
            moved += _moves(known, state.matters[id])
        await batch.save(tx, state)
        await tx.flush()
    return tuple(moved)


async def _foreseen(
    tx: Transaction, touched: list[UUID], version: RuleVersion, versions: Versions
) -> tuple[Moved, ...]:
    moved, calendar = list[Moved](), await years.current(tx)
    for ids in _slices(touched):
        found = await matters.read(tx, ids)
        opening = await hours.of_windows(tx, {matter.window_id for matter in found.values()})
        for known in found.values():
            counting = Counting(calendar, opening[known.window_id], versions)
            moved += _moves(known, known.by_versions_of(version.rule.id, counting)[0])
    return tuple(moved)


def _moves(before: MatterClocks, after: MatterClocks) -> Iterator[Moved]:
    for id, clock in after.clocks.items():
        if clock.rule_version != before.clocks[id].rule_version:
            yield Moved(before.clocks[id], clock)


def _slices(ids: list[UUID]) -> Iterator[list[UUID]]:
    return (ids[at : at + AT_ONCE] for at in range(0, len(ids), AT_ONCE))
