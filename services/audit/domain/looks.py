"""Looks at personal data, and refused ones, as far as the monthly review asks for them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

VIEWED: Final = ("bancheng.access.viewed_sensitive.v1", "bancheng.access.file_viewed.v1")
DENIED: Final = "bancheng.access.denied.v1"


@dataclass(frozen=True, slots=True)
class Look:
    """One look, by the place of its entry in the log."""

    index: int
    at: datetime
    subject: str
    org_code: str
    viewer_id: str
    field_group: str
    purpose: str
    denied: bool
    reason: str | None


def look(index: int, kind: str, subject: str, body: Any) -> Look | None:
    """The look that an entry of one of these `kind`s tells of; none where it is not written as it should be."""
    denied = kind == DENIED
    try:
        at = datetime.fromisoformat(body["denied_at" if denied else "viewed_at"])
        org, viewer, group, purpose = (str(body[name]) for name in ("org_code", "viewer_id", "field_group", "purpose"))
        reason = str(body["reason_code"]) if denied else None
        return Look(index, at, subject, org, viewer, group, purpose, denied, reason)
    except (KeyError, ValueError, TypeError):
        return None  # the entry stands in the log all the same
