"""Teams of a window from a table of account ids: the leader first, then the staff; they take turns in this order."""

import csv
import re
from dataclasses import dataclass
from pathlib import Path

from bancheng.client.problems import WrongInput
from bancheng.importing.encoding import find_encoding

HEADERS = {"leader", "leader_id", "带班领导"}
LEAST_STAFF = 2
_ACCOUNT = re.compile(r"[A-Za-z0-9_\-.@]{1,60}")


@dataclass(frozen=True)
class Team:
    """带班领导 and 值班人员 who are on duty together."""

    leader_id: str
    staff_ids: tuple[str, ...]


def read_teams(path: Path) -> list[Team]:
    """The teams of a file; raises WrongInput with every line that is none."""
    try:
        text = path.read_text(find_encoding(path).codec)
    except OSError as error:
        raise WrongInput(f"{path.name} cannot be read: {error.strerror}") from error
    lines = [[cell.strip() for cell in row if cell.strip()] for row in csv.reader(text.splitlines())]
    numbered = [(number, cells) for number, cells in enumerate(lines, 1) if cells]
    if numbered and numbered[0][1][0].lower() in HEADERS:
        numbered = numbered[1:]
    wrong = [f"line {number}: {why}" for number, cells in numbered if (why := _wrong(cells))]
    if wrong:
        raise WrongInput("; ".join(wrong))
    if not numbered:
        raise WrongInput(f"{path.name} names no team")
    return [Team(cells[0], tuple(cells[1:])) for _, cells in numbered]


def _wrong(cells: list[str]) -> str | None:
    strange = [cell for cell in cells if not _ACCOUNT.fullmatch(cell)]
    if strange:
        return f"{', '.join(strange)} is no account id"
    if len(set(cells)) < len(cells):
        return "somebody stands there twice"
    if len(cells) <= LEAST_STAFF:
        return f"a team needs a leader and at least {LEAST_STAFF} staff"
    return None
