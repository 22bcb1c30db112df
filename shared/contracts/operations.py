"""What operators did, on the shared topic `bancheng.operations`, written by the service where they did it."""

from typing import ClassVar

from shared.contracts.base import Event, Moment


class ParkedEventEvent(Event):
    """An act on a parked event: whose it was and where it stands."""

    service: str
    parked_source: str
    parked_subject: str
    parked_sequence: int
    operator: str
    done_at: Moment

    @property
    def subject(self) -> str:
        return self.service


class ParkedRetried(ParkedEventEvent):
    """An operator had a parked event tried again."""

    SOURCE: ClassVar[str] = "operations"
    TYPE: ClassVar[str] = "parked.retried"


class ParkedSkipped(ParkedEventEvent):
    """An operator passed over a parked event; the reason stays in the service's own table."""

    SOURCE: ClassVar[str] = "operations"
    TYPE: ClassVar[str] = "parked.skipped"


class HistoryRecovered(Event):
    """A service's database was older than its topic: its events were taken back, their state is gone."""

    SOURCE: ClassVar[str] = "operations"
    TYPE: ClassVar[str] = "history.recovered"

    service: str
    events_lost: int
    subjects_touched: int
    events_renumbered: int
    operator: str
    done_at: Moment

    @property
    def subject(self) -> str:
        return self.service


class HistoryRepublished(Event):
    """The broker had lost a service's topic: its published events, by place in the outbox, were sent once more."""

    SOURCE: ClassVar[str] = "operations"
    TYPE: ClassVar[str] = "history.republished"

    service: str
    first_position: int
    last_position: int
    operator: str
    asked_at: Moment

    @property
    def subject(self) -> str:
        return self.service
