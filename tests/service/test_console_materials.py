"""The console's pages of materials against a stand-in intake."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi.responses import Response

from shared.contracts import intake
from shared.contracts.codes import MatterState
from shared.web import uploads
from tests import papers
from tests.engines import Engines
from tests.harness import START, Client
from tests.service.console_story import Story, at
from tests.service.console_world import HTML, World, console_world, key_of, page, sent, told

PAPER = UUID(int=501)
LISTED = {"material_id": str(PAPER), "format": "PDF", "form": "COPY", "pages": 2, "size": 900, "added_by": "u-1",
          "added_at": "2026-09-28T09:00:00+08:00", "returned_by": None, "returned_at": None,
          "name": "参保<b>证明"}  # fmt: skip
SAID = {"name": "参保证明", "form": "COPY", "pages": "2"}


@pytest.fixture(scope="module")
async def world(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with console_world(engines, tmp_path_factory.mktemp("materials")) as running:
        yield running


@pytest.fixture(autouse=True)
def willing(world: World) -> None:
    world.intake.refusal = None
    world.intake.answers = {}


async def registered(world: World) -> str:
    return (await told(world, Story().register())).removesuffix("/acts")


async def chosen(who: Client, path: str, content: bytes, **entered: str) -> httpx.Response:
    """The form as a browser sends it, with a file."""
    return await who._http.post(path, data=SAID | entered, files={"file": ("证明.pdf", content)}, headers=HTML)


async def test_the_form_hands_a_file_on_with_the_users_own_key(world: World) -> None:
    matter, staff = await registered(world), world.who("duty_staff")
    assert f"{matter}/acts/materials" in (await page(staff, matter)).text
    form = await page(staff, f"{matter}/acts/materials")
    assert 'enctype="multipart/form-data"' in form.text
    assert 'type="file"' in form.text
    answer = await chosen(staff, f"{matter}/acts/materials", papers.pdf(), key=key_of(form))
    assert (answer.status_code, answer.headers["location"]) == (303, matter)
    sent_on = SAID | {"file": ("证明.pdf", papers.pdf())}
    assert world.intake.last() == (f"{matter[1:]}/materials", sent_on, key_of(form))


async def test_what_intake_refuses_is_said_with_the_form_and_the_file_is_to_be_chosen_again(world: World) -> None:
    matter, staff = await registered(world), world.who("duty_staff")
    world.intake.refusal = (422, "file.macros", "文件含有宏")
    answer = await chosen(staff, f"{matter}/acts/materials", papers.COMPOUND, key="k-1")
    assert answer.status_code == 422
    for said in ("文件含有宏(文件须重新选择)", 'value="参保证明"', 'value="COPY" selected', 'value="k-1"'):
        assert said in answer.text


async def test_a_form_without_a_file_goes_to_intake_which_says_so(world: World) -> None:
    matter = await registered(world)
    await world.who("duty_staff")._http.post(
        f"{matter}/acts/materials", data=SAID | {"key": "k-2"}, files={"file": ("", b"")}, headers=HTML
    )
    assert world.intake.last()[1]["pages"] == "2"


async def test_what_is_too_large_or_from_another_site_goes_nowhere(world: World) -> None:
    matter, staff, before = await registered(world), world.who("duty_staff"), len(world.intake.asked)
    large = await chosen(staff, f"{matter}/acts/materials", bytes(uploads.MOST_BODY))
    assert (large.status_code, "每个文件不超过20MB" in large.text) == (413, True)
    foreign = await staff._http.post(
        f"{matter}/acts/materials", files={"file": ("a.pdf", b"x")}, headers=HTML | {"Origin": "https://evil.example"}
    )
    assert foreign.status_code == 403
    assert [each for each in world.intake.asked[before:] if each[0] != "matters/titles"] == []


async def test_the_list_is_shown_only_for_a_purpose(world: World) -> None:
    matter, staff = await registered(world), world.who("duty_staff")
    world.intake.answers = {f"{matter[1:]}/materials": {"materials": [LISTED]}}
    assert f'href="{matter}/materials"' in (await page(staff, matter)).text
    assert "参保" not in (await page(staff, f"{matter}/materials")).text
    shown = await sent(staff, f"{matter}/materials", purpose="FEEDBACK")
    assert world.intake.last()[:2] == (f"{matter[1:]}/materials", {"purpose": "FEEDBACK"})
    for said in ("参保&lt;b&gt;证明", "复印件", f"{PAPER}/file", 'value="FEEDBACK" selected', "登记退还"):
        assert said in shown.text, said


async def test_a_download_passes_the_bytes_on_as_an_attachment(world: World) -> None:
    matter, staff = await registered(world), world.who("duty_staff")
    path = f"{matter}/materials/{PAPER}/file"
    named = {"Content-Disposition": f'attachment; filename="{PAPER}.pdf"', "X-Powered-By": "x"}
    world.intake.answers = {path[1:]: Response(papers.pdf(), media_type="application/pdf", headers=named)}
    answer = await sent(staff, path, purpose="HANDLING")
    assert (answer.status_code, answer.content) == (200, papers.pdf())
    assert world.intake.last()[:2] == (path[1:], {"purpose": "HANDLING"})
    headers = {name: answer.headers.get(name) for name in (*named, "Content-Type", "X-Content-Type-Options")}
    assert headers == {
        "Content-Disposition": named["Content-Disposition"], "X-Powered-By": None, "Content-Type": "application/pdf",
        "X-Content-Type-Options": "nosniff",
    }  # fmt: skip
    assert (answer.headers["cache-control"], "default-src 'none'" in answer.headers["content-security-policy"]) == (
        "no-store", True,
    )  # fmt: skip


async def test_what_is_gone_is_said_on_the_page(world: World) -> None:
    matter = await registered(world)
    world.intake.refusal = (410, "material.erased", "材料文件已一并销毁")
    answer = await sent(world.who("duty_staff"), f"{matter}/materials/{PAPER}/file", purpose="HANDLING")
    assert (answer.status_code, "材料文件已一并销毁" in answer.text) == (410, True)


async def test_a_paper_is_given_back_from_the_list(world: World) -> None:
    matter, staff = await registered(world), world.who("duty_staff")
    back: dict[str, Any] = {"materials": [LISTED | {"returned_at": "2026-09-28T10:00:00+08:00", "returned_by": "u-1"}]}
    world.intake.answers = {f"{matter[1:]}/materials": back}
    shown = await sent(staff, f"{matter}/materials", purpose="HANDLING", returned=str(PAPER), key="k-3")
    assert (f"{matter[1:]}/materials/{PAPER}/return", {}, "k-3") in world.intake.asked
    assert "已退还" in shown.text
    assert "登记退还" not in shown.text
    assert (await sent(staff, f"{matter}/materials", purpose="HANDLING", returned="nonsense")).status_code == 404


async def test_who_reads_no_content_is_not_led_to_papers(world: World) -> None:
    story = Story().register().order()
    story.move(MatterState.FEEDBACK, MatterState.CALLBACK, "T18", at(20))
    matter = (await told(world, story)).removesuffix("/acts")
    assert f'href="{matter}/materials"' in (await page(world.hall.client("o", "supervision_dept"), matter)).text
    caller = world.who("callback_officer")
    assert f'href="{matter}/materials"' not in (await page(caller, matter)).text
    assert (await page(caller, f"{matter}/materials")).status_code == 404


async def test_papers_are_lines_of_the_course_of_a_matter(world: World) -> None:
    story = Story().register()
    by = {"added_by": "u-1", "added_at": START}
    story.tell(intake.MatterMaterialAdded, material_id=PAPER, format="PDF", form="COPY", pages=2, size=900, **by)
    story.tell(intake.MatterMaterialReturned, material_id=PAPER, returned_by="u-1", returned_at=START)
    matter = (await told(world, story)).removesuffix("/acts")
    shown = (await page(world.who("duty_staff"), matter)).text
    assert "登记材料:复印件2页(PDF)" in shown
    assert "材料已退还反映人" in shown
