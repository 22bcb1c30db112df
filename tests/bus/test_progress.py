"""Progress: what a relay says is out is out, and what a consumer counts on it has taken in."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from shared import clock
from shared.bus import fence
from shared.bus.heard import Heard
from shared.bus.progress import Progress
from shared.contracts.intake import WindowOpened
from shared.settings import Settings
from shared.store.unit_of_work import Database, is_passing
from tests.engines import Engines
from tests.harness import START, Hall, hall
from tests.service.test_deadlines_service import WINDOW, window
from tests.unit.deadlines_story import at

SETTINGS = Settings(env="local", topic_prefix="t")
INTAKE, TRIAGE = "/410200/intake", "/410200/triage"


def heard_with(*words: Progress, places: dict[TopicPartition, int]) -> Heard:
    found = Heard(SETTINGS, ("intake", "triage"))
    for word in words:
        found.take(word)
    found.prove(places)
    return found


def test_nothing_is_known_before_every_source_was_heard() -> None:
    assert heard_with(Progress(INTAKE, at("09-28 10:00"), {}), places={}).upto is None


def test_everything_is_in_up_to_the_slowest_source() -> None:
    words = Progress(INTAKE, at("09-28 10:00"), {}), Progress(TRIAGE, at("09-28 09:30"), {})
    assert heard_with(*words, places={}).upto == at("09-28 09:30")


def test_a_word_counts_only_when_all_before_it_was_taken_in_and_an_older_one_counts_meanwhile() -> None:
    place = TopicPartition("t.intake", 3)
    words = Progress(INTAKE, at("09-28 10:00"), {3: 7}), Progress(INTAKE, at("09-28 11:00"), {3: 8})
    found = heard_with(*words, Progress(TRIAGE, at("09-28 12:00"), {}), places={place: 7})
    assert found.upto == at("09-28 10:00")
    found.prove({place: 8})
    assert found.upto == at("09-28 11:00")


def test_a_database_that_was_set_back_does_not_hold_what_was_heard_before() -> None:
    place = TopicPartition("t.intake", 3)
    words = Progress(INTAKE, at("09-28 10:00"), {3: 7}), Progress(TRIAGE, at("09-28 12:00"), {})
    found = heard_with(*words, places={place: 7})
    assert found.still_holds({place: 9})
    assert not found.still_holds({place: 6})


def test_subjects_that_the_broker_refused_are_named() -> None:
    words = Progress(INTAKE, START, {}, ("a-matter",)), Progress(TRIAGE, START, {})
    assert heard_with(*words, places={}).held == ["a-matter"]


def test_a_word_reads_as_it_was_written() -> None:
    word = Progress(INTAKE, START, {0: 5, 11: 0}, ("a-matter",))
    assert Progress.from_json(word.to_json()) == word


@pytest.fixture(scope="module")
async def intake(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hall]:
    async with hall(engines, "intake", Path(tmp_path_factory.mktemp("progress"))) as running:
        yield running


@asynccontextmanager
async def real_time() -> AsyncIterator[clock.RealClock]:
    """A clock that nobody sets, as in production."""
    before, real = clock._clock, clock.RealClock()
    clock.use(real)
    try:
        yield real
    finally:
        clock.use(before)


@pytest.fixture
async def connection(intake: Hall) -> AsyncIterator[Any]:
    found = await asyncpg.connect(intake.settings.postgres_url)
    yield found
    await found.execute("ROLLBACK; UPDATE relay_state SET told_upto = NULL")
    await found.close()


def opened(number: int) -> WindowOpened:
    return window(f"{WINDOW}-{number}")


async def test_an_act_dated_before_the_fence_is_done_again_with_a_later_date(intake: Hall, connection: Any) -> None:
    database = Database(intake.settings.postgres_url, "intake", 2)
    async with real_time():
        with pytest.raises(asyncpg.SerializationError) as refused:
            await _late(database, connection)
        assert is_passing(refused.value)
        async with database.transaction() as tx:  # the clock was told
            assert tx.now > datetime.now(UTC) + timedelta(seconds=3)
            tx.publish(opened(1))
    await database.close()


async def test_a_fence_put_by_a_clock_that_was_far_ahead_stops_nobody_and_is_taken_back(
    intake: Hall, connection: Any
) -> None:
    database = Database(intake.settings.postgres_url, "intake", 2)
    async with real_time() as real:
        assert await fence.put(connection, real.now() + timedelta(hours=8))
        async with database.transaction() as tx:
            tx.publish(opened(2))
        upto = real.settled(real.now())
        assert await fence.put(connection, upto)
        assert await connection.fetchval("SELECT told_upto FROM relay_state") == upto
    await database.close()


async def test_the_fence_waits_for_who_is_writing_and_gives_up_rather_than_hold_up_others(
    intake: Hall, connection: Any
) -> None:
    database = Database(intake.settings.postgres_url, "intake", 2)
    async with real_time() as real, database.transaction() as tx:
        tx.publish(opened(3))
        await tx.flush()
        assert not await fence.put(connection, real.now())
    assert await fence.put(connection, clock.now())
    await database.close()


async def test_a_relay_says_at_each_step_of_the_clock_that_all_is_out_and_names_what_the_broker_refused(
    intake: Hall,
) -> None:
    later = START + timedelta(minutes=1)
    intake.time.set(later)
    assert not (await intake.until(lambda: _word_of(intake, later))).held
    await intake.query(
        "INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, sequence, occurred_at, correlation_id,"
        " actor, actor_role, failed_reason)"
        " VALUES (gen_random_uuid(), 'intake', 'refused-one', 'bancheng.test.v1', '', 1, $1, 'test',"
        " 'test', 'test', 'MessageSizeTooLargeError')",
        later,
    )
    intake.time.set(later + timedelta(minutes=1))
    word = await intake.until(lambda: _word_of(intake, later + timedelta(minutes=1)))
    assert word.held == ("refused-one",)


async def _late(database: Database, connection: Any) -> None:
    async with database.transaction() as tx:
        tx.publish(opened(1))
        assert await fence.put(connection, tx.now + timedelta(seconds=5))


async def _word_of(hall: Hall, upto: datetime) -> Progress | None:
    word = await _last_word(hall)
    return word if word.upto == upto else None


async def _last_word(hall: Hall) -> Progress:
    place = TopicPartition(f"{hall.settings.topic_prefix}.progress", 0)
    consumer = AIOKafkaConsumer(bootstrap_servers=hall.settings.kafka, auto_offset_reset="earliest")
    await consumer.start()
    try:
        consumer.assign([place])
        await consumer.seek_to_beginning(place)
        words: list[Any] = []
        async with asyncio.timeout(15):
            while not words or words[-1].offset + 1 < (await consumer.end_offsets([place]))[place]:
                words += (await consumer.getmany(timeout_ms=200)).get(place, [])
        return Progress.from_json(words[-1].value)
    finally:
        await consumer.stop()
