"""Who may judge, decide and read (handbook 7): the role comes from the token, the day's duty from the roster."""

from sqlalchemy import ColumnElement, false, or_

from services.triage.domain import Assessment
from services.triage.store.tables import ASSESSMENT
from shared.contracts.actor import Actor
from shared.contracts.codes import AssessmentState, Role
from shared.contracts.errors import Forbidden, NotFound
from shared.rights import OVERSEEING_ROLES, WINDOW_ROLES, overseen
from shared.roster import OnDuty, require_leader, require_staff


def of_a_window(actor: Actor) -> None:
    """Only people of a window work on assessments; said before anything is looked up."""
    if not actor.has(*WINDOW_ROLES):
        raise Forbidden("role.missing", "只有窗口值班人员和带班领导可以办理研判、批转")


def of_this_window(actor: Actor, sheet: Assessment) -> None:
    """Another window's matter is as good as not there."""
    if actor.window_id != sheet.window_id:
        raise NotFound


def may_propose(actor: Actor, sheet: Assessment, duty: OnDuty | None) -> None:
    require_staff(duty, actor, doing="提出研判意见")


def may_send_back(actor: Actor, sheet: Assessment, duty: OnDuty | None) -> None:
    _leader(actor, duty, doing="退回研判意见")


def may_reclassify(actor: Actor, sheet: Assessment, duty: OnDuty | None) -> None:
    """Staff may correct what is not yet decided; what the leader approved only the leader changes."""
    if sheet.state is AssessmentState.APPROVED:
        _leader(actor, duty, doing="对已批转事项重新分类")
    else:
        require_staff(duty, actor, doing="重新分类")


def may_approve(actor: Actor, sheet: Assessment, duty: OnDuty | None) -> None:
    _leader(actor, duty, doing="批转")


def confirming(actor: Actor) -> None:
    """党风政风监督室 agrees that a matter is no longer 不给办; whether its own units are in it, the domain sees."""
    if not actor.has(Role.SUPERVISION_DEPT) or actor.org_type != "DISCIPLINE":
        raise Forbidden("role.missing", "由“不给办”改为其他类别,只有党风政风监督室可以复核")


def visible(actor: Actor) -> ColumnElement[bool]:
    """Which assessments a reader can find: the own window's; for overseers those of their level and below."""
    mine: list[ColumnElement[bool]] = []
    if actor.has(*WINDOW_ROLES) and actor.window_id is not None:
        mine.append(ASSESSMENT.c.window_id == actor.window_id)
    if actor.has(*OVERSEEING_ROLES):
        mine.append(overseen(actor, ASSESSMENT.c.org_code))
    return or_(false(), *mine)


def may_read_words(actor: Actor, sheet: Assessment) -> bool:
    """Notes, reasons and opinions stay with the people of the window, and who is to agree to what they ask for."""
    of_window = actor.has(*WINDOW_ROLES) and actor.window_id == sheet.window_id
    return of_window or (sheet.lowering is not None and actor.has(Role.SUPERVISION_DEPT))


def _leader(actor: Actor, duty: OnDuty | None, doing: str) -> None:
    if not actor.has(Role.DUTY_LEADER):
        raise Forbidden("role.missing", f"只有带班领导可以{doing}")
    require_leader(duty, actor, doing)
