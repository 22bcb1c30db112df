"""What a file is, by its content alone; what could act, hide or unfold when it is opened is refused (handbook 8, 37).

No virus scanner: five formats in their plain form, and nothing else. Our own code, because libraries that sniff look at
the first bytes or guess, and here it has to be shown that nothing else is inside.
"""

import re
from collections.abc import Callable, Mapping

from shared.contracts.codes import FileFormat
from shared.files import _image, _magic, _pdf, _refusals, _zip

MOST_BYTES = 20 * 1024 * 1024

_EXTENSIONS = {each.value.lower(): each for each in FileFormat} | {"jpeg": FileFormat.JPG}
_EXTENSION = re.compile(r"\.([^.\s]*)\s*$")
_SCRIPT = re.compile(rb"(\xef\xbb\xbf)?\s*(#!|@echo|<\?php|<script|<html|<!doctype html|<%)", re.IGNORECASE)
_REQUIRED: Mapping[FileFormat, Callable[[bytes], None]] = {
    FileFormat.PDF: _pdf.require_plain,
    FileFormat.JPG: _image.require_jpg,
    FileFormat.PNG: _image.require_png,
}


def examined(name: str, content: bytes) -> FileFormat:
    """The format of a file that may be kept; `Refused` says why another may not. Work for a thread, up to a second."""
    if not content:
        raise _refusals.empty()
    if len(content) > MOST_BYTES:
        raise _refusals.too_large()
    _require_no_program(content)
    found, extension = _found(content), _extension(name)
    if found is None and extension not in _EXTENSIONS:
        raise _refusals.unknown_format()
    if found is None or (extension and _EXTENSIONS.get(extension) is not found):
        raise _refusals.wrong_content(extension)
    if found in _REQUIRED:
        _REQUIRED[found](content)
        if _zip.is_zip_too(content):  # one file that is two: which, is up to whoever opens it
            raise _refusals.archive()
    return found


def _require_no_program(content: bytes) -> None:
    if content.startswith(_magic.PROGRAMS) or _SCRIPT.match(content):
        raise _refusals.executable()
    if content.startswith(_magic.COMPOUND):
        raise _refusals.macros()


def _found(content: bytes) -> FileFormat | None:
    if content.startswith(_magic.ZIP):
        return _zip.document(content)
    if _magic.is_archive(content[: _magic.HEAD]):
        raise _refusals.archive()
    heads = {_pdf.MAGIC: FileFormat.PDF, _image.JPG: FileFormat.JPG, _image.PNG: FileFormat.PNG}
    return next((each for head, each in heads.items() if content.startswith(head)), None)


def _extension(name: str) -> str:
    found = _EXTENSION.search(name[-40:])
    return found[1].lower() if found else ""
