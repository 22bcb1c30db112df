"""The command `bancheng roster plan`.

Leaves with 0 when the plan is free of clashes (with --apply: published), 1 when something clashes or was refused,
2 for a wrong file or argument, 3 when intake could not be reached to the end; running it again adds what is missing.
"""

import asyncio
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import httpx
import typer

from bancheng.client.access import Tokens, find_service
from bancheng.client.calling import Caller
from bancheng.client.problems import Stopped, WrongInput, fail
from bancheng.roster import published, showing
from bancheng.roster.plan import Planned, plan
from bancheng.roster.published import REFUSED, THERE
from bancheng.roster.teams import read_teams
from shared.workdays import builtin_calendar

app = typer.Typer(no_args_is_help=True, help="The duty roster of a window.")
Reachable = tuple[str, Tokens]


@app.callback()
def roster() -> None:
    """The duty roster of a window."""


@app.command("plan")
def make_plan(
    window: Annotated[str, typer.Option(help="The window, e.g. 410200-W1.")],
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day of the first period.")],
    until: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="A day that the last period must cover.")],
    teams: Annotated[Path, typer.Option(help="A CSV: a team a line, the leader's account id, then the staff's.")],
    apply: Annotated[bool, typer.Option("--apply", help="Publish what is planned; else nothing is sent.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    url: Annotated[str | None, typer.Option(envvar="BANCHENG_INTAKE_URL", help="Intake's address.")] = None,
    token: Annotated[str | None, typer.Option(envvar="BANCHENG_TOKEN", help="A token of 党风政风监督室.")] = None,
    data: Annotated[
        Path, typer.Option(help="The folder of the local system to ask where no address or token is given.")
    ] = Path(".bancheng"),
) -> None:
    """Plan fortnights with teams in rotation, holidays and handover days marked; compare with what is published."""
    if as_json and as_csv:
        fail("give --json or --csv, not both", 2)
    show = showing.as_json if as_json else showing.as_csv if as_csv else showing.as_table
    status: dict[str, str] = {}
    try:
        planned = _planned(window, first.date(), until.date(), teams)
        intake = _intake(url, token, data, needed=apply)
        wrong = asyncio.run(_compare(planned, window, intake, apply, status)) if intake else []
    except WrongInput as error:
        fail(str(error), 2)
    except Stopped as error:
        fail(f"{error}; what was published stays: run again to complete", 3)
    show(planned, status)
    for line in wrong:
        typer.secho(line, fg="red", err=True)
    if wrong:
        raise typer.Exit(1)
    if not apply:
        typer.echo("nothing was published: --apply does it", err=True)


def _planned(window: str, first: date, until: date, teams: Path) -> list[Planned]:
    return plan(window, first, until, read_teams(teams), builtin_calendar())


def _intake(url: str | None, token: str | None, data: Path, needed: bool) -> Reachable | None:
    """Where intake is; without it a plan is made, but compared with nothing."""
    try:
        return find_service("intake", url, token, data)
    except WrongInput as error:
        if needed or url or token:
            raise
        typer.echo(f"not compared with what is published: {error}", err=True)
        return None


async def _compare(
    planned: list[Planned], window: str, intake: Reachable, apply: bool, status: dict[str, str]
) -> list[str]:
    """What clashes; if nothing does, publish what is missing, in its order, up to the first that is refused."""
    async with httpx.AsyncClient(timeout=60) as http:
        caller = Caller(http, *intake)
        roster = await published.read_roster(caller, window)
        status |= {each.period.period_id: THERE for each in planned if roster.has(each.period)}
        wrong = published.clashes(planned, roster)
        if wrong or not apply:
            return wrong
        for each in planned:
            if each.period.period_id not in status:
                status[each.period.period_id], why = await published.publish(caller, each)
                if status[each.period.period_id] == REFUSED:
                    return [f"{each.period.period_id}: {why}"]
    return []
