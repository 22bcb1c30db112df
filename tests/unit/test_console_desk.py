"""The desk's forms: what a browser sends becomes the body intake takes, question by question."""

from typing import Any

import orjson
import pytest
from fastapi.routing import APIRoute
from pydantic import BaseModel

from services.console.desk.duty_forms import period_form, substitution_form
from services.console.desk.fields import Field, Group, body_of
from services.console.desk.form import Form
from services.console.desk.forms import ACTS, ON_THE_SPOT, REGISTER, acts_for
from services.console.desk.judging import JUDGING, from_sheet
from services.intake.domain.transitions import OPEN as OPEN_IN_INTAKE
from services.intake.http import routers as intake_routers
from services.intake.http.materials import MaterialIn
from services.referral.http import routers as referral_routers
from services.triage.http import router as triage_router
from shared.contracts.actor import Actor
from shared.contracts.codes import MatterState, ReporterKind, Role

FORMS: dict[str, Form] = (
    {"/matters/on-the-spot": ON_THE_SPOT, "/matters": REGISTER}
    | {f"/matters/{{matter_id}}/{form.address or act}": form for act, form in ACTS.items()}
    | {
        "/duty-periods/{period_id}/substitutions": substitution_form(["leader-1"], "2026-09-28"),
        "/duty-periods": period_form("410200-W1", "2026-10-26"),
    }
)
ROUTERS = (*intake_routers, triage_router, *referral_routers)
AS_SENT = [path for path, form in FORMS.items() if form.shaped is None]
SHAPED = [path for path, form in FORMS.items() if form.shaped is not None]


def model_of(path: str) -> type[BaseModel]:
    """What the owner takes at an address."""
    for router in ROUTERS:
        for route in router.routes:
            if isinstance(route, APIRoute) and route.path == path and "POST" in (route.methods or ()):
                if not route.dependant.body_params:  # a form with a file, read by the route itself
                    return MaterialIn
                model: Any = route.dependant.body_params[0].field_info.annotation
                return model  # type: ignore[no-any-return]
    raise AssertionError(f"nobody has {path}")


def inner(annotation: Any) -> type[BaseModel] | None:
    """The model within an optional one."""
    parts = [annotation, *getattr(annotation, "__args__", ())]
    return next((part for part in parts if isinstance(part, type) and issubclass(part, BaseModel)), None)


@pytest.mark.parametrize("path", AS_SENT)
def test_every_question_has_its_place_in_what_the_owner_takes(path: str) -> None:
    for field in (field for group in FORMS[path].groups for field in group.fields if field.shape != "file"):
        model: type[BaseModel] | None = model_of(path)
        for part in field.name.split("."):
            assert model is not None, field.name
            assert part in model.model_fields, field.name
            model = inner(model.model_fields[part].annotation)


@pytest.mark.parametrize("path", SHAPED)
def test_a_form_filled_in_whole_is_taken_as_it_is_shaped(path: str) -> None:
    form = FORMS[path]
    values = {field.name: filled_in(field) for group in form.groups for field in group.fields}
    body = model_of(path).model_validate_json(orjson.dumps(form.filled(values)))
    assert body.model_dump(exclude_defaults=True).keys() >= REMEMBERED[form.title]


REMEMBERED = {
    "研判": {"kind", "proposed_units", "root_cause_other", "rule", "reason", "duplicate_check"},
    "批转": {"opinion", "orders", "class_hint"},
    "横向对比": {"needed", "reason", "rows"},
}


def filled_in(field: Field) -> list[str]:
    """A plausible answer."""
    match field.shape:
        case "one" | "many":
            return [field.choices[0][0]]
        case "unit" | "units":
            return [f"410200-U0{len(field.name)}"]
        case "day":
            return ["2026-09-01"]
        case "tick":
            return ["yes"]
        case _:
            return ["核实过的情况"]


def test_the_leader_finds_the_proposed_units_and_rule_filled_in() -> None:
    units = [{"unit_id": "U1", "role": "MAIN"}, {"unit_id": "U2", "role": "CO"}]
    values = from_sheet({"proposed_units": units, "rule": "D15"})
    body = JUDGING["approval"].filled(values)
    assert body["orders"] == [
        {"unit_id": "U1", "role": "MAIN", "rule": "D15"}, {"unit_id": "U2", "role": "CO", "rule": "D15"},
    ]  # fmt: skip


def test_rows_of_cities_left_empty_are_left_out() -> None:
    values = {"needed": ["yes"], "rows.1.city": ["甲市"], "rows.1.document": ["办法"], "rows.1.verdict": ["LOOSER"]}
    body = JUDGING["comparisons"].filled(values)
    assert [row["city"] for row in body["rows"]] == ["甲市"]


@pytest.mark.parametrize("path", AS_SENT)
def test_whatever_the_owner_demands_is_asked_or_known(path: str) -> None:
    form = FORMS[path]
    asked = {field.name.split(".")[0] for group in form.groups for field in group.fields} | set(form.fixed)
    demanded = {name for name, field in model_of(path).model_fields.items() if field.is_required()}
    assert demanded <= asked


@pytest.mark.parametrize("path", FORMS)
def test_a_choice_offers_codes_with_their_names(path: str) -> None:
    for field in (field for group in FORMS[path].groups for field in group.fields):
        assert (field.shape in ("one", "many")) == bool(field.codes or field.options), field.name
        assert all(name for _, name in field.choices)


def test_answers_stand_where_their_names_say_and_open_questions_are_left_out() -> None:
    groups = (Group("", (
        Field("reporter.kind", "类别", "one", ReporterKind), Field("reporter.agent.name", "代办人"),
        Field("reporter.representatives", "代表", "people"), Field("tries", "次数", "number"),
        Field("already_in", "程序", "many"), Field("conflict_of_interest", "回避", "tick"),
        Field("facts", "内容", "text"),
    )),)  # fmt: skip
    values = {
        "reporter.kind": ["GROUP"], "reporter.agent.name": ["  "], "tries": ["3"], "already_in": ["H12345", "REVIEW"],
        "reporter.representatives": ["王某 13800000001\r\n\r\n赵某"], "unknown": ["x"],
    }  # fmt: skip
    assert body_of(groups, values) == {
        "reporter": {
            "kind": "GROUP", "representatives": [{"name": "王某", "phone": "13800000001"}, {"name": "赵某"}],
        },
        "tries": 3, "already_in": ["H12345", "REVIEW"], "conflict_of_interest": False,
    }  # fmt: skip


@pytest.mark.parametrize("written", ["三次", "1e3", "٣", "99999999999999", "-1"])
def test_what_is_no_number_goes_to_intake_as_it_is_written(written: str) -> None:
    assert body_of((Group("", (Field("tries", "次数", "number"),)),), {"tries": [written]}) == {"tries": written}


def test_who_may_do_what_follows_role_and_state() -> None:
    staff, leader, caller = (
        Actor(id="a", org="410200", org_type="DISCIPLINE", roles=frozenset({role}), window_id="w")
        for role in (Role.DUTY_STAFF, Role.DUTY_LEADER, Role.CALLBACK_OFFICER)
    )
    assert set(acts_for(staff, MatterState.REGISTERED)) == {
        "acceptance", "on-spot-settlement", "refusal-proposal", "merger-proposal", "withdrawal", "materials",
        "recusals",
    }  # fmt: skip
    assert "reopening" in acts_for(leader, MatterState.CLOSED)
    assert set(acts_for(caller, MatterState.CALLBACK)) == {"callbacks", "recusals"}
    assert acts_for(staff, MatterState.WITHDRAWN) == {}
    assert set(ACTS["withdrawal"].states) == set(OPEN_IN_INTAKE)
