"""The page of the topology file, from its JSON Schema."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from gwlbfw.topology.schema import json_schema

from .markdown import Lines, table

Schema: TypeAlias = Mapping[str, Any]
_OWNED = ("name", "tags", "protect", "adopt")


def topology() -> Lines:
    """Every field of the topology file, in the order of the file."""
    yield from (
        "# The topology file",
        "",
        "One YAML file is one stack. Every field, as `gwlbfw schema` has it; what is bold must be",
        "given. `<key>` is a name of your choice: it becomes a part of the resources' addresses.",
        "",
        "Any value may hold `${env:NAME}`, an environment variable, or `${var:KEY}`, given with",
        "`--var KEY=VALUE` or, as `KEY: VALUE`, in the file of `--var-file`. Lists are written",
        "`[...]`. Anchors, aliases and tags of YAML are refused, duplicate keys too.",
        "",
        "A variable that `sensitive` names, as in `sensitive: [env:EXTERNAL_ID, var:token]`, may",
        "stand in `user_data` and in an account's `external_id` alone: what else the file says is",
        "shown by the cloud, in plans and in records, and is refused at its place. User data is",
        "`(sensitive)` wherever it is shown, marked or not, but for `plan --show-sensitive`. A",
        "message that shows a line of the file shows `****` for what user data, external ids,",
        "passwords and the like say in it; of a file that is no YAML and names such a secret, no",
        "line is shown.",
        "",
        "Checks that go over several fields (CIDR blocks that overlap, zones that don't match, …)",
        "are not in the schema: `gwlbfw validate` makes them.",
        "",
    )
    schema: Schema = json_schema()
    yield from (
        "## What every object of its own takes",
        "",
        "Where a section below ends with “And `name`, `tags`, `protect`, `adopt`.”:",
        "",
    )
    owned: Schema = schema["$defs"]["Subnet"]["properties"]
    yield from _fields({name: owned[name] for name in _OWNED}, ())
    seen: dict[str, str] = {}
    yield from _section("", schema, schema, seen)


def _section(path: str, schema: Schema, root: Schema, seen: dict[str, str]) -> Lines:
    """The fields of one object, then the objects below it."""
    yield from (f"## `{path or 'top level'}`", "", str(schema.get("description", "")), "")
    fields = schema["properties"]
    owned = set(_OWNED) <= set(fields)
    shown = {name: each for name, each in fields.items() if not (owned and name in _OWNED)}
    yield from _fields(shown, schema.get("required", ()))
    if owned:
        yield from ("And `name`, `tags`, `protect`, `adopt`.", "")
    for name, field in fields.items():
        below, target = _below(name, field)
        if not target:
            continue
        deeper = f"{path}.{below}" if path else below
        if target in seen:
            yield from (f"## `{deeper}`", "", f"The fields of `{seen[target]}`.", "")
            continue
        seen[target] = deeper
        yield from _section(deeper, root["$defs"][target], root, seen)


def _fields(fields: Schema, needed: Sequence[str]) -> Lines:
    if not fields:
        return
    yield from table(
        ("field", "value", "default", "meaning"),
        [
            (
                f"**`{name}`**" if name in needed else f"`{name}`",
                _value(field),
                _default(field),
                str(field.get("description", "")),
            )
            for name, field in fields.items()
        ],
    )


def _below(name: str, field: Schema) -> tuple[str, str]:
    """The path of the objects in a field, and their definition; two empty texts without any."""
    if "$ref" in field:
        return name, _target(field)
    each = field.get("additionalProperties")
    if isinstance(each, Mapping) and "$ref" in each:
        return f"{name}.{'<zone-id>' if name == 'zones' else '<key>'}", _target(each)
    if "$ref" in field.get("items", {}):
        return f"{name}[]", _target(field["items"])
    return "", ""


def _target(schema: Schema) -> str:
    return str(schema["$ref"]).rpartition("/")[2]


def _value(field: Schema) -> str:
    """What a field may hold, in a few words."""
    choices = [each for each in field.get("anyOf", ()) if not _is_variable(each)]
    if choices:
        return " or ".join(dict.fromkeys(_value(each) for each in choices))
    if "const" in field:
        return f"`{field['const']}`"
    if "enum" in field:
        return ", ".join(f"`{each}`" for each in field["enum"])
    if field.get("type") == "array":
        inner = field["items"]
        return "list of objects" if "$ref" in inner else f"list of {_value(inner)}"
    if field.get("type") == "object" or "$ref" in field:
        each = field.get("additionalProperties")
        return "text by key" if isinstance(each, Mapping) and "$ref" not in each else "object"
    return _scalar(field)


def _is_variable(schema: Schema) -> bool:
    return str(schema.get("pattern", "")).startswith(r"\$\{")


def _scalar(field: Schema) -> str:
    kind = field.get("type", "string")
    if kind == "integer" and "minimum" in field:
        return f"{field['minimum']} to {field['maximum']}"
    if field.get("format") == "ipv4":
        return "IPv4 address"
    if "/" in str(field.get("pattern", "")):
        return "CIDR block"
    kinds = [kind] if isinstance(kind, str) else kind
    words = {"string": "text", "integer": "whole number", "boolean": "`true`, `false`"}
    return " or ".join(words[each] for each in kinds)


def _default(field: Schema) -> str:
    if "default" not in field:
        return ""
    value = field["default"]
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"
