"""What ends a command early: a wrong file or argument, or a service that cannot be talked to."""

from typing import NoReturn

import typer


class WrongInput(Exception):
    """The file or an argument cannot be used; one line that says what to change."""


class Stopped(Exception):
    """Sending cannot go on; what was sent stays in, and running again completes it."""


def fail(message: str, status: int) -> NoReturn:
    """Say on one line what went wrong, and leave."""
    typer.secho(" ".join(message.split()), fg="red", err=True)
    raise typer.Exit(status)
