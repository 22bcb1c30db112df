"""An explanation asked of a running deadlines."""

from datetime import datetime
from typing import Any
from uuid import UUID

import httpx

from bancheng.client.access import Tokens
from bancheng.client.calling import Caller, problem_of
from bancheng.client.problems import WrongInput


async def ask(deadline_id: UUID, url: str, tokens: Tokens) -> dict[str, Any]:
    """The explanation of one clock as its service gives it; WrongInput in its own words where there is none."""
    async with httpx.AsyncClient(timeout=60) as http:
        caller = Caller(http, url, tokens, "deadlines")
        answer = await caller.get(f"/deadlines/{deadline_id}/explanation")
    if answer.status_code in (403, 404):
        code, sentence = problem_of(answer)
        raise WrongInput(f"{sentence} ({code})")
    if answer.status_code != 200:
        raise caller.stopped_by(answer)
    try:
        found: dict[str, Any] = answer.json()
        as_lines(found)
    except (ValueError, KeyError, TypeError) as error:
        raise caller.is_another() from error
    return found


def as_lines(found: dict[str, Any]) -> list[str]:
    """The explanation for people: what runs since when, the days, and whether the stored date agrees."""
    started_at = datetime.fromisoformat(found["started_at"])
    head = f"{found['name']},时限{found['limit_name']},自{found['start_name']}({started_at:%Y-%m-%d %H:%M})起算"
    lines = [f"{line['days']} {line['text']}" for line in found["lines"]]
    return [head, *lines, *found["notes"]]
