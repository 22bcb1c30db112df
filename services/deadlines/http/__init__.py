"""Routes of deadlines."""

from services.deadlines.http import calendar, deadlines, rules

routers = [deadlines.router, calendar.router, rules.router]

__all__ = ["routers"]
