"""Which encoding a text file has: UTF-8 if all of it is, else GB 18030, else it is no text."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bancheng.client.problems import WrongInput

CHUNK = 1 << 20
# By chance a GB 18030 text begins with a few valid UTF-8 sequences, never with this many.
SURELY_UTF8 = 20


@dataclass(frozen=True)
class Encoding:
    """A Python codec and the name people know it by."""

    codec: str
    label: str


def find_encoding(path: Path) -> Encoding:
    """Decode the whole file strictly; raises WrongInput for what is neither, or is a damaged UTF-8 file."""
    bom = _first(path).startswith(codecs.BOM_UTF8)
    wide, broken_at = _decode(path, "utf-8")
    if broken_at is None:
        return Encoding("utf-8-sig", "UTF-8 with BOM" if bom else "UTF-8")
    if bom or wide >= SURELY_UTF8:
        raise WrongInput(f"{path.name} is UTF-8 but damaged at byte {broken_at}: save it again")
    if _decode(path, "gb18030")[1] is None:
        return Encoding("gb18030", "GB 18030")
    raise WrongInput(f"{path.name} is neither XLSX nor text in UTF-8 or GB 18030")


def _decode(path: Path, codec: str) -> tuple[int, int | None]:
    """How many characters beyond ASCII came before the first broken byte, and where that is."""
    decoder = codecs.getincrementaldecoder(codec)()
    wide, read = 0, 0
    for chunk in _chunks(path):
        if b"\0" in chunk:
            raise WrongInput(f"{path.name} is neither XLSX nor text in UTF-8 or GB 18030")
        held = len(decoder.getstate()[0])
        try:
            wide += _wide(decoder.decode(chunk))
        except UnicodeDecodeError as error:
            return wide + _wide(error.object[: error.start].decode(codec)), read - held + error.start
        read += len(chunk)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return wide, read
    return wide, None


def _wide(text: str) -> int:
    return sum(character > "\x7f" for character in text) if not text.isascii() else 0


def _first(path: Path) -> bytes:
    return next(_chunks(path), b"")


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
