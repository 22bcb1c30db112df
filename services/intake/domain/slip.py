"""回执: what the reporter takes home, with the query code that is shown there once (handbook 6.1)."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from services.intake.domain.matter import Matter, Registration
from shared.contracts.codes import MatterState, Outcome, label
from shared.contracts.errors import Refused

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that is read as something else: no 0 O 1 I L
LENGTH = 8


@dataclass(frozen=True, slots=True)
class Slip:
    """A slip before it is printed; no name, no phone."""

    window: str
    register_no: str
    registered_at: datetime
    title: str
    standing: str
    query_code: str


def new_query_code() -> str:
    """A fresh query code: eight characters, 31 to the eighth."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def read_out(said: str) -> str:
    """A query code as it was made, however it was written down or read out."""
    return "".join(filter(str.isalnum, said)).upper()


def registration_of(matter: Matter) -> Registration:
    """The line of the register that the slip is about."""
    if matter.registration is None:
        raise Refused("slip.not_registered", "该来件尚未登记,登记后才有回执")
    return matter.registration


def standing(matter: Matter) -> str:
    """How things stand, in the words of the slip."""
    if matter.state is MatterState.REGISTERED:
        return "已登记。三个工作日内告知您是否受理；逾期未告知的，视为受理。"  # D02
    if matter.outcome is Outcome.ON_THE_SPOT and matter.state is MatterState.CLOSED:
        return "已当场办结。"
    if matter.state is MatterState.CLOSED and matter.outcome is not None:
        return f"已办结，结果：{label(matter.outcome)}。"
    return f"目前状态：{label(matter.state)}。"
