"""Killing and restarting each service once in the middle of the play, each at another command."""

import asyncio
from collections.abc import Callable

from bancheng.local.stack import Stack

# From which command on each is killed: those that take commands while one for them is under way, so that nobody knows
# whether it was carried out and the player has to repeat it; the others at that very command.
MOMENTS = {"intake": 10, "triage": 22, "deadlines": 35, "referral": 48, "audit": 60, "console": 72}
TAKE_COMMANDS = {"intake", "triage", "referral"}


class Restarts:
    """Watches the commands go by; kills with SIGKILL, so that nothing is tidied up."""

    def __init__(self, stack: Stack, say: Callable[[str], None]) -> None:
        self._stack, self._say = stack, say
        self._to_come = dict(MOMENTS)
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def count(self) -> int:
        """How many were killed."""
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
        self._say(f"第{number}条命令:{service} 被杀死并重启 / at command {number}: {service} killed and restarted")
        await self._stack.restart(service)
