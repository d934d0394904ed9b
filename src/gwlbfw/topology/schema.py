"""The topology's JSON Schema, for editors that complete and check YAML while it is written."""

from collections.abc import Mapping
from typing import TypeAlias

from gwlbfw.topology.models import Topology

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"

_HEAD: Mapping[str, Json] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "gwlbfw topology",
    "description": "An Internet boundary firewall on Alibaba Cloud, as one YAML file says it.",
}
_NAMED = frozenset({"properties", "$defs"})
"""Keywords whose values have names of the topology as keys."""


def json_schema() -> dict[str, Json]:
    """The JSON Schema (2020-12) of a topology file; every field has a description."""
    shaped = _as_written(Topology.model_json_schema(by_alias=True))
    return {**_HEAD, **(shaped if isinstance(shaped, dict) else {}), **_HEAD}


def _as_written(value: Json) -> Json:
    """The schema of the file as it is written: no empty values, and a variable for any scalar."""
    if isinstance(value, list):
        return [_as_written(each) for each in value]
    if not isinstance(value, dict):
        return value
    shaped = {
        key: _entries(inner) if key in _NAMED else _as_written(inner)
        for key, inner in value.items()
        if key != "title" and not (key == "default" and inner in (None, ""))
    }
    return _allow_variable(_drop_null(shaped))


def _entries(named: Json) -> Json:
    return (
        {name: _as_written(each) for name, each in named.items()}
        if isinstance(named, dict)
        else named
    )


def _drop_null(schema: dict[str, Json]) -> dict[str, Json]:
    """The schema without null: an absent value is written by leaving the key out."""
    choices = schema.get("anyOf")
    if not isinstance(choices, list) or {"type": "null"} not in choices:
        return schema
    rest = [each for each in choices if each != {"type": "null"}]
    only = rest[0] if len(rest) == 1 else {"anyOf": rest}
    return {
        **{k: v for k, v in schema.items() if k != "anyOf"},
        **(only if isinstance(only, dict) else {}),
    }


def _allow_variable(schema: dict[str, Json]) -> dict[str, Json]:
    """The schema, or a text with a variable in it where it would refuse that."""
    if schema.get("type") not in ("integer", "boolean") and not {
        "enum",
        "const",
        "format",
        "pattern",
    } & set(schema):
        return schema
    about = {key: each for key, each in schema.items() if key in ("description", "default")}
    rest = {key: each for key, each in schema.items() if key not in about}
    return {**about, "anyOf": [rest, {"type": "string", "pattern": r"\$\{(env|var):"}]}
