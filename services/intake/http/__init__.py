"""Routes of intake: the desk, handling, endings, call-backs drawn, reading, the roster, what comes in batches."""

from services.intake.http import ending, handling, paper, reading, receiving, registering, roster, sampling

routers = [
    registering.router, receiving.router, reading.router, handling.router, ending.router, sampling.router,
    paper.router,
    roster.router,
]  # fmt: skip

__all__ = ["routers"]
