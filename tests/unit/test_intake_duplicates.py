"""What makes two matters look like one (handbook 3.2 T23)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.duplicates import Marks, Sign, likeness, signs
from services.intake.domain.identity import Agent, Identity, Representative


@pytest.mark.parametrize(("one", "other", "alike"), [
    ("住院费用无法医保结算", "住院费用 不能医保结算", True),
    ("住院费用无法医保结算", "公积金贷款条件不合理", False),
    ("不动产权证办理十年未果", "办理不动产权证十年未果", True),
    ("停车收费", "停车收费", True),
])  # fmt: skip
def test_titles_are_alike_by_their_pairs_of_characters(one: str, other: str, alike: bool) -> None:
    assert (likeness(one, other) >= 0.5) is alike


@given(st.text(), st.text())
def test_likeness_is_mutual_and_between_nothing_and_all(one: str, other: str) -> None:
    assert likeness(one, other) == likeness(other, one)
    assert 0 <= likeness(one, other) <= 1


@given(st.text(min_size=2))
def test_a_title_is_like_itself_if_it_says_anything(title: str) -> None:
    assert likeness(title, title) in (0.0, 1.0)


def test_the_same_item_alone_says_nothing() -> None:
    assert signs(Marks("YB-0001", "住院费用无法结算"), Marks("YB-0001", "异地就医备案"), same_phone=False) == []


def test_the_same_phone_is_always_shown_and_the_item_beside_it() -> None:
    known = Marks("YB-0001", "异地就医备案")
    assert signs(Marks("GJJ-01", "贷款"), known, same_phone=True) == [Sign.PHONE]
    assert signs(Marks("YB-0001", "贷款"), known, same_phone=True) == [Sign.PHONE, Sign.ITEM]


def test_every_number_left_with_a_matter_finds_it() -> None:
    person = Identity(
        "职工代表", "13800000001", agent=Agent("李某", "侄子", "13800000002"),
        representatives=(Representative("王某", "0371-6000001"), Representative("赵某")),
    )  # fmt: skip
    assert person.phones == {"13800000001", "13800000002", "0371-6000001"}
