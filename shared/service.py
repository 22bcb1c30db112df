"""What a service is to the chassis: a name, tables, routes, reactions and perhaps timers."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter, FastAPI
from sqlalchemy import MetaData

from shared.settings import Settings
from shared.store.unit_of_work import Database
from shared.web.commands import PartsOf

Timers = Callable[[Database], Awaitable[None]]
Prepare = Callable[[PartsOf], Awaitable[None]]
Dress = Callable[[FastAPI], None]


@dataclass(frozen=True)
class Service:
    """The composition of one service, made by its `main.service(settings)`."""

    name: str
    settings: Settings
    metadata: MetaData
    routers: Sequence[APIRouter] = ()
    reactor: Any = None
    timers: Timers | None = field(default=None, metadata={"doc": "runs for ever beside the rest, role `timers`"})
    prepare: Prepare | None = field(default=None, metadata={"doc": "runs once before the roles start"})
    dress: Dress | None = field(default=None, metadata={"doc": "last touches to the app: static files, exceptions"})
    extra: Any = None
