"""A master key is changed under intake at work: nothing is lost, and the old key opens nothing any more."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from cryptography.exceptions import InvalidTag
from typer.testing import CliRunner

from bancheng.__main__ import app
from services.intake.store.tables import HANDOVER, METADATA, RESERVED
from shared.ids import new_id
from shared.store.secrecy import CONTEXT, context_of, under_master_key
from shared.store.vault import ERASED, Vault
from tests.engines import Engines
from tests.harness import START, Hall, started_again
from tests.service.intake_desk import FORM, WINDOW, Desk, desk_at, intake_desk

NOTES, SPOILED, ILL = "两件待回访,材料在抽屉里", "纸页破损,重新打印", "住院手术,约两周"
PERIOD = f"{WINDOW}-20260928"
SOMEBODY_ELSE = {"kind": "PERSON", "name": "王某", "phone": "13900000044"}


@pytest.fixture
async def desk(engines: Engines, tmp_path: Path) -> AsyncIterator[Desk]:
    async with intake_desk(engines, tmp_path) as opened:
        opened.at(START)
        yield opened


@asynccontextmanager
async def command(desk: Desk, *words: object) -> AsyncIterator[asyncio.subprocess.Process]:
    """`bancheng keys …` under way, as an operator types it."""
    started = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bancheng", "keys", *map(str, words), env=os.environ | settings_of(desk),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        yield started
    finally:
        if started.returncode is None:
            started.kill()
            await started.wait()


async def keys(desk: Desk, *words: object, status: int = 0) -> str:
    """What such a command said; run in this process, which is quicker."""
    arguments = ["keys", *map(str, words)]
    done = await asyncio.to_thread(CliRunner(env=settings_of(desk)).invoke, app, arguments)
    assert done.exit_code == status, done.output
    return str(done.output)


def settings_of(desk: Desk) -> dict[str, str]:
    settings = desk.hall.settings
    return {
        "BANCHENG_DATABASE_URL": settings.postgres_url,
        "BANCHENG_MASTER_KEY_FILE": str(settings.master_key_file),
        "COLUMNS": "200",
    }


def file_of(hall: Hall) -> Path:
    assert hall.settings.master_key_file
    return hall.settings.master_key_file


async def values(hall: Hall) -> list[tuple[Any, Any]]:
    """Everything that is under a master key, with its column."""
    columns = under_master_key(METADATA)
    rows = [await hall.query(f'SELECT *, {column.name} AS held FROM "{column.table.name}"') for column in columns]
    return [(column, row) for column, of in zip(columns, rows, strict=True) for row in of if row["held"] is not None]


async def opened_by(vault: Vault, hall: Hall) -> int:
    """How much of it a vault opens."""
    opened = 0
    for column, row in await values(hall):
        try:
            vault.reseal(row["held"], context_of(column, **row)) if CONTEXT in column.info else vault.rewrap(
                row["held"]
            )
        except InvalidTag:
            continue
        opened += 1
    return opened


async def a_morning(desk: Desk, key: str) -> UUID:
    """A matter, a number made void, a substitute, notes for those who come: one of everything that is sealed."""
    desk.at(START + timedelta(days=12))
    answer = await desk.staff.post("/matters", FORM, idempotency_key=key)
    assert answer.status_code == 201, answer.text
    number = (await desk.leader.post("/paper-numbers", {"count": 1})).json()["numbers"][0]["number"]
    assert (await desk.leader.post(f"/paper-numbers/2026/{number}/voiding", {"reason": SPOILED})).status_code == 200
    substitute = {"replaced_id": "staff-1b", "substitute_id": "staff-9", "from_day": "2026-10-11",
                  "to_day": "2026-10-11", "reason": "ILLNESS", "words": ILL}  # fmt: skip
    assert (await desk.leader.post(f"/duty-periods/{PERIOD}/substitutions", substitute)).status_code == 201
    assert (await desk.leader.post(f"/duty-periods/{PERIOD}/handover", {"notes": NOTES})).status_code == 200
    return UUID(answer.json()["matter_id"])


async def everything_is_there(desk: Desk, matter: UUID, key: str) -> None:
    """What `a_morning` left can be read and found as before."""
    content = (await desk.staff.get(f"/matters/{matter}/content", purpose="HANDLING")).json()
    assert (content["facts"], content["demand"]) == (FORM["facts"], FORM["demand"])
    identity = (await desk.staff.get(f"/matters/{matter}/identity", purpose="HANDLING")).json()
    assert (identity["name"], identity["phone"]) == (FORM["reporter"]["name"], FORM["reporter"]["phone"])
    similar = (await desk.staff.post("/matters/similar", {"phone": FORM["reporter"]["phone"]})).json()["matters"]
    assert str(matter) in [line["matter_id"] for line in similar if "PHONE" in line["signs"]]
    again = await desk.staff.post("/matters", FORM, idempotency_key=key)
    assert (again.status_code, again.json()["matter_id"]) == (201, str(matter))
    vault = Vault.from_file(file_of(desk.hall))
    [notes] = await desk.hall.query("SELECT period_id, sealed_notes FROM handover")
    roster = (await desk.leader.get(f"/windows/{WINDOW}/roster")).json()
    assert [each["words"] for each in roster["substitutions"]] == [ILL]
    [void] = await desk.hall.query("SELECT * FROM reserved_number WHERE sealed_void_reason IS NOT NULL")
    assert vault.open_own(notes["sealed_notes"], context_of(HANDOVER.c.sealed_notes, **notes)).decode() == NOTES
    said = vault.open_own(void["sealed_void_reason"], context_of(RESERVED.c.sealed_void_reason, **void))
    assert said.decode() == SPOILED


async def test_the_master_key_is_changed_while_people_work_and_the_old_one_opens_nothing_any_more(desk: Desk) -> None:
    matter, key = await a_morning(desk, "first-of-the-day"), "first-of-the-day"
    file = file_of(desk.hall)
    old = Vault.from_file(file)
    await keys(desk, "renew", file)
    async with started_again(desk.hall) as renewed:
        at_work = desk_at(renewed)
        await everything_is_there(at_work, matter, key)
        counted = await keys(desk, "rotate", "intake", "--dry-run")
        assert "nothing was changed" in counted
        before = file.read_text()
        assert "under an older master key" in await keys(desk, "retire", file, "intake", status=1)
        assert file.read_text() == before

        registered: list[UUID] = []
        async with command(desk, "rotate", "intake") as rotating:
            ended = asyncio.create_task(rotating.communicate())
            while not ended.done():
                registered.append(await at_work.registered(reporter=SOMEBODY_ELSE))
                assert (await at_work.staff.get(f"/matters/{matter}/content", purpose="REVIEW")).status_code == 200
            assert rotating.returncode == 0, (await ended)[0].decode()
        assert registered
        assert "intake: 0 brought" in await keys(desk, "rotate", "intake")
        assert "nothing was changed" in await keys(desk, "retire", file, "intake", "--dry-run")
        assert file.read_text() == before
        await keys(desk, "retire", file, "intake")
    assert file.read_text().count("master ") == 1
    async with started_again(desk.hall) as retired:
        await everything_is_there(desk_at(retired), matter, key)
    assert await opened_by(old, desk.hall) == 0
    assert await opened_by(Vault.from_file(file), desk.hall) == len(await values(desk.hall)) > len(registered)


async def test_a_rotation_that_was_killed_goes_on_where_it_was(desk: Desk) -> None:
    matter, key = await a_morning(desk, "killed"), "killed"
    file = file_of(desk.hall)
    await keys(desk, "renew", file)
    async with held(desk.hall, matter), command(desk, "rotate", "intake") as rotating:
        await waits_for_a_row(desk.hall)
        rotating.send_signal(signal.SIGKILL)
        assert await rotating.wait() == -signal.SIGKILL
    half = await opened_by(newest_alone(file), desk.hall)
    assert 0 < half < len(await values(desk.hall))
    async with started_again(desk.hall) as renewed:
        await everything_is_there(desk_at(renewed), matter, key)
        assert f"{len(await values(desk.hall)) - half} brought" in await keys(desk, "rotate", "intake")
        await keys(desk, "retire", file, "intake")
    assert await opened_by(Vault.from_file(file), desk.hall) == len(await values(desk.hall))


async def test_an_erasure_that_comes_in_between_stands(desk: Desk) -> None:
    matter = await a_morning(desk, "erased")
    file = file_of(desk.hall)
    withdrawal = {"confirm_mode": "ORAL_READBACK", "identity_checked": True}
    assert (await desk.staff.post(f"/matters/{matter}/withdrawal", withdrawal)).status_code == 200
    await keys(desk, "renew", file)
    [old] = await desk.hall.query("SELECT data_key FROM reporter")
    async with started_again(desk.hall) as renewed:
        at_work = desk_at(renewed)
        path, ground = f"/matters/{matter}/erasure", {"ground": "RETENTION_OVER"}
        async with held(desk.hall, matter) as holding:
            erasing = asyncio.create_task(at_work.overseer.post(path, ground))
            await waits_for_a_row(desk.hall)
            async with command(desk, "rotate", "intake") as rotating:
                await waits_for_a_row(desk.hall, processes=2)  # it has read the key that is about to be destroyed
                await holding.execute("COMMIT")
                assert (await erasing).status_code == 200
                assert await rotating.wait() == 0
        titles = (await at_work.staff.post("/matters/titles", {"ids": [str(matter)]})).json()["titles"]
    assert titles == {str(matter): ERASED}
    [now] = await desk.hall.query("SELECT data_key, sealed_identity FROM reporter")
    with pytest.raises(InvalidTag):
        Vault.from_file(file).open(old["data_key"], now["sealed_identity"], f"intake.matter.identity:{matter}")


async def test_a_key_file_of_another_service_is_not_taken_for_this_ones(desk: Desk, tmp_path: Path) -> None:
    await a_morning(desk, str(new_id()))
    other = tmp_path / "other.key"
    other.write_text("a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=\n")
    await keys(desk, "renew", other)
    before = await values(desk.hall)
    for words in (["rotate", "intake", "--key-file", other], ["retire", other, "intake"]):
        assert "open with no master key of this file" in await keys(desk, *words, status=1)
    assert await values(desk.hall) == before
    assert other.read_text().count("master ") == 2


def newest_alone(file: Path) -> Vault:
    """What is left when the older keys are taken away."""
    kept = [line for line in file.read_text().splitlines() if line.startswith("master")]
    lone = file.with_name("newest.key")
    lone.write_text(kept[0].split()[1])
    return Vault.from_file(lone)


@asynccontextmanager
async def held(hall: Hall, matter: UUID) -> AsyncIterator[Any]:
    """Somebody is at the reporter of a matter and has not committed."""
    connection = await asyncpg.connect(hall.settings.postgres_url)
    try:
        await connection.execute("BEGIN")
        await connection.execute(
            "SELECT 1 FROM reporter JOIN matter USING (reporter_id) WHERE matter_id = $1 FOR UPDATE OF reporter", matter
        )
        yield connection
    finally:
        await connection.close()


async def waits_for_a_row(hall: Hall, processes: int = 1) -> None:
    """Until so many wait for a lock."""

    async def waiting() -> bool:
        rows = await hall.query(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return len(rows) >= processes

    await hall.until(waiting)
