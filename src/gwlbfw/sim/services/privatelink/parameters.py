"""What the PrivateLink API's calls have in common: one at a time, pages, names.

Source: PrivateLink API, the actions' descriptions ("you cannot repeatedly call … within the
specified period of time") and terraform-provider-alicloud, which retries
ConcurrentCallNotSupported. How long a call is under way is UNVERIFIED: here, as long as the
status that it brings about.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from gwlbfw.sim.errors import Refusal
from gwlbfw.sim.services.paging import tokened
from gwlbfw.sim.services.request import Params, Request
from gwlbfw.sim.store.record import GONE, Record
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply

T = TypeVar("T")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{1,127}")


@dataclass(kw_only=True, eq=False)
class CallUnderWay(Record, kind="privatelink_call", prefix="call", product=""):
    """That a service, an endpoint or an account is being worked on; the id says which."""

    @property
    def implicit(self) -> bool:
        return True


def account_of(region: Region) -> str:
    """What a call claims that can't be made twice at once in a whole account."""
    return f"{region.account}/{region.name}"


def refuse_if_busy(region: Region, *subjects: str) -> None:
    """Refuse a call while another one works on one of these."""
    for subject in subjects:
        if region.state.find(_id(subject)) is not None:
            raise Refusal(
                "ConcurrentCallNotSupported",
                f"Another call for {subject} is being processed. Try again later.",
            )


def claim(region: Region, *subjects: str, transitions: int = 1) -> None:
    """Refuse a call while another one works on one of these; if none does, this one does now."""
    refuse_if_busy(region, *subjects)
    for subject in subjects:
        record = region.add(CallUnderWay(id=_id(subject)))
        lasts = region.lasts(record.kind, "Processing", record.id) * transitions
        region.begin(record, "Processing", GONE, after=lasts)


def _id(subject: str) -> str:
    return f"call:{subject}"


def listed(
    request: Request,
    name: str,
    items: Sequence[T],
    show: Callable[[T], Json],
    maximum: int = 50,
) -> Reply:
    """One page of a listing, of 50 entries unless MaxResults says otherwise."""
    page = tokened(request, items, default=50, maximum=maximum)
    return {name: [show(each) for each in page.items], **page.fields}


def total_as_text(reply: Reply) -> Reply:
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
