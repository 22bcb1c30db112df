"""The command line: run Bancheng on one machine, run one service, and look after it."""

import asyncio
import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import httpx
import typer
from aiokafka.errors import KafkaError
from rich.console import Console

from bancheng import audit, files, keys, parked
from bancheng.calendar import command as calendar
from bancheng.databases import no_broker, quiet_broker, refuse
from bancheng.deadline import command as deadline
from bancheng.demo.command import demo
from bancheng.importing.command import import_file
from bancheng.recover import recover
from bancheng.republish import republish
from bancheng.roster import command as roster
from bancheng.rules import command as rules
from bancheng.units import command as units
from bancheng.up import up
from shared.clock import RealClock, SimulatedClock
from shared.settings import ALL_ROLES, Settings

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False,
                  help="办成 Bancheng: the services of “办不成事” supervision windows.")  # fmt: skip
topics_app = typer.Typer(no_args_is_help=True, help="The topics on the broker (BANCHENG_KAFKA).")
app.add_typer(topics_app, name="topics")
app.add_typer(audit.app, name="audit")
app.add_typer(calendar.app, name="calendar")
app.add_typer(deadline.app, name="deadline")
app.add_typer(keys.app, name="keys")
app.add_typer(parked.app, name="parked")
app.add_typer(files.app, name="files")
app.add_typer(roster.app, name="roster")
app.add_typer(units.app, name="units")
app.add_typer(rules.app, name="rules")
app.command("up")(up)
app.command("demo")(demo)
app.command("import")(import_file)
app.command("recover")(recover)
app.command("republish")(republish)
out, err = Console(), Console(stderr=True)


@app.command()
def serve(
    service: Annotated[str, typer.Argument(help="intake, triage, referral, deadlines, audit or console")],
    role: Annotated[str, typer.Option(help="Which parts run in this process, by commas.")] = ",".join(ALL_ROLES),
) -> None:
    """Run one service against the addresses in the environment (BANCHENG_DATABASE_URL, BANCHENG_KAFKA, …)."""
    from shared.serve import serve as run

    roles = role.split(",")
    unknown = sorted(set(roles) - set(ALL_ROLES))
    if unknown:
        _fail(f"unknown role {', '.join(unknown)}; there are {', '.join(ALL_ROLES)}")
    try:
        run(service, Settings(), roles)
    except ValueError as error:
        _fail(str(error))


@app.command()
def migrate(service: Annotated[str, typer.Argument(help="The service whose database is migrated.")]) -> None:
    """Bring one service's database (BANCHENG_DATABASE_URL) to the newest revision."""
    from shared.store.migrate import upgrade

    upgrade(service, Settings().postgres_url)
    out.print(f"{service}: up to date")


@topics_app.command("apply")
def topics_apply() -> None:
    """Create the topics that are missing, say which differ (BANCHENG_REPLICATION copies). Nothing is ever deleted."""
    from shared.bus import topics

    settings = Settings()
    quiet_broker()
    try:
        applied = asyncio.run(topics.apply(settings.kafka, settings.topic_prefix, settings.replication))
    except topics.NotCreated as error:
        _fail(f"not created: {error}")
    except (KafkaError, OSError) as error:
        refuse(no_broker(settings, error))
    out.print(f"created {len(applied.created)}, present {len(applied.present)}")
    if applied.created and not applied.present:
        out.print("if the broker lost what it had: `bancheng republish SERVICE --all` for each service")
    for line in applied.wrong:
        err.print(f"[red]differs[/] {line}")
    if applied.wrong:
        raise typer.Exit(1)


@app.command()
def token(
    wanted: Annotated[str, typer.Option("--as", help="ROLE[@WINDOW or UNIT], e.g. duty_staff@410200-W1")],
    data: Annotated[Path, typer.Option(help="The folder of the running system.")] = Path(".bancheng"),
) -> None:
    """Print a token of a demo identity of the local system that runs on DATA."""
    from bancheng.demo.identities import identities, resolve
    from bancheng.local.stack import StackFailed, running_at

    try:
        name = resolve(wanted, today_on(data))
        answer = httpx.get(f"{running_at(data)['issuer']}/token", params={"name": name}, timeout=5)
        print(answer.raise_for_status().json()["access_token"])
    except KeyError:
        _fail(f"no identity {wanted!r}; there are:\n  " + "\n  ".join(identities()))
    except (StackFailed, httpx.HTTPError) as error:
        _fail(str(error))


def today_on(data: Path) -> date:
    """The day it is on the local system on DATA: who is on duty goes by its time, simulated or not."""
    file = data / "clock"
    return (SimulatedClock(file) if file.exists() else RealClock()).now().date()


def _fail(message: str) -> None:
    err.print(message, style="red", markup=False, highlight=False)
    raise typer.Exit(2)


def main() -> None:
    """Entry point of `bancheng`."""
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
