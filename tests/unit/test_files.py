"""What may be handed in and what not, found from the content (handbook 8, 37)."""

import struct
import zlib
from contextlib import suppress
from zipfile import ZipInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.codes import FileFormat
from shared.contracts.errors import DomainError
from shared.files import MOST_BYTES, examined
from tests import papers
from tests.papers import archive, docx, jpg, object_stream, ofd, pdf, png, stream, types

WHOLE = {
    "参保证明.pdf": pdf(),
    "照片.JPG": jpg(),
    "x.jpeg": jpg(),
    "截图.png": png(),
    "发票.ofd": ofd(),
    "申请.docx": docx(),
}
PROGRAMS = {
    "PE": b"MZ\x90\0" + bytes(100), "ELF": b"\x7fELF\x02\x01" + bytes(60), "Mach-O": b"\xcf\xfa\xed\xfe" + bytes(60),
    "fat Mach-O": b"\xca\xfe\xba\xbe" + bytes(60), "shell": b"#!/bin/sh\nrm -rf x\n", "batch": b"@echo off\r\ndel",
    "PHP": b"<?php system($_GET[0]);", "page": b"\xef\xbb\xbf<!DOCTYPE html><script>x()</script>",
    "shortcut": b"L\0\0\0\x01\x14\x02\0" + bytes(60),
}  # fmt: skip
ARCHIVES = {
    "zip": archive({"a.txt": b"x"}), "empty zip": b"PK\5\6" + bytes(18), "rar": b"Rar!\x1a\x07\0", "gzip": b"\x1f\x8b",
    "7z": b"7z\xbc\xaf\x27\x1c", "tar": bytes(257) + b"ustar\x0000" + bytes(247), "apk": archive({"classes.dex": b"x"}),
    "ofd of another": archive({"OFD.xml": "<other/>"}),
}  # fmt: skip


def refused(content: bytes, name: str = "a.pdf") -> str:
    with pytest.raises(DomainError) as refusal:
        examined(name, content)
    assert any(character >= "\u4e00" for character in refusal.value.message)
    return refusal.value.code


@pytest.mark.parametrize("name", WHOLE)
def test_the_five_formats_are_taken(name: str) -> None:
    found = examined(name, WHOLE[name])
    assert found.value == {"jpeg": "JPG"}.get(name.split(".")[1], name.split(".")[1].upper())


def test_a_file_without_an_extension_is_what_its_content_is() -> None:
    assert examined("扫描件", png()) is FileFormat.PNG
    assert examined("", jpg()) is FileFormat.JPG


def test_what_a_camera_writes_behind_the_picture_stays() -> None:
    assert examined("a.jpg", jpg(behind=b"MPF" * 400)) is FileFormat.JPG


@pytest.mark.parametrize(("content", "name"), [
    (png(), "a.pdf"), (pdf(), "a.png"), (docx(), "a.ofd"), (ofd(), "a.docx"), (jpg(), "a.exe"), (pdf(), "a.pdf.scr"),
    (b"plain text", "a.pdf"), (b"GIF89a", "a.jpg"), (docx(), "a.doc"), (b"  %PDF-1.4", "a.pdf"),
])  # fmt: skip
def test_wrong_magic_bytes_are_refused(content: bytes, name: str) -> None:
    assert refused(content, name) == "file.wrong_content"


@pytest.mark.parametrize("name", ["a.gif", "a.heic", "a.txt", "无"])
def test_other_formats_are_refused_with_those_that_are_taken(name: str) -> None:
    assert refused(b"GIF89a or whatever", name) == "file.unknown_format"


@pytest.mark.parametrize("kind", PROGRAMS)
@pytest.mark.parametrize("name", ["证明.pdf", "证明.exe", ""])
def test_an_executable_is_refused_whatever_it_is_called(kind: str, name: str) -> None:
    assert refused(PROGRAMS[kind], name) == "file.executable"


@pytest.mark.parametrize("kind", ARCHIVES)
def test_an_archive_that_is_no_document_is_refused(kind: str) -> None:
    assert refused(ARCHIVES[kind], "a.docx") == "file.archive"


def test_nothing_and_too_much_are_refused() -> None:
    assert refused(b"") == "file.empty"
    whole = pdf(stream(bytes(MOST_BYTES - 600)))
    assert examined("a.pdf", whole) is FileFormat.PDF
    assert refused(whole + bytes(MOST_BYTES + 1 - len(whole))) == "file.too_large"


@pytest.mark.parametrize("content", [
    docx(word__vbaProject_dot_bin=papers.COMPOUND), docx(word__vbaProject_dot_bin=b"not even real"),
    docx(types(papers.MACRO_MAIN)), docx(types(papers.MACRO_MAIN.replace("m", "&#109;"))),
    docx(types(papers.MACRO_MAIN).encode("utf-16")),
    docx(types(more='<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>')),
    papers.COMPOUND,
], ids=["project", "name", "type", "escaped type", "utf-16", "default", "old .doc"])  # fmt: skip
def test_a_macro_document_is_refused(content: bytes) -> None:
    assert refused(content, "a.docx") == "file.macros"


def test_a_workbook_is_no_document() -> None:
    workbook = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    assert refused(docx(types(workbook)), "a.docx") == "file.unknown_format"


def test_a_document_type_that_may_unfold_is_refused() -> None:
    laughs = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>' + types()
    assert refused(docx(laughs), "a.docx") == "file.unreadable"


def test_an_archive_bomb_is_refused_before_it_is_inflated() -> None:
    assert refused(docx(word__media__a_dot_png=bytes(30 * 1024 * 1024)), "a.docx") == "file.bomb"
    many = {f"word/{number}.xml": b"" for number in range(2_100)}
    assert refused(archive(many | {"OFD.xml": b"<OFD/>"}), "a.ofd") == "file.bomb"


@pytest.mark.parametrize("said", [1, 4_000])
def test_an_archive_bomb_that_lies_about_its_size_is_refused_while_it_is_inflated(said: int) -> None:
    whole = ofd(Doc_0=bytes(30 * 1024 * 1024))
    true = struct.pack("<I", 30 * 1024 * 1024)
    assert whole.count(true) == 2
    assert refused(whole.replace(true, struct.pack("<I", said)), "a.ofd") == "file.bomb"


def test_entries_that_share_their_bytes_are_a_bomb() -> None:
    whole = ofd(a=b"x" * 1000, b=b"x" * 1000)
    last = whole.rindex(b"PK\1\2")
    before = whole.rindex(b"PK\1\2", 0, last)
    twice = whole[: last + 42] + whole[before + 42 : before + 47] + whole[last + 47 :]  # its place and its name
    assert refused(twice, "a.ofd") == "file.bomb"


@pytest.mark.parametrize("inner", [archive({"a": b"x"}), b"Rar!\x1a\x07\0", PROGRAMS["PE"], papers.COMPOUND])
def test_archives_programs_and_objects_inside_a_document_are_refused(inner: bytes) -> None:
    assert refused(docx(word__embeddings__1_dot_bin=inner), "a.docx") == "file.embedded"
    assert refused(ofd(Attachs=inner), "a.ofd") == "file.embedded"


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "Doc_0/../../x", "..\\x", "C:x", "a\0b"])
def test_a_name_that_leads_out_of_the_archive_is_refused(name: str) -> None:
    info = ZipInfo("x")
    info.filename = name
    assert refused(archive({"OFD.xml": b"<OFD/>", info: b"x"}), "a.ofd") in ("file.path", "file.unreadable")  # type: ignore[dict-item]


def test_a_link_inside_an_archive_is_refused() -> None:
    info = ZipInfo("Doc_0/x")
    info.external_attr = 0o120777 << 16
    assert refused(archive({"OFD.xml": b"<OFD/>", info: b"/etc/passwd"}), "a.ofd") == "file.path"  # type: ignore[dict-item]


def test_an_encrypted_entry_is_refused() -> None:
    whole = ofd()
    directory = whole.index(b"PK\1\2") + 8
    assert refused(whole[:directory] + b"\1" + whole[directory + 1 :], "a.ofd") == "file.encrypted"
    assert refused(whole[:6] + b"\1" + whole[7:], "a.ofd") == "file.encrypted"  # its own header alone


@pytest.mark.parametrize("content", [
    pdf(b"<</S/JavaScript/JS(app.alert(1))>>"), pdf(b"<</S/J#61va#53cript>>"), pdf(b"<</S/Rendition/#4aS 9 0 R>>"),
    pdf(b"<</S/Launch/F(cmd.exe)>>"), pdf(stream(b"x", b"/Type/EmbeddedFile")), pdf(b"<</Names<</EmbeddedFiles 9>>>>"),
    pdf(b"<</Type/Filespec/EF<</F 9 0 R>>>>"), pdf(object_stream(b"<</S/JavaScript/JS(x)>>")),
    pdf(object_stream(b"<</S/Rendition/JS 9 0 R>>")),
    pdf(object_stream(b"<</S/L#61unch>>").replace(b"ObjStm", b"#4fbjStm")),
])  # fmt: skip
def test_a_pdf_that_acts_or_carries_files_is_refused(content: bytes) -> None:
    assert refused(content) == "file.pdf_active"


def test_a_pdf_that_says_js_by_chance_in_a_picture_is_taken() -> None:
    assert examined("a.pdf", pdf(stream(b"\xff/JS \x00/EF "))) is FileFormat.PDF
    assert examined("a.pdf", pdf(b"(JavaScript) <</JSON 1/EFX 2/Launcher 3>>", object_stream(b"<</Type/Page>>")))


def test_a_pdf_that_cannot_be_looked_into_is_refused() -> None:
    assert refused(pdf(trailer=b"/Encrypt 9 0 R")) == "file.encrypted"
    assert refused(pdf(object_stream(b"", packed=b"no zlib"))) == "file.unreadable"
    assert refused(pdf(*[object_stream(b"", zlib.compress(bytes(40 * 1024 * 1024)))] * 2)) == "file.bomb"


def test_a_file_that_is_an_archive_as_well_is_refused() -> None:
    for whole, name in ((jpg(), "a.jpg"), (png(), "a.png")):
        assert refused(whole + archive({"a.txt": b"x"}), name) == "file.archive"


@pytest.mark.parametrize(("content", "code"), [
    (pdf()[:-8], "unreadable"), (png()[:-4], "unreadable"), (jpg()[:-2], "unreadable"), (docx()[:-30], "unreadable"),
    (png(0, 1), "unreadable"), (jpg(0, 8), "unreadable"), (png(65_000, 65_000), "bomb"), (jpg(65_000, 65_000), "bomb"),
    (png().replace(b"IDAT", b"IDAZ"), "unreadable"), (b"\xff\xd8\xff\xff" * 99, "unreadable"),
])  # fmt: skip
def test_what_is_broken_or_boundless_is_refused(content: bytes, code: str) -> None:
    assert refused(content, "") == f"file.{code}"


@given(st.sampled_from(sorted(WHOLE)), st.data())
def test_whatever_is_done_to_a_file_it_is_taken_or_refused_with_a_sentence(name: str, data: st.DataObject) -> None:
    content = bytearray(WHOLE[name])
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=6))
    with suppress(DomainError):
        assert examined(name, bytes(content)) in FileFormat
