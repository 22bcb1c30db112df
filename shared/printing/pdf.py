"""A template and its values as PDF; what people wrote is data there, never markup."""

import io
from collections.abc import Mapping
from importlib.resources import as_file, files
from pathlib import Path
from typing import Literal

import orjson

FONTS = files("shared.printing") / "fonts"


def pdf(template: Path, values: Mapping[str, str], kind: Literal["pdf", "png"] = "pdf") -> bytes:
    """The template compiled; it reads `json(bytes(sys.inputs.values))`. `kind` may also be `png`, to look at."""
    import typst  # here, so that services that print nothing start without it

    with as_file(FONTS) as fonts:
        made: bytes = typst.compile(
            str(template), font_paths=[str(fonts)], ignore_system_fonts=True, format=kind, ppi=150,
            sys_inputs={"values": orjson.dumps(dict(values)).decode()},
        )  # fmt: skip
    return made


def qr(text: str) -> str:
    """A QR code as SVG."""
    import segno

    drawn = io.BytesIO()
    segno.make(text, error="m").save(drawn, kind="svg", xmldecl=False, border=0)
    return drawn.getvalue().decode()
