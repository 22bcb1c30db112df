"""A form as data: what is asked, how it is shown, and the body it becomes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from shared.contracts.codes import label

Shape = Literal[
    "line", "sentence", "text", "number", "one", "many", "tick", "moment", "day", "people", "accounts", "unit", "units",
    "file",
]  # fmt: skip
Values = Mapping[str, Sequence[str]]  # as the browser sends them: each name with all that was entered


@dataclass(frozen=True, slots=True)
class Field:
    """One question; `name` says with dots where the answer stands in the body."""

    name: str
    label: str
    shape: Shape = "line"
    codes: type[StrEnum] | tuple[StrEnum, ...] = ()
    required: bool = False
    hint: str = ""
    usual: str = ""
    options: tuple[tuple[str, str], ...] = ()  # to choose from where no code list says it

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The codes to choose from with what they are called."""
        return [(code.value, label(code)) for code in self.codes] or list(self.options)


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that belong together."""

    title: str
    fields: tuple[Field, ...]


def in_row(name: str, place: int) -> Callable[[str], str]:
    """What the questions of a row are called: `in_row("basis", 0)("title")` is `basis.0.title`."""
    return f"{name}.{place}.{{}}".format


def numbered(name: str, body: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of a body, asked for under `in_row`, without those that were left empty."""
    return [row for row in body.get(name, {}).values() if row]


def one(values: Values, name: str) -> str:
    """What was entered under a name; empty where nothing was."""
    return next(iter(values.get(name, ())), "")


def body_of(groups: Sequence[Group], values: Values) -> dict[str, Any]:
    """What the owner is sent; a question left open is left out."""
    body: dict[str, Any] = {}
    for field in (field for group in groups for field in group.fields):
        answer = _answer(field, [value.strip() for value in values.get(field.name, ()) if value.strip()])
        if answer is None:
            continue
        *path, last = field.name.split(".")
        place = body
        for part in path:
            place = place.setdefault(part, {})
        place[last] = answer
    return body


def _answer(field: Field, given: list[str]) -> Any:
    match field.shape:
        case "tick":
            return bool(given)
        case "many" | "units":
            return given or None
        case "accounts":
            return given[0].split() if given else None
        case "people":
            return [_person(line) for line in given[0].splitlines() if line.strip()] if given else None
        case "number":
            return _number(given[0]) if given else None
        case "moment":
            return f"{given[0]}+08:00" if given else None
        case _:
            return given[0] if given else None


def _number(text: str) -> int | str:
    """A number, or what was written instead: intake says what is wrong with it."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text


def _person(line: str) -> dict[str, str]:
    """A name and perhaps a phone on one line."""
    name, _, phone = line.strip().partition(" ")
    return {"name": name, "phone": phone.strip()} if phone.strip() else {"name": name}
