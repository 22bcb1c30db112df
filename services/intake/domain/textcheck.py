"""文本核查: whether a text gives away who reported, before it goes to a unit (handbook 8, 17)."""

import unicodedata
from collections.abc import Iterator
from enum import StrEnum

from services.intake.domain.identity import Identity


class Finding(StrEnum):
    """What was found; the kind only, so that the answer gives nobody away."""

    REPORTER_NAME = "REPORTER_NAME"
    REPORTER_PHONE = "REPORTER_PHONE"
    ID_NUMBER = "ID_NUMBER"
    AGENT = "AGENT"
    BENEFICIARY = "BENEFICIARY"
    REPRESENTATIVE = "REPRESENTATIVE"


def findings(identity: Identity, text: str) -> list[Finding]:
    """The kinds of identity that occur in the text, however spaced, dotted or full-width they are written."""
    plain = _squashed(text)
    return sorted({kind for kind, mark in _marks(identity) if mark and mark in plain})


def _marks(identity: Identity) -> Iterator[tuple[Finding, str]]:
    """Everything to look for, as it looks when squashed."""
    yield Finding.REPORTER_NAME, _squashed(identity.name or "")
    yield Finding.REPORTER_PHONE, _without_area(identity.phone or "")
    yield Finding.ID_NUMBER, _squashed(identity.id_no or "")
    if identity.agent:
        yield Finding.AGENT, _squashed(identity.agent.name)
        yield Finding.AGENT, _without_area(identity.agent.phone or "")
    if identity.beneficiary:
        yield Finding.BENEFICIARY, _squashed(identity.beneficiary.name)
    for person in identity.representatives:
        yield Finding.REPRESENTATIVE, _squashed(person.name)
        yield Finding.REPRESENTATIVE, _without_area(person.phone or "")


def _without_area(phone: str) -> str:
    """A landline without area code and extension: people write it either way."""
    number, dash, rest = phone.partition("-")
    return _squashed(rest.partition("-")[0] if dash else number)


def _squashed(text: str) -> str:
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text))).casefold()
