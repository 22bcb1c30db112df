"""The rules of triage, pure: read `assessment` for the values, `commands` for what people do, `reactions` for the rest.

Each function takes the assessment and returns the new one with the events to publish, or refuses.
Handbook 1.3 (kinds and policies), 1.4 (R03–R10), 3.2 (T05–T08, T14, T15), 6.2 (the sheet).
"""

from services.triage.domain.assessment import (
    Approval,
    Assessment,
    Change,
    Correction,
    Judgement,
    Lowering,
    Outcome,
    Proposal,
    Return,
    Words,
)
from services.triage.domain.commands import approve, propose, reclassify, send_back
from services.triage.domain.lowering import confirm_lowering, decline_lowering, require_another_office
from services.triage.domain.orders import ORDER_RULES, Unit, require_known_units
from services.triage.domain.reactions import (
    SUPERSEDED,
    accepted,
    ended,
    erased,
    reopened,
    rework_ordered,
    statement_upheld,
)

__all__ = [
    "ORDER_RULES",
    "SUPERSEDED",
    "Approval",
    "Assessment",
    "Change",
    "Correction",
    "Judgement",
    "Lowering",
    "Outcome",
    "Proposal",
    "Return",
    "Unit",
    "Words",
    "accepted",
    "approve",
    "confirm_lowering",
    "decline_lowering",
    "ended",
    "erased",
    "propose",
    "reclassify",
    "reopened",
    "require_another_office",
    "require_known_units",
    "rework_ordered",
    "send_back",
    "statement_upheld",
]
