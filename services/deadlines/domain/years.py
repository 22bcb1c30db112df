"""When a year of the calendar may take the place of another, and what days that changes (handbook 2.6)."""

from datetime import date, timedelta

from shared.contracts.errors import Refused
from shared.workdays import Calendar, Year


def require_successor(known: Year | None, given: Year, reason: str | None) -> None:
    """Refuse a year that may not take the place of the one known: an official one changes only by a later notice."""
    if given.status == "historical" or (known and known.status == "historical"):
        raise Refused("calendar.final", f"{given.year}年的日历已成历史,随系统提供,不再载入或更改")
    if known is None or not known.firm:
        if given.status == "amended":
            raise Refused(
                "calendar.nothing_to_amend",
                f"{given.year}年还没有正式日历,不能按修订载入;请将 status 写为 official,并注明通知文号",
            )
        return
    if given.status != "amended":
        raise Refused(
            "calendar.amend_only",
            f"{given.year}年已有正式日历({known.doc_no}),只能凭修订通知更改:"
            "请将 status 写为 amended,注明修订通知的文号,并填写更改原因",
        )
    if not reason:
        raise Refused("calendar.no_reason", f"更改{given.year}年的正式日历须填写原因")


def changed_days(year: int, before: Calendar, after: Calendar) -> list[date]:
    """The days that are working days by one and not by the other; a notice reaches back into December."""
    first, last = date(year - 1, 12, 1), date(year, 12, 31)
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in days if before.is_working_day(day) != after.is_working_day(day)]
