"""Who may do and see what (handbook 7): the role comes from the token, today's duty from the roster."""

from sqlalchemy import ColumnElement, and_, false, or_

from services.intake.marking import of_org, of_window
from services.intake.store.matters import File
from services.intake.store.tables import INTEREST, MATTER, RECUSAL, WINDOW
from shared.contracts.actor import Actor
from shared.contracts.codes import Disclosure, MatterState, Role
from shared.contracts.errors import Forbidden, NotFound
from shared.contracts.regions import is_city
from shared.recusals import is_recused
from shared.rights import OVERSEEING_ROLES, UNIT_ROLES, WINDOW_ROLES, overseen, oversees
from shared.roster import OnDuty, require_leader, require_leader_or_own, require_staff, require_staff_or_own

DISCIPLINE, UNIT = "DISCIPLINE", "UNIT"


def at_window(actor: Actor) -> None:
    """Only people of a window handle matters; said before anything is looked up."""
    if not actor.has(*WINDOW_ROLES) or actor.org_type != DISCIPLINE:
        raise Forbidden("role.missing", "只有窗口值班人员和带班领导可以办理")


def staff_on_duty(duty: OnDuty | None, actor: Actor, doing: str) -> OnDuty:
    """值班人员 or 带班领导 of today."""
    at_window(actor)
    return require_staff(duty, actor, doing)


def leader_on_duty(duty: OnDuty | None, actor: Actor, doing: str) -> OnDuty:
    """带班领导 of today."""
    at_window(actor)
    return require_leader(duty, actor, doing)


def staff_or_own(actor: Actor, file: File, doing: str) -> None:
    """值班人员 or 带班领导 of today, and after their period who goes on with an own open matter."""
    at_window(actor)
    require_staff_or_own(file.duty, actor, file.matter.hands, file.matter.is_open, doing)


def leader_or_own(actor: Actor, file: File, doing: str) -> None:
    """带班领导 of today, and after their period the one who goes on with an own open matter."""
    at_window(actor)
    own = file.matter.hands if actor.has(Role.DUTY_LEADER) else ()
    require_leader_or_own(file.duty, actor, own, file.matter.is_open, doing)


def calling_back(actor: Actor) -> None:
    """Only call-back officers call, never the unit."""
    if not actor.has(Role.CALLBACK_OFFICER) or actor.org_type != DISCIPLINE:
        raise Forbidden("role.missing", "只有回访员可以登记回访")


def searching(actor: Actor) -> None:
    """Who may open content may look for words in it."""
    if not actor.has(*WINDOW_ROLES, *OVERSEEING_ROLES) or actor.org_type != DISCIPLINE:
        raise Forbidden("role.missing", "只有窗口值班人员、带班领导和党风政风监督室可以检索事项")


def search_scope(actor: Actor) -> list[str]:
    """By which marks a search is kept to what `visible` lets through; none where that is nearly everything."""
    if actor.has(*OVERSEEING_ROLES):
        return [] if is_city(actor.org) else [of_org(actor.org)]
    return [of_window(actor.window_id or "")]


def drawing(actor: Actor) -> None:
    """Who calls back, and who answers for the window, may draw whom to call."""
    if not actor.has(Role.CALLBACK_OFFICER, Role.DUTY_LEADER) or actor.org_type != DISCIPLINE:
        raise Forbidden("role.missing", "只有回访员和带班领导可以抽取、汇总回访")


def counted_callbacks(actor: Actor) -> ColumnElement[bool]:
    """Matters whose call-backs this account may count: as numbers only, whatever state they are in now."""
    if actor.org_type == DISCIPLINE and actor.has(*OVERSEEING_ROLES):
        return overseen(actor, MATTER.c.org_code)
    drawing(actor)
    return of_own_window(actor)


def declaring_interest(actor: Actor) -> None:
    """People of the discipline body, each for themselves."""
    roles = (*WINDOW_ROLES, *OVERSEEING_ROLES, Role.CALLBACK_OFFICER)
    if actor.org_type != DISCIPLINE or not actor.has(*roles):
        raise Forbidden("role.missing", "只有纪检监察机关工作人员需要申报与单位的利害关系")


def visible_interests(actor: Actor) -> ColumnElement[bool]:
    """One's own, and for 党风政风监督室 those of its level and below."""
    own = INTEREST.c.account_id == actor.id
    return or_(own, overseen(actor, INTEREST.c.org_code)) if is_department(actor) else own


def answering_alarm(actor: Actor, file: File, has_passed_on: bool) -> None:
    """The duty leader of the window; once it has been left too long, those who oversee it as well."""
    if not (has_passed_on and actor.has(*OVERSEEING_ROLES)):
        leader_on_duty(file.duty, actor, "处置紧急提醒")


def at_department(actor: Actor, doing: str) -> None:
    """党风政风监督室 archives, and decides what is erased, in the matters that it oversees."""
    if not is_department(actor):
        raise Forbidden("role.missing", f"只有党风政风监督室可以{doing}")


def receiving(actor: Actor) -> None:
    """Who may bring in what other channels received."""
    if not actor.has(Role.DUTY_STAFF, Role.DUTY_LEADER, Role.SUPERVISION_DEPT) or actor.org_type != DISCIPLINE:
        raise Forbidden("role.missing", "只有值班人员和党风政风监督室可以导入来件")


def running_roster(actor: Actor, org_code: str) -> None:
    """党风政风监督室 keeps windows and the roster of its own level and below."""
    if not is_department(actor) or not oversees(actor, org_code):
        raise Forbidden("role.missing", "只有党风政风监督室可以设置本级和下级窗口及其值班安排")


def approving_substitution(actor: Actor, org_code: str) -> None:
    """替班 is approved by 党风政风监督室 of the window's own level or above."""
    if not is_department(actor) or not oversees(actor, org_code):
        raise Forbidden("role.missing", "替班须由本级或上级党风政风监督室批准")


def of_own_window(actor: Actor) -> ColumnElement[bool]:
    """Matters that commands of this account may touch; another window's are as good as not there."""
    return MATTER.c.window_id == actor.window_id if actor.window_id else false()


def visible(actor: Actor) -> ColumnElement[bool]:
    """Matters that a reader can find: the own window's; for overseers those of their level and below."""
    if actor.org_type != DISCIPLINE:
        return false()
    mine: list[ColumnElement[bool]] = []
    if actor.has(*WINDOW_ROLES):
        mine.append(of_own_window(actor))
    if actor.has(Role.CALLBACK_OFFICER):
        called = MATTER.c.state.in_([MatterState.CALLBACK.value, MatterState.CLOSED.value])
        mine.append(and_(of_own_window(actor), called))
    if actor.has(*OVERSEEING_ROLES):
        mine.append(overseen(actor, MATTER.c.org_code))
    return or_(false(), *mine)


def listed(actor: Actor) -> ColumnElement[bool]:
    """What `visible` lets through, without the matters in which the reader declared an interest."""
    return and_(visible(actor), ~is_recused(RECUSAL, MATTER.c.matter_id, actor.id))


def calling_reporters(actor: Actor) -> None:
    """Only people of a unit go by the contact sheet; said before anything is looked up."""
    if actor.org_type != UNIT or not actor.has(*UNIT_ROLES) or actor.unit_id is None:
        raise Forbidden("role.missing", "只有承办单位的账号可以查看反映人联系单")


def ordered_to(actor: Actor) -> ColumnElement[bool]:
    """Matters with an order to the actor's unit, of reporters who agreed to be named to it."""
    return and_(
        MATTER.c.orders.contains([{"unit_id": actor.unit_id}]), MATTER.c.disclosure == Disclosure.AGREE.value
    )  # fmt: skip


def visible_windows(actor: Actor) -> ColumnElement[bool]:
    """Windows and rosters: the own one, for overseers those of their level and below; none for administrators."""
    if actor.org_type != DISCIPLINE:
        return false()
    mine: list[ColumnElement[bool]] = []
    if actor.has(*WINDOW_ROLES, Role.CALLBACK_OFFICER):
        mine.append(WINDOW.c.window_id == actor.window_id)
    if actor.has(*OVERSEEING_ROLES):
        mine.append(overseen(actor, WINDOW.c.org_code))
    return or_(false(), *mine)


def opening_content(actor: Actor, file: File) -> None:
    """Facts and demand: who is on duty, and overseers; the call-back officer gets by with the title."""
    if actor.has(*OVERSEEING_ROLES):
        return
    if not actor.has(*WINDOW_ROLES):
        raise NotFound
    require_staff_or_own(file.duty, actor, file.matter.hands, file.matter.is_open, "查看反映内容")


def opening_identity(actor: Actor, file: File) -> bool:
    """Whether in full: who is on duty, or goes on with an own open matter; for a call name and phone."""
    if actor.has(*OVERSEEING_ROLES):
        return True
    if actor.has(Role.CALLBACK_OFFICER) and file.matter.is_to_be_called:
        return False
    if actor.has(*WINDOW_ROLES):
        require_staff_or_own(file.duty, actor, file.matter.hands, file.matter.is_open, "查看反映人身份")
        return True
    raise NotFound


def opening_contact_sheet(actor: Actor, file: File) -> None:
    """A unit while it holds an open order; whatever the reason, it learns only that there is no sheet for it."""
    if file.erased_at is not None or not file.matter.may_be_called_by(actor.unit_id or ""):
        raise NotFound


def is_department(actor: Actor) -> bool:
    """Whether somebody is of 党风政风监督室 of a discipline body."""
    return actor.has(Role.SUPERVISION_DEPT) and actor.org_type == DISCIPLINE
