"""The demo's people and places: two teams a window, three people a unit, periods without a gap."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from bancheng.demo.identities import CITY, WINDOWS, identities, leader_of, resolve, staff_of, units
from bancheng.demo.seed import AT_LEAST, LENGTH, period_id, starts


@pytest.mark.parametrize(
    ("day", "team"),
    [
        (date(2026, 9, 28), 1), (date(2026, 10, 11), 1), (date(2026, 10, 12), 2), (date(2026, 10, 25), 2),
        (date(2026, 10, 26), 1),
    ],
)  # fmt: skip
def test_a_duty_role_is_the_team_that_is_on_duty_that_day(day: date, team: int) -> None:
    known = identities()
    assert known[resolve(f"duty_leader@{CITY}", day)]["sub"] == leader_of(CITY, team)
    assert known[resolve("duty_staff", day)]["sub"] == staff_of(CITY, team)[0]


def test_other_roles_are_found_by_role_and_place() -> None:
    known, day = identities(), date(2026, 9, 28)
    assert known[resolve("unit_principal@410200-U03", day)]["unit"] == "410200-U03"
    assert known[resolve("supervision_dept", day)]["org"] == "410200"
    with pytest.raises(KeyError):
        resolve("mayor", day)


def test_no_two_identities_share_an_account_and_nobody_serves_two_windows() -> None:
    known = identities()
    accounts = [claims["sub"] for claims in known.values()]
    assert len(set(accounts)) == len(accounts)
    for window in WINDOWS:
        leaders = {leader_of(window, 1), leader_of(window, 2)}
        assert len(leaders) == 2
        assert all(account.endswith(f"@{window}") for account in (*leaders, *staff_of(window, 1), *staff_of(window, 2)))


def test_every_unit_of_the_directory_has_its_principal_and_its_deputy_among_the_identities() -> None:
    known = identities()
    assert len(units()) >= 12
    for unit in units():
        assert known[f"unit_principal@{unit['unit_id']}"]["sub"] == unit["principal_id"]
        assert known[f"unit_deputy@{unit['unit_id']}"]["sub"] == unit["deputy_ids"]


def test_the_periods_join_without_gap_and_cover_the_stories() -> None:
    first = list(starts(AT_LEAST))
    assert [str(start) for start in first] == ["2026-09-28", "2026-10-12"]
    assert str(AT_LEAST) == "2026-10-25"
    longer = list(starts(date(2027, 1, 1)))
    assert all(after - before == LENGTH for before, after in pairwise(longer))
    assert longer[-1] <= date(2027, 1, 1) < longer[-1] + timedelta(days=14)
    assert period_id(CITY, first[1]) == "410200-W1-2026-10-12"
