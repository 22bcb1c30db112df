"""Who calls: JWTs of an OIDC issuer, verified against its published keys (docs/identity.md names the claims)."""

import asyncio
import time
from typing import Any

import httpx
import structlog
from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import extract_compact

from shared.contracts.actor import Actor
from shared.contracts.codes import Role
from shared.contracts.errors import DomainError
from shared.settings import Settings

ALGORITHMS = ["Ed25519", "ES256", "RS256", "PS256"]
LEEWAY = 30  # seconds of clock difference forgiven; token lifetimes are technical time, never simulated
REFRESH = 10.0  # seconds between two looks at the issuer's keys, so that invented key ids cannot make us hammer it
log = structlog.get_logger(__name__)


class Unauthenticated(DomainError):
    """No valid token: 401."""

    status = 401


class KeysUnavailable(DomainError):
    """The issuer's keys cannot be had right now: 503, try again."""

    status = 503


class Verifier:
    """Turns a bearer token into an actor; keys are fetched when first needed and when an unknown key id appears."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._keys: KeySet | None = None
        self._fetched_at = -REFRESH
        self._fetching = asyncio.Lock()
        self._verified: dict[str, tuple[float, Actor]] = {}
        self._claims = jwt.JWTClaimsRegistry(
            leeway=LEEWAY,
            exp={"essential": True},
            iss={"essential": True, "value": settings.oidc_issuer},
            aud={"essential": True, "value": settings.oidc_audience},
            sub={"essential": True},
        )

    async def actor(self, authorization: str | None) -> Actor:
        """The account behind an Authorization header; raises Unauthenticated."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated("auth.missing", "请先登录后再操作")
        known = self._verified.get(token)
        if known and known[0] > time.time():
            return known[1]
        claims = await self._verify(token.strip())
        actor = _actor(claims)
        if len(self._verified) > 10_000:
            self._verified.clear()
        self._verified[token] = (float(claims["exp"]), actor)
        return actor

    async def _verify(self, token: str) -> dict[str, Any]:
        try:
            key_id = extract_compact(token.encode()).headers().get("kid")
            keys = await self._keys_with(key_id)
            claims = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
            self._claims.validate(claims)
        except ExpiredTokenError as error:
            raise Unauthenticated("auth.expired", "登录已过期,请重新登录") from error
        except (JoseError, ValueError, KeyError, TypeError, AttributeError) as error:  # joserfc trusts a header's shape
            raise Unauthenticated("auth.invalid", "登录凭证无效,请重新登录") from error
        return dict(claims)

    async def _keys_with(self, key_id: str | None) -> KeySet:
        async with self._fetching:
            known = self._keys is not None and (key_id is None or any(k.kid == key_id for k in self._keys.keys))
            if not known and time.monotonic() - self._fetched_at > REFRESH:
                self._fetched_at = time.monotonic()
                try:
                    self._keys = await self._fetch()
                except (httpx.HTTPError, ValueError, KeyError) as error:
                    log.warning("auth.keys_unavailable", error=type(error).__name__)
        if self._keys is None:
            raise KeysUnavailable("auth.keys_unavailable", "身份认证服务暂不可用,请稍后重试", retry_after_ms=1000)
        return self._keys

    async def _fetch(self) -> KeySet:
        async with httpx.AsyncClient(timeout=5) as client:
            address = self._settings.jwks_url
            if address is None:
                discovery = f"{self._settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration"
                address = (await client.get(discovery)).raise_for_status().json()["jwks_uri"]
            return KeySet.import_key_set((await client.get(address)).raise_for_status().json())


def _actor(claims: dict[str, Any]) -> Actor:
    roles = claims.get("roles") or []
    known = frozenset(Role(name) for name in roles if name in Role._value2member_map_)
    try:
        return Actor(
            id=str(claims["sub"]),
            org=str(claims["org"]),
            org_type=str(claims["org_type"]),
            roles=known,
            window_id=claims.get("window"),
            unit_id=claims.get("unit"),
        )
    except KeyError as error:
        raise Unauthenticated("auth.claims", "登录凭证缺少所属单位信息,请联系系统管理员") from error
