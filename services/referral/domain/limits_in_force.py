"""The limit of an order by the version of its rule that is in force for its window (handbook 5.1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from services.referral.domain.limits import BUILT_IN, Terms
from services.referral.domain.orders import Order
from shared.contracts.deadlines import RuleAmended
from shared.contracts.rules import in_force
from shared.workdays import Limit


@dataclass(frozen=True)
class Limits:
    """The rules as amended so far; a draft is shown what is in force now."""

    amended: Mapping[str, tuple[RuleAmended, ...]]
    now: datetime

    def printed(self, order: Order, rule: str | None = None) -> str:
        """限期办结 as printed: in force for the window when the order was signed.

        The rule id would give the kind away, and the date only comes with the acknowledgement.
        """
        limit = self._terms(rule or order.rule, order, order.delivered_at or self.now, running=False).limit
        return f"自签收之日起{limit.in_words}内反馈;逾1个工作日未签收的,自送达之日起算"

    def running(self, order: Order, rule: str) -> Terms:
        """Those of the clock under which the unit works now, as deadlines counts it: of the order, or of its rework."""
        since = order.delivered_at if rule == order.rule else order.returned_at
        return self._terms(rule, order, since or self.now, running=True)

    def _terms(self, rule: str, order: Order, at: datetime, running: bool) -> Terms:
        found = in_force(self.amended.get(rule, ()), order.org_code, order.window_id, at, running=running)
        return Terms(Limit.parse(found.limit), found.extendable, found.suspendable) if found else BUILT_IN[rule]
