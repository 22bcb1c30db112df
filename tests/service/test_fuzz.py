"""Every route of every service, asked what its OpenAPI document allows and what it does not: never a server error."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case

from shared.ids import new_id
from tests.engines import Engines
from tests.harness import Hall, hall
from tests.service.intake_desk import FORM, WINDOW, intake_desk
from tests.service.referral_desk import referral_desk
from tests.service.triage_desk import triage_desk, world

pytestmark = pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisDeprecationWarning")
CALM = settings(
    max_examples=12, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
EVERY_ROLE = ("duty_staff", "duty_leader", "callback_officer", "supervision_dept", "committee_leader")
ENDLESS = ("/events",)  # server-sent events
OF_A_UNIT = ("unit_handler", "unit_deputy", "unit_principal")


async def test_intake(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> None:
    async with intake_desk(engines, tmp_path_factory.mktemp("fuzz")) as desk:
        matter = str(await desk.registered())
        await fuzzed(desk.hall, {"matter_id": matter, "day": "2026-09-27"}, "staff-1b", "leader-1", "caller")
        assert (await desk.staff.post("/matters", FORM)).status_code == 201


async def test_triage(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> None:
    async with triage_desk(engines, tmp_path_factory.mktemp("fuzz"), *world()) as desk:
        await fuzzed(desk.hall, {"matter_id": str(await desk.accepted())}, "u-staff-1", "u-leader-1")


async def test_referral(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> None:
    async with referral_desk(engines, tmp_path_factory.mktemp("fuzz")) as desk:
        matter, order = await desk.working()
        known = {"matter_id": str(matter), "order_id": order, "unit_id": "410200-U01"}
        await fuzzed(desk.hall, known, "u-staff-1", "u-leader-1")


async def test_deadlines(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> None:
    async with hall(engines, "deadlines", tmp_path_factory.mktemp("fuzz")) as running:
        await fuzzed(running, {"rule": "D15"}, "u-1")


@pytest.mark.parametrize("service", ["audit", "console"])
async def test_what_only_answers(service: str, engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> None:
    async with hall(engines, service, tmp_path_factory.mktemp("fuzz")) as running:
        await fuzzed(running, {}, "u-1")


async def fuzzed(running: Hall, known: Mapping[str, str], *people: str) -> None:
    """Ask everything as these people of the window and as somebody of a unit; `known` are ids of what is there."""
    window = {"window": WINDOW, "org_type": "DISCIPLINE", "roles": list(EVERY_ROLE)}
    unit = {"unit": "410200-U01", "org_type": "UNIT", "roles": list(OF_A_UNIT)}
    claims = [*({"sub": name, **window} for name in people), {"sub": "u-principal-410200-U01", **unit}]
    tokens = [running.issuer.token({"org": "410200", **each}) for each in claims]
    document = running.app.openapi()
    wrong = await asyncio.to_thread(_all_wrong, document, running.base, tokens, known)
    assert wrong == {}


def _all_wrong(
    document: dict[str, Any], base: str, tokens: list[str], known: Mapping[str, str]
) -> dict[str, list[tuple[int, str]]]:
    """The answers that were server errors, by operation."""
    schema = schemathesis.openapi.from_dict(document)
    schema.config.base_url = base
    found: list[Any] = list(schema.get_all_operations())
    operations = [each.ok() for each in found if each.ok().path not in ENDLESS]
    assert operations
    return {each.label: wrong for each in operations if (wrong := _wrong(each, tokens, known))}


def _wrong(operation: Any, tokens: list[str], known: Mapping[str, str]) -> list[tuple[int, str]]:
    wrong: list[tuple[int, str]] = []

    @CALM
    @given(case=operation.as_strategy(), there=st.booleans(), token=st.sampled_from(tokens))
    def ask(case: Case[Any], there: bool, token: str) -> None:
        if there and case.path_parameters:
            case.path_parameters |= {name: value for name, value in known.items() if name in case.path_parameters}
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(new_id())}
        answer = case.call(headers=headers, timeout=10)
        if answer.status_code >= 500 and answer.status_code != 503:  # the console's intake is away
            wrong.append((answer.status_code, answer.text[:300]))

    ask()
    return wrong
