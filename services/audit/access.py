"""Who may look into the log: the city's overseers; a log of all counties cannot be shown in parts."""

from shared.contracts.actor import Actor
from shared.contracts.codes import Role
from shared.contracts.errors import Forbidden

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
