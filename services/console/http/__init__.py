"""Routes of the console: pages, forms, judging, orders, due times, roster, calendar, files, JSON, live, login."""

from services.console.http import (
    api,
    calendar,
    check,
    deadlines,
    desk,
    explanations,
    inbox,
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
    rules,
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
    explanations.router,
    reviews.router,
    rules.router,
    deadlines.router,
    inbox.router,
    desk.router,
    api.router,
    live.router,
    check.router,
    login.router,
)

__all__ = ["dress", "routers"]
