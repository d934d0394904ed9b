"""The API catalogue: each action of the four products with its parameters' types and places.

The data is the vendor's published OpenAPI metadata (aliyun-openapi-meta, 2026-04-21), reduced to
name, type, position and required. It is the only thing the tool and the simulator share.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any, Literal


@dataclass(frozen=True)
class Parameter:
    """One parameter of an action; `fields` are the nested ones, where the metadata names them."""

    name: str
    type: str
    position: Literal["query", "body"]
    required: bool
    fields: Mapping[str, "Parameter"] = field(default_factory=dict)


@dataclass(frozen=True)
class Action:
    """One API action: its product, version, name and parameters by name."""

    product: str
    version: str
    name: str
    parameters: Mapping[str, Parameter]


def _parameters(entries: Mapping[str, Any]) -> dict[str, Parameter]:
    return {
        name: Parameter(name, kind, position, required, _parameters(nested[0] if nested else {}))
        for name, (kind, position, required, *nested) in entries.items()
    }


@cache
def catalogue() -> Mapping[tuple[str, str], Action]:
    """Every action of the published metadata, by product and action name."""
    text = resources.files(__name__).joinpath("actions.json").read_text(encoding="utf-8")
    return {
        (product, name): Action(product, entry["version"], name, _parameters(parameters))
        for product, entry in json.loads(text).items()
        for name, parameters in entry["actions"].items()
    }


@cache
def versions() -> Mapping[str, str]:
    """API version by product."""
    return {action.product: action.version for action in catalogue().values()}
