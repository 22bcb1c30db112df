"""People's data under wrapped keys: what opens what, and what a key file may look like."""

import base64
import os
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from typer.testing import CliRunner, Result

from bancheng.__main__ import app
from shared.store import key_file
from shared.store.key_file import create_master_key
from shared.store.vault import Vault

OLD, NEW, INDEX = b"k" * 32, b"n" * 32, b"i" * 32
# Sealed under the key of thirty-two "k" before a master key could be changed.
WRAPPED = bytes.fromhex(
    "7e604daa5b68d2021d3b3f7cfb26e4bb65cf1e0dc9282ebcd40ec2c9e337fccb66ccb6263bfa629e520d39c8327ca86086b2c5e05cf0c4c46f7dd407"
)
SEALED = bytes.fromhex("fdf8b0697e0d5c1e2d11a96f10231a73ee9b73780fea68c5b8c0f786a5c711a1ca3d")
OWN = bytes.fromhex("3a384268b1cde05fbead1732061c9b7709d0178f60c076432482e80f7aba305a129b")
MARK = "279349073e6363c19e18c1e72755629131337b4a7857a75832ee429e3995d1d6"


def written(key: bytes) -> str:
    return base64.b64encode(key).decode()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "master.key"
    path.write_text(written(OLD) + "\n")
    path.chmod(0o600)
    return path


def bancheng(*words: object) -> Result:
    clean: dict[str, str | None] = {"BANCHENG_DATABASE_URL": None, "BANCHENG_MASTER_KEY_FILE": None, "COLUMNS": "200"}
    return CliRunner(env=clean).invoke(app, [str(word) for word in words])


def test_what_was_sealed_opens_only_with_its_key_and_in_its_place() -> None:
    vault = Vault(OLD)
    key, other = vault.new_key(), vault.new_key()
    sealed = vault.seal(key, "李某", "intake.name:1")
    assert vault.open(key, sealed, "intake.name:1") == "李某"
    assert "李某".encode() not in sealed
    for wrong_key, wrong_place in [(other, "intake.name:1"), (key, "intake.name:2")]:
        with pytest.raises(InvalidTag):
            vault.open(wrong_key, sealed, wrong_place)


def test_another_master_key_opens_nothing() -> None:
    vault = Vault(OLD)
    key = vault.new_key()
    with pytest.raises(InvalidTag):
        Vault(NEW).open(key, vault.seal(key, "李某", "c"), "c")


def test_a_file_with_a_single_key_opens_what_was_sealed_long_ago(file: Path) -> None:
    vault = Vault.from_file(file)
    assert vault.open(WRAPPED, SEALED, "intake.name:1") == "李某"
    assert vault.open_own(OWN, "intake.handover:1") == "交接".encode()
    assert vault.blind("phone 13800000001").hex() == MARK


def test_a_renewed_file_opens_the_old_seals_with_the_new_key_and_finds_the_same_phones(file: Path) -> None:
    assert bancheng("keys", "renew", file).exit_code == 0
    vault = Vault.from_file(file)
    assert vault.open(WRAPPED, SEALED, "intake.name:1") == "李某"
    assert vault.open_own(OWN, "intake.handover:1") == "交接".encode()
    assert vault.blind("phone 13800000001").hex() == MARK
    old, key = Vault(OLD), vault.new_key()
    with pytest.raises(InvalidTag):  # nothing new comes under the old key
        old.seal(key, "李某", "c")
    with pytest.raises(InvalidTag):
        old.open_own(vault.seal_own(b"x", "c"), "c")


def test_a_moved_key_and_text_open_with_the_new_master_key_alone() -> None:
    both, alone = Vault(NEW, OLD, index=INDEX), Vault(NEW)
    age, wrapped = both.rewrap(WRAPPED)
    assert (age, alone.open(wrapped, SEALED, "intake.name:1")) == (1, "李某")
    age, own = both.reseal(OWN, "intake.handover:1")
    assert (age, alone.open_own(own, "intake.handover:1")) == (1, "交接".encode())
    assert both.rewrap(wrapped) == (0, wrapped)
    assert both.reseal(own, "intake.handover:1") == (0, own)
    with pytest.raises(InvalidTag):
        alone.rewrap(WRAPPED)


def test_the_master_key_file_is_closed_to_others_and_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    create_master_key(path)
    assert path.stat().st_mode & 0o077 == 0
    assert Vault.from_file(path).blind("13800000001") == Vault.from_file(path).blind("13800000001")
    with pytest.raises(FileExistsError):
        create_master_key(path)


def test_blank_lines_and_remarks_may_stand_between_the_keys_and_stay_there(file: Path) -> None:
    file.write_text(f"# 主密钥,勿外传\n\n  {written(OLD)}  \n# 保管人:甲岗\n")
    assert bancheng("keys", "renew", file).exit_code == 0
    lines = file.read_text().splitlines()
    assert [lines[0], lines[1], lines[-1]] == ["# 主密钥,勿外传", "", "# 保管人:甲岗"]
    assert [line.split()[0] for line in lines[2:5]] == ["index", "master", "master"]
    assert key_file.parse(file.read_text()).masters[1] == OLD


@pytest.mark.parametrize("mode", [0o600, 0o444])
def test_renewing_leaves_the_file_whole_to_whoever_could_read_it_and_nothing_beside_it(file: Path, mode: int) -> None:
    file.chmod(mode)
    assert bancheng("keys", "renew", file).exit_code == 0
    assert file.stat().st_mode & 0o777 == mode
    assert os.listdir(file.parent) == ["master.key"]


def test_a_second_renewal_before_the_first_is_finished_has_to_be_asked_for(file: Path) -> None:
    assert bancheng("keys", "renew", file).exit_code == 0
    before = file.read_text()
    refused = bancheng("keys", "renew", file)
    assert refused.exit_code == 2
    assert "--again" in refused.stderr
    assert file.read_text() == before
    assert bancheng("keys", "renew", file, "--again").exit_code == 0
    keys = key_file.parse(file.read_text())
    assert (len(keys.masters), keys.masters[2]) == (3, OLD)
    assert keys.masters[1] == key_file.parse(before).masters[0]
    assert Vault.from_file(file).blind("phone 13800000001").hex() == MARK


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "holds no key"),
        ("# nothing but a remark\n", "holds no key"),
        (f"{written(OLD)[:-8]}\n", "line 1: 32 bytes in base64"),
        (f"{written(OLD)}\n{written(NEW)}\n", "line 1: beside others a key needs its role"),
        (f"index {written(INDEX)}\n{written(NEW)}\n", "line 2: beside others a key needs its role"),
        (f"master {written(OLD)}\n", "'index KEY' exactly once"),
        (f"index {written(INDEX)}\n", "a line 'master KEY'"),
        (f"index {written(INDEX)}\nindex {written(OLD)}\nmaster {written(NEW)}\n", "exactly once"),
        (f"index {written(INDEX)}\n\nmaster {written(OLD)[:-8]}\n", "line 3: 32 bytes in base64"),
        (f"key {written(OLD)}\n", "line 1: 'master KEY' or 'index KEY'"),
        (f"master {written(OLD)} # in use\n", "line 1: 'master KEY' or 'index KEY'"),
        (f"{written(OLD)[:20]} {written(OLD)[20:]}\n", "line 1: 'master KEY' or 'index KEY'"),
    ],
)
def test_a_wrong_key_file_is_refused_by_its_line_and_never_shown(file: Path, text: str, said: str) -> None:
    file.write_text(text)
    refused = bancheng("keys", "renew", file)
    assert refused.exit_code == 2
    assert said in refused.stderr
    assert all(written(key)[:8] not in refused.output for key in (OLD, NEW, INDEX))
    assert file.read_text() == text
    with pytest.raises(ValueError, match="master key file") as error:
        Vault.from_file(file)
    assert written(OLD)[:8] not in str(error.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    for words in (["keys", "renew", tmp_path / "none.key"], ["keys", "retire", tmp_path / "none.key", "audit"]):
        refused = bancheng(*words)
        assert refused.exit_code == 2
        assert "none.key cannot be read" in refused.stderr


def test_keys_do_not_show_where_they_are_printed() -> None:
    assert repr(key_file.parse(written(OLD))) == "MasterKeys()"


def test_retiring_names_what_it_needs(file: Path, tmp_path: Path) -> None:
    key_file.put(file, key_file.renewed(file.read_text()))
    before = file.read_text()
    for words, said in (
        (["intake", "audit", "--database", "postgresql://nobody@127.0.0.1/x"], "2 services want as many"),
        (["register", "--database", "postgresql://nobody@127.0.0.1/x"], "no service 'register'"),
        (["audit", "--data", tmp_path], "name console, deadlines, intake, referral, triage too"),
    ):
        refused = bancheng("keys", "retire", file, *words)
        assert refused.exit_code == 2
        assert said in refused.stderr
    assert file.read_text() == before
