"""Small real files of the five formats, and what people should not hand in."""

import io
import struct
import zlib
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
MACRO_MAIN = "application/vnd.ms-word.document.macroEnabled.main+xml"
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def pdf(*objects: bytes, trailer: bytes = b"") -> bytes:
    """One empty page, and whatever objects beside it."""
    given = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
             b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>", *objects]  # fmt: skip
    text, places = b"%PDF-1.7\n", []
    for number, body in enumerate(given, 1):
        places.append(len(text))
        text += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n%b" % (len(given) + 1, table)
    return text + head + b"trailer <</Size %d/Root 1 0 R%b>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(given) + 1, trailer, len(text))  # fmt: skip


def stream(data: bytes, entries: bytes = b"") -> bytes:
    """An object with a stream."""
    return b"<</Length %d%b>>\nstream\n%b\nendstream" % (len(data), entries, data)


def object_stream(objects: bytes, packed: bytes | None = None) -> bytes:
    """Objects in a stream, as newer PDFs keep them."""
    data = zlib.compress(b"9 0 " + objects) if packed is None else packed
    return stream(data, b"/Type/ObjStm/N 1/First 4/Filter/FlateDecode")


def png(width: int = 1, height: int = 1) -> bytes:
    """A black picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


def jpg(width: int = 8, height: int = 8, behind: bytes = b"") -> bytes:
    """A grey picture of one block."""

    def segment(kind: int, data: bytes) -> bytes:
        return bytes([0xFF, kind]) + struct.pack(">H", len(data) + 2) + data

    lengths = bytes([1, *[0] * 15])
    return b"".join([
        b"\xff\xd8", segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"), segment(0xDB, bytes([0, *[1] * 64])),
        segment(0xC0, struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\0"),
        segment(0xC4, b"\0" + lengths + b"\0"), segment(0xC4, b"\x10" + lengths + b"\0"),
        segment(0xDA, b"\x01\x01\0\0\x3f\0"), b"\x3f", b"\xff\xd9", behind,
    ])  # fmt: skip


def types(main: str = MAIN, more: str = "") -> str:
    """[Content_Types].xml of a document."""
    return (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Default Extension="xml" ContentType="application/xml"/>{more}'
        f'<Override PartName="/word/document.xml" ContentType="{main}"/></Types>'
    )


def docx(content_types: str | bytes | None = None, **more: bytes) -> bytes:
    """A document of one sentence; `more` parts by name, with __ for / and _dot_ for the dot."""
    text = "<w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'><w:body/></w:document>"
    parts: dict[str, Any] = {"[Content_Types].xml": types() if content_types is None else content_types,
                             "word/document.xml": text}  # fmt: skip
    return archive(parts | {name.replace("__", "/").replace("_dot_", "."): data for name, data in more.items()})


def ofd(**more: bytes) -> bytes:
    """A document in the national format of fixed layout, GB/T 33190."""
    root = (
        '<?xml version="1.0" encoding="UTF-8"?><ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016" Version="1.0" '
        'DocType="OFD"><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>'
    )
    page = '<ofd:Document xmlns:ofd="http://www.ofdspec.org/2016"/>'
    return archive({"OFD.xml": root, "Doc_0/Document.xml": page, **more})


def archive(parts: dict[str, Any]) -> bytes:
    """A zip."""
    made = io.BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as file:
        for name, data in parts.items():
            file.writestr(name if isinstance(name, ZipInfo) else ZipInfo(name), data, ZIP_DEFLATED)
    return made.getvalue()
