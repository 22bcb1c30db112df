"""Lost races: the end of a matter against what is in flight, both ways round. Whoever loses is passed over and undone.

Five services take in real events on real databases, each in the order the race gives it; what they publish goes on to
the others.
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from services.intake.batch import Batch as IntakeBatch
from services.intake.messaging import REACTIONS as INTAKE_REACTIONS
from services.referral.domain import orders as referral_orders
from services.referral.domain.matters import OVERTAKEN_WHEN_FINAL
from services.triage.domain.reactions import SUPERSEDED
from shared.bus.envelope import read
from shared.contracts import REGISTRY, Event, MatterEvent, deadlines
from shared.contracts.codes import AssessmentState, Escalation, MatterState, OrderState, Outcome, RootCause
from shared.contracts.errors import IllegalTransition, Superseded
from shared.contracts.intake import ENDINGS as INTAKE_ENDINGS
from shared.ids import new_id
from shared.store.unit_of_work import Transaction
from shared.store.vault import Vault
from tests.faults import stories
from tests.faults.inbox import Ids, Inbox, Numbers
from tests.faults.results import Tally
from tests.faults.stories import FINAL, IDS, WINDOW
from tests.unit import deadlines_story as way
from tests.unit import intake_room, referral_room
from tests.unit.deadlines_story import MATTER

Numbered = list[tuple[Event, int]]
SERVICES = ("intake", "triage", "referral", "deadlines", "console")
PARKED = "SELECT reason FROM parked WHERE subject = CAST(:id AS uuid)::text"
Before = dict[str, Callable[[Transaction, Vault, Ids], Awaitable[None]]]


@dataclass
class World:
    """Five services and the bus between them, on which each reads at its own pace."""

    inboxes: dict[str, Inbox]
    ids: Ids = field(default_factory=lambda: Ids(WINDOW))
    numbers: Numbers = field(default_factory=Numbers)
    minutes: int = 0

    @classmethod
    def of(cls, inboxes: dict[str, Inbox], *services: str) -> "World":
        return cls({service: inboxes[service] for service in services})

    async def before(self, before: Before) -> None:
        for service, prepare in before.items():
            here = self.inboxes[service]
            async with here.database.transaction() as tx:
                await prepare(tx, here.vault, self.ids)

    def publish(self, *events: Event) -> Numbered:
        """Events as their owners put them on the bus: from here on their place in each source is fixed."""
        told = [self.ids.told(event, IDS) for event in events]
        return [(event, self.numbers.next(event)) for event in told]

    async def read(self, numbered: Numbered) -> None:
        """Have everybody but their own service read these, and what comes of them, until nothing more does."""
        while numbered:
            news: list[Event] = []
            self.minutes += 1
            for service, here in self.inboxes.items():
                topics = here.consumer._reactor.topics
                for event, number in numbered:
                    if service != event.SOURCE and event.SOURCE in topics:
                        await here.take(here.record(event, number, self.minutes))
                        news += await self._published(here)
            numbered = [(event, self.numbers.next(event)) for event in news]

    async def bring(self, *events: Event) -> None:
        """Published and read at once."""
        await self.read(self.publish(*events))

    async def _published(self, here: Inbox) -> list[Event]:
        """What a service published since we looked last; marked as its relay would."""
        async with here.database.transaction() as tx:
            rows = await tx.all(
                "UPDATE outbox SET published_at = now() WHERE published_at IS NULL AND aggregateid = :subject"
                " RETURNING position, type, payload", subject=str(self.ids.of(MATTER)),
            )  # fmt: skip
        return [REGISTRY[row.type].model_validate_json(row.payload) for row in sorted(rows, key=lambda r: r.position)]

    async def rows(self, service: str, sql: str) -> list[Any]:
        async with self.inboxes[service].database.reading() as tx:
            return [tuple(row) for row in await tx.all(sql, id=self.ids.of(MATTER))]

    async def must_have_ended(self) -> None:
        """Everybody agrees that it is over: nothing parked, no sheet, order or clock open."""
        for service in SERVICES:
            assert await self.rows(service, PARKED) == []
        assert await self.rows("triage", "SELECT state FROM assessment WHERE matter_id = :id") == [("CLOSED",)]
        states = await self.rows("referral", "SELECT state FROM orders WHERE matter_id = :id")
        assert {state for (state,) in states} <= {str(state) for state in referral_orders.ENDED}
        shown = await self.rows("console", "SELECT state FROM matter_order WHERE matter_id = :id")
        assert {state for (state,) in shown} <= {str(state) for state in referral_orders.ENDED}
        running = "SELECT rule FROM deadline WHERE matter_id = :id AND stopped_at IS NULL"
        assert await self.rows("deadlines", running) == []


@pytest.fixture(scope="module")
def tally() -> Iterator[Tally]:
    counted = Tally("lost races")
    yield counted
    counted.record()


def ended_in_intake(state: MatterState) -> Callable[[Transaction, Vault, Ids], Awaitable[None]]:
    async def prepare(tx: Transaction, vault: Vault, ids: Ids) -> None:
        main = new_id() if state is MatterState.MERGED else None
        await stories.registered_in_intake(tx, vault, ids, state=state, merged_into=main, **_DECIDED)

    return prepare


async def judged_again(tx: Transaction, vault: Vault, ids: Ids) -> None:
    await stories.registered_in_intake(tx, vault, ids, state=MatterState.TRIAGED, round=2)


def referral_has(*states: OrderState) -> Callable[[Transaction, Vault, Ids], Awaitable[None]]:
    async def prepare(tx: Transaction, vault: Vault, ids: Ids) -> None:
        await stories.ordered_in_referral(tx, vault, ids, *map(stories.an_order, states))

    return prepare


_DECIDED: dict[str, Any] = {"outcome": Outcome.DONE, "root_cause": RootCause.FLOW_POOR}
_HEARD = {type(event): event for event in (*stories.OF_TRIAGE, *stories.OF_REFERRAL, *stories.OF_DEADLINES)}
_HEARD[deadlines.SupervisionReached] = stories.reached(0, "D02", Escalation.YELLOW, "09-30 17:00")
_LATE = "10-20 08:59"
_MORE = (
    way.voided(_LATE), way.statement_upheld(_LATE), way.objected(_LATE), way.objection_decided(_LATE, upheld=True),
    way.reassigned(_LATE), way.dropped(_LATE), way.extension_asked(_LATE), way.extension_decided(_LATE),
    way.suspended(_LATE, "10-22"), way.resumed(_LATE), way.policy_changed(_LATE),
)  # fmt: skip
ONE_OF_EACH = [event for event in (*_HEARD.values(), *_MORE) if type(event) in INTAKE_REACTIONS]
APPROVED: Before = {"triage": stories.approved_in_triage}
CLOSING = (way.moved(MatterState.CLOSED, "T19", "10-20 09:00"), stories.closed())
ENDINGS: dict[MatterState, Sequence[Event]] = {
    MatterState.CLOSED: CLOSING,
    MatterState.MERGED: (stories.merged(), way.moved(MatterState.MERGED, "T23", "10-20 09:00")),
    MatterState.WITHDRAWN: (stories.taken_back(), way.moved(MatterState.WITHDRAWN, "T24", "10-20 09:00")),
    MatterState.TRANSFERRED: (stories.transferred(), way.moved(MatterState.TRANSFERRED, "T25", "10-20 09:00")),
}
OPENED = (stories.window(), way.registered("09-28 09:05"))
ORDERED = (way.approved("09-28 09:45"), way.drafted("09-28 09:46"), way.issued("09-28 10:00"))

# What was before, what everybody has heard, and what is in flight when the matter is closed.
RACES: dict[str, tuple[Before, Sequence[Event], Sequence[Event]]] = {
    "approval": (APPROVED, OPENED, (way.approved("10-20 08:59", orders=2),)),
    "answer": (
        APPROVED | {"referral": referral_has(OrderState.ANSWERED)}, (stories.window(), *ORDERED),
        (way.acked("09-28 11:00"), way.answered("10-20 08:59")),
    ),
    "sign-for": (
        APPROVED | {"referral": referral_has(OrderState.WORKING)}, (stories.window(), *ORDERED),
        (way.acked("10-20 08:59"),),
    ),
    "statement": (
        APPROVED | {"referral": referral_has(OrderState.CANNOT_FILED)}, (stories.window(), *ORDERED),
        (way.acked("09-28 11:00"), way.statement_filed("10-20 08:59")),
    ),
    "escalation": (
        APPROVED | {"referral": referral_has(OrderState.DELIVERED)}, (stories.window(), *ORDERED),
        (stories.reached(0, "D02", Escalation.YELLOW, "09-30 17:00"), stories.ack_missed(0, "09-29 10:00")),
    ),
    "reclassification": (
        APPROVED | {"referral": referral_has(OrderState.REJECTED)},
        (stories.window(), *ORDERED, way.acked("09-28 11:00"), way.statement_filed("10-08 09:00"),
         stories.statement_rejected("10-09 09:00", 0)),
        (stories.reclassified("10-20 08:59"),),
    ),
    "voiding": (
        APPROVED | {"referral": referral_has(OrderState.VOIDED)}, (stories.window(), *ORDERED),
        (way.voided("10-20 08:59"),),
    ),
    "settling": (
        APPROVED | {"referral": referral_has(OrderState.CLOSED)}, (stories.window(), *ORDERED),
        (way.acked("09-28 11:00"), way.answered("10-10 09:00"), way.order_accepted("10-20 08:59"),
         stories.settled("10-20 08:59")),
    ),
    "meeting": (
        APPROVED, OPENED, (stories.meeting_scheduled("10-20 08:58"), stories.meeting_concluded("10-20 08:59")),
    ),
}  # fmt: skip


@pytest.mark.parametrize("ending_first", [True, False], ids=["ending first", "ending last"])
@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("race", RACES)
async def test_an_ending_and_what_is_in_flight_end_alike_whoever_comes_first(
    inboxes: dict[str, Inbox], tally: Tally, race: str, ending: MatterState, ending_first: bool
) -> None:
    before, heard, in_flight = RACES[race]
    world = World.of(inboxes, *SERVICES)
    with tally.run(len(heard) + len(in_flight) + len(ENDINGS[ending])):
        await world.before({"intake": ended_in_intake(ending)} | before)
        await world.bring(*heard)
        late, end = world.publish(*in_flight), world.publish(*ENDINGS[ending])
        for numbered in (end, late) if ending_first else (late, end):
            await world.read(numbered)
        await world.must_have_ended()
        assert await world.rows("intake", "SELECT state FROM matter WHERE matter_id = :id") == [(ending,)]


async def test_a_reopened_matter_is_judged_and_ordered_anew_whatever_was_late(inboxes: dict[str, Inbox]) -> None:
    world = World.of(inboxes, *SERVICES)
    await world.before(APPROVED | {"intake": judged_again, "referral": referral_has(OrderState.WORKING)})
    await world.bring(stories.window(), *ORDERED, *CLOSING)
    await world.bring(stories.reopened("10-22 09:00"), way.moved(MatterState.ACCEPTED, "T22", "10-22 09:00", round=2))
    await world.bring(way.approved("10-20 08:59", orders=1, round=1), way.approved("10-22 10:00", orders=1, round=2))
    assert await world.rows("triage", "SELECT state, round FROM assessment WHERE matter_id = :id") == [("OPEN", 2)]
    orders = await world.rows("referral", "SELECT round, state FROM orders WHERE matter_id = :id ORDER BY round")
    assert orders == [(1, "VOIDED"), (2, "DRAFT")]
    running = "SELECT rule FROM deadline WHERE matter_id = :id AND stopped_at IS NULL ORDER BY rule"
    assert await world.rows("deadlines", running) == [("D04",)]
    assert await world.rows("console", "SELECT state, round FROM matter WHERE matter_id = :id") == [("HANDLING", 2)]
    for service in SERVICES:
        assert await world.rows(service, PARKED) == []


async def test_a_rework_reaches_nobody_who_has_closed(inboxes: dict[str, Inbox]) -> None:
    world = World.of(inboxes, "triage", "referral")
    await world.before({"triage": stories.approved_in_triage, "referral": referral_has(OrderState.CLOSED)})
    await world.bring(stories.closed(), way.rework("10-20 10:00"))
    assert await world.rows("triage", "SELECT state, round FROM assessment WHERE matter_id = :id") == [("CLOSED", 1)]
    assert await world.rows("referral", "SELECT state, round FROM orders WHERE matter_id = :id") == [("CLOSED", 1)]
    for service in world.inboxes:
        assert await world.rows(service, PARKED) == []


async def test_an_approval_of_a_round_that_is_over_drafts_nothing(inboxes: dict[str, Inbox]) -> None:
    world = World.of(inboxes, *SERVICES)
    await world.before({"referral": referral_has(OrderState.CLOSED)})
    await world.bring(way.rework("10-15 10:10", round=2), way.approved("09-28 09:45", orders=2, round=1))
    drafts = await world.rows("referral", "SELECT round, state FROM orders WHERE matter_id = :id ORDER BY round")
    assert drafts == [(1, "CLOSED"), (2, "DRAFT")]
    assert await world.rows("referral", PARKED) == []


@pytest.mark.parametrize("state", FINAL)
@pytest.mark.parametrize("event", ONE_OF_EACH, ids=lambda event: event.TYPE)
def test_in_intake_every_end_passes_over_whatever_still_comes(state: MatterState, event: Event) -> None:
    matter = replace(intake_room.in_state(state), id=MATTER)
    batch = IntakeBatch({MATTER: matter}, {MATTER: matter})
    headers = [("ce_source", b"/410200/x"), ("ce_subject", b"m"), ("ce_sequence", b"1")]
    with pytest.raises(Superseded):
        INTAKE_REACTIONS[type(event)](batch, read("t", 0, 0, headers, b"").with_event(event))
    assert batch.matters == {MATTER: matter}


def test_that_is_every_event_of_a_matter_to_which_intake_reacts() -> None:
    assert {type(event) for event in ONE_OF_EACH} == {
        kind for kind in INTAKE_REACTIONS if issubclass(kind, MatterEvent)
    }


def test_the_tables_of_final_states_name_every_race_of_triage_and_referral() -> None:
    assert {(AssessmentState.CLOSED, kind) for kind in INTAKE_ENDINGS} <= SUPERSEDED
    of_foreign = {kind.TYPE for kind in OVERTAKEN_WHEN_FINAL}
    assert of_foreign == {"matter.approved", "matter.reclassified", "matter.rework_ordered", "order.ack_missed"}


def test_a_voided_order_takes_no_answer_and_no_light() -> None:
    of = referral_room.matter()
    [(voided, [told])] = referral_orders.void_open([referral_room.working(of)], way.at("10-20 09:00"))
    assert (voided.state, told.TYPE) == (OrderState.VOIDED, "order.voided")
    with pytest.raises(IllegalTransition):
        referral_orders.answer(voided, referral_room.given(), of)
    with pytest.raises(Superseded):
        referral_orders.miss_acknowledgement(voided, way.at("09-29 10:00"))


def test_a_light_that_was_on_goes_out_when_the_order_had_been_voided_before() -> None:
    events = [way.registered("09-28 09:10"), way.accepted("09-28 09:20"), way.triaged("09-28 09:40"),
              way.approved("09-28 09:50"), way.drafted("09-28 09:50"), way.issued("09-28 10:00")]  # fmt: skip
    lit, _ = way.told(events, until="09-28 16:00")
    assert way.ladder_of(way.clock(lit, "D06"))["BLUE"] == "09-28 13:00"
    voided = way.facts([*events, way.voided("09-28 12:00")])[-1]
    out, told = lit.noted(voided, way.COUNTING)
    withdrawn = [event.level for event in told if isinstance(event, deadlines.SupervisionWithdrawn)]
    assert withdrawn == [Escalation.BLUE, Escalation.YELLOW]
    assert way.clock(out, "D06").stopped_at == way.at("09-28 12:00")
