"""A form of the desk: who may open it, in which states of a matter, what it asks, and to whom it goes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from services.console.desk.fields import Group, Values, body_of
from shared.contracts.actor import Actor
from shared.contracts.codes import MatterState, Role

STAFF, LEADER, CALLER = (Role.DUTY_STAFF, Role.DUTY_LEADER), (Role.DUTY_LEADER,), (Role.CALLBACK_OFFICER,)


@dataclass(frozen=True, slots=True)
class Form:
    """A form; `states` are those of the matter it is about, none for one that makes a matter."""

    title: str
    groups: tuple[Group, ...]
    roles: tuple[Role, ...] = STAFF
    states: tuple[MatterState, ...] = ()
    submit: str = "提交"
    fixed: Mapping[str, Any] = field(default_factory=dict)
    owner: Literal["intake", "triage", "referral"] = "intake"
    address: str = ""  # at the owner, below the matter; else the act's own name
    shaped: Callable[[dict[str, Any]], dict[str, Any]] | None = None  # where answers do not stand as they are sent
    finds_alike: bool = False  # offers a look for matters alike before it is sent
    on_sheet: bool = False  # filled in with the assessment before one's eyes
    is_offered: bool = True  # on the page of a matter; else another page leads to it
    on_proposal: bool = False  # only while something waits for the duty leader

    @property
    def carries_file(self) -> bool:
        """Whether a file goes with it, which browsers send in another way."""
        return any(field.shape == "file" for group in self.groups for field in group.fields)

    def is_for(self, actor: Actor, state: MatterState | None = None) -> bool:
        """Whether this person may open it now; intake decides in the end."""
        return actor.has(*self.roles) and (not self.states or state in self.states)

    def filled(self, values: Values) -> dict[str, Any]:
        """What the owner is sent."""
        body = {**body_of(self.groups, values), **self.fixed}
        return self.shaped(body) if self.shaped else body
