"""The commands `bancheng deadline due` and `bancheng deadline explain`.

Leave with 0; with 1 when a line of a batch was refused, 2 for a wrong argument, 3 when deadlines could not be reached.
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from bancheng.client.access import find_service
from bancheng.client.problems import Stopped, WrongInput, fail
from bancheng.deadline.asking import as_lines, ask
from bancheng.deadline.counting import Counter
from bancheng.deadline.given import calendar_of, hours_of
from shared.workdays import Due

app = typer.Typer(no_args_is_help=True, help="Due times (办理期限), counted and explained.")
Start = Annotated[str | None, typer.Option("--from", help="When the clock starts, with its zone.")]
Length = Annotated[str | None, typer.Option("--limit", help="3WD, 4WH, SAME_DAY, 15ND or P1M.")]
Hours = Annotated[str | None, typer.Option(help="Office hours; without it 09:00-12:00,13:00-17:00.")]
Years = Annotated[
    list[Path] | None, typer.Option("--calendar", help="A JSON file of one year that replaces the built-in one.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.callback()
def deadline() -> None:
    """Due times (办理期限), counted and explained."""


@app.command("due")
def tell_due(
    start: Start = None,
    limit: Length = None,
    as_json: AsJson = False,
    hours: Hours = None,
    calendar: Years = None,
    batch: Annotated[bool, typer.Option("--batch", help="Answer JSON lines from standard input, one by one.")] = False,
) -> None:
    """When a limit ends, counted right here: no service, no network.

    bancheng deadline due --from 2026-09-30T10:00+08:00 --limit 3WD

    Limits: 3WD working days, 4WH working hours, SAME_DAY, 15ND natural days, P1M months.

    With --batch each line {"from": "2026-09-30T10:00+08:00", "limit": "3WD"} is answered at once by
    {"due": …, "provisional": …, "calendar": …}, a bad one by {"error": …}.
    """
    try:
        counter = Counter(calendar_of(calendar or ()), hours_of(hours))
        if batch:
            if start or limit:
                raise WrongInput("give --from and --limit, or --batch, not both")
            raise typer.Exit(_batch(counter))
        found = counter.due(*_both(start, limit))
    except WrongInput as error:
        fail(str(error), 2)
    if as_json:
        _print_json(counter.answer(found))
    else:
        typer.echo(_in_words(found))


@app.command("explain")
def explain_due(
    start: Start = None,
    limit: Length = None,
    as_json: AsJson = False,
    hours: Hours = None,
    calendar: Years = None,
    deadline_id: Annotated[UUID | None, typer.Option("--id", help="A clock of a running deadlines.")] = None,
    url: Annotated[str | None, typer.Option(envvar="BANCHENG_DEADLINES_URL", help="Deadlines' address.")] = None,
    token: Annotated[str | None, typer.Option(envvar="BANCHENG_TOKEN", help="A token of who may see it.")] = None,
    data: Annotated[
        Path, typer.Option(help="The folder of the local system to ask where no address or token is given.")
    ] = Path(".bancheng"),
) -> None:
    """How a limit comes to its end, day by day: what counts, what does not, by which law or notice.

    bancheng deadline explain --from 2026-09-30T10:00+08:00 --limit 3WD

    bancheng deadline explain --id ID --url http://… --token …
    """
    try:
        if deadline_id is not None:
            if start or limit or hours or calendar:
                raise WrongInput("a clock of --id has its own start, limit, hours and calendar: leave the others out")
            _asked(deadline_id, as_json, url, token, data)
        else:
            _counted(Counter(calendar_of(calendar or ()), hours_of(hours)), *_both(start, limit), as_json)
    except WrongInput as error:
        fail(str(error), 2)
    except Stopped as error:
        fail(str(error), 3)


def _batch(counter: Counter) -> int:
    """Answer each line before the next is read; 1 if any was refused."""
    refused = False
    for answer in counter.answers(iter(sys.stdin.buffer.readline, b"")):
        refused |= "error" in answer
        print(json.dumps(answer, ensure_ascii=False), flush=True)
    return int(refused)


def _counted(counter: Counter, start: str, limit: str, as_json: bool) -> None:
    found = counter.explained(start, limit)
    if as_json:
        lines = [{"first": str(line.first), "last": str(line.last), "kind": line.kind, "text": line.text}
                 for line in found.lines]  # fmt: skip
        _print_json(counter.answer(found.due) | {"awaited": found.awaited, "lines": lines})
    else:
        for line in found.lines:
            typer.echo(str(line))


def _asked(deadline_id: UUID, as_json: bool, url: str | None, token: str | None, data: Path) -> None:
    found = asyncio.run(ask(deadline_id, *find_service("deadlines", url, token, data)))
    if as_json:
        _print_json(found)
    else:
        typer.echo("\n".join(as_lines(found)))


def _both(start: str | None, limit: str | None) -> tuple[str, str]:
    if start is None or limit is None:
        raise WrongInput("--from and --limit are needed, e.g. --from 2026-09-30T10:00+08:00 --limit 3WD")
    return start, limit


def _in_words(found: Due) -> str:
    return found.at.isoformat() + (" provisional: a notice still to come may move it" if found.provisional else "")


def _print_json(what: dict[str, Any]) -> None:
    typer.echo(json.dumps(what, ensure_ascii=False))
