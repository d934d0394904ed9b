"""The API catalogue: each action of the four products, its parameters and the shape of its reply.

The data is the vendor's published OpenAPI metadata (aliyun-openapi-meta, 2026-04-21) and the models
of the official Python SDK, which are newer; reduced to names, types, positions, required, and what
the descriptions say of the values (`tools/catalogue.py`). `overrides.py` holds what other sources
know better. It is the only thing the tool and the simulator share.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Literal

from gwlbfw.openapi.model import Action, Parameter, Shape
from gwlbfw.openapi.overrides import with_overrides

__all__ = ["Action", "Parameter", "Shape", "catalogue", "reply_shape", "sdk_versions", "versions"]


class _Catalogue(Mapping[tuple[str, str], Action]):
    """The actions by product and name; each is built when it is first asked for."""

    def __init__(self, products: Mapping[str, Any]) -> None:
        self._products = products
        self._keys = frozenset(self)
        self._built: dict[tuple[str, str], Action] = {}

    def __getitem__(self, key: tuple[str, str]) -> Action:
        if key not in self._built:
            product, name = key
            entries = self._products[product]["actions"][name]
            parameters = with_overrides(product, name, _parameters(entries))
            self._built[key] = Action(product, versions()[product], name, parameters)
        return self._built[key]

    def __contains__(self, key: object) -> bool:
        return key in self._keys

    def __iter__(self) -> Iterator[tuple[str, str]]:
        for product, entry in self._products.items():
            yield from ((product, name) for name in entry["actions"])

    def __len__(self) -> int:
        return sum(len(each["actions"]) for each in self._products.values())


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
def _data(file: str) -> Mapping[str, Any]:
    text = resources.files(__name__).joinpath(file).read_text(encoding="utf-8")
    return dict(json.loads(text))


@cache
def catalogue() -> Mapping[tuple[str, str], Action]:
    """Every action, by product and action name."""
    return _Catalogue(_data("actions.json"))


@cache
def versions() -> Mapping[str, str]:
    """API version by product."""
    return {product: entry["version"] for product, entry in _data("actions.json").items()}


def sdk_versions() -> Mapping[str, str]:
    """The version of the SDK's package by product that the catalogue was made of."""
    return {product: entry["sdk"] for product, entry in _data("actions.json").items()}


def reply_shape(product: str, action: str) -> Mapping[str, Shape]:
    """The fields of an action's reply, by the SDK's model; none where it has no model."""
    shape: Mapping[str, Shape] = _data("replies.json").get(product, {}).get(action, {})
    return shape
