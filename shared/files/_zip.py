"""docx, ofd and xlsx are zip archives: opened entry by entry under limits, before anybody else opens them.

The central directory says first what is inside; then every entry is inflated, and must be exactly what was said. What
is not seen: what a document fetches from elsewhere when it is opened, such as a template at an address.
"""

import io
import stat
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple
from xml.etree import ElementTree
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from shared.contracts.codes import FileFormat
from shared.files import _magic, _refusals

MOST_ENTRIES = 2_000
MOST_UNPACKED = 200 * 1024 * 1024
MOST_OF_A_TABLE = 50 * 1024 * 1024  # its texts are all in memory at once
MOST_RATIO = 100  # deflate reaches a thousand; text and pictures stay far below
SMALL = 10 * 1024 * 1024  # up to here the ratio says nothing

_STEP = 256 * 1024
_ENTRY = b"PK\x01\x02"
_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_UTF8, _ENCRYPTED = 0x800, 0x1 | 0x40
_TYPES, _OFD = "[Content_Types].xml", "OFD.xml"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


class _Entry(NamedTuple):
    info: ZipInfo
    start: int
    end: int


def document(content: bytes) -> FileFormat:
    """DOCX or OFD; refuses any other archive and what is hidden in one of these."""
    parts = _unpacked(content)
    if _TYPES in parts:
        _require_plain_docx(parts)
        return FileFormat.DOCX
    if _OFD in parts and _root(parts[_OFD]).tag.rpartition("}")[2] == "OFD":
        return FileFormat.OFD
    raise _refusals.archive()


def require_workbook(content: bytes) -> None:
    """Refuse what is no plain xlsx, or hides something."""
    parts = _unpacked(content, MOST_OF_A_TABLE)
    if _TYPES not in parts:
        raise _refusals.wrong_content("xlsx")
    kinds = _kinds(parts)
    if _has_macros(parts, kinds):
        raise _refusals.table_macros()
    if _SHEETS not in kinds:
        raise _refusals.wrong_content("xlsx")
    if any(b"<!DOCTYPE" in head for head in parts.values()):
        raise _refusals.unreadable()


def is_zip_too(content: bytes) -> bool:
    """Whether another file can be opened as an archive as well."""
    try:
        return content.count(_ENTRY) > MOST_ENTRIES or bool(ZipFile(io.BytesIO(content)).infolist())
    except (BadZipFile, NotImplementedError, ValueError, struct.error):
        return False


def _require_plain_docx(parts: Mapping[str, bytes]) -> None:
    kinds = _kinds(parts)
    if _has_macros(parts, kinds):
        raise _refusals.macros()
    if _MAIN not in kinds:
        raise _refusals.unknown_format()


def _kinds(parts: Mapping[str, bytes]) -> list[str]:
    return [element.get("ContentType", "") for element in _root(parts[_TYPES])]


def _has_macros(parts: Mapping[str, bytes], kinds: Iterable[str]) -> bool:
    named = any(name.lower().endswith(("vbaproject.bin", "vbadata.xml")) for name in parts)
    return named or any("macro" in kind.lower() or "vba" in kind.lower() for kind in kinds)


def _root(text: bytes) -> ElementTree.Element:
    if b"<!" in text.replace(b"\0", b""):  # a document type may define entities that unfold, or hide what is said
        raise _refusals.unreadable()
    try:
        return ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError, LookupError):
        raise _refusals.unreadable() from None


def _unpacked(content: bytes, limit: int = MOST_UNPACKED) -> dict[str, bytes]:
    """Every entry by name with its first bytes; the two that say what the archive is in full."""
    parts: dict[str, bytes] = {}
    left = limit
    for entry in _entries(content):
        name = entry.info.filename
        kept, size, checksum = b"", 0, 0
        most = _STEP if name in (_TYPES, _OFD) else _magic.HEAD
        for piece in _inflated(memoryview(content)[entry.start : entry.end], entry.info):
            size, left, checksum = size + len(piece), left - len(piece), zlib.crc32(piece, checksum)
            if size > entry.info.file_size or left < 0:
                raise _refusals.bomb()
            kept += piece[: most - len(kept)]
        if size != entry.info.file_size or checksum != entry.info.CRC or name in parts:
            raise _refusals.unreadable()
        if kept.startswith(_magic.COMPOUND) and "vba" in name.lower():
            raise _refusals.macros()
        if kept.startswith((*_magic.PROGRAMS, _magic.COMPOUND)) or _magic.is_archive(kept):
            raise _refusals.embedded()
        parts[name] = kept
    return parts


def _entries(content: bytes) -> list[_Entry]:
    """What the central directory says, looked at before anything is inflated."""
    if content.count(_ENTRY) > MOST_ENTRIES:  # before the library makes an object of each
        raise _refusals.bomb()
    try:
        found = ZipFile(io.BytesIO(content)).infolist()
    except (BadZipFile, NotImplementedError, ValueError, struct.error):
        raise _refusals.unreadable() from None
    unpacked, packed = sum(each.file_size for each in found), sum(each.compress_size for each in found)
    if unpacked > MOST_UNPACKED or (unpacked > SMALL and unpacked > packed * MOST_RATIO):
        raise _refusals.bomb()
    for info in found:
        _require_inside(info)
        if info.flag_bits & _ENCRYPTED:
            raise _refusals.encrypted()
        if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise _refusals.unreadable()
    entries = sorted((_located(content, info) for info in found), key=lambda entry: entry.start)
    if any(after.info.header_offset < before.end for before, after in pairwise(entries)):
        raise _refusals.bomb()  # entries that share their bytes unfold many times
    return entries


def _require_inside(info: ZipInfo) -> None:
    name = info.orig_filename
    outside = name.startswith("/") or ".." in name.split("/") or any(each in name for each in "\\:\0")
    if outside or stat.S_ISLNK(info.external_attr >> 16):
        raise _refusals.path()


def _located(content: bytes, info: ZipInfo) -> _Entry:
    """Where the bytes of an entry are: its own header must say the same as the directory."""
    after = info.header_offset + _LOCAL.size
    if not 0 <= info.header_offset <= len(content) - _LOCAL.size:
        raise _refusals.unreadable()
    mark, _, flags, method, *_, name_size, extra_size = _LOCAL.unpack_from(content, info.header_offset)
    name = content[after : after + name_size].decode("utf-8" if flags & _UTF8 else "cp437", "replace")
    start = after + name_size + extra_size
    end = start + info.compress_size
    if flags & _ENCRYPTED:
        raise _refusals.encrypted()
    same = (mark, method, name) == (_magic.ZIP, info.compress_type, info.orig_filename)
    if not same or end > len(content):
        raise _refusals.unreadable()
    return _Entry(info, start, end)


def _inflated(packed: memoryview, info: ZipInfo) -> Iterator[bytes]:
    """The bytes of an entry in pieces, however many there are."""
    if info.compress_type == ZIP_STORED:
        for start in range(0, len(packed), _STEP):
            yield bytes(packed[start : start + _STEP])
        return
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for start in range(0, len(packed), _STEP):
            yield stream.decompress(packed[start : start + _STEP], _STEP)
            while stream.unconsumed_tail:
                yield stream.decompress(stream.unconsumed_tail, _STEP)
    except zlib.error:
        raise _refusals.unreadable() from None
    if not stream.eof or stream.unused_data:
        raise _refusals.unreadable()
