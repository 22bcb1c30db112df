"""Every caller of the access matrix, at a service with matters of the city's, a zone's and a county's window."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from shared.access_matrix import Caller
from shared.ids import new_id
from tests.harness import Client, Hall

CITY, COUNTY = "410200-W1", "410221-W1"
U1, ANOTHER = "410200-U01", "410200-U08"
C = Caller


@dataclass(frozen=True)
class People:
    """The accounts that the roster of a service knows."""

    staff: str
    leader: str
    off_duty: str
    other_staff: str


def callers(running: Hall, people: People) -> dict[Caller, Client]:
    """A client of each."""
    city, county = {"window": CITY}, {"org": "410221", "window": COUNTY}
    unit = {"org_type": "UNIT", "unit": U1}
    return {
        C.STAFF: running.client(people.staff, "duty_staff", **city),
        C.LEADER: running.client(people.leader, "duty_leader", **city),
        C.OFF_DUTY: running.client(people.off_duty, "duty_leader", "duty_staff", **city),
        C.CALLER: running.client("caller", "callback_officer", **city),
        C.OTHER_WINDOW: running.client(people.other_staff, "duty_staff", "duty_leader", **county),
        C.DEPARTMENT: running.client("department", "supervision_dept"),
        C.COMMITTEE: running.client("committee", "committee_leader"),
        C.OTHER_COUNTY: running.client("county", "supervision_dept", "committee_leader", org="410221"),
        C.HANDLER: running.client("u-handler-1", "unit_handler", **unit),
        C.DEPUTY: running.client(f"u-deputy-{U1}", "unit_deputy", **unit),
        C.PRINCIPAL: running.client(f"u-principal-{U1}", "unit_principal", **unit),
        C.OTHER_UNIT: running.client("u-handler-2", "unit_handler", org_type="UNIT", unit=ANOTHER),
        C.HALL: running.client("hall", "hall_admin", org_type="HALL"),
        C.SYSTEM: running.client("system", "system_admin"),
        C.SECURITY: running.client("security", "security_admin"),
        C.AUDIT: running.client("audit", "audit_admin"),
        C.NOBODY: Client(running.base, ""),
    }


class Form(dict[str, str]):
    """A form as a browser sends it."""


async def asked(
    who: Client, route: str, known: Mapping[str, str], body: Any, params: Mapping[str, str]
) -> httpx.Response:
    """The answer to a route as this caller, with the ids that are known."""
    method, path = route.split(" ", 1)
    if type(body) is dict:
        body = with_ids(body, known)
    for name, value in known.items():
        path = path.replace("{" + name + "}", value)
    if method == "GET":
        return await who.get(path, **params)
    if method == "PUT":
        return await who.put(path, body)
    if isinstance(body, Form):
        return await who._http.post(path, data=body, params=params)
    if isinstance(body, tuple):
        return await who.upload(path, body[0], body[1], str(new_id()), **body[2])
    return await who.post(path, body)


def with_ids(body: Any, known: Mapping[str, str]) -> Any:
    """A body whose `{name}`s are the ids that are known."""
    if isinstance(body, dict):
        return {name: with_ids(value, known) for name, value in body.items()}
    if isinstance(body, list):
        return [with_ids(value, known) for value in body]
    return known.get(body[1:-1], body) if isinstance(body, str) and body.startswith("{") else body


NOT_YOURS = ("not_found", "not_here_yet", "act.not_now", "day.no_window")


def is_refused(answer: httpx.Response) -> bool:
    """Whether the caller was kept out; a refusal of the form or of the state comes after that."""
    is_hidden = answer.status_code == 404 and answer.json().get("code") in NOT_YOURS
    return is_hidden or answer.status_code in (401, 403)
