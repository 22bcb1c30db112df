"""Erasing a reporter: nothing of the person is left in any database, topic or log, and every list still works."""

import base64
import binascii
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

from bancheng.local.authority import authority
from bancheng.local.stack import SERVICES, Stack
from shared.bus import reading
from shared.bus.topics import PUBLISHERS
from shared.contracts import PREFIX
from shared.store.key_file import derive
from tests.bench import lifecycle
from tests.bench.client import Load
from tests.bench.fill.rows import Row, read
from tests.bench.fill.store import Store
from tests.bench.system import open_for_work, signed_in, stack_at
from tests.bench.windows import DESKS
from tests.engines import open_folder

MARK, NAME, PHONE = "氤氲", "尉迟某某", "13977712345"
WANTED = [
    form for text in (MARK, NAME, PHONE)
    for form in (text.encode(), text.encode("utf-16-le"), text.encode("unicode_escape"))
]  # fmt: skip
_IN_JSON = re.compile(rb"[A-Za-z0-9_+/\-]{40,}={0,2}")
_NONCE, _FIRST_BLOCK = 12, b"\0\0\0\2"


@pytest.fixture
def marked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every text that somebody enters about the matter has the mark in it."""
    person = {"kind": "PERSON", "name": NAME, "phone": PHONE, "id_type": "OTHER", "id_no": f"G{PHONE}"}
    words = {name: f"{lifecycle.REGISTRATION[name]}{MARK}" for name in ("title", "facts", "demand")}
    registration = words | {"reporter": person, "tried": f"县政务大厅{MARK}"}
    extract = {"facts_extract": f"{lifecycle.FACTS}{MARK}", "title": f"申请业务{MARK}", "demand": f"办结{MARK}",
               "requirements": [{"what": f"告知{MARK}", "evidence": f"告知书{MARK}"}]}  # fmt: skip
    changes: list[tuple[dict[str, Any], dict[str, Any]]] = [
        (lifecycle.REGISTRATION, registration), (lifecycle.EXTRACT, extract),
        (lifecycle.PROPOSAL, {"verification_note": f"已向窗口核实{MARK}"}),
        (lifecycle.ANSWER, {"process": f"已联系申请人{MARK}"}), (lifecycle.CALLBACK, {"note": f"本人接听{MARK}"}),
    ]  # fmt: skip
    for body, entered in changes:
        for name, value in entered.items():
            monkeypatch.setitem(body, name, value)


@pytest.mark.usefixtures("marked")
async def test_after_an_erasure_nothing_of_the_person_is_left_anywhere() -> None:
    with open_folder() as folder:
        stack = stack_at(folder)
        async with open_for_work(stack), signed_in(stack) as load, authority(stack) as ruler:
            await lifecycle.lifecycle(load)
            await ruler.settle()
            kept = {place.partition(".")[0] for place in await found_in(stack)}
            assert kept == {"intake", "triage", "referral"}  # so that the search is known to find what there is
            await load.sign_in("supervision_dept")
            desk, matter = await _the_matter(load)
            await load.command(
                "erase", "supervision_dept", "intake", f"/matters/{matter}/erasure", {"ground": "REQUEST"}
            )
            await ruler.settle()
            assert await found_in(stack) == []
            assert await told_of(stack.kafka.bootstrap) == 0
            assert [log.name for log in (stack.data / "logs").iterdir() if _is_in(log.read_bytes())] == []
            for service, path in (("intake", "/matters?limit=20"), ("console", "/api/matters?limit=20")):
                listed = (await load.read("list", desk.staff, service, path))["items"]
                assert [line["matter_id"] for line in listed] == [matter]
                assert listed[0]["register_no"]


async def _the_matter(load: Load) -> tuple[Any, str]:
    for desk in DESKS:
        with suppress(IndexError, KeyError, TypeError):
            return desk, (await load.read("list", desk.staff, "intake", "/matters"))["items"][0]["matter_id"]
    raise AssertionError("no window has a matter")


async def found_in(stack: Stack) -> list[str]:
    """The columns in which something of the person stands, openly or under any key that there is."""
    rows = [row for service in SERVICES for row in await _rows(service, stack)]
    keys = [*_keys(stack.data / "master.key", rows)]
    return sorted({place for row in rows for place in _telling(row, keys)})


async def _rows(service: str, stack: Stack) -> list[Row]:
    store = await Store.open(service, stack.database_url(service))
    try:
        return [
            row
            for table, columns in store.columns.items()
            for row in await read(store.connection, service, table, columns)
        ]
    finally:
        await store.close()


def _keys(master_file: Path, rows: list[Row]) -> Iterator[bytes]:
    """The services' own key, and each key wrapped by the master key."""
    master = base64.b64decode(master_file.read_text().split()[-1])
    yield derive(master, b"own")
    wrapping = AESGCM(derive(master, b"wrap"))
    for row in rows:
        for column, field in zip(row.columns, row.fields, strict=True):
            if column.type == "bytea" and field is not None and len(field) == _NONCE + 32 + 16:
                with suppress(InvalidTag):
                    yield wrapping.decrypt(field[:_NONCE], field[_NONCE:], b"")


def _telling(row: Row, keys: list[bytes]) -> Iterator[str]:
    for column, field in zip(row.columns, row.fields, strict=True):
        if field is not None and any(map(_is_in, _readings(field, column.type, keys))):
            yield f"{row.service}.{row.table}.{column.name}"


def _readings(field: bytes, kind: str, keys: list[bytes]) -> Iterator[bytes]:
    """The field as it is, and what it or a part of it says under each key, wherever it was sealed to be opened."""
    yield field
    sealed = [field] if kind == "bytea" else []
    for part in _IN_JSON.findall(field):
        with suppress(binascii.Error):
            sealed.append(base64.b64decode(part, altchars=b"-_"))
    for text in sealed:
        if len(text) > _NONCE + 16:
            for key in keys:  # GCM without its seal is counter mode
                yield Cipher(AES(key), CTR(text[:_NONCE] + _FIRST_BLOCK)).decryptor().update(text[_NONCE:-16])


async def told_of(bootstrap: str) -> int:
    """Records of any topic that tell something of the person."""
    told = seen = 0
    async with reading.reader(bootstrap) as consumer:
        places = await reading.partitions(consumer, [f"{PREFIX}.{name}" for name in (*PUBLISHERS, "operations")])
        spans = await reading.spans(consumer, places)
        wanted = {place: span for place, span in spans.items() if span[0] < span[1]}
        async for records in reading.read(consumer, wanted):
            seen += len(records)
            told += sum(_is_in(record.value or b"") or _is_in(str(record.headers).encode()) for record in records)
    assert seen > 0
    return told


def _is_in(data: bytes) -> bool:
    return any(form in data for form in WANTED)
