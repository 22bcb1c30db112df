"""Stopping services in the middle of the play and starting them again, each at another command."""

import asyncio
import signal
from collections.abc import Callable, Collection

from bancheng.local.stack import Stack

# From which command on each is stopped: those that take commands while one for them is under way, so that nobody knows
# whether it was carried out and the player has to repeat it; the others at that very command.
MOMENTS = {"intake": 10, "triage": 22, "deadlines": 35, "referral": 48, "audit": 60, "console": 72}
TAKE_COMMANDS = {"intake", "triage", "referral"}


class Restarts:
    """Watches the commands go by; `how`: SIGKILL tidies nothing up, SIGTERM lets the service do it."""

    def __init__(
        self,
        stack: Stack,
        say: Callable[[str], None],
        services: Collection[str] = tuple(MOMENTS),
        how: signal.Signals = signal.SIGKILL,
    ) -> None:
        self._stack, self._say, self._how = stack, say, how
        self._to_come = {service: moment for service, moment in MOMENTS.items() if service in services}
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def count(self) -> int:
        """How many were restarted."""
        return len(self._tasks)

    def on_command(self, number: int, receiver: str) -> None:
        """A command is about to be sent to a service."""
        for service, moment in list(self._to_come.items()):
            if number >= moment and (service == receiver or service not in TAKE_COMMANDS):
                del self._to_come[service]
                self._tasks.append(asyncio.create_task(self._restart(service, number)))
                return

    async def done(self) -> None:
        """Wait until each is on its way up again; raises if a moment was never reached."""
        await asyncio.gather(*self._tasks)
        if self._to_come:
            raise RuntimeError(f"not restarted: {', '.join(self._to_come)}; the play has too few commands")

    async def _restart(self, service: str, number: int) -> None:
        cn, en = ("被杀死", "killed") if self._how is signal.SIGKILL else ("停止", "stopped")
        self._say(f"第{number}条命令:{service} {cn}并重启 / at command {number}: {service} {en} and restarted")
        await self._stack.restart(service, self._how)
