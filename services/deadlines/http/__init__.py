"""Routes of deadlines."""

from services.deadlines.http import calendar, deadlines, explanations

routers = [deadlines.router, explanations.router, calendar.router]

__all__ = ["routers"]
