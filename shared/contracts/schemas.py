"""JSON Schemas of all published events, kept beside this file in `schemas/`.

python -m shared.contracts.schemas write     after a change of contracts; refuses one that would break readers
python -m shared.contracts.schemas check     the files are what the code says
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from shared.contracts import PREFIX, REGISTRY, Event

FOLDER = Path(__file__).with_name("schemas")
WORDS = {"title", "description", "default"}
TYPES = ("type", "format", "minItems", "maxItems")
Schema = Mapping[str, Any]


class _Plain(GenerateJsonSchema):
    """Without a title for every field: the field's name says it."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def schema_of(event: type[Event]) -> Schema:
    """The schema a reader validates with: what has a default may be missing, unknown fields are ignored."""
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:{PREFIX}:schema:{event.TYPE}.v{event.VERSION}",
    }
    return head | event.model_json_schema(mode="validation", schema_generator=_Plain)


def published() -> dict[str, Schema]:
    """File name → schema, as the code says."""
    return {f"{event.TYPE}.v{event.VERSION}.json": schema_of(event) for event in REGISTRY.values()}


def committed() -> dict[str, Schema]:
    """File name → schema, as the files say."""
    return {path.name: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}


def breaks(old: Schema, new: Schema) -> list[str]:
    """What is gone, retyped or newly required within a version; codes may be added to a list of codes."""
    return _breaks(expanded(old, old), expanded(new, new), "")


def expanded(node: Any, root: Schema) -> Any:
    """The schema without words and references: only what decides which values are valid."""
    if isinstance(node, list):
        return [expanded(each, root) for each in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return expanded(root["$defs"][node["$ref"].rsplit("/", 1)[1]], root)
    if "const" in node:
        return {"type": node["type"], "enum": [node["const"]]}
    fields = {name: expanded(field, root) for name, field in node.get("properties", {}).items()}
    rest = {key: expanded(value, root) for key, value in node.items() if key not in WORDS | {"properties", "$defs"}}
    return rest | ({"properties": fields} if fields else {})


def _breaks(old: Schema, new: Schema, path: str) -> list[str]:
    before, after = dict(_parts(old)), dict(_parts(new))
    found = [f"{path}{name} is gone" for name in before if name not in after]
    found += [f"{path}{name} is newly required" for name in new.get("required", ()) if name not in _required(old)]
    codes, codes_now = old.get("enum"), new.get("enum")
    narrowed = (codes is None) != (codes_now is None) or not set(codes or ()) <= set(codes_now or ())
    if narrowed or any(old.get(key) != new.get(key) for key in TYPES):
        found.append(f"{path.rstrip('.') or 'the event'} is retyped")
    for name in before.keys() & after.keys():
        found += _breaks(before[name], after[name], f"{path}{name}.")
    return sorted(found)


def _required(node: Schema) -> set[str]:
    return set(node.get("required", ()))


def _parts(node: Schema) -> Iterator[tuple[str, Schema]]:
    yield from node.get("properties", {}).items()
    for key in ("items", "additionalProperties"):
        if isinstance(node.get(key), dict):
            yield key, node[key]
    for key in ("anyOf", "prefixItems"):
        yield from ((f"{key}[{place}]", each) for place, each in enumerate(node.get(key, ())))


def write() -> list[str]:
    """Write what changed; what would break readers is left as it is and returned, a line each."""
    FOLDER.mkdir(exist_ok=True)
    known, broken = committed(), []
    for name, schema in published().items():
        reasons = breaks(known[name], schema) if name in known else []
        broken += [f"{name}: {reason}; raise VERSION and keep the old event" for reason in reasons]
        if not reasons and known.get(name) != schema:
            (FOLDER / name).write_text(json.dumps(schema, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return broken


def differences() -> list[str]:
    """Which files are not what the code says, a line each."""
    known, said = committed(), published()
    return [f"{name} is not up to date" for name in sorted(known.keys() | said) if known.get(name) != said.get(name)]


def main() -> None:
    """The command line of this module."""
    if sys.argv[1:] not in (["write"], ["check"]):
        sys.exit("usage: python -m shared.contracts.schemas write|check")
    if lines := write() if sys.argv[1] == "write" else differences():
        sys.exit("\n".join(lines))


if __name__ == "__main__":
    main()
