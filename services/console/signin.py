"""Signing in at the OIDC provider: authorization code with PKCE, what its tokens must be, and fresh ones in time."""

import base64
import hashlib
import secrets
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import structlog

from shared.contracts.errors import DomainError
from shared.settings import Settings
from shared.web.auth import LEEWAY, Unauthenticated, Verifier
from shared.web.issuer import AWAY, PATIENCE, discover

# A place here to go to afterwards: what another site may stand behind ("//…", "/\\…") is none.
PLACE, PLACE_LENGTH = r"^/([^/\\\s][^\\\s]*)?$", 500
ATTEMPT_LIFE = 600.0  # seconds from the first page of the provider to the way back
log = structlog.get_logger(__name__)


class ProviderAway(DomainError):
    """The provider does not answer, or not as the standard says: 503."""

    status = 503

    def __init__(self) -> None:
        super().__init__("login.issuer_away", "身份认证平台暂不可用,请稍后重试", retry_after_ms=5000)


class SignInRefused(DomainError):
    """This way back from the provider signs nobody in: 403. Never 401, which would send the browser round again."""

    status = 403


class GrantOver(SignInRefused):
    """The provider gives no token for this code or refresh token any more."""

    def __init__(self) -> None:
        super().__init__("login.code", "登录凭据已使用或已失效,请重新登录")


@dataclass(frozen=True)
class Attempt:
    """One way to the provider and back; only the browser that has it in its cookie can finish it."""

    to: str
    again: bool = False  # somebody was signed in here and did not sign out: the provider is to ask who it is
    state: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    begun_at: float = field(default_factory=time.time)

    @property
    def challenge(self) -> str:
        """What the provider is told of the verifier (RFC 7636)."""
        return base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).decode().rstrip("=")

    def is_over(self) -> bool:
        """Whether too much time has passed."""
        return not 0 <= time.time() - self.begun_at < ATTEMPT_LIFE


@dataclass(frozen=True)
class Tokens:
    """What a session holds: the access token with its end (seconds since 1970), and what a fresh one is had for."""

    account: str
    access: str
    ends_at: float
    refresh: str | None

    def left(self) -> float:
        """Seconds until the access token ends."""
        return self.ends_at - time.time()


@dataclass(frozen=True)
class Provider:
    """The provider, asked in the name of this console."""

    settings: Settings
    verifier: Verifier

    async def door(self, attempt: Attempt, callback: str, hint: str | None) -> str:
        """The address at which a person signs in."""
        asked = {
            "response_type": "code",
            "client_id": self.settings.oidc_client_id,
            "redirect_uri": callback,
            "scope": self.settings.oidc_scope,
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": attempt.challenge,
            "code_challenge_method": "S256",
        }
        asked |= {"login_hint": hint} if hint else {}
        asked |= {"prompt": "login", "max_age": "0"} if attempt.again else {}
        return _with(await self._endpoint("authorization_endpoint"), asked)

    async def redeem(self, code: str, attempt: Attempt, callback: str) -> Tokens:
        """Tokens for a code; raises SignInRefused if they are not for this attempt, this console or these services."""
        us = self.settings.oidc_client_id
        given = await self._tokens(
            grant_type="authorization_code", code=code, redirect_uri=callback, code_verifier=attempt.verifier
        )
        try:
            person = await self.verifier.claims(str(given.get("id_token")), us)
            tokens = await self._checked(given, None)
        except Unauthenticated as error:
            raise SignInRefused(error.code, error.message) from error
        if not secrets.compare_digest(str(person.get("nonce")).encode(), attempt.nonce.encode()):
            raise SignInRefused("login.nonce", "身份认证平台的答复不属于本次登录,请重新登录")
        if attempt.again and isinstance(asked := person.get("auth_time"), int) and asked < attempt.begun_at - LEEWAY:
            raise SignInRefused("login.not_asked", "身份认证平台没有重新核实您的身份,请在该平台退出后重新登录")
        if (person["sub"], person.get("azp", us)) != (tokens.account, us):
            raise SignInRefused("login.answer", "身份认证平台的答复前后不一致,请联系系统管理员")
        return tokens

    async def renewed(self, tokens: Tokens) -> Tokens:
        """Fresh tokens of the same account; raises GrantOver or Unauthenticated if there are none."""
        given = await self._tokens(grant_type="refresh_token", refresh_token=tokens.refresh or "")
        fresh = await self._checked(given, tokens.refresh)
        if fresh.account != tokens.account:
            raise GrantOver
        return fresh

    async def exit(self, after: str) -> str | None:
        """Where the provider is told that somebody leaves, if it has such a place; no token stands in the address."""
        found = (await self._discovered()).get("end_session_endpoint")
        told = {"client_id": self.settings.oidc_client_id, "post_logout_redirect_uri": after}
        return _with(found, told) if isinstance(found, str) and _is_web(found) else None

    async def _checked(self, given: dict[str, Any], known_refresh: str | None) -> Tokens:
        access = str(given.get("access_token"))
        verified = await self.verifier.access(access)
        return Tokens(verified.actor.id, access, verified.ends_at, given.get("refresh_token") or known_refresh)

    async def _tokens(self, **form: str) -> dict[str, Any]:
        secret, form = _secret(self.settings), {**form, "client_id": self.settings.oidc_client_id}
        found = await self._discovered()
        auth = httpx.Auth()  # none
        if secret and found.get("token_endpoint_auth_methods_supported") == ["client_secret_post"]:
            form |= {"client_secret": secret}
        elif secret:
            auth = httpx.BasicAuth(quote(form.pop("client_id"), safe=""), quote(secret, safe=""))
        try:
            async with httpx.AsyncClient(timeout=PATIENCE) as client:
                answer = await client.post(found["token_endpoint"], data=form, auth=auth)
                given = answer.json()
        except AWAY as error:
            log.warning("login.issuer_away", error=type(error).__name__)
            raise ProviderAway from error
        if answer.status_code == 200 and isinstance(given, dict):
            return given
        raise _refusal(answer.status_code, given)

    async def _endpoint(self, name: str) -> str:
        address = (await self._discovered()).get(name)
        if not isinstance(address, str) or not _is_web(address):
            log.error("login.no_endpoint", endpoint=name)
            raise ProviderAway
        return address

    async def _discovered(self) -> dict[str, Any]:
        """Asked anew each time: whoever is sent to a provider that is away sees no page of ours."""
        try:
            async with httpx.AsyncClient(timeout=PATIENCE) as client:
                return await discover(self.settings, client)
        except AWAY as error:
            log.warning("login.issuer_away", error=type(error).__name__)
            raise ProviderAway from error


def _refusal(status: int, given: Any) -> DomainError:
    said = given.get("error") if isinstance(given, dict) else None
    if status < 500 and said == "invalid_grant":
        return GrantOver()
    log.error("login.token_refused", status=status, error=said if isinstance(said, str) else None)
    return ProviderAway() if status >= 500 else _misregistered()


def _misregistered() -> SignInRefused:
    return SignInRefused("login.client", "本系统在身份认证平台的登记有误,暂不能登录,请联系系统管理员")


def _secret(settings: Settings) -> str | None:
    """Read each time: a secret that was changed needs no restart."""
    file = settings.oidc_client_secret_file
    try:
        return file.read_text().strip() if file else None
    except OSError as error:
        log.error("login.no_secret", error=type(error).__name__)
        raise _misregistered() from error


def _with(address: str, params: dict[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(params)}"


def _is_web(address: str) -> bool:
    return address.startswith(("https://", "http://"))


__all__ = ["Attempt", "GrantOver", "Provider", "ProviderAway", "SignInRefused", "Tokens"]
