"""Routes of the console: pages, forms, judging, orders, roster, calendar, looks, files, JSON, live updates, sign-in."""

from services.console.http import (
    api,
    calendar,
    check,
    desk,
    judging,
    live,
    login,
    looks,
    materials,
    order_acts,
    order_files,
    orders,
    pages,
    reviews,
    roster,
)
from services.console.http.dressing import dress

routers = (
    pages.router,
    materials.router,
    judging.router,
    looks.router,
    roster.router,
    calendar.router,
    orders.router,
    order_files.router,
    order_acts.router,
    reviews.router,
    desk.router,
    api.router,
    live.router,
    check.router,
    login.router,
)

__all__ = ["dress", "routers"]
