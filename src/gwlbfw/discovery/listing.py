"""Listing what is there: calls bounded by kinds, pages and parents, and as parallel as can be."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from gwlbfw.cloud.call import Call, Raw, Value
from gwlbfw.cloud.client import ApiClient
from gwlbfw.cloud.reply_fields import texts_at
from gwlbfw.cloud.reply_validation import require_id
from gwlbfw.discovery.scope import Scope
from gwlbfw.errors import Missing
from gwlbfw.layout import SECURITY_VPC
from gwlbfw.resources.resource import Found, Listing, kinds

Snapshot = Mapping[str, Sequence[Found]]
"""Everything listed, by kind."""


@dataclass(frozen=True)
class _Ask:
    kind: str
    listing: Listing
    call: Call
    parent: str
    detail: bool


async def observe(api: ApiClient, scope: Scope) -> Snapshot:
    """All that concerns the stack, as the cloud tells it."""
    seen: dict[str, list[Found]] = {}
    left = [(kind, each) for kind, cls in kinds().items() for each in cls.listings]
    while wave := [(kind, each) for kind, each in left if not each.per or each.per in seen]:
        left = [each for each in left if each not in wave]
        asks = [ask for kind, listing in wave for ask in _asks(scope, kind, listing, seen)]
        answers = await asyncio.gather(*(_answer(api, each) for each in asks))
        for kind, _ in wave:
            seen.setdefault(kind, [])
        for ask, raws in zip(asks, answers, strict=True):
            _take(seen, ask, raws)
    return seen


def _asks(
    scope: Scope, kind: str, listing: Listing, seen: Mapping[str, list[Found]]
) -> Iterator[_Ask]:
    if not listing.per:
        for account in sorted(scope.accounts(listing.of)):
            call = replace(listing.call, account=account)
            yield _Ask(kind, listing, call, "", detail=False)
        return
    parents = [
        each
        for each in seen[listing.per]
        if listing.parents(each) and _of_interest(scope, listing, each, seen)
    ]
    ids = [(each.account, each.text(kinds()[listing.per].id_field)) for each in parents]
    for account in sorted({account for account, _ in ids}):
        own = [cloud_id for whose, cloud_id in ids if whose == account]
        for start in range(0, len(own), listing.batch):
            batch = own[start : start + listing.batch]
            value: Value = list[Value](batch) if listing.batch > 1 else batch[0]
            params = {**listing.call.params, listing.parent_param: value}
            call = replace(listing.call, params=params, account=account)
            yield _Ask(kind, listing, call, batch[0], detail=listing.per == kind)


def _of_interest(
    scope: Scope, listing: Listing, parent: Found, seen: Mapping[str, list[Found]]
) -> bool:
    """Whether a parent is looked into: the stack's own, what it names, and what these are in."""
    kind = listing.per
    if kind == "vpc":
        side = vpc_side(scope, parent, seen)
        return side is not None and listing.of in ("both", side)
    if kind == "route_table":
        return True  # all of those of the business VPCs: their routes decide where traffic goes
    if kind == "security_group" and scope.known("vpc", _vpc_of(parent, seen) or parent):
        return scope.known(kind, parent) or _guards_named(scope, parent, seen)
    return scope.known(kind, parent)


def vpc_side(scope: Scope, vpc: Found, seen: Mapping[str, Sequence[Found]]) -> str | None:
    """`business` or `security`, or None for a VPC that does not concern the stack."""
    vpc_id = vpc.text("VpcId")
    tagged = scope.tags("vpc", vpc)
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
    """Whether an instance that the file names is in this security group."""
    group_id = group.text("SecurityGroupId")
    for instance in seen.get("instance", []):
        ids = texts_at(instance.raw, "SecurityGroupIds.SecurityGroupId")
        if group_id in ids and scope.known("instance", instance):
            return True
    return False


async def _answer(api: ApiClient, ask: _Ask) -> list[Raw]:
    try:
        return await api.list_all(ask.call, ask.listing.items)
    except Missing:
        return []  # the parent went away between two calls


def _take(seen: dict[str, list[Found]], ask: _Ask, raws: Sequence[Raw]) -> None:
    account = ask.call.account or ""
    id_field = kinds()[ask.kind].id_field
    if id_field and not ask.detail:
        for raw in raws:
            require_id(raw, id_field, ask.call.name)
    found = seen.setdefault(ask.kind, [])
    if not ask.detail:
        found += [Found(raw, account, ask.parent) for raw in raws]
        return
    for number, each in enumerate(found):
        if each.text(id_field) == ask.parent:
            found[number] = replace(each, parts={**each.parts, ask.call.action: tuple(raws)})
