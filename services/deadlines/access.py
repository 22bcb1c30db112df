"""Who sees which clocks (handbook 7).

A unit those that bind it, a window its own and a city's those that went up to it, the call-back officer of these the
call-backs, overseers their level and below.
"""

from sqlalchemy import ColumnElement, and_, false, or_

from services.deadlines.domain.rules import RULES
from services.deadlines.store.tables import DEADLINE
from shared.contracts.actor import Actor
from shared.contracts.codes import Role
from shared.contracts.errors import Forbidden
from shared.contracts.regions import is_city
from shared.rights import OVERSEEING_ROLES, UNIT_ROLES, WINDOW_ROLES, overseen, oversees

READERS = (*WINDOW_ROLES, Role.CALLBACK_OFFICER)
OF_CALLBACKS = ("D21",)
GONE_UP = ("RAISED", "LISTED")  # a county's red that it did not handle is the city's window's, too (5.2)
BINDS_UNITS = [rule.id for rule in RULES.values() if rule.binds_unit]


def visible(actor: Actor) -> ColumnElement[bool]:
    """The clocks an account may find; Forbidden for accounts that have nothing to do with deadlines."""
    if not actor.has(*READERS, *OVERSEEING_ROLES, *UNIT_ROLES):
        raise Forbidden("role.missing", "您的账号不能查看办理期限,请联系窗口值班人员")
    seen: list[ColumnElement[bool]] = []
    if actor.has(*WINDOW_ROLES) and actor.window_id:
        seen.append(DEADLINE.c.window_id == actor.window_id)
    if actor.has(Role.CALLBACK_OFFICER) and actor.window_id:
        seen.append(and_(DEADLINE.c.window_id == actor.window_id, DEADLINE.c.rule.in_(OF_CALLBACKS)))
    if actor.has(*WINDOW_ROLES) and actor.window_id and is_city(actor.org):
        seen.append(and_(DEADLINE.c.level.in_(GONE_UP), overseen(actor, DEADLINE.c.org_code)))
    if actor.has(*OVERSEEING_ROLES):
        seen.append(overseen(actor, DEADLINE.c.org_code))
    if actor.has(*UNIT_ROLES) and actor.unit_id:
        seen.append(and_(DEADLINE.c.unit_id == actor.unit_id, DEADLINE.c.rule.in_(BINDS_UNITS)))
    return or_(false(), *seen)


def require_rules(actor: Actor) -> None:
    """The table of rules is for windows and overseers: its rows name the kinds of matters."""
    if not actor.has(*WINDOW_ROLES, *OVERSEEING_ROLES):
        raise Forbidden("role.missing", "您的账号不能查看期限规则,请联系窗口值班人员")


def require_may_amend(actor: Actor, org_code: str | None) -> None:
    """党风政风监督室 manages the rules: the city's everywhere, a county's for its own body and windows."""
    if not actor.has(Role.SUPERVISION_DEPT):
        raise Forbidden("role.missing", "修订期限规则由党风政风监督室办理")
    if org_code is None and not is_city(actor.org):
        raise Forbidden("rule.city_only", "全市通用的期限规则由市级修订,您可以修订本县(区)及其窗口的规则")
    if org_code is not None and not oversees(actor, org_code):
        raise Forbidden("rule.other_org", "只能修订本级和下级的期限规则")


def loads_years(actor: Actor) -> None:
    """The calendar is the same everywhere: the city's 党风政风监督室 alone loads it."""
    if not actor.has(Role.SUPERVISION_DEPT) or not is_city(actor.org):
        raise Forbidden("role.missing", "只有市党风政风监督室可以载入工作日历")


def sees_rules(actor: Actor) -> bool:
    """Units are shown the limit, never the rule: its name may tell the kind of the matter."""
    return actor.has(*READERS, *OVERSEEING_ROLES)
