"""Last touches to the app: static files, security headers, and errors as pages for those who read pages."""

import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

import orjson
from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import MutableHeaders
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.console.http.rendering import FOLDER, page
from services.console.signin import PLACE, PLACE_LENGTH

Handler = Callable[[Request, Any], Awaitable[Response]]

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not "no-referrer": under it browsers send `Origin: null` with our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def dress(app: FastAPI) -> None:
    """Make a web site of the app."""
    app.mount("/static", StaticFiles(directory=FOLDER / "static"), name="static")
    for kind, handler in list(app.exception_handlers.items()):
        app.add_exception_handler(kind, _as_page(handler))
    app.add_middleware(_Headers)


def _as_page(handler: Any) -> Handler:
    async def answer(request: Request, error: Any) -> Response:
        problem: Response = await handler(request, error)
        if "text/html" not in request.headers.get("accept", ""):
            return problem
        if problem.status_code == 401 and request.method == "GET":
            return RedirectResponse(_way_in(request), 303)
        said = orjson.loads(bytes(problem.body))
        shown = page("error.html", problem.status_code, title=said["title"], detail=said["detail"], code=said["code"])
        for name in ("retry-after", "allow"):
            if name in problem.headers:
                shown.headers[name] = problem.headers[name]
        return shown

    return answer


def _way_in(request: Request) -> str:
    """To signing in, and from there to where somebody wanted to go."""
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    is_place = len(wanted) <= PLACE_LENGTH and re.match(PLACE, wanted)
    return "/login" if wanted == "/" or not is_place else f"/login?to={quote(wanted, safe='/')}"


class _Headers:
    """Security headers on everything; what shows matters is never kept by a browser or a proxy."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                static = scope.get("path", "").startswith("/static/")
                headers["Cache-Control"] = "no-cache" if static else "no-store"
            await send(message)

        await self._app(scope, receive, sending if scope["type"] == "http" else send)
