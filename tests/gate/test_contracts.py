"""What is published keeps its promises: schemas, compatibility within a version, no personal data, CloudEvents."""

import json
import re
import subprocess
from collections.abc import Iterator
from copy import deepcopy
from datetime import datetime
from typing import Any

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary
from cloudevents.core.formats.json import JSONFormat

from bancheng import access_page, events_page
from shared.bus.envelope import read, source_of, write_headers
from shared.contracts import REGISTRY, referral
from shared.contracts.schemas import FOLDER, breaks, committed, differences, expanded, published
from shared.ids import new_id
from shared.workdays import ZONE

# A string that is neither a code from a list, an id in UUID form nor a moment must be called one of these.
IDS_AND_CODES = re.compile(
    r"(.*_)?(id|ids|code|codes|no|by)$"  # ids of accounts, units, windows; numbers; who did it, as an account
    r"|rule|transition|limit|calendar_version|doc_no|status"  # D12, T06, 3WD, 2026-1, 国办发明电〔2025〕7号, OFFICIAL
    r"|field_group|purpose|kind|sha256"  # codes that are not closed lists
    r"|service|parked_source|parked_subject|operator"
)
# Names of windows and units, and the days of a year with their holidays.
TOLD_OPENLY = {("window.opened", "name"), ("unit.registered", "name"), ("calendar.year_loaded", "days")}
MOMENT = datetime(2026, 9, 28, 10, 0, tzinfo=ZONE)
ACKED = referral.OrderAcked(
    matter_id=new_id(), org_code="410200", window_id="410200-W1", order_id=new_id(), unit_id="410200-U03", round=1,
    acked_by="handler@410200-U03", acked_at=MOMENT,
)  # fmt: skip


def test_the_committed_schemas_and_the_page_of_events_are_what_the_code_says() -> None:
    assert differences() == [], "make generate"
    assert events_page.PAGE.read_text(encoding="utf-8") == events_page.page(), "make generate"
    assert access_page.PAGE.read_text(encoding="utf-8") == access_page.page(), "make generate"


def test_nothing_published_before_is_broken() -> None:
    before, now = _at_last_commit() or committed(), published()
    broken = {name: breaks(old, now[name]) if name in now else ["is gone"] for name, old in before.items()}
    assert {name: reasons for name, reasons in broken.items() if reasons} == {}


def _with(change: str) -> dict[str, Any]:
    schema = deepcopy(dict(published()["order.acked.v1.json"]))
    fields = schema["properties"]
    match change:
        case "removed":
            del fields["acked_by"]
        case "renamed":
            fields["by"] = fields.pop("acked_by")
        case "retyped":
            fields["round"] = {"type": "string"}
        case "required":
            fields["seal"] = {"type": "boolean"}
            schema["required"].append("seal")
        case "optional":
            fields["seal"] = {"type": "boolean", "default": False}
        case "reworded":
            schema["description"] = fields["round"]["description"] = "anew"
    return schema


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("removed", ["acked_by is gone"]),
        ("renamed", ["acked_by is gone"]),
        ("retyped", ["round is retyped"]),
        ("required", ["seal is newly required"]),
        ("optional", []),
        ("reworded", []),
    ],
)
def test_a_change_within_a_version_may_only_add_what_can_be_missing(change: str, reason: list[str]) -> None:
    assert breaks(published()["order.acked.v1.json"], _with(change)) == reason


def test_codes_may_be_added_to_a_list_but_not_taken_from_it() -> None:
    fewer = {"type": "object", "properties": {"ways": {"items": {"enum": ["PHONE"], "type": "string"}}}}
    more = {"type": "object", "properties": {"ways": {"items": {"enum": ["PHONE", "SMS"], "type": "string"}}}}
    assert breaks(fewer, more) == []
    assert breaks(more, fewer) == ["ways.items is retyped"]


@pytest.mark.parametrize("event", REGISTRY.values(), ids=REGISTRY)
def test_an_event_has_no_room_for_a_person_or_free_text(event: Any) -> None:
    schema = published()[f"{event.TYPE}.v{event.VERSION}.json"]
    free = {name for name, field in _fields(expanded(schema, schema)) if _is_free(field)}
    told = {name for kind, name in TOLD_OPENLY if kind == event.TYPE}
    assert {name for name in free - told if not IDS_AND_CODES.fullmatch(name)} == set()


def test_an_event_on_the_wire_is_a_cloud_event_to_the_official_sdk() -> None:
    row = {
        "id": new_id(), "type": ACKED.CE_TYPE, "aggregateid": ACKED.subject, "occurred_at": MOMENT, "sequence": 7,
        "correlation_id": str(new_id()), "causation_id": None, "actor": ACKED.acked_by, "actor_role": "unit_handler",
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    }  # fmt: skip
    headers = write_headers(row, source_of("410200", "referral"))
    value = ACKED.model_dump_json().encode()
    seen = from_binary(KafkaMessage(dict(headers), ACKED.subject.encode(), value), JSONFormat())
    assert (seen.get_id(), seen.get_source(), seen.get_type()) == (str(row["id"]), "/410200/referral", ACKED.CE_TYPE)
    assert (seen.get_subject(), seen.get_time(), seen.get_datacontenttype()) == (
        ACKED.subject, MOMENT, "application/json")  # fmt: skip
    assert seen.get_dataschema() == published()["order.acked.v1.json"]["$id"]
    assert seen.get_extension("sequence") == "7"
    assert seen.get_extension("partitionkey") == ACKED.subject
    assert seen.get_data() == json.loads(value)
    assert read("bancheng.referral", 0, 0, headers, value).id == seen.get_id()


def _fields(node: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Every place for a value, under the name of the field it is in."""
    if not isinstance(node, dict):
        return
    yield name, node
    for inner, field in node.get("properties", {}).items():
        yield from _fields(field, inner)
    for part in (node.get("items"), *node.get("anyOf", ()), *node.get("prefixItems", ())):
        yield from _fields(part, name)


def _is_free(field: Any) -> bool:
    anything = field.get("type") == "object" and "properties" not in field
    text = field.get("type") == "string" and "enum" not in field
    return anything or (text and field.get("format") not in ("uuid", "date", "time", "date-time"))


def _at_last_commit() -> dict[str, Any]:
    """The schemas as last committed, so that a file deleted and written anew does not slip through."""
    root = FOLDER.parents[2]
    listed = subprocess.run(["git", "ls-tree", "-r", "--name-only", "HEAD", str(FOLDER.relative_to(root))],
                            cwd=root, capture_output=True, text=True, check=False)  # fmt: skip
    return {
        name.rsplit("/", 1)[1]: json.loads(subprocess.check_output(["git", "show", f"HEAD:{name}"], cwd=root))
        for name in listed.stdout.splitlines()
    }
