"""Look-ups that could be tried out (handbook 8, 40): who misses too often has to wait, whatever they ask for then."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Final

from fastapi import Depends, Request, Response

from shared.contracts.actor import ANYBODY
from shared.contracts.errors import DomainError
from shared.store import guesses
from shared.store.unit_of_work import Transaction
from shared.web.commands import Read, Reader, Work

SPAN: Final = timedelta(minutes=10)
# A clerk who mistypes stays far below; many clerks of a hall share one address.
MISSES: Final = {"account": 20, "address": 200}


class TooManyGuesses(DomainError):
    """429: says nothing about what was asked for."""

    status = 429


@dataclass(frozen=True)
class Guesser:
    """Answers one query that could be a guess."""

    read: Reader
    address: str

    async def __call__(self, work: Work, is_hit: Callable[[Any], bool] = lambda _answer: True) -> Response:
        """Run `work` as a query; an answer that is no hit, or a refusal, stays counted as a miss.

        The attempt counts before it is made, so that many at once get no further than one after the other.
        """
        who, at = await self._counted()
        hit = False

        async def noting(tx: Transaction) -> Any:
            nonlocal hit
            answer = await work(tx)
            hit = is_hit(answer)
            return answer

        answer = await self.read(noting)
        if hit:
            async with self.read.parts.database.transaction(self.read.actor) as tx:
                await guesses.take_back(tx, who, at)
        return answer

    async def _counted(self) -> tuple[list[bytes], datetime]:
        parts = self.read.parts
        asking = {"address": self.address}
        if self.read.actor is not ANYBODY:
            asking["account"] = self.read.actor.id
        who = {kind: parts.vault.blind(f"guess {kind} {value}") for kind, value in asking.items()}
        async with parts.database.transaction(self.read.actor) as tx:
            at = tx.technical_now()
            await guesses.count(tx, who.values(), at)
            for kind, mark in who.items():
                if await guesses.missed(tx, mark, at - SPAN) > MISSES[kind]:
                    raise TooManyGuesses("lookup.too_many", _WAIT, retry_after_ms=60_000)
        return list(who.values()), at


_WAIT = f"查询未中的次数过多,请{int(SPAN.total_seconds() // 60)}分钟后再试"


async def _guesser(request: Request, read: Read) -> Guesser:
    return Guesser(read, request.client.host if request.client else "")


async def _public(request: Request) -> Guesser:
    return Guesser(Reader(request.app.state.parts, ANYBODY), request.client.host if request.client else "")


Guess = Annotated[Guesser, Depends(_guesser)]
PublicGuess = Annotated[Guesser, Depends(_public)]
