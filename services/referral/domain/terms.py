"""任职: who is principal (主要负责人) or deputy of a unit, from which day to which; history is kept."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from shared.contracts.errors import Refused

ONE_DAY = timedelta(days=1)
MOST_AHEAD = timedelta(days=366)


class Post(StrEnum):
    """职务."""

    PRINCIPAL = "PRINCIPAL"
    DEPUTY = "DEPUTY"


@dataclass(frozen=True, slots=True)
class Term:
    """One account in one post, both days included; without `until` to this day."""

    account_id: str
    post: Post
    since: date
    until: date | None = None

    def covers(self, day: date) -> bool:
        """Whether the account is in office on that day."""
        return self.since <= day and (self.until is None or day <= self.until)


def principals(terms: Iterable[Term]) -> list[Term]:
    """The principals of a unit, one after the other."""
    return sorted((term for term in terms if term.post is Post.PRINCIPAL), key=lambda term: term.since)


def appointed(terms: Iterable[Term], account_id: str, since: date | None, first_day: date, today: date) -> list[Term]:
    """The principals once a line names the latest one, in office since a day or as before.

    A new unit's principal is there from its first day, another one without a date from today. The former principal's
    term ends the day before. An appointment still to come is taken back by naming somebody else.
    """
    if since is not None and since > today + MOST_AHEAD:
        raise _wrong("主要负责人的任职日期在一年以后,请核对")
    if since is not None and since < first_day:
        raise _wrong("主要负责人的任职日期早于单位设立日期,请核对")
    held = principals(terms)
    if held and held[-1].account_id != account_id:
        held = [term for term in held if term.since <= today]
    if held and held[-1].account_id == account_id:
        known = held.pop().since
        if since is not None and known <= today < since:
            raise _wrong("现任主要负责人已经到任,任职日期不能改到今天以后,请核对")
    else:
        known = today if held else first_day
    begins = since or known
    if held and begins <= held[-1].since:
        raise _wrong(f"主要负责人的任职日期须晚于前任的任职日期{held[-1].since:%Y年%m月%d日},请填写或核对任职日期")
    if held:
        held[-1] = replace(held[-1], until=begins - ONE_DAY)
    return [*held, Term(account_id, Post.PRINCIPAL, begins)]


def deputised(terms: Iterable[Term], account_ids: Sequence[str], first_day: date, today: date) -> list[Term]:
    """The deputies once a line names those in office: who is new begins, who is named no longer ended yesterday."""
    kept: list[Term] = []
    for term in terms:
        if term.post is not Post.DEPUTY:
            continue
        if term.until is not None or term.account_id in account_ids:
            kept.append(term)
        elif term.since < today:
            kept.append(replace(term, until=today - ONE_DAY))
    there = {term.account_id for term in kept if term.until is None}
    return [*kept, *(Term(one, Post.DEPUTY, first_day) for one in dict.fromkeys(account_ids) if one not in there)]


def in_order(terms: Iterable[Term]) -> tuple[Term, ...]:
    """Terms as they are kept and shown."""
    return tuple(sorted(terms, key=lambda term: (term.since, term.post, term.account_id)))


def _wrong(message: str) -> Refused:
    return Refused("unit.principal_since", message)
