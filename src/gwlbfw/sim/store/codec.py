"""Records as JSON and back, by the types of their fields."""

import dataclasses
from collections.abc import Mapping
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from gwlbfw.sim.store.record import Record


def encode(value: object) -> object:
    """A field's value (or a whole record) as JSON-serialisable data."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: encode(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, tuple):
        return [encode(each) for each in value]
    if isinstance(value, Mapping):
        return {name: encode(each) for name, each in value.items()}
    return value


def decode_record(cls: type[Record], data: Mapping[str, Any]) -> Record:
    """The record of type `cls` that `encode` made `data` of."""
    return cls(**_fields(cls, data))


@cache
def _hints(cls: type) -> Mapping[str, Any]:
    return get_type_hints(cls)


def _fields(cls: type, data: Mapping[str, Any]) -> dict[str, Any]:
    hints = _hints(cls)
    return {name: _decode(hints[name], value) for name, value in data.items()}


def _decode(kind: object, value: Any) -> object:  # noqa: ANN401 - JSON of any shape
    origin, arguments = get_origin(kind), get_args(kind)
    if value is None:
        return None
    if origin is tuple:
        return tuple(_decode(arguments[0], each) for each in value)
    if origin is Mapping:
        return {name: _decode(arguments[1], each) for name, each in value.items()}
    if origin in (Union, UnionType):
        return _decode(next(each for each in arguments if each is not type(None)), value)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return kind(**_fields(kind, value))
    return value
