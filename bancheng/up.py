"""`bancheng up`: the whole system on one machine, until Ctrl-C."""

import asyncio
import signal
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bancheng.demo.identities import identities, resolve
from bancheng.demo.seed import seed
from bancheng.local.child import EngineFailed
from bancheng.local.ports import WrongPorts, given_ports
from bancheng.local.stack import PORTS, Stack, StackFailed
from shared.workdays import ZONE

out, err = Console(highlight=False), Console(stderr=True, highlight=False)
SHOWN = ("duty_staff@410200-W1", "duty_leader@410200-W1", "callback_officer@410200-W1", "supervision_dept",
         "unit_handler@410200-U03", "unit_principal@410200-U03")  # fmt: skip


def up(
    data: Annotated[Path, typer.Option(help="Where everything is kept; start again on the same data.")] = Path(
        ".bancheng"
    ),
    port: Annotated[int, typer.Option(help="The console's port; 0: the last one, or a free one.")] = 0,
    ports: Annotated[
        str, typer.Option(help="Other ports, such as intake=8001,kafka=9092; for all others as for --port.")
    ] = "",
    brokers: Annotated[int, typer.Option(min=1, max=5, help="3: a cluster of Kafka, each record on three.")] = 1,
    clock: Annotated[
        str, typer.Option(help="`real`, or a moment such as 2026-09-28T09:00 at which simulated time starts to run.")
    ] = "real",
) -> None:
    """Start Kafka, PostgreSQL and the six services here, print where the console is, stop all on Ctrl-C."""
    try:
        start = None if clock == "real" else datetime.fromisoformat(clock).replace(tzinfo=ZONE)
    except ValueError:
        err.print(f"--clock {clock}: `real` or a moment such as 2026-09-28T09:00", style="red")
        raise typer.Exit(2) from None
    try:
        wanted = given_ports(f"{f'console={port},' if port else ''}{ports}", PORTS)
    except WrongPorts as error:
        err.print(str(error), style="red", markup=False, soft_wrap=True)
        raise typer.Exit(2) from None
    stack = Stack(data, lambda line: err.print(line, style="dim"), identities(), start, wanted, brokers=brokers)
    try:
        asyncio.run(_run(stack))
    except (StackFailed, EngineFailed) as error:
        err.print(str(error), style="red", markup=False, soft_wrap=True)
        raise typer.Exit(1) from None


async def _run(stack: Stack) -> None:
    stop = asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, stop.set)
    async with stack.running():
        if stack.clock and stack.simulated_start:
            stack.clock.set(stack.simulated_start, speed=1.0)
        await seed(stack, until=_today(stack) + timedelta(days=14))
        greet(stack)
        await stop.wait()
        err.print("停止 / stopping …", style="dim")


def greet(stack: Stack) -> None:
    """Say where the console is and who can sign in by one click."""
    console = stack.url("console")
    out.print(f"\n控制台 / console: [bold]{console}[/]   数据 / data: {stack.data}")
    known = identities()
    for name in (resolve(wanted, _today(stack)) for wanted in SHOWN):
        out.print(f"  {console}/login?name={name.replace('@', '%40')}   {known[name]['title']}")
    out.print(f"  全部演示身份 / all demo identities: {console}/login")
    out.print("  Ctrl-C 停止 / stops everything\n")


def _today(stack: Stack) -> date:
    return (stack.clock.now() if stack.clock else datetime.now(ZONE)).date()
