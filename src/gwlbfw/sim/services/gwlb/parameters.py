"""Names, filters and pages of the GWLB API's calls."""

import re
from collections.abc import Callable, Collection, Sequence
from typing import TypeVar

from gwlbfw.sim.services.paging import page_by_token
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.wire import Json, Reply

T = TypeVar("T")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9._-]{1,127}")


def list_page(request: Request, name: str, items: Sequence[T], show: Callable[[T], Json]) -> Reply:
    """One page of a listing: 20 entries unless MaxResults says otherwise, after Skip others."""
    page = page_by_token(request, items[request.number("Skip", 0, 0) :], default=20, maximum=1000)
    return {name: [show(each) for each in page.items], **page.fields, "TotalCount": len(items)}


def filter_by_any(
    request: Request,
    items: Sequence[T],
    name: str,
    values: Callable[[T], Collection[str]],
    limit: int = 20,
) -> list[T]:
    """The items of which a value is among those that a filter names; all if it names none."""
    wanted = request.texts(name)
    if len(wanted) > limit:
        raise request.invalid(name, f"at most {limit} values")
    if not wanted:
        return list(items)
    return [each for each in items if not frozenset(wanted).isdisjoint(values(each))]


def gwlb_name(request: Request, name: str, default: str = "") -> str:
    """A name: 2 to 128 letters, digits, `.`, `_` and `-`, the first one a letter."""
    text = request.text(name, default)
    if text and not _NAME.fullmatch(text):
        raise request.invalid(name, "2 to 128 of A-Z a-z 0-9 . _ -, beginning with a letter")
    return text
