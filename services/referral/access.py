"""Who may act on orders and who may see them (handbook 7): roles from the token, the day's duty from the roster."""

from sqlalchemy import ColumnElement, Table, and_, false, or_

from services.referral.domain.orders import Order
from services.referral.domain.policies import Policy
from services.referral.store.tables import MATTER, MEETING, ORDER, RECUSAL
from shared.contracts.actor import Actor
from shared.contracts.codes import OrderState, Role
from shared.contracts.errors import Forbidden, NotFound
from shared.recusals import is_recused
from shared.rights import OVERSEEING_ROLES, UNIT_ROLES, WINDOW_ROLES, overseen, oversees


def of_a_unit(actor: Actor) -> None:
    """Only units acknowledge and answer; said before anything is looked up."""
    if not actor.has(*UNIT_ROLES) or actor.unit_id is None:
        raise Forbidden("role.missing", "只有承办单位的账号可以办理")


def of_a_window(actor: Actor) -> None:
    """Only people of a window sign, review and decide; said before anything is looked up."""
    if not actor.has(*WINDOW_ROLES):
        raise Forbidden("role.missing", "只有窗口值班人员和带班领导可以办理")


def of_the_committee(actor: Actor) -> None:
    """纪委监委分管领导 decides what goes beyond the duty leader; said before anything is looked up."""
    if not actor.has(Role.COMMITTEE_LEADER):
        raise Forbidden("role.missing", "只有纪委监委分管领导可以批准第二次延期")


def overseen_by(actor: Actor, org_code: str) -> None:
    """A window of another body is as good as not there."""
    if not oversees(actor, org_code):
        raise NotFound


def sets_prefixes(actor: Actor, org_code: str) -> None:
    """What order numbers begin with is set by 党风政风监督室 for windows of its level and below."""
    if not actor.has(Role.SUPERVISION_DEPT) or not oversees(actor, org_code):
        raise Forbidden("role.missing", "只有党风政风监督室可以设置本级和下级窗口的交办单文号")


def keeps_the_directory(actor: Actor) -> None:
    """The unit directory is in the hands of 党风政风监督室."""
    if not actor.has(Role.SUPERVISION_DEPT):
        raise Forbidden("role.missing", "只有党风政风监督室可以维护单位名录")


def keeps_policies(actor: Actor) -> None:
    """The library of policies is kept by those who look documents up: windows and 党风政风监督室."""
    if not actor.has(*WINDOW_ROLES, Role.SUPERVISION_DEPT):
        raise Forbidden("role.missing", "只有监督窗口和党风政风监督室可以维护政策依据库")


def may_end_policy(actor: Actor, policy: Policy) -> bool:
    """A document is ended by the body that entered it, or one above."""
    return actor.org == policy.org_code or oversees(actor, policy.org_code)


def reads_policies(actor: Actor) -> None:
    """Public law: everybody whose business it is, not the administrators."""
    if not actor.has(*WINDOW_ROLES, *OVERSEEING_ROLES, *UNIT_ROLES):
        raise Forbidden("role.missing", "您的账号没有查看政策依据库的权限")


def reads_terms(actor: Actor, unit_id: str) -> None:
    """Who was in office when is for those who check signatures, and for the unit itself."""
    own = _acts_for_unit(actor) and actor.unit_id == unit_id
    if not own and not actor.has(*WINDOW_ROLES, *OVERSEEING_ROLES):
        raise Forbidden("role.missing", "只有监督窗口、上级和本单位可以查看单位的任职情况")


def of_this_unit(actor: Actor, order: Order) -> None:
    """Another unit's order, and one not yet delivered, is as good as not there (8.24, 8.41)."""
    if order.unit_id != actor.unit_id or order.state is OrderState.DRAFT:
        raise NotFound


def of_this_window(actor: Actor, window_id: str) -> None:
    """Another window's matter is as good as not there."""
    if actor.window_id != window_id:
        raise NotFound


def is_unit(actor: Actor) -> bool:
    """Whether the reader gets the unit's view: the limit in words, never rule or kind."""
    return not actor.has(*WINDOW_ROLES, *OVERSEEING_ROLES)


def visible_orders(actor: Actor) -> ColumnElement[bool]:
    """Own window's orders, those overseen, and a unit's own once delivered."""
    own = and_(ORDER.c.unit_id == actor.unit_id, ORDER.c.delivered_at.is_not(None))
    return or_(_window_side(actor, ORDER), own if _acts_for_unit(actor) else false())


def visible_meetings(actor: Actor) -> ColumnElement[bool]:
    """Meetings on the own window's matters, those overseen, and those the unit is invited to."""
    invited = MEETING.c.unit_ids.contains([actor.unit_id])
    return or_(_window_side(actor, MATTER), invited if _acts_for_unit(actor) else false())


def on_window_side(actor: Actor) -> ColumnElement[bool]:
    """Comparisons and signed minutes stay on the window's side."""
    return _window_side(actor, MATTER)


def _window_side(actor: Actor, of: Table) -> ColumnElement[bool]:
    mine: list[ColumnElement[bool]] = [false()]
    if actor.has(*WINDOW_ROLES) and actor.window_id is not None:
        mine.append(of.c.window_id == actor.window_id)
    if actor.has(*OVERSEEING_ROLES):
        mine.append(overseen(actor, of.c.org_code))
    return and_(or_(*mine), ~is_recused(RECUSAL, of.c.matter_id, actor.id))


def _acts_for_unit(actor: Actor) -> bool:
    return actor.has(*UNIT_ROLES) and actor.unit_id is not None
