"""From what the cloud says to the forwarding model."""

import re
from collections.abc import Iterator, Mapping, Sequence

from gwlbfw import layout
from gwlbfw.address import Address
from gwlbfw.cloud.call import Raw, objects
from gwlbfw.cloud.reply_fields import flag_at, struct_at, text_at, texts_at
from gwlbfw.diagnostics import one_line
from gwlbfw.errors import ReplyError
from gwlbfw.reachability.connections import connections, endpoint_zones
from gwlbfw.reachability.facts import NetworkFacts
from gwlbfw.reachability.model import (
    ROLES,
    Balancer,
    Endpoint,
    Entry,
    Gateway,
    Listener,
    Member,
    NextHop,
    Role,
    ServerGroup,
    Service,
    Subnet,
    Table,
    TargetGroup,
    Vpc,
)
from gwlbfw.reachability.nat_entries import nat_gateways
from gwlbfw.reachability.network import Network
from gwlbfw.reachability.network_acls import acls_of, balancer_subnets
from gwlbfw.reachability.prefixes import Prefix
from gwlbfw.reachability.public_ips import machines, public_addresses, security_groups
from gwlbfw.reachability.strangers import owners
from gwlbfw.resources.load_balancer import NORMAL
from gwlbfw.resources.next_hop import LOCAL, written_type
from gwlbfw.resources.server_group import HealthCheck

_WEIGHT = re.compile(r"[0-9]{1,9}")


def parse_network(
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
        connections=tuple(connections(facts, names)),
        groups={each.id: each for each in _groups(facts)},
        nat_gateways={each.id: each for each in nat_gateways(facts, subnets)},
        target_groups={each.id: each for each in map(_target_group, facts.target_groups)},
        public_ips=public_addresses(facts, subnets),
        machines=machines(facts),
        occupied=_occupied(facts),
        security_groups=security_groups(facts),
        acls=acls_of(facts),
        labels={**names},
        titles=facts.titles,
        owners=owners(facts),
        missing=tuple(sorted(set(wanted) - {names.get(each) for each in subnets})),
        unread=dict(facts.unread),
    )


def _vpc(raw: Raw) -> Vpc:
    """SupportIpv4Gateway is true after activation, and where a deletion left no Internet."""
    cidrs = [text_at(raw, "CidrBlock"), *texts_at(raw, "SecondaryCidrBlocks.SecondaryCidrBlock")]
    return Vpc(
        text_at(raw, "VpcId"),
        tuple(_block(each, "vpc:DescribeVpcs") for each in cidrs if each),
        centralised=flag_at(raw, "SupportIpv4Gateway"),
    )


def _occupied(facts: NetworkFacts) -> frozenset[str]:
    """The subnets of all interfaces but the endpoints' own, which send nothing of theirs."""
    own = {text_at(zone, "EniId") for zones in facts.endpoint_zones.values() for zone in zones}
    others = (each for each in facts.interfaces if text_at(each, "NetworkInterfaceId") not in own)
    return frozenset(text_at(each, "VSwitchId") for each in others)


def _subnets(facts: NetworkFacts, names: Mapping[str, Address]) -> dict[str, Subnet]:
    with_endpoint = {
        text_at(zone, "VSwitchId") for zones in facts.endpoint_zones.values() for zone in zones
    }
    found: dict[str, Subnet] = {}
    for raw in facts.vswitches:
        key = text_at(raw, "VSwitchId")
        role: Role = "gwlbe" if key in with_endpoint else "business"
        if names:
            role = _role(names.get(key), names.get(text_at(raw, "VpcId")))
        found[key] = Subnet(
            key,
            text_at(raw, "VpcId"),
            text_at(raw, "ZoneId"),
            _block(text_at(raw, "CidrBlock"), "vpc:DescribeVSwitches"),
            text_at(raw, "RouteTable.RouteTableId"),
            role,
            text_at(raw, "Status"),
            text_at(raw, "NetworkAclId"),
        )
    return found


def _role(address: Address | None, vpc: Address | None) -> Role:
    if address is None:
        inside = vpc is not None and layout.parse(vpc).role is layout.Role.BUSINESS
        return "bystander" if inside else "other"
    return ROLES.get(layout.parse(address).role, "other")


def _tables(facts: NetworkFacts) -> Iterator[Table]:
    for raw in facts.tables:
        key = text_at(raw, "RouteTableId")
        entries: list[Entry] = []
        ipv6: dict[tuple[str, NextHop], None] = {}
        unreadable: list[str] = []
        for each in facts.entries.get(key, ()):
            destination, hops = text_at(each, "DestinationCidrBlock"), _hops(each)
            if ":" in destination:
                ipv6.update(dict.fromkeys((destination, hop) for hop in hops))
            elif (prefix := _prefix(destination)) is None:
                unreadable.append(destination)
            else:
                origin = text_at(each, "Type") or ("System" if hops == _AT_HOME else "Custom")
                entries.append(Entry(prefix, hops, origin, text_at(each, "Status") or "Available"))
        yield Table(
            key,
            text_at(raw, "VpcId"),
            tuple(dict.fromkeys(entries)),
            text_at(raw, "AssociateType") or "VSwitch",
            text_at(raw, "RouteTableType") == "System",
            text_at(raw, "Status") or "Available",
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
    usable = [each for each in listed if text_at(each, "Enabled") not in ("0", "False")]
    if listed and not usable:
        return ()
    hops = tuple(_hop(each) for each in usable or [raw])
    return hops if len(hops) > 1 else (hops[0]._replace(weight=0),)


def _hop(raw: Raw) -> NextHop:
    kind = written_type(text_at(raw, "NextHopType"))
    if kind == LOCAL:
        return NextHop(LOCAL)
    weight = text_at(raw, "Weight")
    return NextHop(
        kind,
        text_at(raw, "NextHopId"),
        int(weight) if _WEIGHT.fullmatch(weight) else 0,
    )


def _gateway(raw: Raw) -> Gateway:
    return Gateway(
        text_at(raw, "Ipv4GatewayId"),
        text_at(raw, "VpcId"),
        flag_at(raw, "Enabled"),
        text_at(raw, "Ipv4GatewayRouteTableId"),
        text_at(raw, "Status"),
    )


def _endpoints(facts: NetworkFacts) -> Iterator[Endpoint]:
    for raw in facts.endpoints:
        key = text_at(raw, "EndpointId")
        zones = endpoint_zones(facts.endpoint_zones.get(key, ()))
        yield Endpoint(
            key,
            text_at(raw, "VpcId"),
            text_at(raw, "ServiceId"),
            zones,
            text_at(raw, "ConnectionStatus"),
            text_at(raw, "EndpointStatus"),
            text_at(raw, "EndpointBusinessStatus") or NORMAL,
        )


def _services(facts: NetworkFacts) -> Iterator[Service]:
    for key, raw in facts.services.items():
        resources = tuple(
            (text_at(each, "ZoneId"), text_at(each, "ResourceId"))
            for each in facts.service_resources.get(key, ())
        )
        business = text_at(raw, "ServiceBusinessStatus") or NORMAL
        yield Service(key, resources, text_at(raw, "ServiceStatus"), business)


def _balancers(facts: NetworkFacts) -> Iterator[Balancer]:
    listeners = {
        text_at(each, "LoadBalancerId"): Listener(
            text_at(each, "ListenerId"),
            text_at(each, "ServerGroupId"),
            text_at(each, "ListenerStatus"),
        )
        for each in facts.listeners
    }
    for key, raw in facts.balancers.items():
        addresses = {
            text_at(each, "ZoneId"): text_at(each, "LoadBalancerAddresses.PrivateIpv4Address")
            for each in objects(raw, "ZoneMappings")
        }
        yield Balancer(
            key,
            addresses,
            text_at(raw, "TrafficMode"),
            text_at(raw, "LoadBalancerStatus"),
            text_at(raw, "LoadBalancerBusinessStatus") or NORMAL,
            listeners.get(key),
            balancer_subnets(raw),
        )


def _groups(facts: NetworkFacts) -> Iterator[ServerGroup]:
    """The server groups; of health, which is per listener, that of the group's own listener."""
    health: dict[tuple[str, str], Raw] = {}
    for listener in facts.listeners:
        for each in facts.health.get(text_at(listener, "ListenerId"), ()):
            health[text_at(listener, "ServerGroupId"), text_at(each, "ServerId")] = each
    for raw in facts.groups:
        key = text_at(raw, "ServerGroupId")
        yield ServerGroup(
            key,
            tuple(
                _member(each, health.get((key, text_at(each, "ServerId")), {}))
                for each in facts.members.get(key, ())
            ),
            text_at(raw, "ServerGroupStatus"),
            HealthCheck.read(struct_at(raw, "HealthCheckConfig")).probe,
        )


def _member(raw: Raw, health: Raw) -> Member:
    """One whose health is not listed is not known to be healthy (UNVERIFIED that all are)."""
    return Member(
        text_at(raw, "ServerId"),
        text_at(raw, "ServerIp"),
        text_at(raw, "Status"),
        text_at(health, "Status"),
        text_at(health, "Reason.ReasonCode"),
    )


def _target_group(raw: Raw) -> TargetGroup:
    """VPC API, CreateRouteTargetGroup: weight 100 is the active member, 0 the standby."""
    members = {
        text_at(each, "Weight"): text_at(each, "MemberId")
        for each in objects(raw, "RouteTargetMemberList")
    }
    return TargetGroup(
        text_at(raw, "RouteTargetGroupId"),
        members.get("100", ""),
        members.get("0", ""),
        text_at(raw, "Status"),
    )
