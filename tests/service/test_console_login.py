"""Signing in at a provider, the session that follows, and out again: as a browser does it, over real HTTP."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from bancheng.local.ports import free_port
from services.console.main import service
from services.console.store.tables import SESSION as TABLE
from shared.settings import Settings
from shared.store import key_file
from shared.store.rotation import move
from shared.store.unit_of_work import Database
from shared.store.vault import Vault
from tests.engines import Engines
from tests.harness import Hall, hall, started_again
from tests.service.console_story import CITY, names

HTML = {"Accept": "text/html"}
SECRET = "told to both"
STAFF = {"sub": "staff-1", "org": "410200", "org_type": "DISCIPLINE", "roles": ["duty_staff"], "window": CITY}
LEADER = {**STAFF, "sub": "leader-1", "roles": ["duty_leader"]}
SESSION = "bancheng_session"


@pytest.fixture(scope="module")
async def console(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hall]:
    folder = tmp_path_factory.mktemp("login")
    (folder / "client.secret").write_text(SECRET + "\n")

    def composed(settings: Settings) -> object:
        return service(settings.model_copy(update={"oidc_client_secret_file": folder / "client.secret"}))

    async with hall(engines, "console", folder, composed) as running:
        running.settings = running.settings.model_copy(update={"oidc_client_secret_file": folder / "client.secret"})
        await running.publish(*names())
        await running.caught_up()
        yield running


@pytest.fixture
async def browser(console: Hall) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that nobody is signed in with, and the provider as it usually is."""
    await console.query("DELETE FROM web_session")
    console.issuer.identities = {"staff": STAFF | {"title": "值班人员"}, "leader": LEADER}
    console.issuer.secret, console.issuer.lifetime = SECRET, 15 * 60
    async with a_browser(console) as opened:
        yield opened


@asynccontextmanager
async def a_browser(console: Hall) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=console.base, headers=HTML, timeout=30) as opened:
        yield opened


async def led(browser: httpx.AsyncClient, address: str) -> str:
    """Where an address leads to."""
    answer = await browser.get(address)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def way_back(browser: httpx.AsyncClient, way_in: str = "/login?name=staff", **instead: str) -> str:
    """The callback's address, after signing in at the provider; `instead` changes what the console told it."""
    door = urlsplit(await led(browser, way_in))
    told = {name: values[0] for name, values in parse_qs(door.query).items()} | instead
    return await led(browser, door._replace(query=urlencode(told)).geturl())


async def sign_in(browser: httpx.AsyncClient, way_in: str = "/login?name=staff") -> str:
    """Sign in; the address at which the browser ends up."""
    return await led(browser, await way_back(browser, way_in))


async def refused(browser: httpx.AsyncClient, address: str) -> str:
    """The code of the page on which a way back ends, having signed nobody in."""
    before = browser.cookies.get(SESSION)
    answer = await browser.get(address)
    assert answer.status_code == 403
    assert "登录未完成" in answer.text
    assert browser.cookies.get(SESSION) == before
    (code,) = re.findall(r"代码:([\w.]+)", answer.text)
    return str(code)


async def test_whoever_is_not_signed_in_chooses_at_the_provider_and_comes_back_to_the_page_they_wanted(
    console: Hall, browser: httpx.AsyncClient
) -> None:
    wanted = "/?state=CLOSED&window="
    door = await led(browser, await led(browser, wanted))
    assert door.startswith(f"{console.issuer.url}/authorize?")
    chooser = (await browser.get(door)).text
    assert "值班人员" in chooser
    (choice, _other) = re.findall(r'href="(/authorize[^"]+)"', chooser)
    back = await led(browser, console.issuer.url + unescape(choice))
    assert await led(browser, back) == wanted
    shown = await browser.get(wanted)
    assert shown.status_code == 200
    assert "staff-1" in shown.text


async def test_the_cookie_is_a_random_value_that_scripts_and_other_sites_cannot_use(
    console: Hall, browser: httpx.AsyncClient
) -> None:
    answer = await browser.get(await way_back(browser))
    (cookie,) = [each for each in answer.headers.get_list("set-cookie") if each.startswith(SESSION)]
    value, *flags = [part.strip().lower() for part in cookie.split(";")]
    assert {"httponly", "samesite=lax", "path=/"} == set(flags)
    assert "." not in value
    kept = await console.query("SELECT mark, tokens FROM web_session")
    assert all(b"eyJ" not in row["tokens"] for row in kept)
    assert all(browser.cookies[SESSION].encode() not in row["mark"] for row in kept)


async def test_under_https_the_cookies_are_secure_and_of_this_host_alone(
    console: Hall, browser: httpx.AsyncClient
) -> None:
    browser.headers["X-Forwarded-Proto"] = "https"
    begun = await browser.get("/login?name=staff")
    attempt = begun.headers["set-cookie"]
    assert attempt.startswith("__Host-bancheng_login_")
    back = await led(browser, begun.headers["location"])
    assert back.startswith("https://")
    path = back.removeprefix(console.base.replace("http:", "https:"))
    answer = await browser.get(path, headers={"Cookie": attempt.split(";")[0]})
    assert answer.status_code == 303
    (session,) = [each for each in answer.headers.get_list("set-cookie") if SESSION in each]
    assert session.startswith(f"__Host-{SESSION}=")
    flags = {part.strip().lower() for part in session.split(";")[1:]}
    assert flags == {"secure", "httponly", "path=/", "samesite=lax"}
    shown = await browser.get("/", headers={"Cookie": session.split(";")[0]})
    assert shown.status_code == 200
    bare = session.split(";")[0].removeprefix("__Host-")
    assert (await browser.get("/", headers={"Cookie": bare})).status_code == 303


async def test_another_browser_cannot_finish_a_sign_in(console: Hall, browser: httpx.AsyncClient) -> None:
    back = await way_back(browser)
    async with a_browser(console) as other:
        assert await refused(other, back) == "login.state"
    assert await led(browser, back) == "/"


async def test_a_way_back_with_another_state_signs_nobody_in(console: Hall, browser: httpx.AsyncClient) -> None:
    back = await way_back(browser)
    other = re.sub(r"state=[^&]+", "state=invented", back)
    assert await refused(browser, other) == "login.state"
    assert await refused(browser, f"{console.base}/login/callback") == "login.state"


async def test_a_way_back_is_good_once_and_so_is_its_code(browser: httpx.AsyncClient) -> None:
    back = await way_back(browser)
    await led(browser, back)
    assert await refused(browser, back) == "login.state"
    used = parse_qs(urlsplit(back).query)["code"][0]
    again = await way_back(browser)
    assert await refused(browser, re.sub(r"code=[^&]+", f"code={used}", again)) == "login.code"


@pytest.mark.parametrize(("told", "code"), [("nonce", "login.nonce"), ("code_challenge", "login.code")])
async def test_an_answer_to_another_question_is_refused(browser: httpx.AsyncClient, told: str, code: str) -> None:
    assert await refused(browser, await way_back(browser, **{told: "another"})) == code


async def test_a_token_for_another_client_is_refused(browser: httpx.AsyncClient) -> None:
    assert await refused(browser, await way_back(browser, client_id="another")) == "login.code"


async def test_who_is_not_let_in_by_the_provider_is_told_so(browser: httpx.AsyncClient) -> None:
    back = await way_back(browser, code_challenge_method="plain")
    assert "error=invalid_request" in back
    assert await refused(browser, back) == "login.denied"


async def test_a_provider_whose_tokens_live_too_long_ends_on_a_page_not_in_a_circle(
    console: Hall, browser: httpx.AsyncClient
) -> None:
    console.issuer.lifetime = 16 * 60
    assert await refused(browser, await way_back(browser)) == "auth.too_long"


async def test_a_client_that_the_provider_does_not_know_is_the_administrators_business(
    console: Hall, browser: httpx.AsyncClient
) -> None:
    console.issuer.secret = "another"
    assert await refused(browser, await way_back(browser)) == "login.client"


@pytest.mark.parametrize("place", ["//evil.example", "https://evil.example", "/\\evil.example", "/%0d%0aX: y", ""])
async def test_signing_in_leads_to_no_other_site(browser: httpx.AsyncClient, place: str) -> None:
    assert (await browser.get(f"/login?to={place}")).status_code == 422


async def test_signing_in_gives_a_new_session_and_ends_the_one_before(
    console: Hall, browser: httpx.AsyncClient
) -> None:
    browser.cookies.set(SESSION, "planted", domain="127.0.0.1")
    await sign_in(browser)
    first = browser.cookies[SESSION]
    assert first != "planted"
    await sign_in(browser, "/login?name=leader")
    assert browser.cookies[SESSION] != first
    assert "leader-1" in (await browser.get("/")).text
    for over in ("planted", first):
        answer = await httpx.AsyncClient().get(f"{console.base}/api/matters", headers={"Cookie": f"{SESSION}={over}"})
        assert (answer.status_code, answer.json()["code"]) == (401, "auth.session_over")


async def test_two_windows_can_sign_in_at_once(browser: httpx.AsyncClient) -> None:
    backs = [await way_back(browser) for _ in range(2)]
    assert [await led(browser, back) for back in backs] == ["/", "/"]


async def test_a_browser_gathers_no_heap_of_sign_ins_that_it_never_finished(browser: httpx.AsyncClient) -> None:
    for _ in range(12):
        await led(browser, "/login")
    assert len(browser.cookies) <= 5
    assert await sign_in(browser) == "/"


async def test_while_the_provider_is_away_a_page_says_so_and_the_same_way_back_works_later(
    console: Hall, browser: httpx.AsyncClient
) -> None:
    back = await way_back(browser)
    dead = console.settings.model_copy(update={"oidc_issuer": f"http://127.0.0.1:{free_port()}"})
    async with started_again(replace(console, settings=dead)) as alone:
        for address in (f"{alone.base}/login", back.replace(console.base, alone.base)):
            answer = await browser.get(address)
            assert answer.status_code == 503
            assert "身份认证平台暂不可用" in answer.text
            assert answer.headers["retry-after"]
    assert await led(browser, back) == "/"


@pytest.mark.parametrize(
    "passed", ["seen_at = seen_at - interval '31 minutes'", "begun_at = begun_at - interval '13 hours'"]
)
async def test_a_session_ends_when_nobody_clicks_and_in_any_case_after_a_working_day(
    console: Hall, browser: httpx.AsyncClient, passed: str
) -> None:
    await sign_in(browser)
    await console.query(f"UPDATE web_session SET {passed}")
    assert await led(browser, "/") == "/login"
    await sign_in(browser)
    assert len(await console.query("SELECT 1 FROM web_session")) == 1


async def test_a_seat_left_open_is_not_signed_in_again_by_itself(console: Hall, browser: httpx.AsyncClient) -> None:
    await sign_in(browser)
    assert "prompt" not in await led(browser, "/login")  # the session goes on
    await console.query("UPDATE web_session SET seen_at = seen_at - interval '31 minutes'")
    door = await led(browser, "/login?name=staff")
    assert "prompt=login&max_age=0" in door
    await led(browser, await led(browser, door))
    await browser.post("/logout", headers={"Origin": console.base})
    assert "prompt" not in await led(browser, "/login")


async def test_a_provider_that_did_not_ask_again_though_it_was_told_to_lets_nobody_in(
    console: Hall, browser: httpx.AsyncClient
) -> None:
    browser.cookies.set(SESSION, "ended", domain="127.0.0.1")
    console.issuer.identities = {"staff": STAFF | {"auth_time": int(time.time()) - 3600}}
    assert await refused(browser, await way_back(browser)) == "login.not_asked"


async def test_programs_may_reach_the_provider_under_another_name_than_browsers(
    console: Hall, browser: httpx.AsyncClient
) -> None:
    inside = console.issuer.url.replace("127.0.0.1", "localhost")
    told = {"oidc_discovery_url": f"{inside}/.well-known/openid-configuration"}
    async with httpx.AsyncClient() as program:
        known = (await program.get(told["oidc_discovery_url"])).json()
    assert known["token_endpoint"].startswith(inside)
    assert known["authorization_endpoint"].startswith(console.issuer.url)
    async with started_again(replace(console, settings=console.settings.model_copy(update=told))) as alone:
        assert await sign_in(browser, f"{alone.base}/login?name=staff") == "/"
        assert (await browser.get(f"{alone.base}/")).status_code == 200


async def test_a_session_outlives_a_change_of_the_master_key(
    console: Hall, browser: httpx.AsyncClient, tmp_path: Path
) -> None:
    await sign_in(browser)
    assert console.settings.master_key_file
    new = tmp_path / "master.key"
    new.write_text(key_file.renewed(console.settings.master_key_file.read_text()))
    database = Database(console.settings.postgres_url, "console", 2)
    tally = await move(database, Vault.from_file(new), TABLE.c.tokens, lambda _: None)
    await database.close()
    assert (tally.moved, tally.unknown) == (1, 0)
    new.write_text(key_file.retired(new.read_text()))
    told = {"master_key_file": new}
    async with started_again(replace(console, settings=console.settings.model_copy(update=told))) as alone:
        assert (await browser.get(f"{alone.base}/")).status_code == 200


async def test_only_a_person_keeps_a_session_alive_not_a_page_left_open(
    console: Hall, browser: httpx.AsyncClient
) -> None:
    await sign_in(browser)
    await console.query("UPDATE web_session SET seen_at = seen_at - interval '20 minutes'")
    before = await console.query("SELECT seen_at FROM web_session")
    assert (await browser.get("/", headers={"Sec-Fetch-Dest": "empty"})).status_code == 200
    assert await console.query("SELECT seen_at FROM web_session") == before
    assert (await browser.get("/")).status_code == 200
    assert await console.query("SELECT seen_at FROM web_session") > before


async def test_a_token_about_to_end_is_renewed_once_for_all_who_ask_at_once(
    console: Hall, browser: httpx.AsyncClient
) -> None:
    console.issuer.lifetime = -5  # just over, so that nobody can do without the new one
    await sign_in(browser)
    before = await console.query("SELECT tokens FROM web_session")
    console.issuer.lifetime = 15 * 60
    answers = await asyncio.gather(*(browser.get("/") for _ in range(8)))
    assert {answer.status_code for answer in answers} == {200}
    renewed = await console.query("SELECT tokens, renewing_at FROM web_session")
    assert renewed[0]["tokens"] != before[0]["tokens"]
    assert renewed[0]["renewing_at"] is None


async def test_an_account_that_the_provider_has_blocked_is_out_when_its_token_ends(
    console: Hall, browser: httpx.AsyncClient
) -> None:
    console.issuer.lifetime = 30
    await sign_in(browser)
    console.issuer.identities = {}
    assert await led(browser, "/") == "/login"
    assert await console.query("SELECT 1 FROM web_session") == []


async def test_a_provider_in_trouble_ends_no_session_while_its_token_counts(
    console: Hall, browser: httpx.AsyncClient
) -> None:
    console.issuer.lifetime = 30
    await sign_in(browser)
    console.issuer.secret = "changed by mistake"
    assert (await browser.get("/")).status_code == 200
    console.issuer.secret = SECRET
    assert (await browser.get("/")).status_code == 200


async def test_signing_out_leaves_nothing_here_and_goes_on_to_the_provider(
    console: Hall, browser: httpx.AsyncClient
) -> None:
    await sign_in(browser)
    value = browser.cookies[SESSION]
    answer = await browser.post("/logout", headers={"Origin": console.base})
    assert answer.status_code == 200
    (onward,) = re.findall(r'content="0; url=([^"]+)"', answer.text)
    assert onward.startswith(f"{console.issuer.url}/logout?")
    assert "eyJ" not in onward
    done = await led(browser, unescape(onward))
    assert "已退出" in (await browser.get(done)).text
    assert SESSION not in browser.cookies
    assert await console.query("SELECT 1 FROM web_session") == []
    browser.cookies.set(SESSION, value, domain="127.0.0.1")
    assert await led(browser, "/") == "/login"


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {}],
)
async def test_a_form_on_another_site_acts_for_nobody(
    console: Hall, browser: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    await sign_in(browser)
    for path in ("/logout", "/desk/on-the-spot", "/desk/search"):
        answer = await browser.post(path, data={"query": "x"}, headers={**headers, "Accept": "*/*"})
        assert (answer.status_code, answer.json()["code"]) == (403, "login.foreign_origin")
    assert (await browser.get("/")).status_code == 200


async def test_live_updates_come_to_who_is_signed_in(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/events", headers={"Accept": "text/event-stream"})).status_code == 401
    await sign_in(browser)
    async with browser.stream("GET", "/events", headers={"Accept": "text/event-stream"}) as stream:
        assert stream.status_code == 200
        assert (await anext(stream.aiter_lines())).startswith("retry:")


async def test_a_program_shows_its_token_and_needs_no_session(console: Hall) -> None:
    answer = await console.client("staff-1", "duty_staff", window=CITY).get("/api/matters")
    assert answer.status_code == 200
