"""Run one service process: `bancheng serve SERVICE` ends here."""

import importlib
from collections.abc import Collection

import uvicorn

from shared import logging
from shared.bus.topics import CONSUMERS
from shared.service import Service
from shared.settings import ALL_ROLES, Settings
from shared.web.app import create_app

KEEP_ALIVE = 75  # seconds; longer than clients and proxies keep an idle connection, so that they close it, never we


def load_service(name: str, settings: Settings) -> Service:
    """The composition of a service by its name."""
    if name not in CONSUMERS:
        raise ValueError(f"unknown service {name!r}; there are {', '.join(CONSUMERS)}")
    service: Service = importlib.import_module(f"services.{name}.main").service(settings)
    return service


def serve(name: str, settings: Settings, roles: Collection[str] = ALL_ROLES) -> None:
    """Serve until SIGTERM or Ctrl-C."""
    logging.configure(name, json=settings.log_json, level=settings.log_level)
    app = create_app(load_service(name, settings), roles)
    config = uvicorn.Config(
        app, settings.host, settings.port, log_config=None, access_log=False, loop="uvloop", http="httptools",
        timeout_graceful_shutdown=5, timeout_keep_alive=KEEP_ALIVE,
        forwarded_allow_ips=settings.trusted_proxies,
    )  # fmt: skip
    server = uvicorn.Server(config)

    def give_up() -> None:
        server.should_exit = True

    app.state.running.give_up = give_up
    server.run()
    if not server.started:
        raise SystemExit(3)
