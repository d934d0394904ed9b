"""Make `actions.json` of the vendor's metadata and the request models of its SDK.

    python -m tools.catalogue FOLDER

FOLDER holds, as in the repository aliyun-openapi-meta, a folder for each product with a file for
each action, `vpc/CreateVpc.json`; or a file for each product, `vpc.json`, with all its `actions`.
Only actions that `actions.json` has already are regenerated, with the rules that descriptions.py
finds. The metadata doesn't name the fields of some lists and objects: their names, types and
descriptions are taken from the SDK's request models.
"""

import ast
import json
import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeAlias

from gwlbfw import openapi
from tools.descriptions import rules_of

Entry: TypeAlias = list[Any]
"""Type, position, required and, where there are any, fields and rules."""

TARGET = Path(openapi.__file__).with_name("actions.json")
MODELS = {
    "vpc": "alibabacloud_vpc20160428",
    "gwlb": "alibabacloud_gwlb20240415",
    "privatelink": "alibabacloud_privatelink20200415",
    "ecs": "alibabacloud_ecs20140526",
}
_NESTED = ("RepeatList", "Array", "Struct")
_TYPES = {"str": "String", "int": "Integer", "bool": "Boolean", "float": "Float"}
_OWNERS = frozenset({"OwnerAccount", "OwnerId", "ResourceOwnerAccount", "ResourceOwnerId"})
"""Parameters of nearly every older action, which no page documents."""
_WIRE = re.compile(r"self\.(\w+) is not None:\n(?:\s+for .*\n)?\s+result\['([^']+)'\]")


def main(arguments: list[str]) -> None:
    """Regenerate `actions.json` from the metadata in a folder."""
    known = json.loads(TARGET.read_text(encoding="utf-8"))
    parts = [
        f' "{product}": {{"version": "{known[product]["version"]}", "actions": {{\n'
        + ",\n".join(_lines(Path(arguments[0]), product, sorted(known[product]["actions"])))
        + "\n }}"
        for product in sorted(known)
    ]
    TARGET.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")


def _lines(folder: Path, product: str, actions: list[str]) -> Iterator[str]:
    for action in actions:
        model = f"{action}Request"
        found = {
            each["name"]: _entry(each, _field_of(product, model, each["name"]), product)
            for each in _metadata(folder, product, action)
        }
        entries = {**found, **_sdk_only_entries(product, model, found)}
        text = json.dumps(dict(sorted(entries.items())), separators=(",", ":"))
        yield f'  "{action}": {text}'


def _metadata(folder: Path, product: str, action: str) -> list[dict[str, Any]]:
    single = folder / product / f"{action}.json"
    if single.exists():
        return list(json.loads(single.read_text(encoding="utf-8"))["parameters"])
    whole = json.loads((folder / f"{product}.json").read_text(encoding="utf-8"))
    return list(whole["actions"][action]["parameters"])


def _entry(meta: Mapping[str, Any], model: "Field | None", product: str) -> Entry:
    """One parameter; its fields are the metadata's, or else the model's."""
    kind, position = meta["type"], meta["position"].lower()
    # Where the type is a plain one, the SDK packs the model into JSON text.
    model_name = model.model if model and kind in _NESTED else ""
    nested = _model_entries(product, model_name, position) if model_name else {}
    for each in meta.get("sub_parameters", []):
        nested[each["name"]] = _entry(each, None, product)
    return _as_entry(kind, position, meta["required"], nested, meta.get("description", ""))


def _as_entry(
    kind: str,
    position: str,
    required: bool,  # noqa: FBT001 - as in an entry
    fields: Mapping[str, Entry],
    description: str,
) -> Entry:
    found = rules_of(kind, description)
    entry: Entry = [kind, position, required]
    if fields or found:
        entry.append(dict(sorted(fields.items())))
    return [*entry, found] if found else entry


def _sdk_only_entries(product: str, model: str, known: Mapping[str, Entry]) -> dict[str, Entry]:
    """The parameters that only the SDK's model has, which is the newer source."""
    position = "body" if any(entry[1] == "body" for entry in known.values()) else "query"
    dotted = {name.partition(".")[0] for name in known}
    of_model = _model_entries(product, model, position)
    return {name: each for name, each in of_model.items() if name not in dotted | _OWNERS}


class Field:
    """One field of a request model: its name on the wire, its type and its comment."""

    def __init__(self, wire: str, annotation: str, comment: str) -> None:
        self.wire, self.comment = wire, comment
        inner = re.fullmatch(r"List\[(.+)\]", annotation)
        name = inner.group(1) if inner else annotation
        self.model = name.removeprefix("main_models.") if "models." in name else ""
        self.kind = (
            "RepeatList" if inner else "Struct" if self.model else _TYPES.get(name, "String")
        )


def _model_entries(product: str, model: str, position: str) -> dict[str, Entry]:
    return {
        each.wire: _as_entry(
            each.kind,
            position,
            "This parameter is required." in each.comment,
            _model_entries(product, each.model, position) if each.model else {},
            each.comment,
        )
        for each in _models(product).get(model, [])
    }


def _field_of(product: str, model: str, name: str) -> Field | None:
    return next((each for each in _models(product).get(model, []) if each.wire == name), None)


@cache
def _models(product: str) -> dict[str, list[Field]]:
    """The fields of every request model of a product, by the model's name."""
    spec = find_spec(MODELS[product])
    if spec is None or spec.origin is None:
        raise SystemExit(f"The SDK package {MODELS[product]} is not installed")
    found: dict[str, list[Field]] = {}
    for path in (Path(spec.origin).parent / "models").glob("_*_request.py"):
        text = path.read_text(encoding="utf-8")
        for node in ast.parse(text).body:
            if isinstance(node, ast.ClassDef):
                found[node.name] = list(_fields(ast.get_source_segment(text, node) or "", node))
    return found


def _fields(source: str, node: ast.ClassDef) -> Iterator[Field]:
    wire = dict(_WIRE.findall(source))
    init = next(each for each in node.body if getattr(each, "name", "") == "__init__")
    comments = _comments(source)
    assert isinstance(init, ast.FunctionDef)  # noqa: S101 - a generated file has this form
    for each in init.args.args[1:]:
        if each.arg in wire and each.annotation is not None:
            annotation = ast.unparse(each.annotation)
            yield Field(wire[each.arg], annotation, comments.get(each.arg, ""))


def _comments(source: str) -> dict[str, str]:
    """The comment above each assignment of a constructor, by the attribute's name."""
    found: dict[str, str] = {}
    lines: list[str] = []
    for line in source.splitlines():
        text = line.strip()
        if text.startswith("#"):
            lines.append(text.removeprefix("#").removeprefix(" "))
        elif match := re.match(r"self\.(\w+) = \1$", text):
            found[match.group(1)] = "\n".join(lines)
            lines = []
        else:
            lines = []
    return found


if __name__ == "__main__":
    main(sys.argv[1:])
