"""Routes of the console: pages, the desk's forms, judging, roster, looks, materials, JSON, live updates, sign-in."""

from services.console.http import api, check, desk, judging, live, login, looks, materials, pages, reviews, roster
from services.console.http.dressing import dress

routers = (
    pages.router,
    materials.router,
    judging.router,
    looks.router,
    roster.router,
    reviews.router,
    desk.router,
    api.router,
    live.router,
    check.router,
    login.router,
)

__all__ = ["dress", "routers"]
