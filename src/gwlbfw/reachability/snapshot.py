"""From what the cloud says to the forwarding model."""

import re
from collections.abc import Iterator, Mapping, Sequence

from gwlbfw import layout
from gwlbfw.address import Address
from gwlbfw.cloud.call import Raw, objects
from gwlbfw.diagnostics import one_line
from gwlbfw.errors import ReplyError
from gwlbfw.reachability.model import (
    LOCAL,
    ROLES,
    Balancer,
    Endpoint,
    EndpointZone,
    Entry,
    Gateway,
    Listener,
    Member,
    NatGateway,
    Network,
    NextHop,
    Role,
    ServerGroup,
    Service,
    Subnet,
    Table,
    TargetGroup,
    Vpc,
)
from gwlbfw.reachability.observe import NetworkFacts
from gwlbfw.reachability.prefixes import Prefix
from gwlbfw.reachability.public_ips import machines, public_addresses
from gwlbfw.reachability.reading import text, texts, true

_LOCAL_HOPS = frozenset({"", "local"})
"""The next-hop types of a system entry, in any letter case (UNVERIFIED: no page shows it)."""
_WEIGHT = re.compile(r"[0-9]{1,9}")
_SPELLED = {"EcsInstance": "Instance"}
"""ListGatewayRouteTableEntries answers EcsInstance where the update takes Instance."""


def from_snapshot(
    facts: NetworkFacts,
    names: Mapping[str, Address] | None = None,
    wanted: Sequence[Address] = (),
) -> Network:
    """The forwarding model of live facts.

    With `names` (addresses by id) the business subnets among them are judged, and `wanted` ones
    that are not there are missing; without, every subnet is that has no endpoint in it.
    """
    names = names or {}
    subnets = _subnets(facts, names)
    return Network(
        vpcs={key: _vpc(raw) for key, raw in facts.vpcs.items()},
        subnets=subnets,
        tables={each.id: each for each in _tables(facts)},
        gateways={each.id: each for each in map(_gateway, facts.gateways)},
        endpoints={each.id: each for each in _endpoints(facts)},
        services={each.id: each for each in _services(facts)},
        balancers={each.id: each for each in _balancers(facts)},
        groups={each.id: each for each in _groups(facts)},
        nat_gateways={each.id: each for each in map(_nat, facts.nat_gateways)},
        target_groups={each.id: each for each in map(_target_group, facts.target_groups)},
        public_ips=public_addresses(facts, subnets),
        machines=machines(facts),
        labels={**names},
        missing=tuple(sorted(set(wanted) - {names.get(each) for each in subnets})),
        unread=dict(facts.unread),
    )


def _vpc(raw: Raw) -> Vpc:
    """SupportIpv4Gateway is true after activation, and where a deletion left no Internet."""
    cidrs = [text(raw, "CidrBlock"), *texts(raw, "SecondaryCidrBlocks.SecondaryCidrBlock")]
    return Vpc(
        text(raw, "VpcId"),
        tuple(_block(each, "vpc:DescribeVpcs") for each in cidrs if each),
        centralised=true(raw, "SupportIpv4Gateway"),
    )


def _subnets(facts: NetworkFacts, names: Mapping[str, Address]) -> dict[str, Subnet]:
    with_endpoint = {
        text(zone, "VSwitchId") for zones in facts.endpoint_zones.values() for zone in zones
    }
    found: dict[str, Subnet] = {}
    for raw in facts.vswitches:
        key = text(raw, "VSwitchId")
        role: Role = "gwlbe" if key in with_endpoint else "business"
        if names:
            role = _role(names.get(key), names.get(text(raw, "VpcId")))
        found[key] = Subnet(
            key,
            text(raw, "VpcId"),
            text(raw, "ZoneId"),
            _block(text(raw, "CidrBlock"), "vpc:DescribeVSwitches"),
            text(raw, "RouteTable.RouteTableId"),
            role,
            text(raw, "Status"),
        )
    return found


def _role(address: Address | None, vpc: Address | None) -> Role:
    if address is None:
        inside = vpc is not None and layout.parse(vpc).role is layout.Role.BUSINESS
        return "bystander" if inside else "other"
    return ROLES.get(layout.parse(address).role, "other")


def _tables(facts: NetworkFacts) -> Iterator[Table]:
    for raw in facts.tables:
        key = text(raw, "RouteTableId")
        entries: list[Entry] = []
        ipv6: dict[tuple[str, NextHop], None] = {}
        unreadable: list[str] = []
        for each in facts.entries.get(key, ()):
            destination, hops = text(each, "DestinationCidrBlock"), _hops(each)
            if ":" in destination:
                ipv6.update(dict.fromkeys((destination, hop) for hop in hops))
            elif (prefix := _prefix(destination)) is None:
                unreadable.append(destination)
            else:
                origin = text(each, "Type") or ("System" if hops == _AT_HOME else "Custom")
                entries.append(Entry(prefix, hops, origin, text(each, "Status") or "Available"))
        yield Table(
            key,
            text(raw, "VpcId"),
            tuple(dict.fromkeys(entries)),
            text(raw, "AssociateType") or "VSwitch",
            text(raw, "RouteTableType") == "System",
            text(raw, "Status") or "Available",
            tuple(ipv6),
            tuple(unreadable),
        )


_AT_HOME = (NextHop(LOCAL),)


def _block(block: str, action: str) -> Prefix:
    found = _prefix(block)
    if found is None:
        raise ReplyError(action, f"{one_line(block, _LONGEST)!r} is no CIDR block")
    return found


_LONGEST = 60


def _prefix(block: str) -> Prefix | None:
    try:
        return Prefix.parse(block)
    except ValueError:
        return None


def _hops(raw: Raw) -> tuple[NextHop, ...]:
    """The next hops that are enabled, in one form whichever of the listings they are from."""
    listed = objects(raw, "NextHops.NextHop") or [
        each for each in objects(raw, "NextHops") if "NextHop" not in each
    ]
    usable = [each for each in listed if text(each, "Enabled") not in ("0", "False")]
    if listed and not usable:
        return ()
    hops = tuple(_hop(each) for each in usable or [raw])
    return hops if len(hops) > 1 else (hops[0]._replace(weight=0),)


def _hop(raw: Raw) -> NextHop:
    kind = text(raw, "NextHopType")
    if kind.lower() in _LOCAL_HOPS:
        return NextHop(LOCAL)
    weight = text(raw, "Weight")
    return NextHop(
        _SPELLED.get(kind, kind),
        text(raw, "NextHopId"),
        int(weight) if _WEIGHT.fullmatch(weight) else 0,
    )


def _gateway(raw: Raw) -> Gateway:
    return Gateway(
        text(raw, "Ipv4GatewayId"),
        text(raw, "VpcId"),
        true(raw, "Enabled"),
        text(raw, "Ipv4GatewayRouteTableId"),
        text(raw, "Status"),
    )


def _endpoints(facts: NetworkFacts) -> Iterator[Endpoint]:
    for raw in facts.endpoints:
        key = text(raw, "EndpointId")
        zones = tuple(
            EndpointZone(text(each, "ZoneId"), text(each, "VSwitchId"), text(each, "ZoneStatus"))
            for each in facts.endpoint_zones.get(key, ())
        )
        yield Endpoint(
            key,
            text(raw, "VpcId"),
            text(raw, "ServiceId"),
            zones,
            text(raw, "ConnectionStatus"),
            text(raw, "EndpointStatus"),
        )


def _services(facts: NetworkFacts) -> Iterator[Service]:
    for key, raw in facts.services.items():
        resources = tuple(
            (text(each, "ZoneId"), text(each, "ResourceId"))
            for each in facts.service_resources.get(key, ())
        )
        yield Service(key, resources, text(raw, "ServiceStatus"))


def _balancers(facts: NetworkFacts) -> Iterator[Balancer]:
    listeners = {
        text(each, "LoadBalancerId"): Listener(
            text(each, "ListenerId"), text(each, "ServerGroupId"), text(each, "ListenerStatus")
        )
        for each in facts.listeners
    }
    for key, raw in facts.balancers.items():
        addresses = {
            text(each, "ZoneId"): text(each, "LoadBalancerAddresses.PrivateIpv4Address")
            for each in objects(raw, "ZoneMappings")
        }
        mode, status = text(raw, "TrafficMode"), text(raw, "LoadBalancerStatus")
        yield Balancer(key, addresses, mode, status, listeners.get(key))


def _groups(facts: NetworkFacts) -> Iterator[ServerGroup]:
    """Health is told by listener; the group's own listener is the one that counts."""
    health: dict[tuple[str, str], Raw] = {}
    for listener in facts.listeners:
        for each in facts.health.get(text(listener, "ListenerId"), ()):
            health[text(listener, "ServerGroupId"), text(each, "ServerId")] = each
    for raw in facts.groups:
        key = text(raw, "ServerGroupId")
        yield ServerGroup(
            key,
            tuple(
                _member(each, health.get((key, text(each, "ServerId")), {}))
                for each in facts.members.get(key, ())
            ),
            text(raw, "ServerGroupStatus"),
            true(raw, "HealthCheckConfig.HealthCheckEnabled"),
        )


def _member(raw: Raw, health: Raw) -> Member:
    """One whose health is not listed is not known to be healthy.

    UNVERIFIED that the list has the healthy ones too; the filter by status implies it.
    """
    return Member(
        text(raw, "ServerId"),
        text(raw, "ServerIp"),
        text(raw, "Status"),
        text(health, "Status"),
        text(health, "Reason.ReasonCode"),
    )


def _nat(raw: Raw) -> NatGateway:
    """An Internet NAT gateway leaves by its EIPs, an intranet one (NetworkType) by none."""
    return NatGateway(
        text(raw, "NatGatewayId"),
        text(raw, "VpcId"),
        text(raw, "NatGatewayPrivateInfo.VswitchId") or text(raw, "VSwitchId"),
        text(raw, "Status"),
        public=bool(objects(raw, "IpLists.IpList")) and text(raw, "NetworkType") != "intranet",
    )


def _target_group(raw: Raw) -> TargetGroup:
    """VPC API, CreateRouteTargetGroup: weight 100 is the active member, 0 the standby."""
    members = {
        text(each, "Weight"): text(each, "MemberId")
        for each in objects(raw, "RouteTargetMemberList")
    }
    return TargetGroup(
        text(raw, "RouteTargetGroupId"),
        members.get("100", ""),
        members.get("0", ""),
        text(raw, "Status"),
    )
