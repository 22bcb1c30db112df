"""Routes of intake: the desk, handling, endings, materials, call-backs drawn, reading, the roster and duty, slips."""

from services.intake.http import (
    duty,
    ending,
    handling,
    interests,
    materials,
    paper,
    reading,
    receiving,
    recusing,
    registering,
    roster,
    sampling,
    slips,
)

routers = [
    registering.router, receiving.router, reading.router, handling.router, ending.router, sampling.router,
    paper.router, roster.router, duty.router, materials.router, slips.router, recusing.router,
    interests.router,
]  # fmt: skip

__all__ = ["routers"]
