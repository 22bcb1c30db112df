"""Routes of the console: pages, the desk's forms, the roster, materials, the same as JSON, live updates, signing in."""

from services.console.http import api, desk, live, login, materials, pages, roster
from services.console.http.dressing import dress

routers = (pages.router, materials.router, roster.router, desk.router, api.router, live.router, login.router)

__all__ = ["dress", "routers"]
