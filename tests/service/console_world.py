"""A console and a stand-in intake that notes what it is asked."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from bancheng.local.ports import free_port
from services.console.main import service
from tests.engines import Engines
from tests.harness import Client, Hall, _serving, hall
from tests.service.console_story import CITY, Story, names, publish

HTML = {"Accept": "text/html"}
MADE = UUID(int=77)


@dataclass
class Intake:
    """Answers as it is told, and keeps what it was asked with which key."""

    asked: list[tuple[str, Any, str]] = field(default_factory=list)
    refusal: tuple[int, str, str] | None = None
    answers: dict[str, Any] = field(default_factory=dict)
    refusals: dict[str, tuple[int, str, str]] = field(default_factory=dict)  # of one command only

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.api_route("/{path:path}", methods=["GET", "POST", "PUT"])
        async def any_route(path: str, request: Request) -> Response:
            self.asked.append((path, await _said(request), request.headers.get("idempotency-key", "")))
            if path == "matters/titles":
                return JSONResponse({"titles": {}})
            if refusal := self.refusals.get(path, self.refusal):
                status, code, detail = refusal
                return JSONResponse({"code": code, "detail": detail}, status)
            made = {"matter_id": str(MADE), "register_no": "汴监窗〔2026〕000009号", "state": "CLOSED"}
            answer = self.answers.get(path, made)
            return answer if isinstance(answer, Response) else JSONResponse(answer)

        return app

    def last(self) -> tuple[str, Any, str]:
        """The last command or look."""
        return [each for each in self.asked if each[0] != "matters/titles"][-1]


@dataclass
class World:
    """The console and its intake."""

    hall: Hall
    intake: Intake

    def who(self, role: str) -> Client:
        return self.hall.client("u-1", role, window=CITY)


@asynccontextmanager
async def console_world(engines: Engines, folder: Path) -> AsyncIterator[World]:
    """Both, with windows and units known by their names."""
    intake, port = Intake(), free_port()
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(_serving(intake.app(), port))

        def console(settings: Any) -> Any:
            return service(
                settings.model_copy(
                    update=dict.fromkeys(
                        ("intake_url", "triage_url", "referral_url", "deadlines_url", "audit_url"), address
                    )
                )
            )

        running = await stack.enter_async_context(hall(engines, "console", folder, console))
        await running.publish(*names())
        await running.caught_up()
        yield World(running, intake)


async def _said(request: Request) -> Any:
    """The body as it came in, a file with its name."""
    if request.method == "GET":
        return dict(request.query_params)
    if "content-type" not in request.headers:
        return None
    if not request.headers["content-type"].startswith("multipart/"):
        return await request.json()
    form = await request.form()
    return {
        name: value if isinstance(value, str) else (value.filename, await value.read()) for name, value in form.items()
    }


async def page(who: Client, path: str) -> httpx.Response:
    return await who._http.get(path, headers=HTML)


async def sent(who: Client, path: str, **entered: Any) -> httpx.Response:
    return await who._http.post(path, data=entered, headers=HTML)


def key_of(answer: httpx.Response) -> str:
    return re.findall(r'name="key" value="([^"]+)"', answer.text)[0]  # type: ignore[no-any-return]


async def told(world: World, story: Story) -> str:
    await publish(world.hall, story.told)
    await world.hall.caught_up()
    return f"/matters/{story.matter_id}/acts"
