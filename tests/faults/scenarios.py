"""The list of scenarios and of guarantees: the columns of docs/guarantees.md that do not come from a run."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scenario:
    """What is broken, and where the test is."""

    what: str
    test: str


@dataclass(frozen=True)
class Guarantee:
    """A promise of the bus, what makes it, and the scenarios that try to break it."""

    promise: str
    mechanism: str
    scenarios: tuple[str, ...]


SCENARIOS: dict[str, Scenario] = {
    "calm": Scenario("Nothing is broken", "test_reconciler.py"),
    "service killed": Scenario("`kill -9` of a service process, again and again", "test_processes.py"),
    "two relays": Scenario("Two relays of one service at once, the active one killed", "test_processes.py"),
    "broker killed": Scenario("`kill -9` of the broker, back after 10 s", "test_broker.py"),
    "broker hangs": Scenario("The broker takes connections and answers nothing, for 60 s", "test_broker.py"),
    "brokers of a cluster killed": Scenario(
        "`kill -9` of each of three brokers, then of the ruling one", "test_cluster.py"
    ),
    "database killed": Scenario("`kill -9` of PostgreSQL, back after 10 s", "test_database.py"),
    "database full": Scenario("PostgreSQL's disk is full", "test_database.py"),
    "database read-only": Scenario("PostgreSQL refuses writes", "test_database.py"),
    "consumers come and go": Scenario("One, two, three, one consumer processes a service", "test_scale.py"),
    "backlog": Scenario("100,000 events of backlog for one consumer", "test_scale.py"),
    "database set back": Scenario("A service's database restored from a backup", "test_restore.py"),
    "broker's disk lost": Scenario("The broker loses everything it had", "test_lost_broker.py"),
    "poison": Scenario("Twenty kinds of records that no healthy service sends", "test_poison.py"),
    "clock jumps": Scenario("The clock of one host an hour ahead, then an hour behind", "test_clock.py"),
    "out of order": Scenario("Events of several topics shuffled, cut anyhow and repeated", "test_order.py"),
    "lost races": Scenario("The end of a matter against what is in flight, both ways round", "test_races.py"),
    "answer in time": Scenario(
        "A unit answers in time, the broker dead from before the due time on", "test_false_red.py"
    ),
    "demo with restart": Scenario("A service stopped and started again in a demo run", "test_demo_restarts.py"),
}

GUARANTEES: tuple[Guarantee, ...] = (
    Guarantee(
        "A state change and its events are one",
        "outbox rows in the transaction of the change (`shared/store/unit_of_work.py`, `shared/bus/outbox.py`)",
        ("calm", "service killed", "database killed", "database full", "database read-only"),
    ),
    Guarantee(
        "Order per matter",
        "`subject_sequence` locked before the outbox insert (`shared/bus/outbox.py`), one relay per service"
        " (`shared/bus/relay.py`)",
        ("service killed", "two relays", "broker killed", "clock jumps", "out of order"),
    ),
    Guarantee(
        "No event is lost on its way to the broker",
        "marked only after the broker's acknowledgement (`shared/bus/relay.py`)",
        ("service killed", "broker killed", "broker hangs", "brokers of a cluster killed"),
    ),
    Guarantee(
        "No event takes effect twice, none is skipped",
        "watermarks and offsets in the transaction of the effect (`shared/bus/watermarks.py`,"
        " `shared/bus/consumer.py`)",
        ("service killed", "broker killed", "database killed", "consumers come and go", "backlog"),
    ),
    Guarantee(
        "An event that a handler fails on, or that comes too early, holds up nothing but its own source and matter",
        "parked with its reason (`shared/bus/parking.py`); `bancheng parked list, retry, skip` (`bancheng/parked.py`)",
        ("poison", "out of order"),
    ),
    Guarantee(
        "Bytes that are no event at all are kept whole and stop nobody",
        "dead letters as outbox rows (`shared/bus/consumer.py`), header names of any bytes"
        " (`shared/bus/header_names.py`)",
        ("poison",),
    ),
    Guarantee(
        "An event that lost a race is passed over and undone by its owner",
        "tables of final states × foreign events (`services/*/domain`)",
        ("lost races",),
    ),
    Guarantee(
        "No light is reached while an act dated before it may still arrive",
        "each relay tells how far it is, behind a fence (`shared/bus/progress.py`, `shared/bus/fence.py`); timers wait"
        " for it (`shared/bus/heard.py`)",
        ("answer in time",),
    ),
    Guarantee(
        "A database set back or a lost topic is brought in line again, and what is gone is named",
        "histories compared before anything is sent (`shared/bus/history.py`); `bancheng recover`,"
        " `bancheng republish`",
        ("database set back", "broker's disk lost"),
    ),
    Guarantee(
        "A command repeated by a client takes effect once",
        "idempotency key stored with the answer in the command's transaction (`shared/web/commands.py`)",
        ("service killed", "database killed", "database full"),
    ),
    Guarantee(
        "A broker, a database or a process dies: nothing needs a restart by hand",
        "retries with backoff everywhere (`shared/web/app.py`, `shared/bus/relay.py`, `shared/bus/consumer.py`)",
        (
            "broker killed",
            "broker hangs",
            "database killed",
            "database full",
            "database read-only",
            "demo with restart",
        ),
    ),
)
