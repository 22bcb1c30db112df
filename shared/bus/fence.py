"""The fence: once a service has told that everything dated before T is out, nothing dated before T is written any more.

An act that took its time before the fence and writes behind it is refused as a conflict and done again, with a later
date. A host whose clock is a little behind learns the time of the fence from the refusal and goes on from there; a
fence put by a clock that was far ahead is taken back, and stops nobody meanwhile.
"""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from asyncpg import LockNotAvailableError, SerializationError

from shared import clock
from shared.workdays import ZONE

LOCK = 0x66656E6365  # "fence": writers hold it shared from their events to the commit (`in_time`, made by a migration)
HINT = "told_upto="

# As the first migration that had it made it (shared/store/revisions.py). The two statements see what was told while the
# first one waited; a database ends whoever does nothing for a minute, so that what is older still is no race.
IN_TIME = f"""
CREATE FUNCTION in_time(dated timestamptz) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
DECLARE told timestamptz;
BEGIN
    PERFORM pg_advisory_xact_lock_shared({LOCK});
    SELECT told_upto INTO told FROM relay_state;
    IF dated < told AND dated > told - interval '2 minutes' THEN
        RAISE 'dated before what was told already' USING ERRCODE = 'serialization_failure',
            HINT = '{HINT}' || extract(epoch FROM told);
    END IF;
    RETURN true;
END $$"""

_RAISE = """
BEGIN;
SET LOCAL lock_timeout = '100ms';
SELECT pg_advisory_xact_lock({lock});
UPDATE relay_state SET told_upto = CASE WHEN told_upto < {upto} + interval '2 minutes'
                                   THEN greatest(told_upto, {upto}) ELSE {upto} END;
COMMIT"""


async def put(connection: Any, upto: datetime) -> bool:
    """Let nothing dated before `upto` be written from now on; what was being written has committed then.

    False where somebody writes for so long that the others would have to wait behind us.
    """
    # Nobody sets a standing clock before all has settled; and a test may set it back.
    kept = "told_upto" if clock.stands_still() else f"timestamptz '{upto.isoformat()}'"
    try:
        await connection.execute(_RAISE.format(lock=LOCK, upto=kept))
    except LockNotAvailableError:
        await connection.execute("ROLLBACK")
        return False
    return True


def learn(error: BaseException) -> None:
    """Take the time of the fence from a refusal."""
    hint = getattr(error, "hint", None) if isinstance(error, SerializationError) else None
    if hint and hint.startswith(HINT):
        with suppress(ValueError, OverflowError):
            told = datetime.fromtimestamp(float(hint.removeprefix(HINT)), UTC)
            clock.not_before(told.astimezone(ZONE))
