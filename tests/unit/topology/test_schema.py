"""The published JSON Schema is that of the models, and takes what the loader takes."""

import json
from collections.abc import Iterator
from pathlib import Path

from gwlbfw.topology.schema import Json, json_schema

PUBLISHED = Path(__file__).parents[3] / "examples" / "topology.schema.json"


def test_published_schema_is_current() -> None:
    assert json.loads(PUBLISHED.read_text()) == json_schema()


def _properties(value: Json) -> Iterator[tuple[str, dict[str, Json]]]:
    if isinstance(value, list):
        for each in value:
            yield from _properties(each)
    elif isinstance(value, dict):
        named = value.get("properties")
        if isinstance(named, dict):
            for name, schema in named.items():
                assert isinstance(schema, dict)
                yield name, schema
        for each in value.values():
            yield from _properties(each)


def test_fields_have_descriptions() -> None:
    found = dict(_properties(json_schema()))
    assert len(found) > 50
    assert [name for name, schema in found.items() if not schema.get("description")] == []


def test_schema_allows_no_null() -> None:
    assert '"null"' not in json.dumps(json_schema())


def test_number_may_be_a_variable_in_the_schema() -> None:
    fields = dict(_properties(json_schema()))
    assert fields["bandwidth_mbps"]["anyOf"] == [
        {"type": "integer", "minimum": 1, "maximum": 200},
        {"type": "string", "pattern": r"\$\{(env|var):"},
    ]
