"""Who acts: what the claims of a token say (docs/identity.md)."""

from dataclasses import dataclass

from shared.contracts.codes import Role


@dataclass(frozen=True, slots=True)
class Actor:
    """An account with its organisation, roles and place; `org` is the region code of the body it belongs to."""

    id: str
    org: str
    org_type: str
    roles: frozenset[Role] = frozenset()
    window_id: str | None = None
    unit_id: str | None = None

    def has(self, *roles: Role) -> bool:
        """Whether the account carries at least one of the roles."""
        return any(role in self.roles for role in roles)

    @property
    def role(self) -> str:
        """The role for the record of an act: the only one, or all of them in order."""
        return ",".join(sorted(self.roles)) or self.org_type.lower()


SYSTEM = Actor("system", "", "SYSTEM")
ANYBODY = Actor("anybody", "", "PUBLIC")  # who asks what is open to everybody, without signing in
