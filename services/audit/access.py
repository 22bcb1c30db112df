"""Who may look into the log: the city's overseers, as it cannot be shown in parts; a county reviews its own looks."""

from sqlalchemy import ColumnElement, true

from services.audit.store import LOOK
from shared.contracts.actor import Actor
from shared.contracts.codes import Role
from shared.contracts.errors import Forbidden
from shared.rights import OVERSEEING_ROLES

READERS = (Role.AUDIT_ADMIN, Role.SUPERVISION_DEPT, Role.COMMITTEE_LEADER)


def may_read(actor: Actor, region: str) -> None:
    """Envelopes and proofs are for the city's audit administrator, its supervision department and its leaders."""
    if not actor.has(*READERS):
        raise Forbidden("role.missing", "只有审计管理员、党风政风监督室和纪委监委领导可以查阅留痕日志")
    if actor.org != region:
        raise Forbidden("log.other_org", "留痕日志含全市各县区记录,请向市级监督部门申请查阅")


def may_read_bodies(actor: Actor) -> bool:
    """An audit administrator sees that something happened, not what it said."""
    return actor.has(Role.COMMITTEE_LEADER)


def visible_looks(actor: Actor, region: str) -> ColumnElement[bool]:
    """The looks a reviewer finds: the city's all, a county's department and leaders those at its own matters."""
    if actor.org == region:
        may_read(actor, region)
        return true()
    if not actor.has(*OVERSEEING_ROLES):
        may_read(actor, region)
    return LOOK.c.org_code == actor.org
