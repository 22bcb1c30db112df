"""What may be done with an order (handbook 3.3, 6.3), from the draft to striking it off.

The window writes, signs and reviews; the unit acknowledges and answers; statements have their own room.
"""

from services.referral.domain.orders.drafting import (
    draft,
    draft_approved,
    draft_successor,
    paper_hash,
    require_signable,
    sign,
    with_tasks,
    write_extract,
)
from services.referral.domain.orders.order import (
    ENDED,
    WORKABLE,
    Extract,
    Order,
    Requirement,
    Review,
    ReviewDecision,
    Settlement,
)
from services.referral.domain.orders.working import acknowledge, answer, miss_acknowledgement, review, void_open

__all__ = [
    "ENDED",
    "WORKABLE",
    "Extract",
    "Order",
    "Requirement",
    "Review",
    "ReviewDecision",
    "Settlement",
    "acknowledge",
    "answer",
    "draft",
    "draft_approved",
    "draft_successor",
    "miss_acknowledgement",
    "paper_hash",
    "require_signable",
    "review",
    "sign",
    "void_open",
    "with_tasks",
    "write_extract",
]
