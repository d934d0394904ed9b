"""Listing what is there: calls bounded by kinds, pages and parents, and as parallel as can be."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from gwlbfw.cloud.call import Call, Raw
from gwlbfw.cloud.reply_fields import texts_at
from gwlbfw.cloud.reply_validation import require_id
from gwlbfw.discovery.fetch import Fetcher, child_calls, root_call
from gwlbfw.discovery.scope import Scope
from gwlbfw.errors import Missing
from gwlbfw.layout import SECURITY_VPC
from gwlbfw.resources.facts import ListedBelow
from gwlbfw.resources.resource import Found, Listing, kinds
from gwlbfw.resources.tags import tags_of

Snapshot = Mapping[str, Sequence[Found]]
"""Everything listed, by kind."""


@dataclass(frozen=True)
class _Request:
    """One list call of a kind, and the parent that it is about, if it is about one."""

    kind: str
    listing: Listing
    call: Call
    parent: str
    detail: bool
    """True if it lists parts of objects that are listed already."""


async def fetch_snapshot(fetcher: Fetcher, scope: Scope) -> Snapshot:
    """Fetch the lists of every kind, as far as they concern the stack."""
    seen: dict[str, list[Found]] = {}
    left = [(kind, each) for kind, cls in kinds().items() for each in cls.listings]
    while wave := [(kind, each) for kind, each in left if not each.per or each.per in seen]:
        left = [each for each in left if each not in wave]
        requests = [
            each for kind, listing in wave for each in _requests(scope, kind, listing, seen)
        ]
        answers = await asyncio.gather(*(_fetch(fetcher, each) for each in requests))
        for kind, _ in wave:
            seen.setdefault(kind, [])
        for request, raws in zip(requests, answers, strict=True):
            _take(seen, request, raws)
    return seen


def _requests(
    scope: Scope, kind: str, listing: Listing, seen: Mapping[str, list[Found]]
) -> Iterator[_Request]:
    if not listing.per:
        for account in sorted(scope.accounts(listing.of)):
            call = root_call(listing, account)
            yield _Request(kind, listing, call, "", detail=False)
        return
    parents = [
        each
        for each in seen[listing.per]
        if listing.parents(each) and _of_interest(scope, listing, each, seen)
    ]
    ids = [(each.account, each.text(kinds()[listing.per].id_field)) for each in parents]
    for account in sorted({account for account, _ in ids}):
        own = [cloud_id for whose, cloud_id in ids if whose == account]
        for batch, call in child_calls(listing, own, account):
            yield _Request(kind, listing, call, batch[0], detail=listing.per == kind)


def _of_interest(
    scope: Scope, listing: Listing, parent: Found, seen: Mapping[str, list[Found]]
) -> bool:
    """True if a parent is looked into: the stack's own, what it names, and what these are in."""
    below = kinds()[listing.per].listed_below
    if below is ListedBelow.EVERY:
        return True
    if below is ListedBelow.SIDE:
        side = vpc_side(scope, parent, seen)
        return side is not None and listing.of in ("both", side)
    if scope.known(listing.per, parent):
        return True
    in_vpc = below is ListedBelow.GUARDS and scope.known("vpc", _vpc_of(parent, seen) or parent)
    return in_vpc and _guards_named(scope, parent, seen)


def vpc_side(scope: Scope, vpc: Found, seen: Mapping[str, Sequence[Found]]) -> str | None:
    """`business` or `security`, or None for a VPC that does not concern the stack."""
    vpc_id = vpc.text("VpcId")
    tagged = tags_of(kinds()["vpc"], vpc)
    address = scope.named.get(vpc_id) or scope.recorded.get(vpc_id)
    if address or scope.known("vpc", vpc):
        name = address or tagged.get("gwlbfw:address", "")
        return "security" if name == SECURITY_VPC else "business"
    for kind, cls in kinds().items():
        if cls.vpc_side is None:
            continue
        inside = (each for each in seen.get(kind, []) if each.text("VpcId") == vpc_id)
        if any(scope.known(kind, each) for each in inside):
            return cls.vpc_side
    return None


def _vpc_of(found: Found, seen: Mapping[str, list[Found]]) -> Found | None:
    vpc_id = found.text("VpcId")
    return next((each for each in seen.get("vpc", []) if each.text("VpcId") == vpc_id), None)


def _guards_named(scope: Scope, group: Found, seen: Mapping[str, list[Found]]) -> bool:
    """True if an instance that the file names is in this security group."""
    group_id = group.text("SecurityGroupId")
    for instance in seen.get("instance", []):
        ids = texts_at(instance.raw, "SecurityGroupIds.SecurityGroupId")
        if group_id in ids and scope.known("instance", instance):
            return True
    return False


async def _fetch(fetcher: Fetcher, request: _Request) -> list[Raw]:
    try:
        return await fetcher.fetch(request.call, request.listing.items)
    except Missing:
        if not request.listing.per:
            raise
        return []  # the parent went away between two calls


def _take(seen: dict[str, list[Found]], request: _Request, raws: Sequence[Raw]) -> None:
    """Add the objects that a request found, or the parts of one that is listed already."""
    account = request.call.account or ""
    id_field = kinds()[request.kind].id_field
    if id_field and not request.detail:
        for raw in raws:
            require_id(raw, id_field, request.call.name)
    found = seen.setdefault(request.kind, [])
    if not request.detail:
        found += [Found(raw, account, request.parent) for raw in raws]
        return
    for number, each in enumerate(found):
        if each.text(id_field) == request.parent:
            found[number] = replace(each, parts={**each.parts, request.call.action: tuple(raws)})
