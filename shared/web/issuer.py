"""The OIDC issuer as seen from here: its discovery document, and its keys, fetched again in time."""

import asyncio
import time
from typing import Any

import httpx
import structlog
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key, KeySet

from shared.contracts.errors import DomainError
from shared.settings import Settings

DAMPER = 10.0  # seconds between two looks at the issuer's keys, so that invented key ids cannot make us hammer it
PERIOD = 300.0  # seconds after which the keys are fetched again, so that a withdrawn one stops counting
PATIENCE = 5.0
# What asking the issuer may end in: no answer, or one that is not what the standard says.
AWAY = (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError)
log = structlog.get_logger(__name__)


class KeysUnavailable(DomainError):
    """The issuer's keys cannot be had right now: 503, try again."""

    status = 503


async def discover(settings: Settings, client: httpx.AsyncClient) -> dict[str, Any]:
    """The discovery document; raises one of AWAY if it cannot be had or is another issuer's."""
    usual = f"{settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration"
    found = (await client.get(settings.oidc_discovery_url or usual)).raise_for_status().json()
    if not isinstance(found, dict) or found.get("issuer") != settings.oidc_issuer:
        raise ValueError("the discovery document is another issuer's")
    return found


class IssuerKeys:
    """The keys that tokens may be signed with."""

    def __init__(self, settings: Settings, damper: float = DAMPER, period: float = PERIOD) -> None:
        self._settings, self._damper, self._period = settings, damper, period
        self._keys: KeySet | None = None
        self._asked_at = self._fetched_at = -float("inf")
        self._fetching = asyncio.Lock()

    async def now(self) -> KeySet:
        """The keys, not older than the period unless the issuer is away; KeysUnavailable if there never were any."""
        # One caller takes the wait upon itself: with an issuer that hangs, all others go on with what is known.
        if self._keys is None or (self._is_old() and not self._fetching.locked()):
            async with self._fetching:
                if self._keys is None or self._is_old():
                    await self._fetch_again()
        if self._keys is None:
            raise KeysUnavailable("auth.keys_unavailable", "身份认证服务暂不可用,请稍后重试", retry_after_ms=1000)
        return self._keys

    async def having(self, key_id: str | None) -> KeySet:
        """The keys, looked up once more if this one is not among them."""
        keys = await self.now()
        if _has(keys, key_id):
            return keys
        async with self._fetching:
            if not _has(self._keys, key_id):
                await self._fetch_again()
        return self._keys or keys

    def _is_old(self) -> bool:
        return time.monotonic() - self._fetched_at > self._period

    async def _fetch_again(self) -> None:
        if time.monotonic() - self._asked_at < self._damper:
            return
        self._asked_at = time.monotonic()
        try:
            self._keys = await self._fetch()
            self._fetched_at = time.monotonic()
        except AWAY as error:
            log.warning("auth.keys_unavailable", error=type(error).__name__)

    async def _fetch(self) -> KeySet:
        async with httpx.AsyncClient(timeout=PATIENCE) as client:
            address = self._settings.jwks_url or (await discover(self._settings, client))["jwks_uri"]
            published = (await client.get(address)).raise_for_status().json()["keys"]
        return KeySet([key for each in published if (key := _readable(each))])


def _readable(published: Any) -> Key | None:
    """A key that signs, of a kind known here; others may stand beside it (RFC 7517, 5)."""
    try:
        return JWKRegistry.import_key(published) if published.get("use", "sig") == "sig" else None
    except (JoseError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _has(keys: KeySet | None, key_id: str | None) -> bool:
    return keys is not None and (key_id is None or any(key.kid == key_id for key in keys.keys))


__all__ = ["AWAY", "PATIENCE", "IssuerKeys", "KeysUnavailable", "discover"]
