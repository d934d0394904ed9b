"""The errors of a plan that the graphs alone show."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from ipaddress import ip_network

from gwlbfw import layout
from gwlbfw.address import Address
from gwlbfw.cloud.reply_fields import is_true
from gwlbfw.diagnostics import Diagnostic, error
from gwlbfw.diff import Change
from gwlbfw.layout import Role
from gwlbfw.resources import Instance, LoadBalancer, Route, Rule, SecurityGroup
from gwlbfw.resources.facts import Forwarding
from gwlbfw.resources.graph import Live, ResourceGraph
from gwlbfw.resources.next_hop import ENDPOINT
from gwlbfw.resources.resource import kinds
from gwlbfw.topology.models import Topology


def protection_errors(changes: Sequence[Change], known: ResourceGraph) -> Iterator[Diagnostic]:
    """No plan may delete or replace what is protected, in the file or when last applied."""
    for change in changes:
        if change.action not in ("delete", "replace"):
            continue
        nodes = (change.towards, known.get(change.address))
        if any(node.protect for node in nodes if node):
            yield error(
                "protected",
                f"{change.address} is protected, and the plan would "
                f"{change.action} it ({change.reason})",
                subject=change.address,
                hint="remove `protect: true` from it first, if this is meant",
            )


def deletion_protection_errors(changes: Sequence[Change], live: Live) -> Iterator[Diagnostic]:
    """No plan that the cloud would stop half-way: what it protects is neither deleted nor replaced.

    Every product that has such a protection answers it by one name (ECS API, DescribeInstances; VPC
    API, DescribeEipAddresses and DescribeNatGateways).
    """
    for change in changes:
        raw = live.raw.get(change.address, {})
        if change.action in ("delete", "replace") and is_true(raw.get("DeletionProtection")):
            yield error(
                "deletion-protection",
                f"{change.address} has deletion protection in the cloud, and the plan would "
                f"{change.action} it ({change.reason})",
                subject=change.address,
                hint=f"switch the deletion protection of {change.id} off first, if this is meant",
            )


def exchanged_subnet_errors(changes: Sequence[Change], topology: Topology) -> Iterator[Diagnostic]:
    """A load balancer leaves no subnet while it serves the zone, so its subnet can't be replaced.

    GWLB API, UpdateLoadBalancerZones; VPC API, DeleteVSwitch.
    """
    replaced = {each.address: each for each in changes if each.action == "replace"}
    for change in changes:
        was, towards = change.was, change.towards
        if not was or not towards or change.action == "replace":
            continue
        if isinstance(was.resource, LoadBalancer) and isinstance(towards.resource, LoadBalancer):
            for zone, subnet in was.resource.zones.items():
                stays = towards.resource.zones.get(zone) == subnet
                if stays and (doomed := replaced.get(Address(subnet))):
                    yield error(
                        "subnet-in-use",
                        f"{subnet} can't be replaced ({doomed.reason}) while {change.address} is "
                        "in it",
                        place=topology.place("security_vpc", "zones", zone, "subnet"),
                        hint="run `gwlbfw destroy` and then `gwlbfw apply`, which make all of the "
                        "stack anew; or take the zone out of the file, business subnets included, "
                        "and apply, then add it again as it should be, with new keys for running "
                        "appliances with `bootstrap: iptables`",
                    )


def traffic_cut_errors(
    changes: Sequence[Change], target: ResourceGraph, live: Live
) -> Iterator[Diagnostic]:
    """Nothing that carries traffic is deleted or replaced while the routes stay that lead to it."""
    stays = {
        endpoint
        for address, node in live.nodes.items()
        if isinstance(route := node.resource, Route)
        and route.next_hop_type == ENDPOINT
        and (endpoint := route.next_hop.address) is not None
        and address in target
    }
    of_vpc: defaultdict[str, list[Address]] = defaultdict(list)
    for each in stays:
        of_vpc[layout.parse(each).vpc].append(each)
    for change in changes:
        address = change.address
        gone = change.action in ("delete", "replace")
        torn = frozenset() if gone else _zones_lost(change)
        if change.restores or not (gone or torn) or not kinds()[address.kind].interrupts_traffic:
            continue
        # What lies in a business VPC is on the way of that VPC's traffic alone.
        vpc = layout.parse(address).vpc
        through = [e for e in (of_vpc[vpc] if vpc else stays) if _leads_through(e, address)]
        if (gone and through) or any(layout.parse(each).zone in torn for each in through):
            verb = change.action if gone else "take a zone from"
            yield error(
                "cuts-traffic",
                f"the plan would {verb} {address}, which traffic depends on ({change.reason})",
                subject=address,
                hint="remove the zone or VPC from the topology and apply, then add it again",
            )


def _zones_lost(change: Change) -> frozenset[str]:
    """The zones that an endpoint or the load balancer is taken out of, or moved within."""
    was = getattr(change.was and change.was.resource, "zones", {})
    towards = getattr(change.towards and change.towards.resource, "zones", {})
    if "zones" not in change.changed:
        return frozenset()
    return frozenset(zone for zone, vswitch in was.items() if towards.get(zone) != vswitch)


def _leads_through(endpoint: Address, address: Address) -> bool:
    """True if the path through this endpoint, forward or return, depends on `address`."""
    cls = kinds()[address.kind]
    at, here = layout.parse(endpoint), layout.parse(address)
    wide = here.zone in ("", at.zone) and not here.name and not here.destination
    if not cls.interrupts_traffic:
        return False
    match cls.forwarding:
        case Forwarding.INSPECTION:
            return wide
        case Forwarding.ENDPOINT:
            return address == endpoint
        case Forwarding.SUBNET_PATH:
            return wide and here.vpc == at.vpc and here.role in (None, Role.GWLBE, Role.GATEWAY)
        case Forwarding.NONE:
            return False


def closed_group_errors(
    target: ResourceGraph, live: Live, needed: Sequence[Rule]
) -> Iterator[Diagnostic]:
    """Existing groups of appliances must let in Geneve and the probe from the load balancer."""
    for address, node in target.items():
        instance = node.resource
        if not isinstance(instance, Instance) or not layout.is_appliance(address):
            continue
        groups = list(_groups(instance, target, live))
        if not groups or any(group is None for group in groups):
            continue
        rules = [rule for group in groups if group for rule in group.rules]
        closed = [each for each in needed if not any(_covers(rule, each) for rule in rules)]
        if closed:
            yield error(
                "group-closed",
                f"the security groups of {address} don't let in {'; '.join(map(str, closed))}",
                subject=address,
                hint="the Gateway Load Balancer sends traffic and probes from there: open it",
            )


def _groups(
    instance: Instance, target: ResourceGraph, live: Live
) -> Iterator[SecurityGroup | None]:
    for ref in instance.security_groups or ():
        node = target.get(ref.address) if ref.address else live.others.get(ref)
        yield node.resource if node and isinstance(node.resource, SecurityGroup) else None


def _covers(rule: Rule, needed: Rule) -> bool:
    if rule.policy != "accept" or rule.protocol not in ("all", needed.protocol):
        return False
    if rule.protocol != "all" and not _spans(rule.ports, needed.ports):
        return False
    try:
        return ip_network(needed.source).subnet_of(ip_network(rule.source))  # type: ignore[arg-type]
    except (ValueError, TypeError):
        return False  # another group, a prefix list or IPv6: not the load balancer's addresses


def _spans(ports: str, needed: str) -> bool:
    try:
        (low, high), (first, last) = (map(int, each.split("/")) for each in (ports, needed))
    except ValueError:
        return False
    return low == -1 or (low <= first and last <= high)
