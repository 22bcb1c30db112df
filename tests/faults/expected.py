"""What each command and each event must lead to, written down here and not asked of the services."""

from dataclasses import dataclass
from typing import Any

# Who takes in whose events.
SUBSCRIBED: dict[str, tuple[str, ...]] = {
    "intake": ("triage", "referral", "deadlines"),
    "triage": ("intake", "referral"),
    "referral": ("intake", "triage", "deadlines"),
    "deadlines": ("intake", "triage", "referral"),
    "audit": ("intake", "triage", "referral", "deadlines"),
    "console": ("intake", "triage", "referral", "deadlines"),
}

# Command → the service it is for, and the events that must stand in its outbox, in this order.
STEPS: dict[str, tuple[str, tuple[str, ...]]] = {
    "on the spot": (
        "intake",
        ("matter.registered", "matter.moved T02", "matter.resolved_on_spot", "matter.moved T03", "matter.closed"),
    ),
    "register": ("intake", ("matter.registered", "matter.moved T02")),
    "accept": ("intake", ("matter.accepted", "matter.moved T05")),
    "propose": ("triage", ("matter.triaged",)),
    "approve": ("triage", ("matter.approved",)),
    "extract": ("referral", ()),
    "sign": ("referral", ("order.issued",)),
    "acknowledge": ("referral", ("order.acked",)),
    "answer": ("referral", ("order.answered",)),
    "review": ("referral", ("order.accepted", "order.all_settled")),
    "feed back": ("intake", ("feedback.given", "matter.moved T18")),
    "call back": ("intake", ("callback.attempted", "callback.completed", "matter.moved T19", "matter.closed")),
}

# Event → (service, event) that it must bring about, each exactly once. Clocks are counted by matter: see Story.
BRINGS: dict[str, tuple[tuple[str, str], ...]] = {
    "matter.triaged": (("intake", "matter.moved T06"),),
    "matter.approved": (("intake", "matter.moved T07"), ("referral", "order.drafted")),
    "order.answered": (("intake", "matter.moved T12"),),
    "order.all_settled": (("intake", "matter.moved T17"),),
}


@dataclass(frozen=True)
class Story:
    """What is there at the end of a matter that went this way: rows by table, and the rules whose clocks ran."""

    rows: dict[str, list[dict[str, Any]]]
    clocks: tuple[str, ...]


# The first step of a matter tells its story. Versions count the state changes: one for each command or event.
STORIES: dict[str, Story] = {
    "on the spot": Story(
        {
            "intake.matter": [{"state": "CLOSED", "version": 2, "round": 1}],
            "triage.assessment": [],
            "referral.matter": [{"round": 1, "final": True}],
            "referral.orders": [],
            "console.matter": [{"state": "CLOSED", "round": 1}],
            "console.matter_order": [],
        },
        ("D02", "D10"),
    ),
    "register": Story(
        {
            "intake.matter": [{"state": "CLOSED", "version": 8, "round": 1}],
            "triage.assessment": [{"state": "CLOSED", "version": 4}],
            "referral.matter": [{"round": 1, "final": True}],
            "referral.orders": [{"state": "CLOSED", "version": 6}],
            "console.matter": [{"state": "CLOSED", "round": 1}],
            "console.matter_order": [{"state": "CLOSED"}],
        },
        ("D02", "D04", "D05", "D06", "D10", "D15", "D19", "D20", "D21"),
    ),
}
