"""The demo's seed: windows, duty periods and the unit directory, published as 党风政风监督室 through the APIs.

It asks what is there first, so that a second start on the same data does nothing.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from bancheng.demo.identities import FIRST_PERIOD, WINDOW_NAMES, WINDOWS, ZONE, leader_of, staff_of, units
from bancheng.demo.player import Addresses, Player

LENGTH = timedelta(days=14)
AT_LEAST = FIRST_PERIOD + 2 * LENGTH - timedelta(days=1)
WHO = "supervision_dept"


async def seed(at: Addresses, until: date) -> None:
    """Bring windows, duty periods up to a day, and units into a running system."""
    async with Player(at) as player:
        await _windows(player)
        await _periods(player, max(until, AT_LEAST))
        await _units(player)


def period_id(window: str, start: date) -> str:
    """A period is named by its window and first day."""
    return f"{window}-{start}"


def starts(until: date) -> Iterator[date]:
    """The first days of the periods that cover everything up to a day."""
    start = FIRST_PERIOD
    while start <= until:
        yield start
        start += LENGTH


async def _windows(player: Player) -> None:
    known = {window["window_id"] for window in (await player.get(WHO, "intake", "/windows"))["items"]}
    for window, org in WINDOWS.items():
        if window not in known:
            level = "ZONE" if window == ZONE else "CITY"
            body = {"window_id": window, "org_code": org, "level": level, "name": WINDOW_NAMES[window]}
            await player.post(WHO, "intake", "/windows", body)


async def _periods(player: Player, until: date) -> None:
    for window in WINDOWS:
        found = await player.get(WHO, "intake", "/duty-periods", window=window)
        known = {period["period_id"] for period in found["items"]}
        for number, start in enumerate(starts(until)):
            if period_id(window, start) not in known:
                team = 1 + number % 2
                body = {
                    "period_id": period_id(window, start), "window_id": window, "start_date": str(start),
                    "leader_id": leader_of(window, team), "staff_ids": staff_of(window, team),
                }  # fmt: skip
                await player.post(WHO, "intake", "/duty-periods", body)


async def _units(player: Player) -> None:
    known = {unit["unit_id"] for unit in (await player.get(WHO, "referral", "/units", limit=200))["items"]}
    missing = [unit for unit in units() if unit["unit_id"] not in known]
    if missing:
        report = await player.post(WHO, "referral", "/units/import", {"rows": missing})
        if report["refused"]:
            refused = [line for line in report["rows"] if line["code"]]
            raise RuntimeError(f"the unit directory was refused in part: {refused}")
