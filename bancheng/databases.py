"""Which database a command looks into: the one it is given, else that of the local system that runs here."""

from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import asyncpg
import typer
from pydantic import ValidationError
from rich.console import Console

T = TypeVar("T")
Url = Annotated[
    str | None,
    typer.Option("--database", envvar="BANCHENG_DATABASE_URL", help="Address of the service's database."),
]
Data = Annotated[Path, typer.Option(help="The folder of the local system to look into where no address is given.")]
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
