"""Replies compared with the shapes that the SDK's response models give them."""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from gwlbfw.cloud.call import Json
from gwlbfw.openapi import Shape, reply_shape
from gwlbfw.sim.replies import LEFT_OUT

_TYPES: Mapping[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "bool": (bool,),
    "float": (float, int),
}


def deviations(product: str, action: str, reply: Json) -> list[str]:
    """Every field of a reply that is missing or of another type than the SDK's model says."""
    return [
        f"{path[1:]}: {what}"
        for path, what in _deviations(reply, dict(reply_shape(product, action)), "")
        if not (what == "missing" and _is_left_out(product, action, path[1:]))
    ]


def _deviations(value: Json, shape: Shape, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(shape, dict) and isinstance(value, Mapping):
        for name, inner in shape.items():
            if name in value:
                yield from _deviations(value[name], inner, f"{path}.{name}")
            elif name != "RequestId":
                yield f"{path}.{name}", "missing"
    elif isinstance(shape, list) and isinstance(value, list):
        for each in value:
            yield from _deviations(each, shape[0], path)
    elif not isinstance(shape, str) or not _is_of(value, shape):
        yield path, f"{value!r} is no {shape}"


def _is_of(value: Json, kind: str) -> bool:
    return isinstance(value, _TYPES[kind]) and (kind == "bool" or not isinstance(value, bool))


def _is_left_out(product: str, action: str, path: str) -> bool:
    return any(each.concerns(product, action) and fnmatchcase(path, each.path) for each in LEFT_OUT)
