"""回执: what is printed, and the code on it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from fontTools.ttLib import TTFont

from services.intake.domain import slip
from services.intake.domain.slip import Slip
from services.intake.printing import slip_pdf
from shared.contracts.codes import MatterState, Outcome
from shared.contracts.errors import Refused
from shared.printing.pdf import FONTS
from tests.unit.intake_room import in_state

SLIP = Slip(
    "市民之家监督窗口", "汴监窗〔2026〕000123号", datetime(2026, 9, 28, 1, tzinfo=UTC), "住院费用无法医保结算",
    "已当场办结。", "ABCD2345",
)  # fmt: skip


def test_a_query_code_has_eight_characters_that_nobody_misreads() -> None:
    codes = {slip.new_query_code() for _ in range(2000)}
    assert len(codes) == 2000
    assert {len(code) for code in codes} == {8}
    assert not set("01OIL") & set("".join(codes))
    assert set("".join(codes)) == set(slip.ALPHABET)


def test_a_code_is_understood_however_it_is_written_down() -> None:
    assert {slip.read_out(said) for said in ("ABCD 2345", "abcd2345", " abcd-2345 ")} == {"ABCD2345"}


@pytest.mark.parametrize("title", ['#import "x" $a$ *b* _c_ `d` <e> @f', "\\u{41} [x] {y} // z", "𠮷㐂龘镕堃〇“”·"])
def test_what_people_write_is_printed_as_it_is_and_fits_one_page(title: str) -> None:
    assert slip_pdf(replace(SLIP, title=title)).startswith(b"%PDF-")
    assert isinstance(slip_pdf(replace(SLIP, title=title), "png"), bytes)  # a list, were there several pages


def test_the_longest_title_still_fits_one_page() -> None:
    assert isinstance(slip_pdf(replace(SLIP, title="长" * 100), "png"), bytes)


def test_the_font_has_the_rare_characters_of_names() -> None:
    known = TTFont(str(FONTS / "NotoSansCJKsc-Regular.otf")).getBestCmap()
    assert all(ord(character) in known for character in "𠮷㐂龘镕堃喆昇赟翀婠〇·〔〕")
    assert all(code in known for code in range(0x4E00, 0x9FA6))


def test_the_slip_says_how_things_stand() -> None:
    registered = in_state(MatterState.REGISTERED)
    assert "三个工作日内" in slip.standing(registered)
    on_spot = replace(in_state(MatterState.CLOSED), outcome=Outcome.ON_THE_SPOT)
    assert slip.standing(on_spot) == "已当场办结。"
    assert slip.standing(replace(on_spot, outcome=Outcome.DONE)) == "已办结，结果：办成。"
    assert slip.standing(in_state(MatterState.HANDLING)) == "目前状态：办理中。"


def test_what_is_not_registered_has_no_slip() -> None:
    with pytest.raises(Refused, match="尚未登记"):
        slip.registration_of(replace(in_state(MatterState.PENDING_INTAKE), registration=None))
