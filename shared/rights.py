"""Rights that every service reads alike (handbook 7): whose roles count where, and who stands over whom."""

from typing import Any

from sqlalchemy import ColumnElement

from shared.contracts.actor import Actor
from shared.contracts.codes import Role
from shared.contracts.regions import is_city

WINDOW_ROLES = (Role.DUTY_STAFF, Role.DUTY_LEADER)
OVERSEEING_ROLES = (Role.SUPERVISION_DEPT, Role.COMMITTEE_LEADER)
UNIT_ROLES = (Role.UNIT_HANDLER, Role.UNIT_DEPUTY, Role.UNIT_PRINCIPAL)


def oversees(actor: Actor, org_code: str) -> bool:
    """Whether a body lies at the actor's own level or below: the city over all of it, a county over itself only."""
    return org_code.startswith(actor.org[:4]) if is_city(actor.org) else org_code == actor.org


def overseen(actor: Actor, org_code: ColumnElement[Any]) -> ColumnElement[bool]:
    """The same as a condition of a query."""
    return org_code.startswith(actor.org[:4], autoescape=True) if is_city(actor.org) else org_code == actor.org
