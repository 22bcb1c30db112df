"""Paging by cursor: pages stay right while rows come and go, and deep pages cost no more than the first."""

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

import orjson
from fastapi import Depends, Query

from shared.contracts.errors import DomainError
from shared.web.commands import Answer

T = TypeVar("T")


class Page(Answer, Generic[T]):
    """One page; `next` goes into `?after=` for the following one, null at the end."""

    items: list[T]
    next: str | None = None

    @classmethod
    def of(cls, rows: Sequence[T], limit: int, position: Callable[[T], Sequence[Any]]) -> "Page[T]":
        """A page from at most `limit` + 1 rows; `position` names the sort key of a row."""
        more = len(rows) > limit
        kept = list(rows[:limit])
        return cls(items=kept, next=encode(position(kept[-1])) if more else None)


class BadCursor(DomainError):
    """The cursor is not one of ours: 400."""

    status = 400


class PageWanted:
    """What a client asks for: `limit` rows `after` a position."""

    def __init__(self, limit: int, after: str | None) -> None:
        self.limit = limit
        self.after: list[Any] | None = decode(after) if after else None

    def position(self, *parts: Callable[[Any], Any]) -> tuple[Any, ...] | None:
        """The sort key to go on after, each part read by its type (`UUID`, `datetime.fromisoformat`); none at first."""
        if self.after is None:
            return None
        try:
            found = tuple(read(value) for read, value in zip(parts, self.after, strict=True))
            if any(isinstance(value, datetime) and value.tzinfo is None for value in found):
                raise ValueError("a moment without a zone")
        except (TypeError, ValueError, AttributeError, OverflowError) as error:
            raise BadCursor("cursor.invalid", "翻页标记无效,请从第一页开始") from error
        return found


def encode(position: Sequence[Any]) -> str:
    """A sort key as an opaque cursor."""
    return base64.urlsafe_b64encode(orjson.dumps(list(position), default=str)).decode().rstrip("=")


def decode(cursor: str) -> list[Any]:
    """The inverse of `encode`."""
    try:
        value = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError) as error:
        raise BadCursor("cursor.invalid", "翻页标记无效,请从第一页开始") from error
    if not isinstance(value, list):
        raise BadCursor("cursor.invalid", "翻页标记无效,请从第一页开始")
    return value


async def _wanted(
    limit: Annotated[int, Query(ge=1, le=200)] = 50, after: Annotated[str | None, Query(max_length=500)] = None
) -> PageWanted:
    return PageWanted(limit, after)


Cursor = Annotated[PageWanted, Depends(_wanted)]
