"""The master key file: a single key in base64, or lines with roles once the master key has been changed.

index KEY     of keyed hashes: stays when the master key changes
master KEY    the one in use; further ones are older and only open
"""

import base64
import binascii
import os
import stat
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SIZE = 32


@dataclass(frozen=True, slots=True)
class MasterKeys:
    """What a file holds: the master key in use with older ones behind it, and the key of keyed hashes."""

    masters: tuple[bytes, ...] = field(repr=False)
    index: bytes = field(repr=False)


class _Line(NamedTuple):
    number: int
    role: str  # none where the key stands alone
    key: bytes


def parse(text: str) -> MasterKeys:
    """The keys in a file's text; ValueError says what is wrong, and never a part of a key."""
    lines = _lines(text)
    if not lines:
        raise ValueError("the master key file holds no key")
    if len(lines) == 1 and not lines[0].role:
        return MasterKeys((lines[0].key,), derive(lines[0].key, b"blind"))
    for line in lines:
        if not line.role:
            raise ValueError(f"the master key file, line {line.number}: beside others a key needs its role before it")
    masters = tuple(line.key for line in lines if line.role == "master")
    index = [line.key for line in lines if line.role == "index"]
    if not masters or len(index) != 1:
        raise ValueError("the master key file needs a line 'master KEY', and 'index KEY' exactly once")
    return MasterKeys(masters, index[0])


def read(path: Path | None) -> MasterKeys:
    """The keys in the file that the settings name."""
    if path is None:
        raise ValueError("BANCHENG_MASTER_KEY_FILE is not set: people's data cannot be kept without it")
    return parse(text_of(path))


def text_of(path: Path) -> str:
    """A key file's text, or why it cannot be read."""
    try:
        return path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise ValueError(f"the master key file {path} cannot be read: {error.strerror}") from None


def renewed(text: str) -> str:
    """The text with a new master key in front and the index key made explicit; what was written beside keys stays."""
    known, written = parse(text), text.splitlines()
    first = next(line for line in _lines(text) if line.role != "index")
    added = [f"master {_written(os.urandom(SIZE))}", f"master {_written(first.key)}"]
    if not first.role:
        added.insert(0, f"index {_written(known.index)}")
    written[first.number - 1 : first.number] = added
    return _joined(written)


def retired(text: str) -> str:
    """The text without the older master keys."""
    older = {line.number for line in [line for line in _lines(text) if line.role == "master"][1:]}
    return _joined([line for number, line in enumerate(text.splitlines(), 1) if number not in older])


def create_master_key(path: Path) -> None:
    """Write a new master key, readable by its owner only."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(_written(os.urandom(SIZE)) + "\n")


def put(path: Path, text: str) -> None:
    """Put a text in the place of a key file at once; whose it is and who may read it stays. OSError if it cannot be."""
    path = path.resolve()
    before = path.stat()
    descriptor, made = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            os.fchown(descriptor, before.st_uid, before.st_gid)
            os.fchmod(descriptor, stat.S_IMODE(before.st_mode))  # in a container another user reads it
            file.write(text)
            file.flush()
            os.fsync(descriptor)
        os.replace(made, path)
    except BaseException:
        os.unlink(made)
        raise
    _sync(path.parent)


def derive(master: bytes, purpose: bytes) -> bytes:
    """The key for a purpose."""
    return HKDF(SHA256(), SIZE, salt=None, info=b"bancheng " + purpose).derive(master)


def _lines(text: str) -> list[_Line]:
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        match line.split():
            case []:
                continue
            case [word, *_] if word.startswith("#"):
                continue
            case [key]:
                found.append(_Line(number, "", _key(number, key)))
            case ["master" | "index" as role, key]:
                found.append(_Line(number, role, _key(number, key)))
            case _:
                raise ValueError(f"the master key file, line {number}: 'master KEY' or 'index KEY' is expected")
    return found


def _key(number: int, text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != SIZE:
        raise ValueError(f"the master key file, line {number}: {SIZE} bytes in base64 are expected") from None
    return key


def _written(key: bytes) -> str:
    return base64.b64encode(key).decode()


def _joined(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
