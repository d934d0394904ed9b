"""Records as JSON and back, by the types of their fields."""

from collections.abc import Mapping
from typing import Any, TypeVar

from cattrs import Converter, ForbiddenExtraKeysError

from gwlbfw.sim.store.record import Record

R = TypeVar("R", bound=Record)
_CONVERTER = Converter(
    detailed_validation=False,
    forbid_extra_keys=True,
    unstruct_collection_overrides={tuple: list},
)


def encode(record: Record) -> dict[str, Any]:
    """A record as JSON-serialisable data."""
    data: dict[str, Any] = _CONVERTER.unstructure(record)
    return data


def decode_record(cls: type[R], data: Mapping[str, Any]) -> R:
    """The record of a type in data that `encode` made. Raises KeyError, TypeError or ValueError."""
    try:
        return _CONVERTER.structure(data, cls)
    except (AttributeError, ForbiddenExtraKeysError) as problem:
        raise ValueError(str(problem)) from problem
