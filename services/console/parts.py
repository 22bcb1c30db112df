"""The console's own parts, beside those of the chassis."""

from dataclasses import dataclass

from services.console.desk.owners import Owner
from services.console.live import Pulse
from services.console.titles import Titles


@dataclass(frozen=True)
class Extra:
    """What routes find in `parts.extra`."""

    titles: Titles
    intake: Owner
    triage: Owner
    referral: Owner
    deadlines: Owner
    audit: Owner
    pulse: Pulse
