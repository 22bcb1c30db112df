"""Which tokens count: how long they may live, whose keys sign them, and where a provider puts what we need."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from joserfc.jwk import ECKey, OKPKey
from pydantic import ValidationError

from bancheng.local.issuer import Issuer
from bancheng.local.ports import free_port
from shared.contracts.codes import Role
from shared.settings import Settings
from shared.web.auth import KeysUnavailable, Unauthenticated, Verifier
from shared.web.claims import actor_of
from shared.web.issuer import IssuerKeys
from tests.harness import _serving

STAFF = {"sub": "u1", "org": "410200", "org_type": "DISCIPLINE", "roles": ["duty_staff"], "window": "W1"}


@pytest.fixture
async def issuer() -> AsyncIterator[Issuer]:
    port = free_port()
    made = Issuer(OKPKey.generate_key("Ed25519"), f"http://127.0.0.1:{port}", {}, "local")
    async with _serving(made.app(), port):
        yield made


def verifier(issuer: Issuer, **told: Any) -> Verifier:
    return Verifier(Settings(env="local", oidc_issuer=issuer.url, **told))


async def refused(by: Verifier, token: str) -> str:
    with pytest.raises(Unauthenticated) as error:
        await by.access(token)
    assert any("一" <= sign <= "鿿" for sign in error.value.message)
    return error.value.code


async def test_a_token_of_a_quarter_of_an_hour_counts_and_a_longer_one_does_not(issuer: Issuer) -> None:
    strict, patient = verifier(issuer), verifier(issuer, token_minutes=30)
    assert (await strict.access(issuer.token(STAFF, 15 * 60))).actor.window_id == "W1"
    longer = issuer.token(STAFF, 15 * 60 + 1)
    assert await refused(strict, longer) == "auth.too_long"
    assert (await patient.access(longer)).actor.id == "u1"


@pytest.mark.parametrize("claims", [{"iat": None}, {"iat": int(time.time()) + 3600}, {"aud": "other"}, {"sub": ""}])
async def test_a_token_that_is_not_whole_or_not_for_us_is_refused(issuer: Issuer, claims: dict[str, Any]) -> None:
    assert await refused(verifier(issuer), issuer.token(STAFF | claims)) == "auth.invalid"


async def test_a_token_made_out_for_later_is_refused(issuer: Issuer) -> None:
    soon = int(time.time()) + 300
    token = issuer.token(STAFF | {"iat": soon, "exp": soon + 600})
    assert await refused(verifier(issuer), token) == "auth.invalid"


async def test_after_the_provider_changes_its_key_new_tokens_count_at_once_and_old_ones_soon_no_more(
    issuer: Issuer,
) -> None:
    settings = Settings(env="local", oidc_issuer=issuer.url)
    by = Verifier(settings, IssuerKeys(settings, damper=0.01, period=0.3))
    old = issuer.token(STAFF)
    await by.access(old)
    issuer.keys = [OKPKey.generate_key("Ed25519")]
    await asyncio.sleep(0.02)
    assert (await by.access(issuer.token(STAFF))).actor.id == "u1"
    assert await refused(by, old) == "auth.invalid"


async def test_a_withdrawn_key_stops_counting_though_nobody_shows_a_new_one(issuer: Issuer) -> None:
    settings = Settings(env="local", oidc_issuer=issuer.url)
    by = Verifier(settings, IssuerKeys(settings, damper=0.0, period=0.2))
    old = issuer.token(STAFF)
    issuer.keys.append(OKPKey.generate_key("Ed25519"))
    await by.access(old)
    issuer.keys.pop(0)
    await by.access(old)  # within the period
    await asyncio.sleep(0.25)
    assert await refused(by, old) == "auth.invalid"


async def test_invented_key_ids_do_not_make_us_ask_the_provider_again_and_again(issuer: Issuer) -> None:
    by = verifier(issuer)
    await by.access(issuer.token(STAFF))
    foreign = Issuer(OKPKey.generate_key("Ed25519"), issuer.url, {}, "local")
    assert await refused(by, foreign.token(STAFF)) == "auth.invalid"
    issuer.keys.insert(0, OKPKey.generate_key("Ed25519"))
    assert await refused(by, issuer.token(STAFF)) == "auth.invalid"  # looked up again only after some seconds


async def test_while_the_provider_is_away_known_keys_go_on_counting() -> None:
    port = free_port()
    there = Issuer(OKPKey.generate_key("Ed25519"), f"http://127.0.0.1:{port}", {}, "local")
    settings = Settings(env="local", oidc_issuer=there.url)
    by = Verifier(settings, IssuerKeys(settings, damper=0.0, period=0.0))
    with pytest.raises(KeysUnavailable, match="身份认证服务暂不可用"):
        await by.access(there.token(STAFF))
    async with _serving(there.app(), port):
        await by.access(there.token(STAFF))
    assert (await by.access(there.token(STAFF))).actor.id == "u1"


async def test_keys_of_a_kind_not_known_here_stand_beside_ours_without_harm(issuer: Issuer) -> None:
    strange: Any = [_Published({"kty": "AKP", "alg": "ML-DSA-65"}), _Published({"kty": "EC"}), ECKey.generate_key()]
    issuer.keys += strange
    assert (await verifier(issuer).access(issuer.token(STAFF))).actor.id == "u1"


async def test_a_discovery_document_of_another_issuer_is_not_believed(issuer: Issuer) -> None:
    there = f"{issuer.url}/.well-known/openid-configuration"
    by = Verifier(Settings(env="local", oidc_issuer="http://other.example", oidc_discovery_url=there))
    with pytest.raises(KeysUnavailable):
        await by.access(issuer.token(STAFF))


def test_a_providers_own_places_and_names_of_roles_are_told_by_settings() -> None:
    settings = Settings.model_validate({
        "claim_roles": "realm_access.roles", "claim_org": "https://hall.example/org", "claim_org_type": "body.type",
        "role_names": {"bczx-leader": "duty_leader"},
    })  # fmt: skip
    claims = {
        "sub": "7f3c", "realm_access": {"roles": ["bczx-leader", "offline_access", "callback_officer", 7]},
        "https://hall.example/org": "410200", "body": {"type": "DISCIPLINE"},
    }  # fmt: skip
    found = actor_of(claims, settings)
    assert found.roles == {Role.DUTY_LEADER, Role.CALLBACK_OFFICER}
    assert (found.org, found.org_type, found.window_id) == ("410200", "DISCIPLINE", None)


def test_roles_may_stand_in_one_text() -> None:
    found = actor_of(STAFF | {"roles": "duty_staff duty_leader"}, Settings())
    assert found.roles == {Role.DUTY_STAFF, Role.DUTY_LEADER}


@pytest.mark.parametrize("wrong", [{"org": None}, {"org": ["410200"]}, {"org_type": ""}, {"window": 7}, {"unit": {}}])
def test_a_token_that_does_not_say_where_somebody_belongs_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(Unauthenticated, match="单位") as error:
        actor_of(STAFF | wrong, Settings())
    assert error.value.code == "auth.claims"


def test_a_role_that_we_do_not_have_cannot_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BANCHENG_ROLE_NAMES", '{"boss": "emperor"}')
    with pytest.raises(ValidationError):
        Settings()
    monkeypatch.setenv("BANCHENG_ROLE_NAMES", '{"boss": "committee_leader"}')
    assert Settings().role_names == {"boss": Role.COMMITTEE_LEADER}


class _Published(dict[str, Any]):
    """A key as a provider publishes it, of a kind that the issuer here could not make."""

    def as_dict(self, private: bool) -> dict[str, Any]:
        return dict(self)

    def thumbprint(self) -> str:
        return "strange"
