"""收件箱: whose box a paper of supervision goes into, by its addressee and by what a reader's token says."""

from shared.contracts.actor import Actor
from shared.contracts.deadlines import Addressee


def box_of(to: Addressee) -> str:
    """The box of an account, or of a role at a unit or a body; what names none of them is nobody's."""
    if to.account_id is not None:
        return f"account {to.account_id}"
    return _of_role(to.role, unit_id=to.unit_id, org_code=to.org_code)


def boxes_of(reader: Actor) -> list[str]:
    """The boxes that somebody opens; a role at the city is not the same role at a county."""
    boxes = [f"account {reader.id}"]
    for role in sorted(reader.roles):
        boxes.append(_of_role(role, unit_id=None, org_code=reader.org))
        if reader.unit_id is not None:
            boxes.append(_of_role(role, unit_id=reader.unit_id, org_code=None))
    return boxes


def _of_role(role: str, unit_id: str | None, org_code: str | None) -> str:
    return f"{role} unit {unit_id}" if unit_id is not None else f"{role} body {org_code or ''}"
