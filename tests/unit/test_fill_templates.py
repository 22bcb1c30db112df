"""Multiplying a matter: a copy has new ids, times, numbers and sealed texts wherever the matter had its own."""

import base64
import random
import struct
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from services.audit.domain import Frontier, headers_from_json, headers_to_json, kept_headers, leaf_bytes, leaf_hash
from shared.bus.envelope import write_headers
from shared.ids import new_id
from shared.store.vault import Vault
from tests.bench.fill.log import Log
from tests.bench.fill.patterns import Draw
from tests.bench.fill.plan import Ids, Plan
from tests.bench.fill.rows import Column, Row
from tests.bench.fill.sealing import Place
from tests.bench.fill.templates import EPOCH, Compiler, Counters, Holding, Template

AT = datetime(2026, 9, 28, 1, 0, 3, 202279, tzinfo=UTC)
VAULT = Vault(bytes(32))
MATTER, REPORTER, EVENT, CORRELATION = (new_id() for _ in range(4))
TITLE, NUMBER = "窗口未受理已当场协调", "汴一监窗〔2026〕000001号"
BODY = orjson.dumps({"matter_id": str(MATTER), "no": NUMBER, "at": "2026-09-28T09:00:03.202279+08:00", "%": "100%"})


def row(service: str, table: str, **given: Any) -> Row:
    """A row as PostgreSQL would send it."""
    fields = [_field(value) for value in given.values()]
    columns = (Column(name, kind, name == "position") for name, (kind, _) in zip(given, fields, strict=True))
    return Row(service, table, tuple(columns), tuple(data for _, data in fields))


def _field(value: Any) -> tuple[str, bytes | None]:
    match value:
        case None:
            return "text", None
        case UUID():
            return "uuid", value.bytes
        case datetime():
            return "timestamptz", struct.pack(">q", (value - EPOCH) // timedelta(microseconds=1))
        case int():
            return "int8", struct.pack(">q", value)
        case bytes():
            return "bytea", value
        case dict() | list():
            return "jsonb", b"\x01" + orjson.dumps(value)
    return "text", value.encode()


def spot() -> list[Row]:
    """A matter settled on the spot, with one event."""
    key = VAULT.new_key()
    outbox = {"position": 7, "id": EVENT, "aggregatetype": "intake", "aggregateid": str(MATTER),
              "type": "bancheng.matter.registered.v1", "payload": BODY, "sequence": 1, "occurred_at": AT,
              "correlation_id": str(CORRELATION), "causation_id": None, "actor": "staff", "actor_role": "duty_staff",
              "traceparent": None, "raw_headers": None}  # fmt: skip
    headers = kept_headers(write_headers(outbox, "/410200/intake"))
    return [
        row("intake", "matter", matter_id=MATTER, reporter_id=REPORTER, window_id="W1", register_no=NUMBER,
            registered_at=AT, period_id="W1-2026-09-28", attempts=[{"half_day": "2026-09-28 AM"}],
            sealed_title=VAULT.seal(key, TITLE, f"intake.matter.title:{MATTER}")),
        row("intake", "reporter", reporter_id=REPORTER, data_key=key,
            sealed_identity=VAULT.seal(key, b'{"name":"x"}', f"intake.matter.identity:{MATTER}")),
        row("intake", "outbox", **outbox),
        row("audit", "entry", index=3, leaf_hash=bytes(32), subtrees=b"", root=bytes(32), subject=str(MATTER),
            headers=headers_to_json(headers), value=BODY),
        row("intake", "unit", unit_id="U1", seen_by=new_id()),
    ]  # fmt: skip


def template() -> Template:
    chosen, ids = Holding(spot()).of(MATTER)
    assert {(each.service, each.table) for each in chosen} == {(each.service, each.table) for each in spot()[:4]}
    return Compiler(VAULT, Counters({Place("intake", "outbox", "position"): 50}), TITLE, chosen, ids).template()


def drawn(made: Template) -> Draw:
    shift = timedelta(days=-300, seconds=60)
    ids = Ids(made.ids, made.matter, random.Random(1)).draw(1_700_000_000_000)
    micros = shift // timedelta(microseconds=1)
    return Draw(shift, micros, 1_700_000_000_000, date(2025, 12, 2), b"W1-2025-11-24",
                "汴一监窗〔2025〕000777号".encode(), [], "另一个标题".encode(), ids, ids.hex())  # fmt: skip


def fields(data: bytes, like: Row) -> dict[str, bytes]:
    """A row from the wire."""
    found, at = {}, 2
    assert struct.unpack_from(">h", data)[0] == len(like.columns)
    for column in like.columns:
        (length,) = struct.unpack_from(">i", data, at)
        found[column.name] = data[at + 4 : at + 4 + max(0, length)]
        at += 4 + max(0, length)
    assert at == len(data)
    return found


def test_a_copied_matter_has_its_own_numbers_times_and_titles() -> None:
    made = template()
    values = made.slots.made(drawn(made))
    matter = fields(made.tables["intake", "matter"](values), spot()[0])
    reporter = fields(made.tables["intake", "reporter"](values), spot()[1])
    copied = UUID(bytes=matter["matter_id"])
    assert copied != MATTER
    assert copied.int >> 80 == 1_700_000_000_000
    assert matter["reporter_id"] == reporter["reporter_id"] != REPORTER.bytes
    assert matter["register_no"].decode() == "汴一监窗〔2025〕000777号"
    assert matter["period_id"] == b"W1-2025-11-24"
    assert b"2025-12-02 AM" in matter["attempts"]
    at = EPOCH + timedelta(microseconds=int.from_bytes(matter["registered_at"], signed=True))
    assert at == AT + timedelta(days=-300, seconds=60)
    key = reporter["data_key"]
    assert VAULT.open(key, matter["sealed_title"], f"intake.matter.title:{copied}") == "另一个标题"
    assert VAULT.open(key, reporter["sealed_identity"], f"intake.matter.identity:{copied}") == '{"name":"x"}'


def test_a_copied_event_is_the_same_in_outbox_log_and_topic() -> None:
    made = template()
    values = made.slots.made(drawn(made))
    told = fields(made.tables["intake", "outbox"](values), spot()[2])
    body = orjson.loads(told["payload"])
    assert body == {"matter_id": told["aggregateid"].decode(), "no": "汴一监窗〔2025〕000777号",
                    "at": "2025-12-02T09:01:03.202279+08:00", "%": "100%"}  # fmt: skip
    assert int.from_bytes(told["position"]) == 50
    (entry,), (record,) = made.entries, made.records
    for name in ("index", "leaf_hash", "root"):
        values[made.logged[name]] = bytes(8 if name == "index" else 32)
    values[made.logged["subtrees"]] = bytes(4)
    kept = fields(entry.row(values), spot()[3])
    headers = headers_from_json(orjson.loads(kept["headers"][1:]))
    sent = [(name, fixed if slot is None else values[slot]) for name, fixed, slot in record.headers]
    assert kept["value"] == told["payload"] == values[record.body][4:]
    assert headers == kept_headers(sent)
    assert dict(sent)["ce_id"].decode() == str(UUID(bytes=told["id"]))
    assert dict(sent)["ce_time"] == b"2025-12-02T01:01:03.202279+00:00"
    assert entry.head(values) + values[entry.body] == leaf_bytes(headers, kept["value"])


def test_words_of_every_service_open_under_the_copy_s_own_keys_with_its_own_numbers() -> None:
    order, number = new_id(), "汴纪监窗交(W1)〔2026〕1号"
    triage, referral = VAULT.new_key(), VAULT.new_key()
    note = VAULT.seal(triage, "情况属实", f"triage.assessment.note:{MATTER}")
    words = orjson.dumps({"title": TITLE, "no": number, "at": "2026-09-28T09:00:04Z"})
    rows = [
        *spot()[:4],
        row("triage", "assessment", matter_id=MATTER, data_key=triage,
            proposal={"note": {"sealed": base64.urlsafe_b64encode(note).decode()}}),
        row("referral", "matter", matter_id=MATTER, data_key=referral),
        row("referral", "orders", order_id=order, matter_id=MATTER, order_no=number,
            words=VAULT.seal(referral, words, f"referral.words:{order}")),
        row("console", "timeline", matter_id=MATTER, facts={"order_no": number, "order": str(order)}),
    ]  # fmt: skip
    made = Compiler(
        VAULT, Counters({Place("intake", "outbox", "position"): 1}), TITLE, *Holding(rows).of(MATTER)
    ).template()
    draw = drawn(made)
    draw.order_nos = ["汴纪监窗交(W1)〔2025〕12345号".encode()]
    values = made.slots.made(draw)
    sheet, kept, paper, line = (
        fields(made.tables[each.service, each.table](values), each) for each in rows[4:]
    )  # fmt: skip
    matter, copied = UUID(bytes=kept["matter_id"]), UUID(bytes=paper["order_id"])
    sealed = base64.urlsafe_b64decode(orjson.loads(sheet["proposal"][1:])["note"]["sealed"])
    assert VAULT.open(sheet["data_key"], sealed, f"triage.assessment.note:{matter}") == "情况属实"
    told = orjson.loads(VAULT.open(kept["data_key"], paper["words"], f"referral.words:{copied}"))
    assert told == {"title": "另一个标题", "no": paper["order_no"].decode(), "at": "2025-12-02T09:01:04Z"}
    assert orjson.loads(line["facts"][1:]) == {"order_no": "汴纪监窗交(W1)〔2025〕12345号", "order": str(copied)}


def test_the_tree_grows_as_the_service_grows_it() -> None:
    frontier = Frontier()
    log = Log(frontier)
    for number in range(70):
        leaf = b"%d" % number
        frontier, completed = frontier.append(leaf_hash(leaf))
        assert log.append(leaf) == (leaf_hash(leaf), b"".join(completed), frontier.root())
    assert log.head == frontier


def test_numbers_go_on_without_a_gap_in_every_window_and_year() -> None:
    made = template()
    other = template()
    other.ordered = True
    registered = {("W1", 2026): 1}
    plan = Plan([made, other], 500, registered, {})
    draws = [(each, draw) for each, draw in plan.draws(0, 500)]
    numbers = sorted(draw.register_no.decode() for _, draw in draws)
    assert sum(each.ordered for each, _ in draws) == 40
    assert registered["W1", 2025] + registered["W1", 2026] - 1 == 500 == len(set(numbers))
    assert "汴一监窗〔2026〕000002号" in numbers
    assert [draw.day for _, draw in draws] == sorted(draw.day for _, draw in draws)
    assert len({draw.ids[:16] for _, draw in draws}) == 500
