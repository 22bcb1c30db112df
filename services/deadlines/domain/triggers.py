"""What starts and what stops each rule (handbook 3.2, 5.1): one table, and the facts that follow from others.

Every clock also stops when its matter ends, and every clock of an order when the order is voided or reassigned.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.deadlines.domain.counting import Change, Extension, Pause, RedAtOnce
from services.deadlines.domain.facts import Fact, Mark
from services.deadlines.domain.rules import ORDER_RULES, RULES

M = Mark


@dataclass(frozen=True, slots=True)
class Trigger:
    """One row: the rules it drives (several only for orders, whose rule is in `order.issued`), starts and stops.

    Changeable is what its order's extensions and suspensions act on; grave what is red from its start in a round that
    began because the reporter was dissatisfied a second time (handbook 5.2).
    """

    rules: tuple[str, ...]
    starts: tuple[Mark, ...]
    stops: tuple[Mark, ...]
    per_order: bool = False
    changeable: bool = False
    grave: bool = False


TRIGGERS = (
    Trigger(("D01",), (M.RECEIVED,), (M.REGISTERED,)),
    Trigger(("D02",), (M.REGISTERED,), (M.ACCEPTED, M.DEEMED_ACCEPTED, M.LAPSED, M.RESOLVED_ON_SPOT)),
    Trigger(("D04",), (M.ACCEPTED, M.DEEMED_ACCEPTED, M.REOPENED, M.TRIAGE_RETURNED), (M.TRIAGED,)),
    Trigger(("D05",), (M.TRIAGED,), (M.ORDERS_OUT, M.TRIAGE_RETURNED)),
    # An objection is an answer to the delivery like a sign-for; denied, it gives no second time to sign.
    Trigger(("D06",), (M.ISSUED,), (M.ACKED, M.OBJECTED), per_order=True),
    Trigger(("D10",), (M.REGISTERED,), (M.RESOLVED_ON_SPOT, M.ACCEPTED, M.DEEMED_ACCEPTED, M.LAPSED)),
    Trigger(ORDER_RULES, (M.ACKED_IN_TIME, M.TAKEN_AS_ACKED), (M.ANSWERED, M.CANNOT_FILED), per_order=True,
            changeable=True, grave=True),
    Trigger(("D14",), (M.CANNOT_CONFIRMED,), (M.FEEDBACK_GIVEN,)),
    Trigger(("D19",), (M.ANSWERED, M.CANNOT_FILED), (M.ORDER_ACCEPTED, M.RETURNED, M.UPHELD, M.REJECTED),
            per_order=True),
    Trigger(("D19",), (M.HANDLED_ON_SITE,), (M.REVIEW_PASSED,)),
    Trigger(("D20",), (M.REVIEW_PASSED,), (M.FEEDBACK_GIVEN,)),
    # The first call-back: any attempt keeps it; three attempts may take five working days.
    Trigger(("D21",), (M.FEEDBACK_GIVEN,), (M.CALLBACK_ATTEMPTED, M.CALLBACK_COMPLETED)),
    Trigger(("D22",), (M.RETURNED,), (M.ANSWERED, M.CANNOT_FILED), per_order=True, changeable=True),
    Trigger(("D22",), (M.REWORK_ORDERED,), (M.ALL_ANSWERED, M.ROUND_ANSWERED, M.HANDLED_ON_SITE), grave=True),
)  # fmt: skip

DISSATISFIED = 2  # times, from which on supervision goes up
# What ends an order ends all of its clocks, and what changes the time it has.
ENDS_ORDER = (M.VOIDED, M.REASSIGNED)
PAUSING = (M.SUSPENDED, M.RESUMED)  # what ends a pause before its day
CHANGES = (M.EXTENDED, M.INSISTED, M.SUSPENDED, M.RESUMED)

# What has an order count as signed for although nobody did.
UNSIGNED = (M.ACK_MISSED, M.OBJECTION_DENIED, *ENDS_ORDER)

# The marks that follow from other facts, and from which.
FOLLOWS_FROM = {
    M.ACKED_IN_TIME: (M.ISSUED, M.ACKED),
    M.TAKEN_AS_ACKED: (M.ISSUED, M.ACKED, *UNSIGNED, M.ENDED),
    M.ORDERS_OUT: (M.APPROVED, M.DRAFTED, M.ISSUED, M.VOIDED),
    M.ROUND_ANSWERED: (M.REWORK_ORDERED, M.DRAFTED, M.ANSWERED, M.CANNOT_FILED, M.VOIDED, M.REASSIGNED),
}


# The end of the matter stops whatever runs in its round; which round a fact is of, its openings tell.
BEARS_ON_ALL = (M.ENDED, M.REWORK_ORDERED, M.REOPENED)


@dataclass(frozen=True, slots=True)
class Run:
    """One clock as the facts have it: the rule, what started it, what stopped it if it came, what changed meanwhile."""

    rule: str
    start: Fact
    stop: Fact | None
    changes: tuple[Change, ...] = ()
    issued_at: datetime | None = None

    @property
    def promised_at(self) -> datetime:
        """When its limit was set: an order's own with the order, whose paper names it; any other when it starts."""
        return self.issued_at or self.start.at


def runs_touched(fact: Fact, facts: Sequence[Fact]) -> list[Run]:
    """Every run that this fact, one of `facts`, may have started, moved or stopped."""
    if fact.mark in BEARS_ON_ALL:
        return every_run(facts)
    return [
        run
        for trigger in TOUCHED_BY.get(fact.mark, ())
        for run in _runs(trigger, fact.order_id if trigger.per_order else None, facts)
    ]


def runs_of(rule: str, facts: Sequence[Fact]) -> list[Run]:
    """Every run of one rule."""
    return [run for run in every_run(facts, rule) if run.rule == rule]


def every_run(facts: Sequence[Fact], rule: str | None = None) -> list[Run]:
    """Every run of the matter, or of the triggers of one rule."""
    orders = sorted({fact.order_id for fact in facts if fact.order_id})
    triggers = [trigger for trigger in TRIGGERS if rule is None or rule in trigger.rules]
    scopes = [(trigger, order) for trigger in triggers for order in (orders if trigger.per_order else [None])]
    return [run for trigger, scope in scopes for run in _runs(trigger, scope, facts)]


def rules_touched(mark: Mark) -> frozenset[str]:
    """The rules of whose clocks a fact with this mark may start, move or stop one."""
    triggers = TRIGGERS if mark in BEARS_ON_ALL else TOUCHED_BY.get(mark, ())
    return frozenset(rule for trigger in triggers for rule in trigger.rules)


def round_of(start: Fact, facts: Iterable[Fact]) -> int:
    """The round a fact belongs to: its own number, or that of the last round opened before it."""
    if start.round is not None:
        return start.round
    openings = [fact for fact in facts if fact.mark in (M.REWORK_ORDERED, M.REOPENED)]
    return max((fact.round for fact in openings if fact.round and fact.is_before(start)), default=1)


def _runs(trigger: Trigger, order_id: UUID | None, facts: Sequence[Fact]) -> list[Run]:
    starts = _gather(trigger.starts, order_id, facts)
    if not starts:
        return []
    stops = _gather(trigger.stops, order_id, facts) + [fact for fact in facts if fact.mark is M.ENDED]
    if trigger.per_order:
        stops += _ends_of(order_id, facts)
    return [_run(trigger, start, _stop_of(start, stops, facts), facts) for start in starts]


def _run(trigger: Trigger, start: Fact, stop: Fact | None, facts: Sequence[Fact]) -> Run:
    rule = _rule(trigger, start)
    changes = _changes(rule, start, stop, facts) if trigger.changeable else ()
    if trigger.grave and _is_grave(round_of(start, facts), facts):
        changes = (RedAtOnce(start.at), *changes)
    return Run(rule, start, stop, changes, _issued_at(start, facts) if rule in ORDER_RULES else None)


def _issued_at(start: Fact, facts: Sequence[Fact]) -> datetime | None:
    of_order = (fact for fact in facts if fact.mark is M.ISSUED and fact.order_id == start.order_id)
    return next((fact.at for fact in of_order), None)


def _is_grave(round: int, facts: Iterable[Fact]) -> bool:
    return any(
        fact.mark is M.REWORK_ORDERED and fact.round == round and int(fact.value or 1) >= DISSATISFIED for fact in facts
    )


def _changes(rule: str, start: Fact, stop: Fact | None, facts: Sequence[Fact]) -> tuple[Change, ...]:
    """The extensions and pauses between start and stop, in the order of their publisher."""
    of_order = [fact for fact in facts if fact.mark in CHANGES and fact.order_id == start.order_id]
    meanwhile = [fact for fact in of_order if start.is_before(fact) and (stop is None or fact.is_before(stop))]
    told = sorted(meanwhile, key=lambda fact: fact.sequence)
    changes = list[Change]()
    for place, fact in enumerate(told):
        if fact.mark is M.EXTENDED and RULES[rule].extendable:
            changes.append(Extension(fact.at, str(fact.value)))
        if fact.mark is M.INSISTED:
            changes.append(RedAtOnce(max(fact.at, start.at)))
        if fact.mark is M.SUSPENDED and fact.until is not None and RULES[rule].suspendable:
            over = min([fact.until, *(each.at for each in told[place + 1 :] if each.mark in PAUSING)])
            if over > (paused_at := max(fact.at, start.at)):
                changes.append(Pause(paused_at, over, automatic=over == fact.until))
    return tuple(changes)


def _rule(trigger: Trigger, start: Fact) -> str:
    return trigger.rules[0] if len(trigger.rules) == 1 else str(start.value)


def _stop_of(start: Fact, stops: Iterable[Fact], facts: Sequence[Fact]) -> Fact | None:
    """The earliest stop after the start: by number within one publisher, between two by round, whatever crosses."""
    after = [
        stop._replace(at=max(stop.at, start.at))
        for stop in stops
        if (
            stop.sequence > start.sequence
            if stop.source == start.source
            else round_of(stop, facts) >= round_of(start, facts)
        )
    ]
    # What lapsed gives way to an act at that very moment.
    return min(after, key=lambda stop: (stop.at, stop.mark is M.LAPSED, stop.source, stop.sequence), default=None)


def _gather(marks: tuple[Mark, ...], order_id: UUID | None, facts: Sequence[Fact]) -> list[Fact]:
    found = [fact for fact in facts if fact.mark in marks and fact.order_id == order_id]
    if M.ACKED_IN_TIME in marks:
        found += _running_order(order_id, facts)
    if M.ORDERS_OUT in marks:
        found += _orders_out(facts)
    if M.ROUND_ANSWERED in marks:
        found += _rounds_answered(facts)
    return found


def _ends_of(order_id: UUID | None, facts: Sequence[Fact]) -> list[Fact]:
    """An order that goes to another unit because this one objected was not its own since the objection."""
    of_order = [fact for fact in facts if fact.order_id == order_id]
    objected_at = min((fact.at for fact in of_order if fact.mark is M.OBJECTED), default=None)
    denied = any(fact.mark is M.OBJECTION_DENIED for fact in of_order)
    return [
        fact._replace(at=min(fact.at, objected_at))
        if objected_at and not denied and fact.mark is M.REASSIGNED
        else fact
        for fact in of_order
        if fact.mark in ENDS_ORDER
    ]


def _running_order(order_id: UUID | None, facts: Sequence[Fact]) -> list[Fact]:
    """A limit runs from sign-for, or from delivery if not signed for in time: not signing wins nothing (R07).

    Nor does an objection: denied, it has the order count from delivery, unless it is signed for in time after all.
    An order that ends unsigned gets the clock it would have had, so that a late end of it takes no clock away.
    """
    of_order = [fact for fact in facts if fact.order_id == order_id]
    issued = next((fact for fact in of_order if fact.mark is M.ISSUED), None)
    if issued is None or issued.until is None:
        return []
    acked_at = min((fact.at for fact in of_order if fact.mark is M.ACKED), default=None)
    if acked_at is not None and acked_at <= issued.until:
        return [issued._replace(mark=M.ACKED_IN_TIME, at=acked_at)]
    unsigned = any(fact.mark in UNSIGNED for fact in of_order)
    ended = any(fact.mark is M.ENDED and (fact.round or 1) >= (issued.round or 1) for fact in facts)
    if acked_at is not None or unsigned or ended:
        return [issued._replace(mark=M.TAKEN_AS_ACKED)]
    return []


def _orders_out(facts: Sequence[Fact]) -> list[Fact]:
    """An approval is carried out when each of its orders is issued (or voided); at once if it has none (R15)."""
    out = {fact.order_id: fact.at for fact in facts if fact.mark is M.VOIDED}
    out |= {fact.order_id: fact.at for fact in facts if fact.mark is M.ISSUED}
    done = []
    for approved in (fact for fact in facts if fact.mark is M.APPROVED):
        drafts = [f for f in facts if f.mark is M.DRAFTED and f.round == approved.round and f.value == "first"]
        moments = [out.get(draft.order_id) for draft in drafts]
        if len(drafts) >= int(approved.value or 0) and None not in moments:
            at = max([approved.at, *(moment for moment in moments if moment)])
            done.append(approved._replace(mark=M.ORDERS_OUT, at=at))
    return done


def _rounds_answered(facts: Sequence[Fact]) -> list[Fact]:
    """A rework is answered when each of its orders is, whenever intake comes to tell so (T12): it only reacts."""
    answers = sorted((f for f in facts if f.mark in (M.ANSWERED, M.CANNOT_FILED)), key=lambda f: f.at, reverse=True)
    first = {fact.order_id: fact for fact in answers}
    gone = {fact.order_id for fact in facts if fact.mark in ENDS_ORDER}
    done = []
    for rework in (fact for fact in facts if fact.mark is M.REWORK_ORDERED):
        orders = {f.order_id for f in facts if f.mark is M.DRAFTED and f.round == rework.round} - gone
        if orders and orders <= first.keys():
            last = max((first[order] for order in orders), key=lambda f: (f.at, f.sequence))
            done.append(last._replace(mark=M.ROUND_ANSWERED, order_id=None, round=rework.round))
    return done


def _touched_by() -> dict[Mark, tuple[Trigger, ...]]:
    touched: dict[Mark, list[Trigger]] = {mark: [] for mark in Mark}
    for trigger in TRIGGERS:
        named = {*trigger.starts, *trigger.stops}
        named |= {*ENDS_ORDER, M.OBJECTED, M.OBJECTION_DENIED} if trigger.per_order else set()
        named |= {*CHANGES} if trigger.changeable else set()
        bases = {basis for mark in named for basis in FOLLOWS_FROM.get(mark, ())}
        for mark in named | bases:
            touched[mark].append(trigger)
    return {mark: tuple(triggers) for mark, triggers in touched.items()}


TOUCHED_BY = _touched_by()

__all__ = ["TRIGGERS", "Run", "Trigger", "every_run", "round_of", "rules_touched", "runs_of", "runs_touched"]
