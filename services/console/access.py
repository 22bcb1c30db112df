"""Who sees which matters (handbook 7); what a reader may not see is left out in the query, not on the page."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, case, cast, exists, null, or_, select
from sqlalchemy.dialects.postgresql import JSONB

from services.console.store.tables import CLOCK, MATTER, ORDER, RECUSAL, TIMELINE
from shared.contracts.actor import Actor
from shared.contracts.codes import Disclosure, MatterState, Role
from shared.contracts.errors import Forbidden
from shared.contracts.regions import is_city
from shared.recusals import is_recused
from shared.rights import OVERSEEING_ROLES, UNIT_ROLES, WINDOW_ROLES

TO_CALL_BACK = (MatterState.CALLBACK.value, MatterState.CLOSED.value)


@dataclass(frozen=True, slots=True)
class Sight:
    """What an account sees: the matters of a window, of one or all bodies, or its unit's orders and nothing around.

    `to_call_back` leaves of a window's matters those in call-back and those closed.
    """

    window_id: str | None = None
    org_prefix: str | None = None
    org_code: str | None = None
    unit_id: str | None = None
    to_call_back: bool = False
    account_id: str = ""

    @property
    def internal(self) -> bool:
        """Whether judgements, rules and other units are shown."""
        return self.unit_id is None

    @property
    def many_windows(self) -> bool:
        """Whether there is a choice of windows."""
        return self.internal and self.window_id is None


def sight_of(actor: Actor) -> Sight:
    """What this account sees; an account without business in the console is told so."""
    if actor.org_type == "DISCIPLINE" and actor.has(*OVERSEEING_ROLES):
        if is_city(actor.org):
            return Sight(org_prefix=actor.org[:4], account_id=actor.id)
        return Sight(org_code=actor.org, account_id=actor.id)
    if actor.org_type == "DISCIPLINE" and actor.has(*WINDOW_ROLES) and actor.window_id:
        return Sight(window_id=actor.window_id, account_id=actor.id)
    if actor.org_type == "DISCIPLINE" and actor.has(Role.CALLBACK_OFFICER) and actor.window_id:
        return Sight(window_id=actor.window_id, to_call_back=True, account_id=actor.id)
    if actor.org_type == "UNIT" and actor.has(*UNIT_ROLES) and actor.unit_id:
        return Sight(unit_id=actor.unit_id)
    raise Forbidden("role.missing", "您的账号没有查看事项的权限,如需查看请联系本单位管理员核对岗位")


def opens_content(actor: Actor) -> bool:
    """Whether somebody is led to words and files; intake decides in the end."""
    return actor.has(*WINDOW_ROLES, *OVERSEEING_ROLES)


def sees_roster(actor: Actor) -> bool:
    """Whether somebody is led to the duty roster; intake decides in the end."""
    return actor.has(*WINDOW_ROLES, *OVERSEEING_ROLES)


def sees_calendar(actor: Actor) -> bool:
    """Whether somebody is led to the calendar of working days."""
    return actor.has(Role.SUPERVISION_DEPT)


def loads_calendar(actor: Actor) -> bool:
    """Whether somebody is led to loading a year of it; deadlines decides in the end."""
    return actor.has(Role.SUPERVISION_DEPT) and is_city(actor.org)


def sees_orders(actor: Actor) -> bool:
    """Whether somebody is led to orders; referral decides in the end."""
    return actor.has(*WINDOW_ROLES, *OVERSEEING_ROLES, *UNIT_ROLES)


def receives_papers(actor: Actor) -> bool:
    """Whether somebody is led to an inbox: those to whom papers of supervision go."""
    return actor.has(*WINDOW_ROLES, *OVERSEEING_ROLES, *UNIT_ROLES)


def sums_callbacks(actor: Actor) -> bool:
    """Whether somebody is led to the summary of call-backs; intake decides in the end."""
    return actor.has(Role.DUTY_LEADER, Role.CALLBACK_OFFICER, *OVERSEEING_ROLES)


def reviews_looks(actor: Actor) -> bool:
    """Whether somebody is led to the monthly review of looks; audit decides in the end."""
    return actor.has(*OVERSEEING_ROLES)


def amends_rules(actor: Actor) -> bool:
    """Whether somebody is led to the rules of time limits; deadlines decides in the end."""
    return actor.has(Role.SUPERVISION_DEPT)


def explains(sight: Sight, rule: str) -> bool:
    """Whether somebody is led to how a due time comes about; deadlines decides in the end."""
    return not sight.to_call_back or rule == CALLING_BACK


def matters(sight: Sight) -> ColumnElement[bool]:
    """The matters in sight, without those in which the reader declared an interest; a unit's by its orders."""
    if sight.unit_id is not None:
        return exists(
            select(ORDER.c.order_id).where(
                ORDER.c.matter_id == MATTER.c.matter_id,
                ORDER.c.unit_id == sight.unit_id,
                ORDER.c.delivered_at.is_not(None),
            )
        )
    if sight.to_call_back:
        return and_(_of_place(sight, MATTER), MATTER.c.state.in_(TO_CALL_BACK))
    return _of_place(sight, MATTER)


def open_clocks(sight: Sight) -> ColumnElement[bool]:
    """The running clocks of matters in sight, by the window and body that each clock names itself."""
    if sight.internal and not sight.to_call_back:
        return _of_place(sight, CLOCK)
    of_matter = exists(select(MATTER.c.matter_id).where(MATTER.c.matter_id == CLOCK.c.matter_id, matters(sight)))
    return and_(of_matter, *clocks(sight)) if sight.unit_id else and_(_of_place(sight, CLOCK), of_matter)


def _of_place(sight: Sight, table: Table) -> ColumnElement[bool]:
    """What belongs to the window or the bodies of a reader who declared no interest in it."""
    own = ~is_recused(RECUSAL, table.c.matter_id, sight.account_id)
    if sight.window_id is not None:
        return and_(table.c.window_id == sight.window_id, own)
    return and_(bodies(sight, table.c.org_code), own)


def bodies(sight: Sight, org_code: ColumnElement[str]) -> ColumnElement[bool]:
    """The bodies whose matters an overseer sees: the own one; for the city all below it too."""
    if sight.org_prefix is not None:
        return org_code.startswith(sight.org_prefix, autoescape=True)
    return org_code == sight.org_code


def orders(sight: Sight) -> list[ColumnElement[bool]]:
    """Of a matter in sight: all orders, or those delivered to the own unit."""
    return [] if sight.internal else [ORDER.c.unit_id == sight.unit_id, ORDER.c.delivered_at.is_not(None)]


def clocks(sight: Sight) -> list[ColumnElement[bool]]:
    """Of a matter in sight: all clocks, or those that bind the own unit; the window's review names a unit too."""
    if sight.internal:
        return []
    return [CLOCK.c.unit_id == sight.unit_id, binds_unit()]


def binds_unit() -> ColumnElement[bool]:
    """Whether a clock binds the unit of an order; every other one binds the window."""
    return and_(CLOCK.c.order_id.is_not(None), CLOCK.c.unit_id.is_not(None), CLOCK.c.rule.in_(BINDING_UNITS))


def lines(sight: Sight, for_units: Collection[str]) -> list[ColumnElement[bool]]:
    """Of a timeline in sight: every line, or those a unit may read about its own orders."""
    if sight.internal:
        return []
    rule = TIMELINE.c.facts["rule"].astext
    binding = or_(rule.is_(None), rule.in_(BINDING_UNITS))
    return [TIMELINE.c.unit_id == sight.unit_id, TIMELINE.c.type.in_(for_units), binding]


def matter_columns(sight: Sight) -> list[ColumnElement[Any]]:
    """A unit does not read how the matter was judged, and of the reporter at most that they agreed to be named."""
    agreed = case((MATTER.c.disclosure == Disclosure.AGREE.value, MATTER.c.disclosure))
    return _columns(sight, MATTER, {name: null() for name in _JUDGEMENT} | {"disclosure": agreed})


def order_columns(sight: Sight) -> list[ColumnElement[Any]]:
    """A unit's order without its rule, which would tell the kind."""
    return _columns(sight, ORDER, {"rule": null()})


def clock_columns(sight: Sight) -> list[ColumnElement[Any]]:
    """A unit's clock says only whether it is for the acknowledgement or for the work."""
    return _columns(sight, CLOCK, {"rule": case((CLOCK.c.rule == ACKNOWLEDGING, "ACK"), else_="WORK")})


def line_columns(sight: Sight) -> list[ColumnElement[Any]]:
    """Lines for a unit: no rule, no account ids."""
    rule = case((TIMELINE.c.facts["rule"].astext == ACKNOWLEDGING, '{"rule": "ACK"}'), else_='{"rule": "WORK"}')
    shown = TIMELINE.c.facts.op("||")(cast(rule, JSONB))
    return _columns(sight, TIMELINE, {"facts": shown, "actor": cast("", TIMELINE.c.actor.type)})


ACKNOWLEDGING, CALLING_BACK = "D06", "D21"
# The rules whose clocks a unit answers for (handbook 5.1); all others are the window's.
BINDING_UNITS = ("D06", "D07", "D08", "D11", "D12", "D13", "D15", "D16", "D17", "D18", "D22")
_JUDGEMENT = (
    "kind", "policy", "assessed_cause", "root_cause", "class_hint", "group_size", "responsible_unit_id",
)  # fmt: skip


def _columns(sight: Sight, table: Table, hidden: dict[str, ColumnElement[Any]]) -> list[ColumnElement[Any]]:
    masked = {} if sight.internal else hidden
    return [masked[column.name].label(column.name) if column.name in masked else column for column in table.c]
