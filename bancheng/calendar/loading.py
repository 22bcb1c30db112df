"""A load as two calls: what would move, and with --apply the load itself upon the very calendar that was shown."""

import json
from typing import Any

import httpx

from bancheng.client.calling import Caller, problem_of
from shared.ids import new_id


class Refusal(Exception):
    """Deadlines refuses the year; one line in its own words."""


async def load(caller: Caller, content: dict[str, Any], reason: str | None, *, apply: bool) -> dict[str, Any]:
    """Deadlines' answer; Refusal where it does not take the year."""
    body = {"content": content} | ({"reason": reason} if reason else {})
    would = await _sent(caller, "/calendar/years?dry_run=true", body)
    if not apply or not would["changed"]:
        return would
    return await _sent(caller, "/calendar/years", body | {"calendar_version": would["calendar_version"]})


async def _sent(caller: Caller, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = await caller.post(path, json.dumps(body).encode(), str(new_id()))
    if answer.status_code in (400, 409, 413, 422):
        code, sentence = problem_of(answer)
        raise Refusal(f"{sentence} ({code})")
    if answer.status_code != 200:
        raise caller.stopped_by(answer)
    return _read(caller, answer)


def _read(caller: Caller, answer: httpx.Response) -> dict[str, Any]:
    try:
        found: dict[str, Any] = answer.json()
        found["changed"], found["calendar_version"], found["deadlines"]
    except (ValueError, KeyError, TypeError) as error:
        raise caller.is_another() from error
    return found
