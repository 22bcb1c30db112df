"""Which database and broker a command looks into: those it is given, else those of the local system that runs here."""

import logging
import re
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import asyncpg
import typer
from pydantic import SecretStr, ValidationError
from rich.console import Console

from shared.settings import Settings

T = TypeVar("T")
Url = Annotated[
    str | None,
    typer.Option("--database", envvar="BANCHENG_DATABASE_URL", help="Address of the service's database."),
]
Data = Annotated[Path, typer.Option(help="The folder of the local system to look into where no address is given.")]


def _account(given: str) -> str:
    # It goes into an event, and events are kept for ever: no place for people's data.
    if not re.fullmatch(r"[\w.@-]{1,64}", given, re.ASCII):
        raise typer.BadParameter("the account id of who does it, 1 to 64 of a-z A-Z 0-9 _ . @ -; not a person's name")
    return given


Operator = Annotated[
    str,
    typer.Option(callback=_account, help="Account id of who does it, not a person's name; kept in the audit log."),
]
HERE = Path(".bancheng")
err = Console(stderr=True, highlight=False, soft_wrap=True)


def database_of(service: str, given: str | None, data: Path) -> str:
    """The address of a service's database; says what to give and leaves with 2 where there is none."""
    if given:
        return given
    from bancheng.local.stack import StackFailed, running_at  # the local runtime need not be installed elsewhere

    try:
        known = running_at(data)["databases"]
    except StackFailed as error:
        refuse(f"{error}, or give --database or BANCHENG_DATABASE_URL")
    if service not in known:
        refuse(f"no service {service!r}; there are {', '.join(known)}")
    return str(known[service])


def settings_for(service: str, given: str | None, data: Path) -> Settings:
    """Database, broker and files of a service: from the environment if a database is given, else the local system's."""
    url = database_of(service, given, data)
    if given:
        return Settings(database_url=SecretStr(url))
    from bancheng.local.stack import running_at

    found = running_at(data)
    files = (Path(found["data"]) / "files").as_uri()
    return Settings(database_url=SecretStr(url), kafka=str(found["kafka"]), files_url=files)


def quiet_broker() -> None:
    """A command says in one line what is wrong with the broker; the library's own lines would stand around it."""
    for name in ("aiokafka", "asyncio"):  # asyncio tells of futures that the library left behind
        logging.getLogger(name).setLevel(logging.CRITICAL)


def no_broker(settings: Settings, error: Exception) -> str:
    """What to say where the broker does not answer."""
    return f"no broker answers at {settings.kafka} ({type(error).__name__})"


async def read_or_refuse(service: str, work: Coroutine[Any, Any, T]) -> T:
    """What `work` on a service's database gives; says why and leaves with 2 where that cannot be read."""
    try:
        return await work
    except ValidationError:
        said = "its address must look like postgresql://user@host:port/database"
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        said = str(getattr(error, "orig", None) or error).partition("\n")[0] or type(error).__name__
    refuse(f"{service}'s database cannot be read: {said}")


def refuse(message: str) -> NoReturn:
    """Say one line and leave with 2."""
    err.print(message, style="red", markup=False)
    raise typer.Exit(2)
