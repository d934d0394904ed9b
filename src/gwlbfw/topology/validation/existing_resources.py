"""Checks of resources that exist already: ids, the fields beside them, and ownership."""

import re
from collections.abc import Iterator

from gwlbfw.topology.business_vpc import BusinessVpc, Ipv4Gateway
from gwlbfw.topology.models import Topology
from gwlbfw.topology.parts import (
    Eip,
    Machine,
    ManagedObject,
    RouteTableChoice,
    SecurityGroupChoice,
    Subnet,
)
from gwlbfw.topology.security_vpc import SecurityVpc
from gwlbfw.topology.validation.problem import Problem
from gwlbfw.topology.validation.traversal import managed_objects, vpcs, walk
from gwlbfw.topology.wording import alternatives, describe, quote
from gwlbfw.topology.yaml.source import YamlPath

_PREFIXES: tuple[tuple[type[ManagedObject], str], ...] = (
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
_BESIDE_ID: tuple[tuple[type[ManagedObject], frozenset[str]], ...] = (
    (Machine, _ALWAYS | {"eip"}),
    (Eip, _ALWAYS),
)
"""Fields that may stand beside an `id`, of kinds whose other fields define what to create."""


def _id(part: ManagedObject) -> str | None:
    found = getattr(part, "id", None)
    return found if isinstance(found, str) else None


def _prefix(part: ManagedObject) -> str:
    return next((prefix for kind, prefix in _PREFIXES if isinstance(part, kind)), "")


def ids(topology: Topology) -> Iterator[Problem]:
    """An id has the prefix of its kind."""
    for path, part in managed_objects(topology):
        identity, prefix = _id(part), _prefix(part)
        if identity is None:
            continue
        if not (identity.startswith(prefix) and _REST.fullmatch(identity.removeprefix(prefix))):
            message = f"{quote(identity)} can't be the id of {describe(path)}"
            hint = f"an id of this kind starts with {quote(prefix)}"
            yield Problem("id", (*path, "id"), message, hint)


def duplicate_ids(topology: Topology) -> Iterator[Problem]:
    """One id names one resource; route tables may be shared, which has its own check."""
    first: dict[str, YamlPath] = {}
    for path, part in managed_objects(topology):
        identity = _id(part)
        if identity is None or isinstance(part, RouteTableChoice):
            continue
        other = first.setdefault(identity, path)
        # A GWLBe subnet that is a business subnet too has a message of its own.
        if other != path and ("gwlbe_subnet" in other) == ("gwlbe_subnet" in path):
            message = f"{quote(identity)} is {describe(other)} already"
            yield Problem("id-twice", (*path, "id"), message, "one id names one thing")


def id_or_definition(topology: Topology) -> Iterator[Problem]:
    """A resource has an `id` or the fields that define it, not both."""
    for path, part in managed_objects(topology):
        if isinstance(part, BusinessVpc | SecurityVpc | Subnet):
            if (part.cidr is None) == (part.id is None):
                message = f"{describe(path)} needs either `cidr` or `id`"
                hint = "`cidr` creates it, `id` names one that exists"
                yield Problem("cidr-or-id", path, message, hint, at_key=True)
        elif _id(part) is not None:
            yield from _beside_id(path, part)


def _beside_id(path: YamlPath, part: ManagedObject) -> Iterator[Problem]:
    allowed = next((names for kind, names in _BESIDE_ID if isinstance(part, kind)), None)
    extra = sorted(part.model_fields_set - allowed) if allowed else []
    if extra:
        verb = "say" if len(extra) > 1 else "says"
        message = (
            f"{alternatives(extra, 'and')} {verb} how to create {describe(path)}, which has an `id`"
        )
        hint = "leave out the `id` or the rest"
        yield Problem("beside-id", (*path, extra[0]), message, hint, at_key=True)


def ownership(topology: Topology) -> Iterator[Problem]:
    """Only existing resources are adopted; only owned ones are named, tagged and protected."""
    for path, part in managed_objects(topology):
        if _id(part) is None:
            if part.adopt:
                message = f"there is nothing to adopt: {describe(path)} has no `id`"
                yield Problem("adopt", (*path, "adopt"), message, at_key=True)
        elif not part.adopt:
            for field in sorted({"name", "tags", "protect"} & part.model_fields_set):
                message = f"{quote(field)} has no effect on what exists and is not adopted"
                hint = "`adopt: true` takes ownership of it"
                at = (*path, field)
                yield Problem("no-effect", at, message, hint, severity="warning", at_key=True)


def vpcs_of_existing(topology: Topology) -> Iterator[Problem]:
    """An existing resource can't be in a VPC that is yet to be created; EIPs are in none."""
    for vpc_path, vpc in vpcs(topology):
        if vpc.id is not None or vpc.cidr is None:
            continue
        for path, part in walk(vpc, vpc_path):
            if not isinstance(part, ManagedObject) or path == vpc_path or isinstance(part, Eip):
                continue
            identity = _id(part)
            if identity is not None:
                where = f"{describe(vpc_path)}, which is to be created"
                message = f"{quote(identity)} can't be in {where}"
                hint = "give the VPC's own `id`, or leave this one out"
                yield Problem("not-there-yet", (*path, "id"), message, hint)
