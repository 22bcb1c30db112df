"""Routes of referral; `forms` are the requests, `answers` what is said in return."""

from services.referral.http import matters, orders, policies, statements, units

routers = [orders.router, statements.router, matters.router, units.router, policies.router]

__all__ = ["routers"]
