"""Who calls: JWTs of an OIDC issuer, verified against its published keys (docs/identity.md names the claims)."""

import time
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import extract_compact
from joserfc.jwt import JWTClaimsRegistry

from shared.contracts.actor import Actor
from shared.settings import Settings
from shared.web.claims import Unauthenticated, actor_of
from shared.web.issuer import IssuerKeys, KeysUnavailable

ALGORITHMS = ["Ed25519", "ES256", "RS256", "PS256"]
LEEWAY = 30  # seconds of clock difference forgiven; token lifetimes are technical time, never simulated


@dataclass(frozen=True)
class Verified:
    """Whose token it is, and until when it counts (seconds since 1970)."""

    actor: Actor
    ends_at: float


class Verifier:
    """Turns a bearer token into an actor; what was verified once counts until it ends or the keys are fetched again."""

    def __init__(self, settings: Settings, keys: IssuerKeys | None = None) -> None:
        self._settings = settings
        self._keys = keys or IssuerKeys(settings)
        self._verified: dict[str, Verified] = {}
        self._verified_by: KeySet | None = None

    async def actor(self, authorization: str | None) -> Actor:
        """The account behind an Authorization header; raises Unauthenticated."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated("auth.missing", "请先登录后再操作")
        return (await self.access(token.strip())).actor

    async def access(self, token: str) -> Verified:
        """What an access token says; raises Unauthenticated."""
        keys = await self._keys.now()
        if keys is not self._verified_by or len(self._verified) > 10_000:
            self._verified, self._verified_by = {}, keys
        known = self._verified.get(token)
        if known and known.ends_at > time.time():
            return known
        claims = await self.claims(token, self._settings.oidc_audience)
        lifetime = claims["exp"] - claims["iat"]
        if lifetime > self._settings.token_minutes * 60:
            raise Unauthenticated(
                "auth.too_long",
                f"登录凭证有效期超过{self._settings.token_minutes}分钟,不予接受;请联系系统管理员调整身份认证平台的设置",
            )
        found = self._verified[token] = Verified(actor_of(claims, self._settings), float(claims["exp"]))
        return found

    async def claims(self, token: str, audience: str) -> dict[str, Any]:
        """The claims of a token of our issuer that is made out to this audience; raises Unauthenticated."""
        try:
            key_id = extract_compact(token.encode()).headers().get("kid")
            claims = jwt.decode(token, await self._keys.having(key_id), algorithms=ALGORITHMS).claims
            self._registry(audience).validate(claims)
        except ExpiredTokenError as error:
            raise Unauthenticated("auth.expired", "登录已过期,请重新登录") from error
        except (JoseError, ValueError, KeyError, TypeError, AttributeError) as error:  # joserfc trusts a header's shape
            raise Unauthenticated("auth.invalid", "登录凭证无效,请重新登录") from error
        return dict(claims)

    def _registry(self, audience: str) -> JWTClaimsRegistry:
        return JWTClaimsRegistry(
            leeway=LEEWAY,
            exp={"essential": True},
            iat={"essential": True},
            iss={"essential": True, "value": self._settings.oidc_issuer},
            aud={"essential": True, "value": audience},
            sub={"essential": True},
        )


__all__ = ["LEEWAY", "KeysUnavailable", "Unauthenticated", "Verified", "Verifier"]
