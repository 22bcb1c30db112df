"""The commands `bancheng calendar load` and `check`.

`load` leaves with 0 when the year is in (without --apply: would go in) or was there already, 1 when deadlines refuses
it, 2 for a wrong file or argument, 3 when deadlines could not be reached; running it again changes nothing.
`check` leaves with 0 when all agree, 1 where days differ, 2 for a wrong file or where the packages are missing.
"""

import asyncio
from pathlib import Path
from typing import Annotated

import httpx
import typer

from bancheng.calendar import showing
from bancheng.calendar.checking import Missing, compared
from bancheng.calendar.file import read_file
from bancheng.calendar.loading import Refusal, load
from bancheng.client.access import find_service
from bancheng.client.calling import Caller
from bancheng.client.problems import Stopped, WrongInput, fail
from shared.workdays import builtin_calendar, parse_year

# A load counts every open clock anew before it answers.
LONGEST = 300.0
app = typer.Typer(no_args_is_help=True, help="The working-day calendar (工作日历).")
File = Annotated[Path, typer.Argument(help="A year as JSON, like those in shared/workdays/calendars.")]


@app.callback()
def calendar() -> None:
    """The working-day calendar (工作日历)."""


@app.command("load")
def load_year(
    file: File,
    apply: Annotated[bool, typer.Option("--apply", help="Load it; else only tell what would move.")] = False,
    reason: Annotated[str | None, typer.Option(help="Why an official year is amended.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole answer as JSON.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print the deadlines that move as CSV.")] = False,
    url: Annotated[str | None, typer.Option(envvar="BANCHENG_DEADLINES_URL", help="Deadlines' address.")] = None,
    token: Annotated[
        str | None, typer.Option(envvar="BANCHENG_TOKEN", help="A token of the city's 党风政风监督室.")
    ] = None,
    data: Annotated[
        Path, typer.Option(help="The folder of the local system to ask where no address or token is given.")
    ] = Path(".bancheng"),
) -> None:
    """Load a year into deadlines: which deadlines move or become firm, before and after.

    A provisional year is replaced by an official one (status official, doc_no); an official one only by an amendment
    (status amended, doc_no) with --reason.
    """
    if as_json and as_csv:
        fail("give --json or --csv, not both", 2)
    show = showing.as_json if as_json else showing.as_csv if as_csv else showing.as_table
    try:
        content = read_file(file)
        answer = asyncio.run(_load(content, reason, apply, url, token, data))
    except WrongInput as error:
        fail(str(error), 2)
    except Refusal as error:
        fail(str(error), 1)
    except Stopped as error:
        fail(f"{error}; run again: a year that is in already changes nothing", 3)
    show(answer)
    typer.echo(showing.summary(answer), err=as_json or as_csv)


@app.command("check")
def check(
    file: Annotated[Path | None, typer.Argument(help="A year to be loaded; else the years of this release.")] = None,
) -> None:
    """Compare years day by day with the packages chinesecalendar and holidays, which decide nothing."""
    try:
        ours = builtin_calendar()
        given = parse_year(read_file(file)) if file else None
        lines, differ = compared(ours.with_year(given) if given else ours, given)
    except (WrongInput, Missing) as error:
        fail(str(error), 2)
    for line in lines:
        typer.echo(line)
    if differ:
        raise typer.Exit(1)


async def _load(
    content: showing.Content, reason: str | None, apply: bool, url: str | None, token: str | None, data: Path
) -> showing.Content:
    async with httpx.AsyncClient(timeout=LONGEST) as http:
        caller = Caller(http, *find_service("deadlines", url, token, data), "deadlines")
        return await load(caller, content, reason, apply=apply)
