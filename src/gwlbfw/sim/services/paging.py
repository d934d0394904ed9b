"""Pages of a list, as the products count them: by number or by token.

Pages are of items in the order in which they were made. A token says where the next page begins,
not how many items came before: what is deleted meanwhile makes no other item be missed or come
twice. It is good for the same list alone (UNVERIFIED: the pages call it opaque), so that a client
that changes its filters on the way is refused.
"""

import base64
import hashlib
import json
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from gwlbfw.sim.services.request import Request
from gwlbfw.sim.store.record import Record
from gwlbfw.sim.wire import Json

T = TypeVar("T")
R = TypeVar("R", bound=Record)
Place: TypeAlias = tuple[int | str, ...]
"""Where an item stands in its list, comparable with the places of the others."""
_HIGHEST = 2**31 - 1
"""The highest number of a page: the parameter is an Integer."""
_NOT_A_FILTER = frozenset(
    {"NextToken", "MaxResults", "MaxResult", "PageSize", "PageNumber", "RegionId"}
)


@dataclass(frozen=True)
class Page(Generic[T]):
    """The items of one page, and what the reply says about the page."""

    items: Sequence[T]
    fields: dict[str, Json]


def page_by_number(
    request: Request, items: Sequence[T], default: int = 10, maximum: int = 50
) -> Page[T]:
    """A page by PageNumber and PageSize (VPC's Describe actions; ECS's older form)."""
    number = request.number("PageNumber", 1, 1, _HIGHEST)
    size = request.number("PageSize", default, 1, maximum)
    start = (number - 1) * size
    fields: dict[str, Json] = {"TotalCount": len(items), "PageNumber": number, "PageSize": size}
    return Page(items[start : start + size], fields)


def page_by_token(
    request: Request,
    items: Sequence[T],
    default: int,
    maximum: int,
    size: str = "MaxResults",
    place: Callable[[T], Place] | None = None,
) -> Page[T]:
    """A page by NextToken and MaxResults (whose name varies); an empty token ends the list.

    Records are given in the order of their age. `place` gives the place of items that are none;
    without one, an item is found again by what it looks like.
    """
    if place is not None:
        items = sorted(items, key=place)
    elif items and isinstance(first := items[0], Record) and first.serial:
        place = _age
    start = _start(request, items, place)
    length = request.number(size, default, 1, maximum)
    end = start + length
    token = _token(request, items, end, place) if end < len(items) else ""
    fields: dict[str, Json] = {"TotalCount": len(items), size: length, "NextToken": token}
    return Page(items[start:end], fields)


def page_by_either(
    request: Request,
    items: Sequence[T],
    default: int,
    maximum: int,
    place: Callable[[T], Place] | None = None,
) -> Page[T]:
    """A page by NextToken if the call names it or MaxResults, by number otherwise (ECS)."""
    if "NextToken" in request or "MaxResults" in request:
        page = page_by_token(request, items, default, maximum, place=place)
        total, token = page.fields["TotalCount"], page.fields["NextToken"]
        return Page(page.items, {"TotalCount": total, "NextToken": token})
    page = page_by_number(request, items, default, maximum)
    return Page(page.items, {**page.fields, "NextToken": ""})


def oldest_first(records: Iterable[R]) -> list[R]:
    """Records that were named in any order, in the order of a list."""
    return sorted(records, key=_age)


def _age(item: object) -> Place:
    return (item.serial, item.id) if isinstance(item, Record) else ()


def _token(
    request: Request, items: Sequence[T], start: int, place: Callable[[T], Place] | None
) -> str:
    """The token of the page that begins with the item of this index."""
    where = place(items[start]) if place else (_looks(items[start]), start)
    text = json.dumps([_digest(request), *where])
    return base64.urlsafe_b64encode(text.encode()).decode()


def _start(request: Request, items: Sequence[T], place: Callable[[T], Place] | None) -> int:
    """The index of the first item of the page that a call asks for."""
    token = request.text("NextToken")
    if not token:
        return 0
    try:
        digest, *where = json.loads(base64.urlsafe_b64decode(token))
        if digest != _digest(request):
            raise request.invalid("NextToken", "it is the token of another list")
        if place:
            return bisect_left(items, tuple(where), key=place)
        look, index = where
        return next((n for n, each in enumerate(items) if _looks(each) == look), int(index))
    except (ValueError, TypeError):
        raise request.invalid("NextToken") from None


def _digest(request: Request) -> str:
    """The scope of a token: one action, account and region, with the same filters."""
    filters = {name: each for name, each in request.values.items() if name not in _NOT_A_FILTER}
    text = json.dumps([request.action, request.scope, filters], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _looks(item: object) -> str:
    """A digest of an item's content."""
    return hashlib.sha256(repr(item).encode()).hexdigest()[:16]
