"""Pages, names and descriptions of the PrivateLink API's calls."""

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

from gwlbfw.sim.services.paging import page_by_token
from gwlbfw.sim.services.request import Params, Request
from gwlbfw.sim.wire import Json, Reply

T = TypeVar("T")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{1,127}")


def list_page(
    request: Request,
    name: str,
    items: Sequence[T],
    show: Callable[[T], Json],
    maximum: int = 50,
) -> Reply:
    """One page of a listing, of 50 entries unless MaxResults says otherwise."""
    page = page_by_token(request, items, default=50, maximum=maximum)
    return {name: [show(each) for each in page.items], **page.fields}


def with_total_as_text(reply: Reply) -> Reply:
    """The page with its TotalCount as a string, which some of the listings have."""
    return {**reply, "TotalCount": str(reply["TotalCount"])}


def endpoint_name(params: Params, default: str = "") -> str:
    """A name: 2 to 128 letters, digits, `_` and `-`, the first one a letter."""
    text = params.text("EndpointName", default)
    if text and not _NAME.fullmatch(text):
        raise params.invalid("EndpointName", "2 to 128 of A-Z a-z 0-9 _ -, the first a letter")
    return text


def description(params: Params, name: str, default: str = "") -> str:
    """A description: 2 to 256 characters, not beginning like a URL."""
    text = params.text(name, default)
    if text and (not 2 <= len(text) <= 256 or text.startswith(("http://", "https://"))):
        raise params.invalid(name, "2 to 256 characters, not beginning with http:// or https://")
    return text
