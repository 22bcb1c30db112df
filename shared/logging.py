"""Structured logs: one JSON line an event, the same keys for our own lines and the libraries'."""

import logging
import sys
import time

import structlog
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import EventDict, Processor

NOISY = ("aiokafka", "faststream", "kafka", "httpx", "httpcore")


def configure(service: str, *, json: bool = True, level: str = "INFO") -> None:
    """Set up logging for this process; personal data never goes in (no local variables in tracebacks)."""

    def name_service(_logger: object, _method: str, event: EventDict) -> EventDict:
        event["service"] = service
        return event

    common: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        name_service,
        structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
        _without_values,
    ]
    renderer: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False) if json else structlog.dev.ConsoleRenderer()
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=common,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers, root.level = [handler], logging.getLevelName(level)
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
        logging.getLogger(name).addFilter(_OncePerSecond())
    logging.getLogger("uvicorn.access").disabled = True
    structlog.configure(
        processors=[*common, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def _without_values(_logger: object, _method: str, event: EventDict) -> EventDict:
    """An error's text may quote what somebody wrote (a database's "Key (…)", a form's input): type and place remain."""
    for error in event.get("exception") or ():
        error["exc_value"], error["exc_notes"] = "", []
    return event


class _OncePerSecond(logging.Filter):
    """During an outage aiokafka logs 40–60 lines a second; one a second says as much."""

    def __init__(self) -> None:
        super().__init__()
        self._last = 0.0

    def filter(self, record: logging.LogRecord) -> bool:
        moment = time.monotonic()
        if moment - self._last < 1:
            return False
        self._last = moment
        return True
