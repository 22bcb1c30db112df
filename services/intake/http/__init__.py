"""Routes of intake: the desk, handling, reading, the roster, and what is received in batches."""

from services.intake.http import handling, reading, receiving, registering, roster

routers = [registering.router, receiving.router, reading.router, handling.router, roster.router]

__all__ = ["routers"]
