"""Who sees which clocks (handbook 7).

A unit those that bind it, a window its own, the call-back officer of these the call-backs, overseers their level and
below.
"""

from sqlalchemy import ColumnElement, and_, false, or_

from services.deadlines.domain.rules import RULES
from services.deadlines.store.tables import DEADLINE
from shared.contracts.actor import Actor
from shared.contracts.codes import Role
from shared.contracts.errors import Forbidden
from shared.rights import OVERSEEING_ROLES, UNIT_ROLES, WINDOW_ROLES, is_city, overseen

READERS = (*WINDOW_ROLES, Role.CALLBACK_OFFICER)
OF_CALLBACKS = ("D21",)
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
    if actor.has(*OVERSEEING_ROLES):
        seen.append(overseen(actor, DEADLINE.c.org_code))
    if actor.has(*UNIT_ROLES) and actor.unit_id:
        seen.append(and_(DEADLINE.c.unit_id == actor.unit_id, DEADLINE.c.rule.in_(BINDS_UNITS)))
    return or_(false(), *seen)


def loads_years(actor: Actor) -> None:
    """The calendar is the same everywhere: the city's 党风政风监督室 alone loads it."""
    if not actor.has(Role.SUPERVISION_DEPT) or not is_city(actor.org):
        raise Forbidden("role.missing", "只有市党风政风监督室可以载入工作日历")


def sees_rules(actor: Actor) -> bool:
    """Units are shown the limit, never the rule: its name may tell the kind of the matter."""
    return actor.has(*READERS, *OVERSEEING_ROLES)
