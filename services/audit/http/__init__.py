"""Routes of audit: the log with its proofs, and the monthly review of looks at personal data."""

from services.audit.http import log, reviews

routers = (log.router, reviews.router)

__all__ = ["routers"]
