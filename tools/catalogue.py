"""Make the catalogue of the vendor's metadata and the models of the SDK that is installed.

    python -m tools.catalogue FOLDER [PRODUCT:ACTION ...]

FOLDER holds, as in the repository aliyun-openapi-meta, a folder for each product with a file for
each action, `vpc/CreateVpc.json`; or a file for each product, `vpc.json`, with all its `actions`.
Regenerated are the actions that `actions.json` has already, and added those named: parameters with
the rules that descriptions.py finds in `actions.json`, the shapes of replies in `replies.json`. The
SDK's models are the newer source: what only they have (parameters, and the fields of some lists and
objects) is taken from them, and an action that the metadata lacks comes from them alone.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

from gwlbfw import openapi
from tools.descriptions import rules_of
from tools.sdk_models import (
    Field,
    installed_version,
    reply_shape,
    request_field,
    request_fields,
)

Entry: TypeAlias = list[Any]
"""Type, position, required and, where there are any, fields and rules."""

FOLDER = Path(openapi.__file__).parent
_NESTED = ("RepeatList", "Array", "Struct")
OWNERS = frozenset({"OwnerAccount", "OwnerId", "ResourceOwnerAccount", "ResourceOwnerId"})
"""Parameters of nearly every older action, which no page documents."""


def main(arguments: list[str]) -> None:
    """Regenerate the catalogue from the metadata in a folder, and add the actions named."""
    folder, *added = arguments
    target = FOLDER / "actions.json"
    known = json.loads(target.read_text(encoding="utf-8"))
    for product, _, action in (each.partition(":") for each in added):
        known[product]["actions"][action] = {}
    parameters, replies = [], []
    for product in sorted(known):
        version, actions = known[product]["version"], sorted(known[product]["actions"])
        sdk = installed_version(product)
        head = f' "{product}": {{"version": "{version}", "sdk": "{sdk}", "actions": {{\n'
        entries = {action: parameter_entries(Path(folder), product, action) for action in actions}
        parameters.append(f"{head}{_lines(entries)}\n }}}}")
        shapes = {action: reply_shape(product, action) for action in actions}
        replies.append(f' "{product}": {{\n{_lines(shapes)}\n }}')
    target.write_text("{\n" + ",\n".join(parameters) + "\n}\n", encoding="utf-8")
    replies_text = "{\n" + ",\n".join(replies) + "\n}\n"
    (FOLDER / "replies.json").write_text(replies_text, encoding="utf-8")


def _lines(entries: Mapping[str, Any]) -> str:
    return ",\n".join(
        f'  "{action}": {json.dumps(entry, separators=(",", ":"))}'
        for action, entry in entries.items()
    )


def parameter_entries(folder: Path, product: str, action: str) -> dict[str, Entry]:
    """The parameters of an action, by the metadata and the SDK's request model."""
    model = f"{action}Request"
    found = {
        each["name"]: _entry(each, request_field(product, model, each["name"]), product)
        for each in _metadata(folder, product, action)
    }
    return dict(sorted({**found, **_sdk_only_entries(product, model, found)}.items()))


def _metadata(folder: Path, product: str, action: str) -> list[dict[str, Any]]:
    single = folder / product / f"{action}.json"
    if single.exists():
        return list(json.loads(single.read_text(encoding="utf-8"))["parameters"])
    whole = folder / f"{product}.json"
    if not whole.exists():
        return []
    actions = json.loads(whole.read_text(encoding="utf-8"))["actions"]
    return list(actions[action]["parameters"]) if action in actions else []


def _entry(meta: Mapping[str, Any], model: Field | None, product: str) -> Entry:
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
    return {name: each for name, each in of_model.items() if name not in dotted | OWNERS}


def _model_entries(product: str, model: str, position: str) -> dict[str, Entry]:
    return {
        each.wire: _as_entry(
            each.parameter_type,
            position,
            "This parameter is required." in each.comment,
            _model_entries(product, each.model, position) if each.model else {},
            each.comment,
        )
        for each in request_fields(product, model)
    }


if __name__ == "__main__":
    main(sys.argv[1:])
