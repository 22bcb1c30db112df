"""Moments in cursors."""

from datetime import datetime


def moment_of(text: str) -> datetime:
    """A moment in a cursor; one that the database could not hold is as bad as none."""
    moment = datetime.fromisoformat(text)
    if not 1900 < moment.year < 9000:
        raise ValueError(text)
    return moment
