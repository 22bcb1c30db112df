"""A year's roster from teams in rotation: fortnights without gap, handed over before holidays."""

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from bancheng.client.problems import WrongInput
from bancheng.roster.plan import Planned, plan
from bancheng.roster.teams import Team, read_teams
from shared.workdays import builtin_calendar

TEAMS = [Team("leader-1", ("a", "b")), Team("leader-2", ("c", "d")), Team("leader-3", ("e", "f"))]


def planned(first: date, until: date) -> list[Planned]:
    return plan("410200-W1", first, until, TEAMS, builtin_calendar())


def test_a_year_is_covered_by_fortnights_that_join_with_teams_taking_turns() -> None:
    year = planned(date(2026, 10, 26), date(2027, 10, 24))
    assert len(year) == 26
    assert (year[0].period.start_date, year[-1].period.end_date) == (date(2026, 10, 26), date(2027, 10, 24))
    for each, following in pairwise(year):
        assert following.period.start_date - each.period.end_date == timedelta(days=1)
        assert each.period.end_date - each.period.start_date == timedelta(days=13)
        assert following.team == each.team % 3 + 1
    assert len(planned(date(2026, 10, 26), date(2026, 11, 9))) == 2


def test_a_change_inside_spring_festival_is_handed_over_on_the_last_working_day_before_it() -> None:
    third = planned(date(2026, 1, 5), date(2026, 3, 1))[2]
    assert third.period.end_date == date(2026, 2, 15)
    assert third.handover_day == date(2026, 2, 14)  # a Saturday on which people work
    assert "春节" in third.note
    assert [name for name, _, _ in third.holidays] == ["春节"]


def test_what_hangs_on_a_calendar_that_may_still_change_is_marked() -> None:
    notes = [each.note for each in planned(date(2026, 12, 7), date(2027, 1, 17))]
    assert ["日历暂定" in note for note in notes] == [False, False, True]


@pytest.mark.parametrize("until", [date(2026, 10, 25), date(2030, 1, 1)])
def test_a_plan_has_an_end_that_people_can_oversee(until: date) -> None:
    with pytest.raises(WrongInput, match="three years"):
        planned(date(2026, 10, 26), until)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_teams_are_read_with_or_without_a_header(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "teams.csv"
    file.write_text("带班领导,值班人员\nleader-1, a ,b\n\nleader-2,c,d,e\n", encoding)
    assert read_teams(file) == [Team("leader-1", ("a", "b")), Team("leader-2", ("c", "d", "e"))]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("leader-1,a\n", "line 1: a team needs"),
        ("leader-1,a,a\n", "twice"),
        ("李某,a,b\n", "no account id"),
        ("\n", "no team"),
    ],
)
def test_a_file_that_names_no_teams_is_refused_with_its_line(tmp_path: Path, text: str, why: str) -> None:
    file = tmp_path / "teams.csv"
    file.write_text(text)
    with pytest.raises(WrongInput, match=why):
        read_teams(file)
