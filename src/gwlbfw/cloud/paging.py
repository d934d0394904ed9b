"""Paging: reading a listing page by page, in each style that the products have."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from gwlbfw.cloud.call import Call, Json, Raw, Value, objects
from gwlbfw.diagnostics import one_line
from gwlbfw.errors import GwlbfwError, ReplyError
from gwlbfw.openapi import catalogue

MAX_PAGES = 1000
_DIGITS = re.compile(r"[0-9]{1,18}")
_TOO_MANY = 10**18

_PAGE_SIZE = {"vpc": 50, "gwlb": 1000, "privatelink": 50, "ecs": 100}
"""The largest page that every listing of a product accepts (vendor's API metadata)."""

_PAGE_SIZE_OF = {
    # Where the listing itself allows more, or less, than the rest of its product.
    ("vpc", "DescribeEipAddresses"): 100,
    ("vpc", "DescribeRouteEntryList"): 100,
    ("vpc", "ListIpv4Gateways"): 100,
    ("vpc", "ListGatewayRouteTableEntries"): 100,
    ("privatelink", "ListVpcEndpoints"): 1000,
    ("privatelink", "ListVpcEndpointServices"): 1000,
    ("ecs", "DescribeSecurityGroupAttribute"): 1000,
    ("ecs", "DescribeNetworkInterfaces"): 500,
    ("ecs", "DescribeInstanceTypes"): 1600,
    ("ecs", "DescribeInstanceStatus"): 50,
    ("ecs", "DescribeInvocationResults"): 50,
    ("ecs", "DescribeInvocations"): 50,
    ("ecs", "DescribeCloudAssistantStatus"): 50,
}


_MARKS = frozenset({"TotalCount", "NextToken", "MaxResults", "PageNumber", "PageSize"})
"""Fields that mark a reply as a listing, which may leave out an empty list."""


class PagingError(GwlbfwError):
    """A listing that has no end."""

    code = "paging"


@dataclass
class Paging:
    """The progress of reading one listing, and with it the next page."""

    name: str
    style: str
    """The parameter that counts: `NextToken`, `PageNumber`, or empty for a single page."""
    size_name: str
    size: int
    _pages: int = 0
    _found: int = 0
    _token: str = ""
    _tokens: set[str] = field(default_factory=set)
    _last: list[Raw] = field(default_factory=list)
    _over: bool = False

    @classmethod
    def of(cls, call: Call) -> Self:
        """The start of a listing, in the style that its parameters in the catalogue show."""
        action = catalogue().get((call.product, call.action))
        names = action.parameters.keys() if action else {}.keys()
        size = _PAGE_SIZE_OF.get((call.product, call.action), _PAGE_SIZE.get(call.product, 50))
        # A token continues where the last page ended, even if objects come and go meanwhile.
        if "NextToken" in names:
            sizes = [name for name in ("MaxResults", "MaxResult") if name in names]
            return cls(call.name, "NextToken", sizes[0] if sizes else "", size)
        if "PageNumber" in names:
            return cls(call.name, "PageNumber", "PageSize", size)
        return cls(call.name, "", "", size)

    def next_page(self) -> dict[str, Value] | None:
        """The parameters of the next page; None after the last. Raises PagingError."""
        if self._over:
            return None
        self._pages += 1
        if self._pages > MAX_PAGES:
            raise PagingError(f"{self.name} has no end: more than {MAX_PAGES} pages came")
        params: dict[str, Value] = {self.size_name: self.size} if self.size_name else {}
        if self.style == "PageNumber":
            params["PageNumber"] = self._pages
        elif self._token:
            params["NextToken"] = self._token
        return params

    def take(self, reply: Raw, items: str) -> None:
        """Take in a page, which shows if more follow. Raises PagingError, ReplyError."""
        page = objects(reply, items)
        count, total = len(page), _whole_number(reply.get("TotalCount"))
        self._require_listing(reply, items, count, total)
        if count and page == self._last:
            raise PagingError(f"{self.name} has no end: a page came again")
        self._last = page
        self._found += count
        if self.style == "NextToken":
            self._take_token(str(reply.get("NextToken") or ""))
        elif self.style == "PageNumber":
            self._over = not count or self._is_complete(count, total)
        else:
            self._over = True

    def _require_listing(self, reply: Raw, items: str, count: int, total: int | None) -> None:
        """Raise ReplyError for a page that would read as an empty list, but is none."""
        name = items.partition(".")[0]
        if self.style and name not in reply and not _MARKS & reply.keys():
            raise ReplyError(self.name, f"there is no `{name}` in it")
        if self._pages == 1 and total and not count and not reply.get("NextToken"):
            raise ReplyError(self.name, f"it lists nothing of {one_line(total, 30)} in all")

    def _is_complete(self, count: int, total: int | None) -> bool:
        # Not every listing has a total, and one that is too small is none.
        known = total is not None and total >= self._found
        return self._found == total if known else count < self.size

    def _take_token(self, token: str) -> None:
        if token in self._tokens:
            raise PagingError(f"{self.name} has no end: an earlier page's NextToken came again")
        self._tokens.add(token)
        self._token, self._over = token, not token


def _whole_number(value: Json) -> int | None:
    """A whole number, which some listings type as text; None for anything else."""
    if isinstance(value, int):
        return value if 0 <= value < _TOO_MANY else None
    return int(value) if isinstance(value, str) and _DIGITS.fullmatch(value) else None


def merge_pages(pages: Sequence[Raw], items: str) -> Raw:
    """The pages as one reply: the first, with the first list in the path `items` merged."""
    first, *others = pages
    name, _, rest = items.partition(".")
    if not others or not name:
        return first
    inner = [page[name] for page in pages if name in page]
    lists = [each for each in inner if isinstance(each, Sequence) and not isinstance(each, str)]
    if lists:
        return {**first, name: [item for each in lists for item in each]}
    nested = [each for each in inner if isinstance(each, Mapping)]
    return {**first, name: merge_pages(nested, rest)} if nested else first
