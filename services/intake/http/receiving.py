"""The route by which other channels' messages come in, up to 500 at a time."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from services.intake.domain.form import Received
from services.intake.handlers import receiving
from shared.contracts.codes import Channel
from shared.contracts.errors import Refused
from shared.store.unit_of_work import Transaction
from shared.web import Answer, Body, Parts, Run

router = APIRouter()


class RowIn(Body):
    """One message; loosely typed, because a bad row is refused by itself and not with the whole batch."""

    channel: Annotated[str, Field(max_length=40)]
    source_ref: Annotated[str, Field(max_length=200)]
    title: str
    facts: str
    received_at: Annotated[str, Field(max_length=60)]
    reporter_name: Annotated[str, Field(max_length=200)] | None = None

    def received(self) -> Received | Refused:
        if self.channel not in Channel._value2member_map_:
            return Refused("received.channel", "反映渠道代码不对")
        if not self.source_ref:
            return Refused("source_ref.missing", "除窗口来访外,请填写来源单号")
        try:
            received_at = datetime.fromisoformat(self.received_at)
        except ValueError:
            return Refused("received_at.invalid", "反映时间无法识别,请用 2026-09-28T09:00:00+08:00 的格式")
        if received_at.tzinfo is None:
            return Refused("received_at.no_zone", "反映时间须带时区,例如 +08:00")
        return Received(
            Channel(self.channel), self.source_ref, self.title, self.facts, received_at, self.reporter_name or None
        )


class BatchIn(Body):
    rows: Annotated[list[RowIn], Field(min_length=1, max_length=500)]
    window_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_\-.@]{1,60}$")] | None = None


class RowOut(Answer):
    """ACCEPTED, DUPLICATE or REFUSED, the last two with a code and a sentence."""

    status: str
    matter_id: UUID | None
    code: str | None
    detail: str | None


class BatchOut(Answer):
    """What became of each row, in their order."""

    results: list[RowOut]


@router.post("/received-matters/batch")
async def receive(body: BatchIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> BatchOut:
        rows = [row.received() for row in body.rows]
        answered = await receiving.receive(tx, rows, body.window_id, parts.vault)
        return BatchOut(results=[RowOut(**answer._asdict()) for answer in answered])

    return await run(work)
