"""The canonical bytes of an event: exact, the same for the same event, and different for any other."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audit.domain import headers_from_json, headers_to_json, kept_headers, leaf_bytes

names = st.one_of(st.sampled_from(["ce_id", "ce_subject", "content-type"]), st.text(max_size=4).map("ce_".__add__))
values = st.one_of(st.binary(max_size=12), st.text(max_size=12).map(str.encode))
headers = st.lists(st.tuples(names, values), max_size=6)


def test_the_form_is_the_documented_one() -> None:
    came = [("content-type", b"application/json"), ("ce_type", b"x"), ("trace", b"left out")]
    expected = (
        b"\0\0\0\2" + b"\0\0\0\7ce_type" + b"\0\0\0\1x" + b"\0\0\0\14content-type" + b"\0\0\0\20application/json"
        + b"\0\0\0\2{}"
    )  # fmt: skip
    assert leaf_bytes(kept_headers(came), b"{}") == expected


@given(headers, st.randoms())
def test_the_order_in_which_headers_came_does_not_matter(came: list[tuple[str, bytes]], random: object) -> None:
    unique = list(dict(came).items())
    shuffled = list(unique)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert leaf_bytes(kept_headers(unique), b"body") == leaf_bytes(kept_headers(shuffled), b"body")


@given(headers, headers, st.binary(max_size=8), st.binary(max_size=8))
def test_two_events_never_have_the_same_bytes(
    one: list[tuple[str, bytes]], other: list[tuple[str, bytes]], body: bytes, other_body: bytes
) -> None:
    a, b = kept_headers(one), kept_headers(other)
    assert (leaf_bytes(a, body) == leaf_bytes(b, other_body)) == ((a, body) == (b, other_body))


@given(headers)
def test_keeping_headers_as_json_loses_no_byte(came: list[tuple[str, bytes]]) -> None:
    kept = kept_headers(came)
    stored = json.dumps(headers_to_json(kept))
    assert "\\u0000" not in stored
    assert headers_from_json(json.loads(stored)) == kept


def test_a_header_without_a_value_is_kept_empty() -> None:
    assert kept_headers([("ce_actor", None)]) == [("ce_actor", b"")]


@pytest.mark.parametrize(
    "forged", [[["ce_id", 7]], [["ce_id", {"hex": "00"}]], [["ce_id"]], [["ce_id", {"base64": "?"}]]]
)
def test_what_was_never_written_cannot_be_read(forged: list[list[object]]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        headers_from_json(forged)  # type: ignore[arg-type]
