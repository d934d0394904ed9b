"""Pages of a list, as the products count them: by number or by token."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from gwlbfw.sim.services.request import Request
from gwlbfw.sim.wire import Json

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """The items of one page, and what the reply says about the page."""

    items: Sequence[T]
    fields: dict[str, Json]


def page_by_number(
    request: Request, items: Sequence[T], default: int = 10, maximum: int = 50
) -> Page[T]:
    """A page by PageNumber and PageSize (VPC's Describe actions; ECS's older form)."""
    number = request.number("PageNumber", 1, 1)
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
) -> Page[T]:
    """A page by NextToken and MaxResults (whose name varies); an empty token ends the list."""
    start = _start(request)
    length = request.number(size, default, 1, maximum)
    end = start + length
    token = _token(request.action, end) if end < len(items) else ""
    fields: dict[str, Json] = {"TotalCount": len(items), size: length, "NextToken": token}
    return Page(items[start:end], fields)


def page_by_either(request: Request, items: Sequence[T], default: int, maximum: int) -> Page[T]:
    """A page by NextToken if the call names it or MaxResults, by number otherwise (ECS)."""
    if "NextToken" in request or "MaxResults" in request:
        page = page_by_token(request, items, default, maximum)
        total, token = page.fields["TotalCount"], page.fields["NextToken"]
        return Page(page.items, {"TotalCount": total, "NextToken": token})
    page = page_by_number(request, items, default, maximum)
    return Page(page.items, {**page.fields, "NextToken": ""})


def _token(action: str, start: int) -> str:
    return base64.urlsafe_b64encode(f"{action}:{start}".encode()).decode()


def _start(request: Request) -> int:
    token = request.text("NextToken")
    if not token:
        return 0
    try:
        action, _, start = base64.urlsafe_b64decode(token).decode().partition(":")
    except ValueError:
        raise request.invalid("NextToken") from None
    if action != request.action or not start.isdecimal():
        raise request.invalid("NextToken")
    return int(start)
