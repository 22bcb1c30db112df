"""Which claims of a token say what: settings tell where the provider puts them and how it names our roles."""

from collections.abc import Mapping
from typing import Any

from shared.contracts.actor import Actor
from shared.contracts.codes import Role
from shared.contracts.errors import DomainError
from shared.settings import Settings


class Unauthenticated(DomainError):
    """No valid token: 401."""

    status = 401


def actor_of(claims: Mapping[str, Any], settings: Settings) -> Actor:
    """The account that verified claims tell of; Unauthenticated if they do not say where it belongs."""
    org, org_type = (_text(claims, path) for path in (settings.claim_org, settings.claim_org_type))
    if org is None or org_type is None:
        raise Unauthenticated("auth.claims", "登录凭证缺少所属单位信息,请联系系统管理员")
    return Actor(
        id=claims["sub"],
        org=org,
        org_type=org_type,
        roles=frozenset(_roles(claims, settings)),
        window_id=_text(claims, settings.claim_window),
        unit_id=_text(claims, settings.claim_unit),
    )


def _roles(claims: Mapping[str, Any], settings: Settings) -> list[Role]:
    """Roles of ours among those named; providers also name many that are not about us."""
    given = _at(claims, settings.claim_roles)
    named = given.split() if isinstance(given, str) else given if isinstance(given, list) else []
    ours = [settings.role_names.get(name, name) for name in named if isinstance(name, str)]
    return [Role(name) for name in ours if name in Role._value2member_map_]


def _text(claims: Mapping[str, Any], path: str) -> str | None:
    found = _at(claims, path)
    if found is None or (isinstance(found, str) and found):
        return found
    raise Unauthenticated("auth.claims", "登录凭证中的单位或窗口信息格式有误,请联系系统管理员")


def _at(claims: Mapping[str, Any], path: str) -> Any:
    """What lies at a dotted path; a claim whose own name has dots (an address, mostly) comes first."""
    found: Any = claims
    for name in [path] if path in claims else path.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found


__all__ = ["Unauthenticated", "actor_of"]
