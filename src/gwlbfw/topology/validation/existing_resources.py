"""What exists already: ids, what goes beside them, and ownership."""

import re
from collections.abc import Iterator

from gwlbfw.topology.business_vpc import BusinessVpc, Ipv4Gateway
from gwlbfw.topology.models import Topology
from gwlbfw.topology.parts import (
    Created,
    Eip,
    Machine,
    RouteTableChoice,
    SecurityGroupChoice,
    Subnet,
)
from gwlbfw.topology.security_vpc import SecurityVpc
from gwlbfw.topology.validation.finding import Finding
from gwlbfw.topology.validation.traversal import created, vpcs
from gwlbfw.topology.wording import called, listed, quoted
from gwlbfw.topology.yaml.source import YamlPath

_PREFIXES: tuple[tuple[type[Created], str], ...] = (
    (BusinessVpc, "vpc-"),
    (SecurityVpc, "vpc-"),
    (Subnet, "vsw-"),
    (RouteTableChoice, "vtb-"),
    (SecurityGroupChoice, "sg-"),
    (Ipv4Gateway, "ipv4gw-"),
    (Machine, "i-"),
    (Eip, "eip-"),
)
_REST = re.compile(r"[A-Za-z0-9-]{1,60}")
_ALWAYS = frozenset({"id", "name", "tags", "protect", "adopt"})
_BESIDE_ID: tuple[tuple[type[Created], frozenset[str]], ...] = (
    (Machine, _ALWAYS | {"eip"}),
    (Eip, _ALWAYS),
)
"""What may stand beside an `id` where the other fields say how to create it."""


def _id(part: Created) -> str | None:
    found = getattr(part, "id", None)
    return found if isinstance(found, str) else None


def _prefix(part: Created) -> str:
    return next((prefix for kind, prefix in _PREFIXES if isinstance(part, kind)), "")


def ids(topology: Topology) -> Iterator[Finding]:
    """An id starts with what its kind's ids start with."""
    for path, part in created(topology):
        identity, prefix = _id(part), _prefix(part)
        if identity is None:
            continue
        if not (identity.startswith(prefix) and _REST.fullmatch(identity.removeprefix(prefix))):
            message = f"{quoted(identity)} can't be the id of {called(path)}"
            hint = f"an id of this kind starts with {quoted(prefix)}"
            yield Finding("id", (*path, "id"), message, hint)


def used_twice(topology: Topology) -> Iterator[Finding]:
    """One id is one thing; a route table may serve several subnets, which has its own check."""
    first: dict[str, YamlPath] = {}
    for path, part in created(topology):
        identity = _id(part)
        if identity is None or isinstance(part, RouteTableChoice):
            continue
        other = first.setdefault(identity, path)
        # A GWLBe subnet that is a business subnet too has a message of its own.
        if other != path and ("gwlbe_subnet" in other) == ("gwlbe_subnet" in path):
            message = f"{quoted(identity)} is {called(other)} already"
            yield Finding("id-twice", (*path, "id"), message, "one id names one thing")


def chosen_or_created(topology: Topology) -> Iterator[Finding]:
    """What exists has an `id`, and nothing beside it that says how to create it."""
    for path, part in created(topology):
        if isinstance(part, BusinessVpc | SecurityVpc | Subnet):
            if (part.cidr is None) == (part.id is None):
                message = f"{called(path)} needs either `cidr` or `id`"
                hint = "`cidr` creates it, `id` names one that exists"
                yield Finding("cidr-or-id", path, message, hint, of_key=True)
        elif _id(part) is not None:
            yield from _beside_id(path, part)


def _beside_id(path: YamlPath, part: Created) -> Iterator[Finding]:
    allowed = next((names for kind, names in _BESIDE_ID if isinstance(part, kind)), None)
    extra = sorted(part.model_fields_set - allowed) if allowed else []
    if extra:
        verb = "say" if len(extra) > 1 else "says"
        message = f"{listed(extra, 'and')} {verb} how to create {called(path)}, which has an `id`"
        hint = "leave out the `id` or the rest"
        yield Finding("beside-id", (*path, extra[0]), message, hint, of_key=True)


def ownership(topology: Topology) -> Iterator[Finding]:
    """Only what exists is adopted; only what the stack owns is named, tagged and protected."""
    for path, part in created(topology):
        if _id(part) is None:
            if part.adopt:
                message = f"there is nothing to adopt: {called(path)} has no `id`"
                yield Finding("adopt", (*path, "adopt"), message, of_key=True)
        elif not part.adopt:
            for field in sorted({"name", "tags", "protect"} & part.model_fields_set):
                message = f"{quoted(field)} has no effect on what exists and is not adopted"
                hint = "`adopt: true` takes ownership of it"
                at = (*path, field)
                yield Finding("no-effect", at, message, hint, severity="warning", of_key=True)


def inside_what_exists(topology: Topology) -> Iterator[Finding]:
    """What exists can't be in a VPC that is yet to be created; EIPs are in none."""
    for vpc_path, vpc in vpcs(topology):
        if vpc.id is not None or vpc.cidr is None:
            continue
        for path, part in created(topology):
            if path[: len(vpc_path)] != vpc_path or path == vpc_path or isinstance(part, Eip):
                continue
            identity = _id(part)
            if identity is not None:
                where = f"{called(vpc_path)}, which is to be created"
                message = f"{quoted(identity)} can't be in {where}"
                hint = "give the VPC's own `id`, or leave this one out"
                yield Finding("not-there-yet", (*path, "id"), message, hint)
