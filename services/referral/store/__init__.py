"""Tables of referral and every query, one file per kind of thing; free text leaves here only sealed."""

from services.referral.store.tables import Base

__all__ = ["Base"]
