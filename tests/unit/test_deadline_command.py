"""`bancheng deadline` where no service runs: due times, batches as they stream, explanations, and what is refused."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bancheng.__main__ import app
from shared.workdays import builtin_calendar

VECTORS = json.loads((Path(__file__).parent / "data" / "deadline_vectors.json").read_text("utf-8"))
BEFORE_THE_HOLIDAY = ["--from", "2026-09-30T10:00+08:00", "--limit", "3WD"]
VERSION = builtin_calendar().version
runner = CliRunner()


def told(*arguments: str, given: str | bytes | None = None) -> tuple[int, str, str]:
    done = runner.invoke(app, ["deadline", *arguments], input=given)
    return done.exit_code, done.stdout, done.stderr


def asked(vector: dict[str, Any]) -> dict[str, str]:
    """A vector as a line of a batch; one of days starts at ten o'clock."""
    if "from" in vector:
        return {"from": vector["from"], "limit": vector["limit"]}
    limit = f"{vector['working_days']}WD" if "working_days" in vector else f"{vector['days']}ND"
    return {"from": f"{vector['start']}T10:00:00+08:00", "limit": limit}


def test_every_published_vector_is_answered_in_its_place() -> None:
    vectors = [vector for name, listed in VECTORS.items() if name.endswith("_vectors") for vector in listed]
    given = "".join(json.dumps(asked(vector)) + "\n" for vector in vectors)
    status, out, _ = told("due", "--batch", given=given)
    answers = [json.loads(line) for line in out.splitlines()]
    expected = [v["due"] if "T" in v["due"] else f"{v['due']}T17:00:00+08:00" for v in vectors]
    assert (status, [answer["due"] for answer in answers]) == (0, expected)
    assert all(answer["provisional"] is False and answer["calendar"] == VERSION for answer in answers)


def test_vectors_without_a_notice_are_provisional() -> None:
    given = "".join(json.dumps(asked(vector)) + "\n" for vector in VECTORS["must_flag_provisional"])
    _, out, _ = told("due", "--batch", given=given)
    assert [json.loads(line)["provisional"] for line in out.splitlines()] == [True]


def test_a_due_time_as_json_is_exactly_three_fields() -> None:
    status, out, _ = told("due", *BEFORE_THE_HOLIDAY, "--json")
    assert (status, json.loads(out)) == (
        0, {"due": "2026-10-10T17:00:00+08:00", "provisional": False, "calendar": VERSION},
    )  # fmt: skip


def test_a_time_of_another_zone_is_answered_in_ours() -> None:
    _, out, _ = told("due", "--from", "2026-09-30T02:00:00Z", "--limit", "3WD")
    assert out == "2026-10-10T17:00:00+08:00\n"


def test_office_hours_and_a_year_of_ones_own_count() -> None:
    late = told("due", *BEFORE_THE_HOLIDAY, "--hours", "08:30-12:00,14:30-18:00")
    assert late == (0, "2026-10-10T18:00:00+08:00\n", "")


def test_a_year_given_as_a_file_stands_in_the_place_of_the_built_in_one(tmp_path: Path) -> None:
    year = {
        "year": 2026,
        "status": "official",
        "doc_no": "测试〔2026〕1号",
        "days": {"holidays": [], "makeup_days": []},
    }
    file = tmp_path / "2026.json"
    file.write_text(json.dumps(year), "utf-8")
    status, out, _ = told("due", *BEFORE_THE_HOLIDAY, "--calendar", str(file), "--json")
    assert status == 0
    assert json.loads(out)["due"] == "2026-10-05T17:00:00+08:00"
    assert json.loads(out)["calendar"] != VERSION
    file.write_text("[]", "utf-8")
    status, out, err = told("due", *BEFORE_THE_HOLIDAY, "--calendar", str(file))
    assert (status, out, len(err.splitlines())) == (2, "", 1)


@pytest.mark.parametrize(
    ("start", "limit", "says"),
    [
        ("2026-09-30T10:00", "3WD", "time zone"),
        ("2026-09-30", "3WD", "time zone"),
        ("tomorrow", "3WD", "no time"),
        ("2011-12-31T23:59+08:00", "3WD", "before 2012"),
        ("2026-09-30T10:00+08:00", "3WK", "no limit"),
        ("2026-09-30T10:00+08:00", "0WD", "no limit"),
        ("2026-09-30T10:00+08:00", "-3WD", "no limit"),
        ("9999-12-30T10:00+08:00", "P999M", "beyond"),
    ],
)
def test_what_cannot_be_counted_is_refused_in_one_line(start: str, limit: str, says: str) -> None:
    for command in ("due", "explain"):
        status, out, err = told(command, "--from", start, f"--limit={limit}")
        assert (status, out, len(err.splitlines())) == (2, "", 1)
        assert says in err


@pytest.mark.parametrize(
    "hours", ["9-5", "09:00-12:00", "13:00-17:00,09:00-12:00", "09:00-12:00,13:00-17:00,18:00-19:00"]
)
def test_hours_that_are_none_are_refused(hours: str) -> None:
    status, _, err = told("due", *BEFORE_THE_HOLIDAY, "--hours", hours)
    assert (status, len(err.splitlines())) == (2, 1)


def test_a_bad_line_is_answered_in_its_place_and_the_others_are_counted() -> None:
    good = json.dumps({"from": "2026-09-30T10:00+08:00", "limit": "3WD"}).encode()
    naive = json.dumps({"from": "2026-09-30T10:00", "limit": "3WD"}).encode()
    lines = [good, b"{", naive, b"", b"\xff", b"[1]", b'{"from": 3}', b"[" * 100_000, good]
    status, out, _ = told("due", "--batch", given=b"\n".join(lines))
    answers = [json.loads(line) for line in out.splitlines()]
    assert (status, ["due" in answer for answer in answers]) == (1, [True, *[False] * 7, True])
    assert all(list(answer) == ["error"] for answer in answers[1:-1])


def test_a_batch_is_answered_line_by_line_as_it_comes() -> None:
    command = [sys.executable, "-m", "bancheng", "deadline", "due", "--batch"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as asking:
        assert asking.stdin
        assert asking.stdout
        for day, due in (("28", "2026-10-08"), ("30", "2026-10-10")):
            asking.stdin.write(json.dumps({"from": f"2026-09-{day}T10:00+08:00", "limit": "3WD"}) + "\n")
            asking.stdin.flush()
            assert json.loads(asking.stdout.readline())["due"] == f"{due}T17:00:00+08:00"
        asking.stdin.close()
        assert asking.wait(30) == 0


def test_a_batch_and_one_question_do_not_go_together() -> None:
    assert told("due", "--batch", *BEFORE_THE_HOLIDAY)[0] == 2
    assert told("due", "--from", "2026-09-30T10:00+08:00")[0] == 2


def test_an_explanation_ends_with_the_due_time_and_names_the_notice() -> None:
    status, out, _ = told("explain", *BEFORE_THE_HOLIDAY)
    lines = out.splitlines()
    assert (status, lines[-1]) == (0, "2026-10-10(周六) 当日17:00截止")
    assert lines[1] == "2026-10-01(周四)至2026-10-07(周三) 国庆节放假(国办发明电〔2025〕7号),不计"
    _, out, _ = told("explain", *BEFORE_THE_HOLIDAY, "--json")
    found = json.loads(out)
    assert found["due"] == "2026-10-10T17:00:00+08:00"
    assert [line["kind"] for line in found["lines"]] == ["START", "SKIPPED", "COUNTED", "COUNTED", "COUNTED", "DUE"]
    assert f"{found['lines'][1]['first']}/{found['lines'][1]['last']}" == "2026-10-01/2026-10-07"


def test_help_shows_an_example() -> None:
    for command in ("due", "explain"):
        _, out, _ = told(command, "--help")
        assert "--from 2026-09-30T10:00+08:00" in out
