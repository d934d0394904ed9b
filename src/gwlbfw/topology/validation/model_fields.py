"""The fields that the models define at a path, for suggestions."""

from types import NoneType, UnionType
from typing import Annotated, Union, get_args, get_origin

from pydantic import BaseModel

from gwlbfw.topology.models import Topology
from gwlbfw.topology.yaml.source import YamlPath


def fields_at(path: YamlPath) -> dict[str, object]:
    """The types of the known keys at `path`; empty where any key may stand, or none."""
    here: object = Topology
    for step in path:
        here = _known(here).get(str(step)) or _entry(here)
    return _known(here)


def _known(annotation: object) -> dict[str, object]:
    model = _plain(annotation)
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return {}
    return {field.alias or name: field.annotation for name, field in model.model_fields.items()}


def _entry(annotation: object) -> object:
    """The type of the entries of a mapping or list."""
    arguments = get_args(_plain(annotation))
    match get_origin(_plain(annotation)):
        case origin if origin is dict:
            return arguments[1]
        case origin if origin is tuple:
            return arguments[0]
    return None


def _plain(annotation: object) -> object:
    """The type without `Annotated` and `None`."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _plain(get_args(annotation)[0])
    if origin in {Union, UnionType}:
        return _plain(next(each for each in get_args(annotation) if each is not NoneType))
    return annotation
