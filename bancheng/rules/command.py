"""The commands `bancheng rules list` and `bancheng rules amend RULE`.

Leave with 0 when done (amend: also when only tried), 2 for a wrong argument or an amendment that deadlines refuses, 3
when deadlines could not be reached.
"""

import asyncio
import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import httpx
import typer

from bancheng.client.access import Tokens, find_service
from bancheng.client.calling import Caller, problem_of
from bancheng.client.problems import Stopped, WrongInput, fail
from bancheng.rules import showing
from shared.ids import new_id
from shared.workdays import Limit

LONGEST = 300.0  # seconds: an amendment counts every running clock in its scope anew
app = typer.Typer(no_args_is_help=True, help="The rules of time limits (期限规则).")
Url = Annotated[str | None, typer.Option(envvar="BANCHENG_DEADLINES_URL", help="The address of deadlines.")]
Token = Annotated[str | None, typer.Option(envvar="BANCHENG_TOKEN", help="A token of 党风政风监督室.")]
Data = Annotated[Path, typer.Option(help="The folder of the local system to ask where no address or token is given.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
HERE = Path(".bancheng")


@app.callback()
def rules() -> None:
    """The rules of time limits (期限规则)."""


@app.command("list")
def list_rules(
    rule: Annotated[str | None, typer.Argument(help="Only this rule, e.g. D15.")] = None,
    as_json: AsJson = False, url: Url = None, token: Token = None, data: Data = HERE,
) -> None:  # fmt: skip
    """Every rule with its versions; those in force today are marked."""
    items = _asked(None, None, url, token, data)["items"]
    chosen = [item for item in items if rule in (None, item["rule"])]
    if not chosen:
        fail(f"there is no rule {rule}", 2)
    if as_json:
        print(json.dumps(chosen, ensure_ascii=False, indent=1))
    else:
        showing.rules(chosen)


@app.command("amend")
def amend_rule(
    rule: Annotated[str, typer.Argument(help="The rule, e.g. D15.")],
    limit: Annotated[str, typer.Option(help="3WD, 4WH, SAME_DAY, 15ND or P1M.")],
    valid_from: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day of validity.")],
    basis: Annotated[str, typer.Option(help="Title or number of the document that the amendment follows.")],
    org: Annotated[str | None, typer.Option(help="Only for this city's or county's own windows.")] = None,
    window: Annotated[str | None, typer.Option(help="Only for this window; with --org.")] = None,
    extendable: Annotated[bool | None, typer.Option("--extendable/--not-extendable")] = None,
    suspendable: Annotated[bool | None, typer.Option("--suspendable/--not-suspendable")] = None,
    red_at_once: Annotated[bool | None, typer.Option("--red-at-once/--red-later")] = None,
    listed: Annotated[bool | None, typer.Option("--listed/--not-listed")] = None,
    running: Annotated[bool, typer.Option("--running", help="Running clocks too; valid from today.")] = False,
    reason: Annotated[str, typer.Option(help="Why running clocks move.")] = "",
    apply: Annotated[bool, typer.Option("--apply", help="Amend; else only tell what would move.")] = False,
    as_json: AsJson = False, url: Url = None, token: Token = None, data: Data = HERE,
) -> None:  # fmt: skip
    """Amend RULE from a day, everywhere or in a scope; without --apply nothing is written."""
    body = {
        "limit": _limit(limit), "valid_from": str(valid_from.date()), "basis": basis, "org_code": org,
        "window_id": window, "extendable": extendable, "suspendable": suspendable, "red_at_once": red_at_once,
        "listed": listed, "applies_to_running": running, "reason": reason,
    }  # fmt: skip
    report = _asked(rule, body, url, token, data, dry_run=not apply)
    if as_json:
        print(json.dumps(report, ensure_ascii=False, indent=1))
    else:
        showing.amended(report)
    typer.echo(showing.summary(report), err=as_json)


def _limit(text: str) -> dict[str, Any]:
    try:
        limit = Limit.parse(text)
    except ValueError as error:
        fail(str(error), 2)
    return {"amount": limit.amount, "unit": limit.unit.value}


def _asked(
    rule: str | None, body: dict[str, Any] | None, url: str | None, token: str | None, data: Path, dry_run: bool = False
) -> dict[str, Any]:
    try:
        return asyncio.run(_send(rule, body, dry_run, *find_service("deadlines", url, token, data)))
    except WrongInput as error:
        fail(str(error), 2)
    except Stopped as error:
        fail(str(error), 3)


async def _send(
    rule: str | None, body: dict[str, Any] | None, dry_run: bool, url: str, tokens: Tokens
) -> dict[str, Any]:
    """What deadlines answers; WrongInput in its own words where it refuses."""
    async with httpx.AsyncClient(timeout=LONGEST) as http:
        caller = Caller(http, url, tokens, "deadlines")
        if body is None:
            answer = await caller.get("/rules")
        else:
            path = f"/rules/{quote(str(rule), safe='')}/versions{'?dry_run=true' if dry_run else ''}"
            answer = await caller.post(path, json.dumps(body).encode(), str(new_id()))
    if answer.status_code in (400, 404, 409, 422):
        code, sentence = problem_of(answer)
        raise WrongInput(f"{sentence} ({code})")
    if not answer.is_success:
        raise caller.stopped_by(answer)
    found: dict[str, Any] = answer.json()
    return found
