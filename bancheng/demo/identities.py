"""Who can sign in to a local system: two teams per window, the bodies above, and three people in each unit."""

import csv
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from importlib.resources import files
from typing import Any

FIRST_PERIOD = date(2026, 9, 28)
CITY, ZONE = "410200-W1", "410200Z1-W1"
WINDOWS: dict[str, str] = {CITY: "410200", ZONE: "410200Z1"}
WINDOW_NAMES = {CITY: "市民之家“办不成事”监督窗口", ZONE: "城乡一体化示范区“办不成事”监督窗口"}


def units() -> list[dict[str, str]]:
    """The invented unit directory, as its CSV has it."""
    with files("bancheng.demo").joinpath("units.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def leader_of(window: str, team: int) -> str:
    """The account of a team's duty leader."""
    return f"leader-{team}@{window}"


def staff_of(window: str, team: int) -> list[str]:
    """The accounts of a team's fixed staff."""
    return [f"staff-{team}{letter}@{window}" for letter in "ab"]


def identities() -> dict[str, Mapping[str, Any]]:
    """Name at the issuer → claims."""
    return dict(_all())


def resolve(wanted: str, today: date) -> str:
    """`ROLE[@PLACE]` as a name at the issuer: for duty roles, of the team on duty today."""
    known = identities()
    if wanted in known:
        return wanted
    role, _, place = wanted.partition("@")
    place = place or (CITY if role.startswith("duty_") else "")
    team = 1 + ((today - FIRST_PERIOD) // timedelta(days=14)) % 2
    for name in (f"{role}-{team}@{place}", f"{role}-{team}a@{place}", f"{role}@{place}", role):
        if name in known:
            return name
    raise KeyError(wanted)


def _all() -> Iterator[tuple[str, Mapping[str, Any]]]:
    for window, org in WINDOWS.items():
        here = {"org": org, "org_type": "DISCIPLINE", "window": window}
        place = WINDOW_NAMES[window]
        for team in (1, 2):
            leader = {"sub": leader_of(window, team), "roles": ["duty_leader"], **here}
            yield f"duty_leader-{team}@{window}", leader | {"title": f"{place} 带班领导(第{team}组)"}
            for letter, account in zip("ab", staff_of(window, team), strict=True):
                staff = {"sub": account, "roles": ["duty_staff"], **here}
                yield f"duty_staff-{team}{letter}@{window}", staff | {"title": f"{place} 值班人员(第{team}组{letter})"}
        callback = {"sub": f"callback@{window}", "roles": ["callback_officer"], **here}
        yield f"callback_officer@{window}", callback | {"title": f"{place} 回访员"}
    city = {"org": "410200", "org_type": "DISCIPLINE"}
    for role, title in (("supervision_dept", "党风政风监督室"), ("committee_leader", "市纪委监委领导"),
                        ("audit_admin", "审计管理员"), ("system_admin", "系统管理员"),
                        ("security_admin", "安全管理员")):  # fmt: skip
        yield role, {"sub": role, "roles": [role], "title": title, **city}
    for unit in units():
        for account, role, title in _people(unit):
            claims = {"sub": account, "roles": [role], "unit": unit["unit_id"], "title": f"{unit['name']} {title}"}
            yield f"{role}@{unit['unit_id']}", claims | {"org": unit["org_code"], "org_type": "UNIT"}


def _people(unit: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    yield f"handler@{unit['unit_id']}", "unit_handler", "承办人"
    yield unit["principal_id"], "unit_principal", "主要负责人"
    yield unit["deputy_ids"], "unit_deputy", "分管负责人"
