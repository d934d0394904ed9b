"""Filters of lists; lists are long, so only filters that a call names are applied."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TypeAlias, TypeVar

from gwlbfw.sim.services.request import Request
from gwlbfw.sim.store.record import Record
from gwlbfw.sim.store.region import Region

T = TypeVar("T")
R = TypeVar("R", bound=Record)
TextGetter: TypeAlias = Callable[[T], str]
"""A text of an item, which is compared with the one that a filter names."""


def listed(region: Region, cls: type[R], ids: Collection[str]) -> list[R]:
    """The records of a type with these ids, oldest first; all of the type where no id is given."""
    if not ids:
        return region.all(cls)
    found = [each for record_id in set(ids) if (each := region.find(cls, record_id)) is not None]
    return sorted(found, key=lambda each: each.serial)


def filter_by_parameters(
    request: Request, items: Sequence[T], filters: Mapping[str, TextGetter[T]]
) -> list[T]:
    """The items that have the text which each filter names, of those that the call names."""
    wanted = [(of, text) for name, of in filters.items() if (text := request.text(name))]
    found = list(items)
    for of, text in wanted:
        found = [each for each in found if of(each) == text]
    return found


def filter_by_flag(
    request: Request, items: Sequence[T], name: str, of: Callable[[T], bool]
) -> list[T]:
    """The items of which something is as a call says; all where it says nothing."""
    if not request.text(name):
        return list(items)
    wanted = request.flag(name)
    return [each for each in items if of(each) is wanted]


def filter_by_values(items: Sequence[T], texts: Collection[str], of: TextGetter[T]) -> list[T]:
    """The items with one of several texts; all where there is no text."""
    if not texts:
        return list(items)
    wanted = frozenset(texts)
    return [each for each in items if of(each) in wanted]
