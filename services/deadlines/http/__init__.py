"""Routes of deadlines."""

from services.deadlines.http import calendar, deadlines, explanations, rules

routers = [deadlines.router, explanations.router, calendar.router, rules.router]

__all__ = ["routers"]
