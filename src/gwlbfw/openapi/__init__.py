"""The API catalogue: each action of the four products with its parameters' types and places.

The data is the vendor's published OpenAPI metadata (aliyun-openapi-meta, 2026-04-21), with the
nested names of the official Python SDK's request models, reduced to name, type, position, required,
and what the descriptions say of the values (`tools/catalogue.py`); `overrides.py` holds what other
sources know better. It is the only thing the tool and the simulator share.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Literal

from gwlbfw.openapi.model import Action, Parameter
from gwlbfw.openapi.overrides import with_overrides

__all__ = ["Action", "Parameter", "catalogue", "versions"]


def _parameters(entries: Mapping[str, Any]) -> dict[str, Parameter]:
    return {name: _parameter(name, *entry) for name, entry in entries.items()}


def _parameter(
    name: str,
    kind: str,
    position: Literal["query", "body"],
    required: bool,  # noqa: FBT001 - an entry of the file
    fields: Mapping[str, Any] = MappingProxyType({}),
    rules: Mapping[str, Any] = MappingProxyType({}),
) -> Parameter:
    values = tuple(rules.get("values", ()))
    return Parameter(
        name, kind, position, required, _parameters(fields), **{**rules, "values": values}
    )


@cache
def catalogue() -> Mapping[tuple[str, str], Action]:
    """Every action of the published metadata, by product and action name."""
    text = resources.files(__name__).joinpath("actions.json").read_text(encoding="utf-8")
    return {
        (product, name): Action(
            product, entry["version"], name, with_overrides(product, name, _parameters(parameters))
        )
        for product, entry in json.loads(text).items()
        for name, parameters in entry["actions"].items()
    }


@cache
def versions() -> Mapping[str, str]:
    """API version by product."""
    return {action.product: action.version for action in catalogue().values()}
