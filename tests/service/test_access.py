"""Every route as every caller, held against the access matrix; and lists that show nobody what they may not open."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.access_matrix import MATRIX, READS, READS_CLOCK, READS_ORDER, READS_PAGE, SIGNING_IN, Caller
from shared.contracts.codes import MatterState as S
from shared.ids import new_id
from tests.engines import Engines
from tests.harness import START, Client, Hall, hall
from tests.service import intake_desk, referral_desk, triage_desk
from tests.service.access_bodies import BODIES, CONSOLE_BODIES, CONSOLE_PARAMS, PARAMS, POLICY, console_answers
from tests.service.access_world import CITY, COUNTY, People, asked, callers, is_refused
from tests.service.console_story import Story
from tests.service.console_world import console_world, told
from tests.service.test_deadlines_service import Matter, window
from tests.unit.deadlines_story import accepted, approved, at, drafted, issued, moved, registered, triaged


@dataclass
class Place:
    """A service with something in it, and everybody who may come."""

    hall: Hall
    callers: dict[Caller, Client]
    known: dict[str, str]
    elsewhere: dict[str, str] = field(default_factory=dict)


@asynccontextmanager
async def intake(engines: Engines, folder: Path) -> AsyncIterator[Place]:
    async with intake_desk.intake_desk(engines, folder) as desk:
        county = {
            "window_id": COUNTY,
            "org_code": "410221",
            "level": "COUNTY",
            "name": "某县窗口",
            "register_mark": "杞监窗",
        }
        periods = intake_desk.period(COUNTY, START, "county-leader", "county-1a", "county-1b")
        for path, body in (("/windows", county), ("/duty-periods", periods)):
            assert (await desk.overseer.post(path, body)).status_code == 201
        order = new_id()
        matter = await desk.handled(order, disclosure="AGREE")
        everybody = callers(desk.hall, People("staff-1a", "leader-1", "leader-2", "county-1a"))
        elsewhere = (await everybody[Caller.OTHER_WINDOW].post("/matters", intake_desk.FORM)).json()["matter_id"]
        shown = (await desk.staff.get(f"/matters/{matter}")).json()
        paper = await desk.staff.upload(
            f"/matters/{matter}/materials", "a.pdf", BODIES["POST /matters/{matter_id}/materials"][1], None,
            name="证明", form="COPY", pages="1",
        )  # fmt: skip
        await desk.leader.post("/callback-draws", {"day": "2026-09-27"})
        reserved = (await desk.leader.post("/paper-numbers", {"count": 1})).json()["numbers"][0]
        period = (await desk.overseer.get("/duty-periods", window=intake_desk.WINDOW)).json()["items"][0]
        asked_for = await desk.leader.post(
            f"/duty-periods/{period['period_id']}/substitutions",
            BODIES["POST /duty-periods/{period_id}/substitutions"] | {"substitute_id": "staff-7"},
        )
        await desk.leader.post(f"/matters/{matter}/recusals", {"ground": "KIN_IN_UNIT", "account_id": "staff-1b"})
        interest = await desk.leader.post("/interests", {"unit_id": "410200-U78", "ground": "KIN_IN_UNIT"})
        known = {
            "account_id": "staff-1b", "interest_id": interest.json()["interest_id"],
            "matter_id": str(matter), "register_no": shown["register_no"], "period_id": period["period_id"],
            "material_id": paper.json()["material_id"], "year": "2026", "number": str(reserved["number"]),
            "day": "2026-09-27", "window_id": CITY, "substitution_id": asked_for.json()["substitution_id"],
        }  # fmt: skip
        yield Place(desk.hall, everybody, known, {"matter_id": elsewhere})


@asynccontextmanager
async def triage(engines: Engines, folder: Path) -> AsyncIterator[Place]:
    duty = triage_desk.period(COUNTY, START.date(), (START + timedelta(days=13)).date(), "u-leader-9", "u-staff-9")
    async with triage_desk.triage_desk(engines, folder, *triage_desk.world(), duty) as desk:
        matter, elsewhere = await desk.accepted(), await desk.accepted(COUNTY, "410221")
        everybody = callers(desk.hall, People("u-staff-1", "u-leader-1", "u-leader-2", "u-staff-9"))
        yield Place(desk.hall, everybody, {"matter_id": str(matter)}, {"matter_id": str(elsewhere)})


@asynccontextmanager
async def referral(engines: Engines, folder: Path) -> AsyncIterator[Place]:
    async with referral_desk.referral_desk(engines, folder) as desk:
        matter, order = await desk.working()
        meeting = referral_desk.ok(
            await desk.leader.post(f"/matters/{matter}/meetings", BODIES["POST /matters/{matter_id}/meetings"]), 201
        )
        policy = referral_desk.ok(await desk.staff.post("/policies", POLICY | {"number": "演示〔2020〕1号"}), 201)
        everybody = callers(desk.hall, People("u-staff-1", "u-leader-1", "u-leader-2", "u-staff-9"))
        await desk.clock(matter, order)
        referral_desk.ok(await desk.handler.post(f"/orders/{order}/contact-requests", {"what": "请问材料"}), 201)
        [contact] = (await desk.order(order))["contacts"]
        referral_desk.ok(await desk.handler.put(f"/orders/{order}/cannot-do-statement/draft", referral_desk.STATEMENT))
        attended = BODIES["POST /meetings/{meeting_id}/sessions"]
        referral_desk.ok(await desk.staff.post(f"/meetings/{meeting['meeting_id']}/sessions", attended), 201)
        evidence = await desk.handed_in(order)
        minutes = await desk.minutes(meeting["meeting_id"])
        known = {"matter_id": str(matter), "order_id": order, "meeting_id": meeting["meeting_id"],
                 "file_id": evidence["file_id"], "minutes_id": minutes["file_id"],
                 "policy_id": policy["policy_id"], "contact_id": contact["id"], "window_id": CITY,
                 "unit_id": referral_desk.U1, "level": "RED"}  # fmt: skip
        yield Place(desk.hall, everybody, known)


@asynccontextmanager
async def deadlines(engines: Engines, folder: Path) -> AsyncIterator[Place]:
    async with hall(engines, "deadlines", folder) as running:
        await running.publish(window(CITY), window(COUNTY))
        running.time.set(at("09-28 10:00"))
        mine, county = Matter(running), Matter(running, COUNTY, "410221")
        for matter in (mine, county):
            await matter.told(
                registered("09-28 09:10"), accepted("09-28 09:20"), triaged("09-28 09:40"), approved("09-28 09:50"),
                drafted("09-28 09:50", 1), moved(S.HANDLING, "T07", "09-28 09:50"), issued("09-28 10:00", 1),
            )  # fmt: skip
        everybody = callers(running, People("u-staff-1", "u-leader-1", "u-leader-2", "u-staff-9"))
        found = (await everybody[Caller.DEPARTMENT].get("/deadlines", matter=str(mine.id))).json()["items"]
        clock = next(each for each in found if each["rule"] == "D06")
        known = {"deadline_id": clock["deadline_id"], "matter_id": str(mine.id), "rule": "D15"}
        yield Place(running, everybody, known, {"matter_id": str(county.id)})


@asynccontextmanager
async def audit(engines: Engines, folder: Path) -> AsyncIterator[Place]:
    async with hall(engines, "audit", folder) as running:
        await running.publish(window(CITY))
        await running.caught_up()
        yield Place(running, callers(running, People("a", "b", "c", "d")), {"index": "0", "month": "2026-09"})


@asynccontextmanager
async def console(engines: Engines, folder: Path) -> AsyncIterator[Place]:
    """The pages; what a form or a look sends on is for its owner to decide, who here says yes to everything."""
    async with console_world(engines, folder) as world:
        mine, county = Story().register().order(), Story(window=COUNTY).register("杞监窗〔2026〕000102号")
        for story in (mine, county):
            await told(world, story)
        material = str(new_id())
        world.intake.answers = console_answers(str(mine.matter_id), str(mine.orders[0]), material)
        known = {
            "matter_id": str(mine.matter_id), "act": "withdrawal", "name": "register", "material_id": material,
            "substitution_id": material, "decision": "approval", "rule": "D15", "level": "RED",
            "order_id": str(mine.orders[0]), "step": "resumption",
            "file_id": material, "deadline_id": material,
        }  # fmt: skip
        everybody = callers(world.hall, People("u-1", "leader-1", "leader-2", "county-1a"))
        yield Place(world.hall, everybody, known, {"matter_id": str(county.matter_id)})


PLACES = {
    "intake": intake,
    "triage": triage,
    "referral": referral,
    "deadlines": deadlines,
    "audit": audit,
    "console": console,
}


def routes_of(place: Place) -> set[str]:
    """Every route of a running service that is for callers."""
    paths = place.hall.app.openapi()["paths"]
    return {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}


@pytest.mark.parametrize("service", PLACES)
async def test_every_route_lets_in_whom_the_matrix_says_and_nobody_else(
    service: str, engines: Engines, tmp_path_factory: pytest.TempPathFactory
) -> None:
    async with PLACES[service](engines, tmp_path_factory.mktemp("access")) as place:
        assert routes_of(place) == MATRIX[service].keys(), "every route has its line, and every line its route"
        await shown(service, place)
        given = (CONSOLE_BODIES, CONSOLE_PARAMS) if service == "console" else (BODIES, PARAMS)
        for route in sorted(MATRIX[service], key=lambda each: (each == RECUSAL, not each.startswith("GET"))):
            if MATRIX[service][route] is not SIGNING_IN and route != ENDLESS:
                await let_in(place, route, MATRIX[service][route].who, *given)


async def let_in(
    place: Place, route: str, who: frozenset[Caller], bodies: Mapping[str, Any], asks: Mapping[str, Mapping[str, str]]
) -> None:
    """Whoever is kept out goes first: those who are let in change what is there."""
    params = {name: place.known.get(value.strip("{}"), value) for name, value in asks.get(route, {}).items()}
    for caller in sorted(Caller, key=lambda each: (each in who, each)):
        answer = await asked(place.callers[caller], route, place.known, bodies.get(route), params)
        told = f"{route} as {caller}: {answer.status_code} {answer.text[:200]}"
        assert is_refused(answer) != (caller in who), told
        assert not (answer.status_code == 422 and answer.json()["code"] == "form.invalid"), told
        assert answer.status_code < 500, told


OF_COUNTY = frozenset({Caller.OTHER_WINDOW, Caller.OTHER_COUNTY, Caller.DEPARTMENT, Caller.COMMITTEE})
RECUSAL = "POST /matters/{matter_id}/recusals"  # comes last: afterwards nobody opens the matter any more
ENDLESS = "GET /events"  # a stream; what it tells to whom, test_console_live shows
LISTS: Mapping[str, list[tuple[str, Mapping[str, str]]]] = {
    "intake": [("/matters", {}), ("/matters", {"window": CITY}), ("/matters", {"window": COUNTY})],
    "triage": [("/assessments", {}), ("/assessments", {"window": CITY}), ("/assessments", {"window": COUNTY})],
    "referral": [("/orders", {}), ("/matters/{matter_id}/orders", {})],
    "deadlines": [("/deadlines", {}), ("/deadlines", {"matter": "{matter_id}"})],
    "console": [
        ("/", {}),
        ("/", {"window": CITY}),
        ("/", {"window": COUNTY}),
        ("/api/matters", {}),
        ("/desk/deadlines", {"when": "today"}),
        ("/desk/deadlines", {"when": "later"}),
    ],
}


async def shown(service: str, place: Place) -> None:
    """No list, filter, title or search gives away what its caller may not open."""
    sees_city = {"referral": READS_ORDER, "deadlines": READS_CLOCK, "console": READS_PAGE}.get(service, READS).who
    for caller, client in place.callers.items():
        if caller is Caller.NOBODY:
            continue
        said = "".join([await listed(client, place, path, params) for path, params in LISTS.get(service, ())])
        if service == "intake":
            said += await found_by_words(client, place)
        if "matter_id" in place.known:
            assert (place.known["matter_id"] in said) == (caller in sees_city), f"{service} as {caller}"
        if "matter_id" in place.elsewhere:
            assert (place.elsewhere["matter_id"] in said) == (caller in sees_elsewhere(service)), (
                f"{service} as {caller}"
            )


def sees_elsewhere(service: str) -> frozenset[Caller]:
    """Who sees the county's matter; an order of it went to the same unit as the city's."""
    unit = {Caller.HANDLER, Caller.DEPUTY, Caller.PRINCIPAL}
    return OF_COUNTY | unit if service == "deadlines" else OF_COUNTY


async def listed(client: Client, place: Place, path: str, params: Mapping[str, str]) -> str:
    given = {name: value.format(**place.known) for name, value in params.items()}
    answer = await client.get(path.format(**place.known), **given)
    return answer.text if answer.status_code == 200 else ""


async def found_by_words(client: Client, place: Place) -> str:
    """Titles and hits of both matters, without the ids that were asked for."""
    ids = [place.known["matter_id"], place.elsewhere["matter_id"]]
    titles = (await client.post("/matters/titles", {"ids": ids})).json()["titles"]
    hits = await client.post("/matters/search", {"query": "医保结算"})
    similar = await client.post("/matters/similar", {"phone": "13800000001"})
    return "".join([*titles, *(answer.text for answer in (hits, similar) if answer.status_code == 200)])
