"""Killing and restarting each service once in the middle of the play, each at another command."""

import asyncio
from collections.abc import Callable

from bancheng.local.stack import Stack

# After how many commands each is killed: at another point of the stories, never two at once.
MOMENTS = {10: "intake", 22: "triage", 35: "deadlines", 48: "referral", 60: "audit", 72: "console"}


class Restarts:
    """Watches the commands go by; kills with SIGKILL, so that nothing is tidied up."""

    def __init__(self, stack: Stack, say: Callable[[str], None]) -> None:
        self._stack, self._say = stack, say
        self._tasks: list[asyncio.Task[None]] = []
        self.count = 0

    def on_command(self, number: int) -> None:
        """A command is about to be sent."""
        if service := MOMENTS.get(number):
            self._tasks.append(asyncio.create_task(self._restart(service, number)))

    async def done(self) -> None:
        """Wait until each is up again; raises if a moment was never reached."""
        await asyncio.gather(*self._tasks)
        if self.count < len(MOMENTS):
            raise RuntimeError(f"only {self.count} of {len(MOMENTS)} restarts happened: the play has fewer commands")

    async def _restart(self, service: str, number: int) -> None:
        self._say(f"第{number}条命令:{service} 被杀死并重启 / at command {number}: {service} killed and restarted")
        await self._stack.restart(service)
        self.count += 1
