"""What the domain says when it refuses: a stable code, a Chinese sentence that tells what to do, an HTTP status."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from shared.contracts.codes import LABELS


class DomainError(Exception):
    """A refusal that the caller can understand; `extra` goes into the problem document and holds no personal data."""

    status = 422

    def __init__(self, code: str, message: str, **extra: Any) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.extra = code, message, extra


class Refused(DomainError):
    """A rule of the domain is against it."""


class Forbidden(DomainError):
    """The caller may not do this."""

    status = 403


class Conflict(DomainError):
    """The thing has changed, or is in use."""

    status = 409


class NotFound(DomainError):
    """Not there, or not yours: the same words for both."""

    status = 404

    def __init__(self, code: str = "not_found", message: str = "没有找到,或您无权查看") -> None:
        super().__init__(code, message)


class Gone(DomainError):
    """It was here, and was destroyed as the law wants."""

    status = 410


class NotHereYet(DomainError):
    """The event that brings it here is still under way; the same command may be repeated soon."""

    status = 404

    def __init__(self, message: str = "信息正在同步,请稍后用同一请求重试", retry_after_ms: int = 200) -> None:
        super().__init__("not_here_yet", message, retry_after_ms=retry_after_ms)


class IllegalTransition(DomainError):
    """The state found does not allow the act; says the states it needs."""

    status = 409

    def __init__(self, found: StrEnum, needed: Iterable[StrEnum], doing: str) -> None:
        names = "、".join(_label(state) for state in needed)
        super().__init__(
            "state.illegal", f"当前状态是“{_label(found)}”,不能{doing};需要处于:{names}", state=found.value
        )


class NotYet(DomainError):
    """A reaction needs something that has not come: the event parks and is tried again."""

    def __init__(self, reason: str) -> None:
        super().__init__("reaction.not_yet", reason)


class Superseded(DomainError):
    """A reaction lost a race that the domain foresees: recorded and passed over."""

    def __init__(self, reason: str) -> None:
        super().__init__("reaction.superseded", reason)


def _label(state: StrEnum) -> str:
    return LABELS.get(type(state), {}).get(state.value, state.value)
