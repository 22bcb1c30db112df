"""The unit directory: who gets an order, what a line may say, and who is in office when."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.referral.domain.directory import Entry, check_line, entered, misplaced
from services.referral.domain.terms import Post, Term, principals
from services.referral.domain.units import Unit, require_recipient
from shared.contracts.errors import Refused
from tests.unit.referral_room import DEPUTY, PRINCIPAL, TODAY, unit

U1, U2 = "410200-U01", "410200-U02"
DAY = timedelta(days=1)


def test_an_abolished_unit_is_refused_with_the_successor_of_its_successor() -> None:
    first = unit("410200-U07", valid_to=date(2019, 3, 31), successor="410200-U08")
    second = unit("410200-U08", valid_to=date(2024, 3, 31), successor=U1)
    directory = {one.id: one for one in (first, second, unit(U1))}
    with pytest.raises(Refused) as refusal:
        require_recipient(first.id, directory, TODAY)
    assert (refusal.value.code, refusal.value.extra["successor_id"]) == ("unit.abolished", U1)
    assert "2019年03月31日撤销" in refusal.value.message


def test_a_unit_is_there_on_its_first_and_its_last_day() -> None:
    one = unit(valid_from=TODAY, valid_to=TODAY)
    assert require_recipient(one.id, {one.id: one}, TODAY) is one


def test_a_unit_not_yet_there_or_unknown_gets_no_order() -> None:
    coming = unit(valid_from=TODAY + timedelta(days=1))
    with pytest.raises(Refused) as early:
        require_recipient(coming.id, {coming.id: coming}, TODAY)
    with pytest.raises(Refused) as nobody:
        require_recipient("410200-U99", {}, TODAY)
    assert (early.value.code, nobody.value.code) == ("unit.not_yet_valid", "unit.unknown")


def test_successors_that_point_in_a_circle_end_nowhere() -> None:
    a = unit("410200-U07", valid_to=date(2019, 3, 31), successor="410200-U08")
    b = unit("410200-U08", valid_to=date(2019, 3, 31), successor="410200-U07")
    with pytest.raises(Refused) as refusal:
        require_recipient(a.id, {a.id: a, b.id: b}, TODAY)
    assert refusal.value.extra["successor_id"] is None


def test_a_line_that_contradicts_itself_is_refused() -> None:
    for line, code in (
        (unit(valid_to=date(2018, 12, 31)), "unit.dates"),
        (unit(valid_to=date(2020, 1, 1), successor=U1), "unit.own_successor"),
        (unit(successor=U2), "unit.successor_of_living"),
        (replace(unit(), parent_id=U1), "unit.own_parent"),
        (replace(unit(), deputy_ids=(unit().principal_id,)), "unit.principal_is_deputy"),
    ):
        with pytest.raises(Refused) as refusal:
            check_line(line)
        assert refusal.value.code == code


def test_a_line_whose_successor_does_not_get_in_stays_out_too() -> None:
    gone = date(2020, 1, 1)
    a, b = unit("A", valid_to=gone, successor="B"), unit("B", valid_to=gone, successor="C")
    assert misplaced({"A": a, "B": b}, known={}).keys() == {"A", "B"}
    assert misplaced({"A": a, "B": b}, known={"C": None}) == {}


def below(key: str, parent: str | None) -> Unit:
    return replace(unit(key), parent_id=parent)


def codes(*units: Unit, known: dict[str, str | None] | None = None) -> dict[str, str]:
    return {key: why.code for key, why in misplaced({one.id: one for one in units}, known or {}).items()}


def test_a_parent_is_known_or_comes_with_the_same_file() -> None:
    assert codes(below("A", "B"), below("B", None)) == {}
    assert codes(below("A", "B"), known={"B": None}) == {}
    assert codes(below("A", "B"), below("C", "A")) == {"A": "unit.parent_unknown", "C": "unit.parent_unknown"}


def test_no_unit_stands_above_itself() -> None:
    circle = dict.fromkeys("AB", "unit.parent_circle")
    assert codes(below("A", "B"), below("B", "A")) == circle
    assert codes(below("A", "C"), known={"A": None, "B": "A", "C": "B"}) == {"A": "unit.parent_circle"}
    assert codes(below("A", None), below("B", "A"), known={"A": "B", "B": None}) == {}


def test_a_line_that_is_refused_leaves_the_parent_that_was_there() -> None:
    gone = replace(below("A", None), valid_to=date(2020, 1, 1), successor_id="X")
    found = codes(gone, below("B", "A"), known={"A": "B", "B": None})
    assert found == {"A": "unit.successor_unknown", "B": "unit.parent_circle"}


def named(principal: str, since: date | None = None, deputies: tuple[str, ...] = (DEPUTY,)) -> Entry:
    """A line of the file that names these people."""
    return Entry(replace(unit(), principal_id=principal, deputy_ids=deputies, terms=()), {"deputy_ids"}, since)


def line_of(found: Unit | None, *entries: Entry, today: date = TODAY) -> Unit:
    for entry in entries:
        found = entered(entry, found, today)
    assert found is not None
    return found


def test_a_new_unit_s_principal_is_in_office_from_its_first_day_or_the_day_named() -> None:
    assert line_of(None, named("a")).principal_since == unit().valid_from
    later = line_of(None, named("a", date(2024, 3, 1)))
    assert (later.principal_on(date(2024, 2, 29)), later.principal_on(date(2024, 3, 1))) == (None, "a")
    assert later.registered().principal_since == date(2024, 3, 1)


def test_the_former_principal_s_term_ends_the_day_before_and_is_kept() -> None:
    found = line_of(None, named("a", date(2024, 3, 1)), named("b", date(2026, 9, 1)), named("c"))
    assert [found.principal_on(day) for day in (date(2026, 8, 31), date(2026, 9, 1), TODAY - DAY, TODAY)] == [
        "a", "b", "b", "c",
    ]  # fmt: skip
    assert [(term.account_id, term.until) for term in principals(found.terms)] == [
        ("a", date(2026, 8, 31)), ("b", TODAY - DAY), ("c", None),
    ]  # fmt: skip


def test_the_same_line_again_changes_nothing() -> None:
    first = line_of(None, named("a", date(2024, 3, 1)))
    for again in (named("a"), named("a", date(2024, 3, 1))):
        assert line_of(first, again) == first


def test_what_the_file_has_no_column_for_stays_and_what_it_leaves_blank_goes() -> None:
    first = replace(line_of(None, named("a")), supervision_office_id="J01", liaison_ids=("l",))
    bare = replace(unit(), principal_id="a", deputy_ids=(), terms=())
    assert entered(Entry(bare, {"name"}), first, TODAY) == first
    found = entered(Entry(bare, {"supervision_office_id"}), first, TODAY)
    assert (found.supervision_office_id, found.liaison_ids, found.deputy_ids) == (None, ("l",), (DEPUTY,))


def test_a_principal_does_not_begin_before_the_former_or_far_ahead() -> None:
    first = line_of(None, named("a", date(2024, 3, 1)))
    for entry in (
        named("b", date(2024, 3, 1)),
        named("b", date(2023, 1, 1)),
        named("b", TODAY + timedelta(days=367)),
        named("b", date(2018, 12, 31)),
        named("a", TODAY + DAY),
    ):
        with pytest.raises(Refused, match=r"unit\.principal_since"):
            entered(entry, first, TODAY)
    with pytest.raises(Refused, match="请填写"):
        entered(named("c"), line_of(first, named("b")), TODAY)


def test_an_appointment_to_come_holds_from_its_day_and_may_be_taken_back() -> None:
    first = line_of(None, named("a", date(2024, 3, 1)))
    coming = line_of(first, named("b", TODAY + 30 * DAY))
    assert (coming.principal_on(TODAY + 29 * DAY), coming.principal_on(TODAY + 30 * DAY)) == ("a", "b")
    assert line_of(coming, named("a")) == first
    other = line_of(coming, named("c", TODAY + 10 * DAY))
    assert [term.account_id for term in principals(other.terms)] == ["a", "c"]


def test_nobody_is_principal_of_a_unit_that_is_gone() -> None:
    found = replace(line_of(None, named("a")), valid_to=TODAY)
    assert (found.principal_on(TODAY), found.principal_on(TODAY + DAY)) == ("a", None)


def test_a_deputy_begins_and_ends_with_the_day_of_the_import() -> None:
    first = line_of(None, named("a", deputies=("d", "e")))
    found = line_of(first, named("a", deputies=("e", "f", "f")))
    deputies = {term.account_id: term for term in found.terms if term.post is Post.DEPUTY}
    assert deputies["d"] == Term("d", Post.DEPUTY, unit().valid_from, TODAY - DAY)
    assert deputies["f"] == Term("f", Post.DEPUTY, TODAY)
    assert line_of(found, named("a", deputies=("e",))).terms == tuple(t for t in found.terms if t.account_id != "f")


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.none() | st.integers(-900, 500), st.integers(0, 200)), min_size=1
    )
)  # fmt: skip
def test_whatever_is_imported_at_most_one_principal_is_in_office_on_any_day(
    lines: list[tuple[str, int | None, int]],
) -> None:
    found, today = line_of(None, named(PRINCIPAL)), TODAY
    for account, since, later in lines:
        today += later * DAY
        before = found
        try:
            found = entered(named(account, None if since is None else TODAY + since * DAY), found, today)
        except Refused:
            assert found is before
        held = principals(found.terms)
        assert held[-1].until is None
        assert all(term.until == after.since - DAY for term, after in pairwise(held))
        assert all(term.until is None or term.since <= term.until for term in held)
        assert before.principal_on(TODAY - 1000 * DAY) == found.principal_on(TODAY - 1000 * DAY)
