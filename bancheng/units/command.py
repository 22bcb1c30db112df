"""The command `bancheng units import FILE`.

Leaves with 0 when every line is in, 1 when some were refused, 2 for a wrong file or argument, 3 when referral could not
be reached; running it again changes nothing that is there already.
"""

import asyncio
import json
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from rich.console import Console

from bancheng.client.access import Tokens, find_service
from bancheng.client.calling import Caller, problem_of
from bancheng.client.problems import Stopped, WrongInput, fail
from bancheng.units.showing import as_table, summary
from shared.files import MOST_BYTES
from shared.files.tables import TABLE_TYPES
from shared.ids import new_id

TYPES = {f".{form.value}": media_type for media_type, form in TABLE_TYPES.items()}
# One line may name another of the same file, so a file goes in as a whole.
LONGEST = 300.0
app = typer.Typer(no_args_is_help=True, help="The unit directory (承办单位名录).")


@app.callback()
def units() -> None:
    """The unit directory (承办单位名录)."""


@app.command("import")
def import_units(
    file: Annotated[Path, typer.Argument(help="A CSV (UTF-8 or GB 18030) or XLSX file with a header row.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would become of each line.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole report as JSON.")] = False,
    url: Annotated[str | None, typer.Option(envvar="BANCHENG_REFERRAL_URL", help="Referral's address.")] = None,
    token: Annotated[str | None, typer.Option(envvar="BANCHENG_TOKEN", help="A token of 党风政风监督室.")] = None,
    data: Annotated[
        Path, typer.Option(help="The folder of the local system to ask where no address or token is given.")
    ] = Path(".bancheng"),
) -> None:
    """Bring the unit directory up to date from FILE: good lines go in, each refused one says why.

    Needed columns: 单位编码, 所属地区, 单位名称, 性质, 主要负责人账号, 设立日期.

    Others: 任职日期 (since when the principal is in office; without it a new unit's since it was set up, a new
    principal's since today), 副职账号 and 联络员账号 (several with ; between them), 撤销日期, 承接单位, 上级单位, 层级,
    联系监督检查室.

    性质 is 职能部门, 事业单位, 公立医院, 乡镇街道, 供销合作社, 国有企业, 群团组织 or 其他;
    层级 is 市级, 县级, 功能区 or 乡镇级.

    A column that FILE does not have leaves what is there, a blank cell takes it away; units that FILE does not name
    stay. Former principals stay on record.
    """
    try:
        body, kind = _read(file)
        report = asyncio.run(_send(body, kind, dry_run, *find_service("referral", url, token, data)))
    except WrongInput as error:
        fail(str(error), 2)
    except Stopped as error:
        fail(f"{error}; run again: what is in already stays as it is", 3)
    if as_json:
        print(json.dumps(report, ensure_ascii=False, indent=1))
    else:
        as_table(report)
    typer.echo(summary(report), err=as_json)
    if report["refused"]:
        raise typer.Exit(1)


def _read(file: Path) -> tuple[bytes, str]:
    kind = TYPES.get(file.suffix.lower())
    if kind is None:
        raise WrongInput(f"{file.name} must be a .csv or .xlsx file: save it as one")
    try:
        if file.stat().st_size > MOST_BYTES:
            raise WrongInput(f"{file.name} has more than {MOST_BYTES >> 20} MB: this is no unit directory")
        return file.read_bytes(), kind
    except OSError as error:
        raise WrongInput(f"cannot read {file}: {error.strerror}") from error


async def _send(body: bytes, kind: str, dry_run: bool, url: str, tokens: Tokens) -> dict[str, Any]:
    """Referral's report; WrongInput in its own words where the file as a whole is refused."""
    path = "/units/import?dry_run=true" if dry_run else "/units/import"
    async with httpx.AsyncClient(timeout=LONGEST) as http:
        caller = Caller(http, url, tokens, "referral")
        with Console(stderr=True).status(f"{len(body) / 1024:.0f} KB: referral checks the lines"):
            answer = await caller.post(path, body, str(new_id()), kind)
    if answer.status_code in (400, 413, 422):
        code, sentence = problem_of(answer)
        raise WrongInput(f"{sentence} ({code})")
    if answer.status_code != 200:
        raise caller.stopped_by(answer)
    try:
        found: dict[str, Any] = answer.json()
        summary(found)
    except (ValueError, KeyError, TypeError) as error:
        raise caller.is_another() from error
    return found
