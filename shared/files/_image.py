"""Pictures: their own structure from the first to the last mark, and no more points than a camera takes."""

import struct
import zlib

from shared.files import _refusals

PNG, JPG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
MOST_POINTS = 300_000_000
MOST_PARTS = 20_000  # chunks or segments

_WITHOUT_SIZE = {0xC4, 0xC8, 0xCC}  # of C0 to CF all others are frame headers
_SCAN, _END = 0xDA, b"\xff\xd9"


def require_png(content: bytes) -> None:
    """Chunks with their checksums from IHDR to IEND."""
    place, kinds = len(PNG), [b""]
    while kinds[-1] != b"IEND":
        if len(content) < place + 12 or len(kinds) > MOST_PARTS:
            raise _refusals.unreadable()
        size, kind = struct.unpack_from(">I4s", content, place)
        end = place + 12 + size
        if end > len(content) or zlib.crc32(content[place + 4 : end - 4]) != int.from_bytes(content[end - 4 : end]):
            raise _refusals.unreadable()
        kinds.append(kind)
        place = end
    if kinds[1] != b"IHDR" or b"IDAT" not in kinds:
        raise _refusals.unreadable()
    _require_seen(*struct.unpack_from(">II", content, 16))


def require_jpg(content: bytes) -> None:
    """Segments to the picture itself, and its end; what a camera writes behind that stays."""
    place, size = 2, b""
    for _ in range(MOST_PARTS):
        if len(content) < place + 4 or content[place] != 0xFF:
            break
        kind = content[place + 1]
        if kind == _SCAN and len(size) == 4 and content.find(_END, place) > 0:
            return _require_seen(*struct.unpack(">HH", size))
        if 0xC0 <= kind <= 0xCF and kind not in _WITHOUT_SIZE:
            size = content[place + 5 : place + 9]
        fill = kind == 0xFF
        place += 1 if fill else 2 + int.from_bytes(content[place + 2 : place + 4])
    raise _refusals.unreadable()


def _require_seen(one: int, other: int) -> None:
    if not one or not other:
        raise _refusals.unreadable()
    if one * other > MOST_POINTS:
        raise _refusals.bomb()
