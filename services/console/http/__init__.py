"""Routes of the console: pages, the desk's forms, the same as JSON, live updates, signing in."""

from services.console.http import api, desk, live, login, pages
from services.console.http.dressing import dress

routers = (pages.router, desk.router, api.router, live.router, login.router)

__all__ = ["dress", "routers"]
