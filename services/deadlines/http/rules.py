"""Routes of the rules and their versions."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field, StringConstraints

from services.deadlines import amendments
from services.deadlines.amendments import Amended, Moved
from services.deadlines.domain.amending import NEVER_LONGER, Amendment
from services.deadlines.domain.clock import Clock
from services.deadlines.domain.rules import RULES
from services.deadlines.domain.versions import RuleVersion, Versions
from shared.contracts.codes import Escalation
from shared.store.unit_of_work import Transaction
from shared.web import Answer, Body, Read, Run
from shared.workdays import Limit

router = APIRouter()
Code = Annotated[str, StringConstraints(max_length=40, pattern=r"^[\w.:-]+$")]
Text = Annotated[str, StringConstraints(max_length=500)]


class LimitIn(Body):
    """期限: how many of which unit (WD, WH, SAME_DAY, ND, M)."""

    amount: int = 1
    unit: Annotated[str, StringConstraints(max_length=20)]


class AmendmentIn(Body):
    """An amendment; flags that are not given stay as they are in force there."""

    limit: LimitIn
    valid_from: date
    basis: Text
    org_code: Code | None = None
    window_id: Code | None = None
    extendable: bool | None = None
    suspendable: bool | None = None
    red_at_once: bool | None = None
    listed: bool | None = None
    applies_to_running: bool = False
    reason: Text = ""


class VersionOut(Answer):
    """A version of a rule. Nowhere named it holds everywhere; the built-in one has no first day."""

    version: int
    org_code: str | None
    window_id: str | None
    valid_from: date | None
    limit: str
    limit_name: str
    extendable: bool
    suspendable: bool
    red_at_once: bool
    listed: bool
    applies_to_running: bool
    basis: str
    reason: str
    amended_by: str | None
    amended_at: datetime | None
    in_force: bool


class RuleOut(Answer):
    """A rule with its versions; one that is not active starts no clock yet and cannot be amended."""

    rule: str
    name: str
    active: bool
    never_extended: bool
    versions: list[VersionOut]


class RulesOut(Answer):
    """All rules."""

    items: list[RuleOut]


class StandOut(Answer):
    """How a clock stands."""

    rule_version: int
    limit: str
    limit_name: str
    due_at: datetime
    level: Escalation | None
    overdue: bool


class MovedOut(Answer):
    """A clock that runs by the new version though it began before."""

    deadline_id: UUID
    matter_id: UUID
    order_id: UUID | None
    unit_id: str | None
    org_code: str
    window_id: str
    started_at: datetime
    before: StandOut
    after: StandOut


class AmendedOut(Answer):
    """The new version, and every running clock that moves."""

    dry_run: bool
    rule: str
    name: str
    amended: VersionOut
    moved: list[MovedOut] = Field(description="in the order of their matters")


@router.get("/rules")
async def read_rules(read: Read) -> Response:
    async def work(tx: Transaction) -> RulesOut:
        versions = await amendments.read_versions(tx)
        return RulesOut(items=[_rule(rule, versions, tx.now) for rule in RULES])

    return await read(work)


@router.post("/rules/{rule}/versions")
async def amend_rule(rule: str, body: AmendmentIn, run: Run, dry_run: bool = False) -> Response:
    fields = body.model_dump(exclude={"limit"})
    asked = Amendment(rule, body.limit.amount, body.limit.unit, **fields)

    async def work(tx: Transaction) -> AmendedOut:
        return _amended(await amendments.amend_rule(tx, asked, dry_run), dry_run, tx.now)

    return await run(work, 200 if dry_run else 201)


def _rule(id: str, versions: Versions, now: datetime) -> RuleOut:
    of_rule = versions.of_rule(id)
    shown = [_version(each, versions.on(id, each.org_code, each.window_id, now) is each) for each in of_rule]
    rule = RULES[id]
    return RuleOut(rule=id, name=rule.name, active=rule.active, never_extended=id in NEVER_LONGER, versions=shown)


def _version(version: RuleVersion, in_force: bool) -> VersionOut:
    rule = version.rule
    built_in = version.valid_from is None
    return VersionOut(
        version=version.version, org_code=version.org_code, window_id=version.window_id, valid_from=version.valid_from,
        limit=" / ".join(map(str, rule.limits)), limit_name=" / ".join(each.in_words for each in rule.limits),
        extendable=rule.extendable, suspendable=rule.suspendable, red_at_once=rule.red_at_once, listed=rule.listed,
        applies_to_running=version.applies_to_running, basis=version.basis, reason=version.reason,
        amended_by=version.amended_by, amended_at=None if built_in else version.amended_at, in_force=in_force,
    )  # fmt: skip


def _amended(done: Amended, dry_run: bool, now: datetime) -> AmendedOut:
    rule, version = done.version.rule, _version(done.version, done.version.since <= now)
    moved = [_moved(each, now) for each in done.moved]
    return AmendedOut(dry_run=dry_run, rule=rule.id, name=rule.name, amended=version, moved=moved)


def _moved(moved: Moved, now: datetime) -> MovedOut:
    clock = moved.after
    return MovedOut(
        deadline_id=clock.id, matter_id=clock.matter_id, order_id=clock.order_id, unit_id=clock.unit_id,
        org_code=clock.org_code, window_id=clock.window_id, started_at=clock.started_at,
        before=_stand(moved.before, now), after=_stand(clock, now),
    )  # fmt: skip


def _stand(clock: Clock, now: datetime) -> StandOut:
    return StandOut(
        rule_version=clock.rule_version, limit=clock.limit, limit_name=Limit.parse(clock.limit).in_words,
        due_at=clock.due_at, level=Escalation(clock.level.value) if clock.level else None, overdue=clock.overdue(now),
    )  # fmt: skip
