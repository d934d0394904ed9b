"""Checks of zones: those of business VPCs and of the security VPC, and their contents."""

from collections.abc import Iterator

from gwlbfw.topology.models import Topology
from gwlbfw.topology.validation.names import is_region
from gwlbfw.topology.validation.problem import Problem
from gwlbfw.topology.validation.traversal import PlacedSubnet, subnets, vpcs
from gwlbfw.topology.wording import describe, display, quote
from gwlbfw.topology.yaml.source import YamlPath


def zone_ids(topology: Topology) -> Iterator[Problem]:
    """A zone's id starts with that of its region."""
    if not is_region(topology.region):
        return
    for path, vpc in vpcs(topology):
        for zone in vpc.zones:
            if not zone.startswith(topology.region):
                message = f"zone {quote(zone)} is not in region {quote(topology.region)}"
                hint = "a zone's id starts with its region's"
                at = (*path, "zones", zone)
                yield Problem("zone-region", at, message, hint, at_key=True)


def not_empty(topology: Topology) -> Iterator[Problem]:
    """There is a business VPC, and a zone and a subnet in it."""
    if not topology.business_vpcs:
        yield _absent(("business_vpcs",), "there is no business VPC to protect")
    for path, vpc in vpcs(topology):
        if not vpc.zones:
            yield _absent((*path, "zones"), f"{describe(path)} has no zone")
    for key, business in topology.business_vpcs.items():
        for zone, parts in business.zones.items():
            if not parts.subnets:
                at = ("business_vpcs", key, "zones", zone, "subnets")
                yield _absent(at, f"zone {quote(zone)} has no business subnet to protect")


def _absent(path: YamlPath, message: str) -> Problem:
    return Problem("nothing-there", path, message, at_key=True, about_absence=True)


def zones_of_security_vpc(topology: Topology) -> Iterator[Problem]:
    """The endpoint service has a resource in each endpoint's zone (PrivateLink quick start)."""
    served = sorted(topology.security_vpc.zones)
    if not served:
        return  # `not_empty` reports that it has none.
    for key, vpc in topology.business_vpcs.items():
        for zone in vpc.zones:
            if zone not in topology.security_vpc.zones:
                message = f"zone {quote(zone)} is not a zone of the security VPC"
                hint = (
                    "an endpoint's zones must be a subset of the endpoint service's, "
                    f"which are those of the security VPC: {', '.join(map(display, served))}"
                )
                at = ("business_vpcs", key, "zones", zone)
                yield Problem("zone-subset", at, message, hint, at_key=True, about_absence=True)


def endpoint_subnets(topology: Topology) -> Iterator[Problem]:
    """A GWLBe subnet holds the endpoint alone: its table would send a server's traffic past it."""
    business = {_identity(each): each for each in subnets(topology) if each.role == "business"}
    for each in subnets(topology):
        other = business.get(_identity(each)) if each.role == "gwlbe" else None
        if other is not None and _identity(each)[1] is not None:
            message = f"the GWLBe subnet of zone {quote(each.zone)} is also {describe(other.path)}"
            hint = "give the endpoint a subnet of its own: the two need different route tables"
            yield Problem("gwlbe-subnet", each.path, message, hint, at_key=True)


def _identity(placed: PlacedSubnet) -> tuple[YamlPath, object]:
    """The identity of a subnet: its id, or its block within its VPC."""
    if placed.subnet.id is not None:
        return (), placed.subnet.id
    return placed.vpc, placed.cidr


def subnet_keys(topology: Topology) -> Iterator[Problem]:
    """A subnet's address has no zone in it, and a table's has the one or the other."""
    for key, vpc in topology.business_vpcs.items():
        seen: dict[str, str] = {}
        for zone, parts in vpc.zones.items():
            for name in parts.subnets:
                at = ("business_vpcs", key, "zones", zone, "subnets", name)
                if name in seen:
                    message = f"there is a subnet {quote(name)} in zone {quote(seen[name])} already"
                    hint = "a subnet's key is unique within its VPC"
                    yield Problem("subnet-key", at, message, hint, at_key=True)
                if name in vpc.zones:
                    message = f"subnet {quote(name)} has the key of a zone"
                    hint = "their route tables would have one address"
                    yield Problem("subnet-key", at, message, hint, at_key=True)
                seen.setdefault(name, zone)
