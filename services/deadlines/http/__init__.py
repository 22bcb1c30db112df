"""Routes of deadlines."""

from services.deadlines.http import calendar, deadlines

routers = [deadlines.router, calendar.router]

__all__ = ["routers"]
