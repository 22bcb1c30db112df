"""Routes of windows and the duty roster."""

from datetime import date, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import AfterValidator, Field

from services.intake.domain.register import USUAL_MARKS
from services.intake.domain.roster import PERIOD, Window
from services.intake.handlers import roster
from shared.contracts.codes import WindowLevel
from shared.contracts.duty import DutyPeriod
from shared.contracts.errors import Refused
from shared.store.unit_of_work import Transaction
from shared.web import Answer, Body, Read, Run
from shared.workdays import DEFAULT_HOURS

router = APIRouter()

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_\-.@]{1,60}$")]
Org = Annotated[str, Field(pattern=r"^[0-9]{6}[A-Za-z0-9]{0,6}$")]
Day = Annotated[date, Field(ge=date(2000, 1, 1), lt=date(2100, 1, 1))]
Clock = Annotated[time, AfterValidator(lambda clock: clock.replace(tzinfo=None))]  # the window's own time
LAST_DAY = PERIOD - timedelta(days=1)


class WindowIn(Body):
    """监督窗口; `register_mark` (字) begins its register numbers, by default the usual one of its level."""

    window_id: Id
    org_code: Org
    level: WindowLevel
    name: Annotated[str, Field(min_length=2, max_length=100)]
    register_mark: Annotated[str, Field(max_length=20)] | None = None
    morning: tuple[Clock, Clock] = DEFAULT_HOURS.morning
    afternoon: tuple[Clock, Clock] = DEFAULT_HOURS.afternoon

    def window(self) -> Window:
        mark = self.register_mark or USUAL_MARKS.get(self.level)
        if mark is None:
            raise Refused("window.mark_missing", "请填写登记编号的“字”,例如“祥监窗”")
        return Window(self.window_id, self.org_code, self.level, self.name, mark, self.morning, self.afternoon)


class WindowOut(Answer):
    """A window of the registry."""

    window_id: str
    org_code: str
    level: WindowLevel
    name: str
    register_mark: str
    morning: tuple[time, time]
    afternoon: tuple[time, time]

    @classmethod
    def of(cls, window: Window) -> "WindowOut":
        return cls(
            window_id=window.window_id, org_code=window.org_code, level=window.level, name=window.name,
            register_mark=window.register_mark, morning=window.morning, afternoon=window.afternoon,
        )  # fmt: skip


class WindowsOut(Answer):
    """Windows by their ids."""

    items: list[WindowOut]


class PeriodIn(Body):
    """值班周期 of fourteen days from `start_date`."""

    window_id: Id
    start_date: Day
    end_date: Day | None = None
    period_id: Id | None = None
    leader_id: Id
    staff_ids: Annotated[tuple[Id, ...], Field(max_length=50)]

    def period(self) -> DutyPeriod:
        period_id = self.period_id or f"{self.window_id}-{self.start_date:%Y%m%d}"
        return DutyPeriod(
            period_id, self.window_id, "", self.start_date, self.end_date or self.start_date + LAST_DAY,
            self.leader_id, self.staff_ids,
        )  # fmt: skip


class StandInOut(Answer):
    """An approved substitution."""

    replaced_id: str
    substitute_id: str
    from_day: date
    to_day: date


class PeriodOut(Answer):
    """A duty period as published, and who stands in for whom."""

    period_id: str
    window_id: str
    org_code: str
    start_date: date
    end_date: date
    leader_id: str
    staff_ids: list[str]
    substitutions: list[StandInOut]

    @classmethod
    def of(cls, period: DutyPeriod) -> "PeriodOut":
        return cls(
            period_id=period.period_id, window_id=period.window_id, org_code=period.org_code,
            start_date=period.start_date, end_date=period.end_date, leader_id=period.leader_id,
            staff_ids=list(period.staff_ids),
            substitutions=[
                StandInOut(
                    replaced_id=each.replaced_id, substitute_id=each.substitute_id, from_day=each.from_day,
                    to_day=each.to_day,
                )
                for each in period.substitutions
            ],
        )  # fmt: skip


class PeriodsOut(Answer):
    """Duty periods, oldest first."""

    items: list[PeriodOut]


@router.post("/windows", status_code=201)
async def open_window(body: WindowIn, run: Run) -> Response:
    async def work(tx: Transaction) -> WindowOut:
        return WindowOut.of(await roster.open_window(tx, body.window()))

    return await run(work, status=201)


@router.get("/windows")
async def windows(read: Read) -> Response:
    async def work(tx: Transaction) -> WindowsOut:
        return WindowsOut(items=[WindowOut.of(window) for window in await roster.windows(tx)])

    return await read(work)


@router.post("/duty-periods", status_code=201)
async def publish_period(body: PeriodIn, run: Run) -> Response:
    async def work(tx: Transaction) -> PeriodOut:
        return PeriodOut.of(await roster.publish_period(tx, body.period()))

    return await run(work, status=201)


@router.get("/duty-periods")
async def periods(
    read: Read, window: Annotated[str | None, Query(pattern=r"^[A-Za-z0-9_\-.@]{1,60}$")] = None
) -> Response:
    async def work(tx: Transaction) -> PeriodsOut:
        return PeriodsOut(items=[PeriodOut.of(period) for period in await roster.periods(tx, window)])

    return await read(work)
