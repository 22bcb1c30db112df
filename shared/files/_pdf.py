"""PDF: a plain scan for what acts by itself or carries other files.

Names are found however they are written (`/J#61vaScript`), also in object streams, which are inflated under a limit.
What is not seen: the short names /JS and /EF where somebody has the scan take them for the data of a stream, attacks on
faults of a reader, and what an address leads to. A PDF that is encrypted, or whose object streams are packed otherwise
than by deflate, cannot be looked into and is refused.
"""

import re
import zlib
from collections.abc import Iterator

from shared.files import _refusals

MAGIC = b"%PDF-"
MOST_INFLATED = 64 * 1024 * 1024

_DELIMITER = rb"(?=[\x00\t\n\f\r ()<>\[\]{}/%]|$)"
_STREAM = re.compile(rb"(?<!end)stream\r?\n(.*?)(?:endstream|\Z)", re.DOTALL)
_OBJECT = re.compile(rb"\bobj\b")


def _name(*names: str) -> re.Pattern[bytes]:
    """Names as they may be written, each character also as #xx."""
    written = ["".join(f"(?:{re.escape(each)}|#(?i:{ord(each):02x}))" for each in name) for name in names]
    return re.compile(rb"/(?:" + "|".join(written).encode() + rb")" + _DELIMITER)


# Long enough that the packed bytes of a picture do not say them by chance, so they are looked for everywhere.
_ACTIVE = _name("JavaScript", "Launch", "EmbeddedFile", "EmbeddedFiles", "RichMedia")
_ACTIVE_SHORT = _name("JS", "EF")
_ENCRYPT, _OBJECTS, _FILTER = _name("Encrypt"), _name("ObjStm"), _name("Filter")


def require_plain(content: bytes) -> None:
    """Refuse what is not whole, cannot be looked into, or acts."""
    if b"%%EOF" not in content[-2048:] or not _OBJECT.search(content):
        raise _refusals.unreadable()
    outside = _STREAM.sub(b" stream ", content)
    if _ENCRYPT.search(outside):
        raise _refusals.encrypted()
    if _ACTIVE.search(content) or _ACTIVE_SHORT.search(outside):
        raise _refusals.pdf_active()
    for objects in _object_streams(content):
        if _ACTIVE.search(objects) or _ACTIVE_SHORT.search(objects):
            raise _refusals.pdf_active()


def _object_streams(content: bytes) -> Iterator[bytes]:
    """What object streams say, where the dictionaries of newer PDFs are."""
    before, left = 0, MOST_INFLATED
    for stream in _STREAM.finditer(content):
        dictionary = content[max(before, content.rfind(b"obj", before, stream.start())) : stream.start()]
        before = stream.end()
        if not _OBJECTS.search(dictionary):
            continue
        said = _inflated(stream[1], left) if _FILTER.search(dictionary) else stream[1]
        left -= len(said)
        if left <= 0:
            raise _refusals.bomb()
        yield said


def _inflated(packed: bytes, most: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(packed, most)
    except zlib.error:
        raise _refusals.unreadable() from None
