"""What a matter is found by."""

import pytest

from services.intake import marking
from services.intake.domain import register, search
from services.intake.domain.form import Content
from services.intake.domain.search import Words
from shared.contracts.errors import Refused
from shared.ids import new_id
from shared.store.vault import Vault

TEXT = "住院费用,无法 医保结算(ＡＢＣ窗口)"


@pytest.mark.parametrize("query", ["医保", "费用无法", "abc", "ＡＢＣ", "住院 结算", "医保-结算", "保 医保"])
def test_words_are_found_whatever_their_width_case_and_punctuation(query: str) -> None:
    assert search.asked(query).held_by(TEXT)


@pytest.mark.parametrize("query", ["社保", "医结", "住院 社保", "结算医保"])
def test_a_text_that_lacks_a_word_is_not_found(query: str) -> None:
    assert not search.asked(query).held_by(TEXT)


def test_the_same_pairs_elsewhere_do_not_make_a_word() -> None:
    words = Words(("公积金贷",))
    assert words.pairs <= search.pairs("公积,积金,金贷")
    assert not words.held_by("公积 与 积金 以及 金贷")


@pytest.mark.parametrize("query", ["医", "  ", "医 保", ",。"])
def test_fewer_than_two_characters_find_nothing(query: str) -> None:
    with pytest.raises(Refused) as refused:
        search.asked(query)
    assert (refused.value.code, refused.value.message) == ("search.too_short", "请输入至少两个相连的字")


def test_too_many_words_are_refused() -> None:
    with pytest.raises(Refused) as refused:
        search.asked(" ".join(f"词语{number}" for number in range(9)))
    assert refused.value.code == "search.too_many_words"


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("汴监窗〔2026〕000123号", [(2026, 123)]),
        ("2026-123", [(2026, 123)]),
        ("123", [(2026, 123), (2025, 123)]),
        (" 000123号", [(2026, 123), (2025, 123)]),
        ("医保123", []),
        ("13800000001", []),
    ],
)
def test_a_register_number_is_understood_in_short(said: str, meant: list[tuple[int, int]]) -> None:
    assert register.read_out(said, 2026) == meant


def test_marks_tell_nothing_without_the_key_and_change_with_time() -> None:
    vaults = Vault(b"1" * 32), Vault(b"2" * 32)
    matter, later = new_id(), new_id()
    content = Content("医保结算", "住院费用无法结算")
    one, other = (marking.of_matter(vault, matter, "410200", "W1", content) for vault in vaults)
    assert len(one) == len(other) == 11
    assert not set(one) & set(other)
    word = ["医保"]
    span = marking.span_of(matter)
    assert marking.marks(vaults[0], span, word)[0] in one
    assert marking.marks(vaults[0], span + 1, word)[0] not in one
    assert marking.span_of(later) == span
