"""Routes of the console: pages, the same as JSON, live updates, signing in."""

from services.console.http import api, live, login, pages
from services.console.http.dressing import dress

routers = (pages.router, api.router, live.router, login.router)

__all__ = ["dress", "routers"]
