"""Receipts of text checks: what referral may rely on without asking intake."""

import time

import pytest
from joserfc.jwk import OKPKey

from shared import receipts
from shared.ids import new_id

KEY = OKPKey.generate_key("Ed25519")
PUBLIC = OKPKey.import_key(KEY.as_dict(private=False))
MATTER = new_id()
TEXT = "贷款申请被退回\n补缴三个月后仍不受理\n请按新规定办理"


def test_a_receipt_holds_for_exactly_its_text_and_matter() -> None:
    token = receipts.sign(KEY, MATTER, TEXT, clean=True)
    assert receipts.verify(PUBLIC, token, MATTER, TEXT)
    assert not receipts.verify(PUBLIC, token, MATTER, TEXT + "。")
    assert not receipts.verify(PUBLIC, token, new_id(), TEXT)


def test_a_receipt_for_an_unclean_text_opens_nothing() -> None:
    assert not receipts.verify(PUBLIC, receipts.sign(KEY, MATTER, TEXT, clean=False), MATTER, TEXT)


def test_a_receipt_of_another_key_opens_nothing() -> None:
    stranger = OKPKey.generate_key("Ed25519")
    assert not receipts.verify(PUBLIC, receipts.sign(stranger, MATTER, TEXT, clean=True), MATTER, TEXT)


def test_a_receipt_lasts_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    token = receipts.sign(KEY, MATTER, TEXT, clean=True)
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + receipts.LIFETIME + 1)
    assert not receipts.verify(PUBLIC, token, MATTER, TEXT)


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.e30."])
def test_what_is_no_token_is_simply_not_valid(token: str) -> None:
    assert not receipts.verify(PUBLIC, token, MATTER, TEXT)
