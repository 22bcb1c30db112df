"""Routes of referral; `forms` are the requests, `answers` what is said in return."""

from services.referral.http import (
    files,
    matters,
    orders,
    papers,
    policies,
    reassigning,
    requests,
    statements,
    units,
    windows,
)

routers = [
    orders.router, requests.router, reassigning.router, statements.router, matters.router, units.router,
    policies.router, windows.router, papers.router, files.router,
]  # fmt: skip

__all__ = ["routers"]
