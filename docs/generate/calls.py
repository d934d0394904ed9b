"""The API calls of each kind, read off what it would do to the example's resources."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from gwlbfw import Topology
from gwlbfw.address import Address, Ref
from gwlbfw.blueprint import blueprint
from gwlbfw.resources.graph import ResourceGraph
from gwlbfw.resources.resource import Phase, Resource

EXAMPLE = Path(__file__).parents[2] / "examples" / "ulanqab.yaml"


def calls_of(kind: str) -> Mapping[str, list[str]]:
    """The calls that create, change and delete a kind; those made on the way are left out."""
    creating: set[str] = set()
    changing: set[str] = set()
    deleting: set[str] = set()
    for address, node in _example().items():
        if address.kind == kind:
            creating |= _names(node.resource.create(address))
            changing |= _names(_changes(address, node.resource))
            deleting |= _names(node.resource.delete(address))
    return {
        "created": sorted(creating),
        "changed": sorted(changing - creating - deleting),
        "deleted": sorted(deleting),
    }


@cache
def _example() -> ResourceGraph:
    return blueprint(Topology.load(EXAMPLE)).graph


def _names(phases: Iterator[Phase]) -> set[str]:
    return {each.call.name for each in phases}


def _changes(at: Address, resource: Resource) -> Iterator[Phase]:
    """Every change in place, there and back."""
    cls = type(resource)
    names = frozenset(cls.model_fields) - cls.fixed() - cls.unread()
    names -= frozenset() if cls.tag_type else {"tags"}
    if not names:
        return
    other = resource.model_copy(update={n: _other(getattr(resource, n)) for n in names})
    yield from resource.update(at, other, names)
    yield from other.update(at, resource, names)


def _other(value: object) -> object:
    if isinstance(value, bool):
        return not value
    if isinstance(value, Ref):
        return Ref[Resource]("another")
    return type(value)() if isinstance(value, tuple | dict) else value
