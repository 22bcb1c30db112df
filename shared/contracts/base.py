"""What every published event is: a frozen model that names its type, its version and its subject."""

from typing import Any, ClassVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

PREFIX = "bancheng"


class Event(BaseModel):
    """A fact that a service publishes; codes and references only, never a person's name or free text.

    Unknown fields are ignored, so that an older consumer reads a newer event of the same version.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    SOURCE: ClassVar[str]
    TYPE: ClassVar[str]
    VERSION: ClassVar[int] = 1
    CE_TYPE: ClassVar[str]

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if "TYPE" in cls.__dict__:
            cls.CE_TYPE = f"{PREFIX}.{cls.TYPE}.v{cls.VERSION}"
            REGISTRY[cls.CE_TYPE] = cls

    @property
    def subject(self) -> str:
        """The id whose events keep their order: the matter, or the aggregate where there is no matter."""
        raise NotImplementedError(type(self).__name__)


REGISTRY: dict[str, type[Event]] = {}


class MatterEvent(Event):
    """An event about one matter; org and window tell each county's data apart everywhere."""

    matter_id: UUID
    org_code: str
    window_id: str

    @property
    def subject(self) -> str:
        return str(self.matter_id)


class OrderEvent(MatterEvent):
    """An event about one order (交办单) of a matter."""

    order_id: UUID
    unit_id: str
    round: int


Moment = AwareDatetime

__all__ = ["PREFIX", "REGISTRY", "Event", "MatterEvent", "Moment", "OrderEvent"]
