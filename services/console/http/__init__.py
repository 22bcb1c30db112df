"""Routes of the console: pages, the desk's forms, judging, looks, materials, JSON, live updates, signing in."""

from services.console.http import api, desk, judging, live, login, looks, materials, pages
from services.console.http.dressing import dress

routers = (
    pages.router,
    materials.router,
    judging.router,
    looks.router,
    desk.router,
    api.router,
    live.router,
    login.router,
)

__all__ = ["dress", "routers"]
