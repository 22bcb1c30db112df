"""Every error as application/problem+json: a stable `code`, a Chinese `detail`, never the values that were sent."""

import math
from collections.abc import Mapping
from typing import Any

import asyncpg
import orjson
import structlog
from asyncpg.exceptions import _base as asyncpg_base  # its DataError is hidden behind PostgreSQL's of the same name
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from shared.contracts.errors import DomainError
from shared.store.unit_of_work import is_passing

Headers = Mapping[str, str]
log = structlog.get_logger(__name__)

_TITLES = {
    400: "请求无法理解",
    401: "未登录",
    403: "无权操作",
    404: "没有找到",
    405: "不支持的操作方式",
    409: "与当前状态冲突",
    410: "已经删除",
    413: "内容过大",
    422: "内容不符合要求",
    429: "请求过于频繁",
    500: "系统内部错误",
    503: "暂时无法服务",
}

# What PostgreSQL cannot hold, or asyncpg cannot send: NUL in a text, half a surrogate pair, the year 0, a moment
# without a zone, a number too great for its column. No form names them all; whoever sent it is told.
_UNSTORABLE: tuple[type[Exception], ...] = (
    asyncpg.CharacterNotInRepertoireError,
    asyncpg.UntranslatableCharacterError,
    asyncpg.DatetimeFieldOverflowError,
    asyncpg.NumericValueOutOfRangeError,
    asyncpg_base.DataError,
    UnicodeEncodeError,
)

# pydantic's error types in the words of the counter; anything else is "格式不正确".
_FIELD_ERRORS = {
    "missing": "必填",
    "extra_forbidden": "不认识的字段",
    "string_too_short": "太短",
    "string_too_long": "太长",
    "too_short": "太少",
    "too_long": "太多",
    "enum": "不是可选的代码",
    "literal_error": "不是可选的代码",
    "timezone_aware": "时间须带时区",
    "json_invalid": "不是有效的JSON",
    "greater_than_equal": "太小",
    "less_than_equal": "太大",
}


def problem(
    status: int,
    code: str,
    detail: str,
    extra: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A problem document (RFC 9457)."""
    body = {
        "type": f"urn:bancheng:problem:{code}",
        "title": _TITLES.get(status, "错误"),
        "status": status,
        "code": code,
        "detail": detail,
        **(extra or {}),
    }
    return Response(
        orjson.dumps(body, default=str),
        status,
        dict(headers or {}),
        media_type="application/problem+json; charset=utf-8",
    )


def of_domain(error: DomainError) -> Response:
    """A refusal of the domain as a problem document."""
    headers = {}
    if "retry_after_ms" in error.extra:
        headers["Retry-After"] = str(math.ceil(error.extra["retry_after_ms"] / 1000))
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return problem(error.status, error.code, error.message, error.extra, headers)


def install(app: FastAPI) -> None:
    """Answer every kind of error as a problem document."""
    app.add_exception_handler(DomainError, _domain)
    app.add_exception_handler(RequestValidationError, _form)
    app.add_exception_handler(HTTPException, _http)
    # What the catch-all answers is raised again behind it, and the server then drops the connection with the client's
    # next request on it: what an outage brings is therefore caught by name.
    for kind in (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError):
        app.add_exception_handler(kind, _unexpected)
    for error in _UNSTORABLE:
        app.add_exception_handler(error, _unstorable)
    app.add_exception_handler(Exception, _unexpected)


async def _domain(_request: Request, error: Exception) -> Response:
    assert isinstance(error, DomainError)
    return of_domain(error)


async def _form(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return of_fields(error.errors())


def of_fields(errors: Any) -> Response:
    """What is wrong with a form, field by field; a field's own sentence if its validator wrote one."""
    fields = [{"field": _place(item["loc"]), "problem": _sentence(item)} for item in errors]
    malformed = any(item["type"] == "json_invalid" for item in errors)
    code = "form.malformed" if malformed else "form.invalid"
    said = ";".join(f"{field['field']}:{field['problem']}" for field in fields[:5])
    return problem(400 if malformed else 422, code, f"提交的内容有误——{said}", {"fields": fields})


def _sentence(item: Mapping[str, Any]) -> str:
    if item["type"] == "value_error":  # written by our own validators, without the value
        return str(item["msg"]).removeprefix("Value error, ")
    return _FIELD_ERRORS.get(item["type"], "格式不正确")


def _place(location: tuple[Any, ...]) -> str:
    parts = location[1:] if location and location[0] in ("body", "query", "path", "header") else location
    return ".".join(str(part) for part in parts) or "正文"


async def _http(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    codes = {404: "not_found", 405: "method.not_allowed", 413: "body.too_large", 400: "form.malformed"}
    detail = {404: "没有找到,或您无权查看", 405: "该地址不支持这种操作方式"}.get(error.status_code, "请求无法处理")
    return problem(error.status_code, codes.get(error.status_code, "http.error"), detail, headers=error.headers)


async def _unstorable(request: Request, error: Exception) -> Response:
    route = request.scope.get("route")
    log.warning("http.unstorable", route=getattr(route, "path", None), error=type(error).__name__, exc_info=error)
    return problem(422, "value.unstorable", "提交的内容里有无法保存的字符、时间或数字,请检查修改后重新提交")


async def _unexpected(request: Request, error: Exception) -> Response:
    if is_passing(error):
        return problem(
            503,
            "service.unavailable",
            "系统正在恢复,请稍后用同一请求重试",
            {"retry_after_ms": 1000},
            {"Retry-After": "1"},
        )
    route = request.scope.get("route")
    log.error("http.unexpected", route=getattr(route, "path", None), error=type(error).__name__, exc_info=error)
    return problem(500, "internal", "系统内部错误,已记录;请稍后重试")


def json_response(content: Mapping[str, Any], status: int = 200) -> Response:
    """A plain JSON answer."""
    return Response(orjson.dumps(content), status, media_type="application/json")
