"""From what the cloud says to the forwarding model."""

from collections.abc import Iterator, Mapping, Sequence

from gwlbfw.address import Address
from gwlbfw.cloud.call import Raw, objects, value_at
from gwlbfw.reach.classes import Prefix
from gwlbfw.reach.network import (
    LOCAL,
    Balancer,
    Endpoint,
    EndpointZone,
    Entry,
    Gateway,
    Listener,
    Member,
    Nat,
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
from gwlbfw.reach.observe import NetworkFacts
from gwlbfw.reach.publics import machines, public_addresses

_LOCAL_HOPS = frozenset({"", "local"})
"""How the next hop of a system entry reads, in any letter case (UNVERIFIED: no page shows it)."""
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
        nats={each.id: each for each in map(_nat, facts.nats)},
        targets={each.id: each for each in map(_target_group, facts.target_groups)},
        publics=public_addresses(facts, subnets),
        machines=machines(facts),
        labels={**names},
        missing=tuple(sorted(set(wanted) - {*names.values()})),
        unread=dict(facts.unread),
    )


def _text(raw: Raw, path: str) -> str:
    value = value_at(raw, path)
    return "" if value is None else str(value)


def _true(raw: Raw, path: str) -> bool:
    return _text(raw, path).lower() == "true"


def _vpc(raw: Raw) -> Vpc:
    """SupportIpv4Gateway is true after activation, and where a deletion left no Internet."""
    further = value_at(raw, "SecondaryCidrBlocks.SecondaryCidrBlock")
    cidrs = [_text(raw, "CidrBlock"), *(map(str, further) if isinstance(further, list) else ())]
    return Vpc(
        _text(raw, "VpcId"),
        tuple(Prefix.parse(each) for each in cidrs if each),
        centralised=_true(raw, "SupportIpv4Gateway"),
    )


def _subnets(facts: NetworkFacts, names: Mapping[str, Address]) -> dict[str, Subnet]:
    with_endpoint = {
        _text(zone, "VSwitchId") for zones in facts.endpoint_zones.values() for zone in zones
    }
    found: dict[str, Subnet] = {}
    for raw in facts.vswitches:
        key = _text(raw, "VSwitchId")
        role: Role = "gwlbe" if key in with_endpoint else "business"
        if names:
            role = _role(names.get(key), names.get(_text(raw, "VpcId")))
        found[key] = Subnet(
            key,
            _text(raw, "VpcId"),
            _text(raw, "ZoneId"),
            Prefix.parse(_text(raw, "CidrBlock")),
            _text(raw, "RouteTable.RouteTableId"),
            role,
            _text(raw, "Status"),
        )
    return found


def _role(address: Address | None, vpc: Address | None) -> Role:
    if address is None:
        return "bystander" if vpc is not None and vpc.path[0] == "business" else "other"
    roles: dict[str, Role] = {"business": "business", "gwlbe": "gwlbe"}
    return roles.get(address.path[0], "other")


def _tables(facts: NetworkFacts) -> Iterator[Table]:
    for raw in facts.tables:
        key = _text(raw, "RouteTableId")
        entries: list[Entry] = []
        ipv6: dict[tuple[str, NextHop], None] = {}
        unreadable: list[str] = []
        for each in facts.entries.get(key, ()):
            destination, hops = _text(each, "DestinationCidrBlock"), _hops(each)
            if ":" in destination:
                ipv6.update(dict.fromkeys((destination, hop) for hop in hops))
            elif (prefix := _prefix(destination)) is None:
                unreadable.append(destination)
            else:
                origin = _text(each, "Type") or ("System" if hops == _AT_HOME else "Custom")
                entries.append(Entry(prefix, hops, origin, _text(each, "Status") or "Available"))
        yield Table(
            key,
            _text(raw, "VpcId"),
            tuple(dict.fromkeys(entries)),
            _text(raw, "AssociateType") or "VSwitch",
            _text(raw, "RouteTableType") == "System",
            _text(raw, "Status") or "Available",
            tuple(ipv6),
            tuple(unreadable),
        )


_AT_HOME = (NextHop(LOCAL),)


def _prefix(text: str) -> Prefix | None:
    try:
        return Prefix.parse(text)
    except ValueError:
        return None


def _hops(raw: Raw) -> tuple[NextHop, ...]:
    """The next hops that are enabled, in one form whichever of the listings they are from."""
    listed = objects(raw, "NextHops.NextHop") or [
        each for each in objects(raw, "NextHops") if "NextHop" not in each
    ]
    usable = [each for each in listed if _text(each, "Enabled") not in ("0", "False")]
    if listed and not usable:
        return ()
    hops = tuple(_hop(each) for each in usable or [raw])
    return hops if len(hops) > 1 else (hops[0]._replace(weight=0),)


def _hop(raw: Raw) -> NextHop:
    kind = _text(raw, "NextHopType")
    if kind.lower() in _LOCAL_HOPS:
        return NextHop(LOCAL)
    weight = _text(raw, "Weight")
    return NextHop(
        _SPELLED.get(kind, kind), _text(raw, "NextHopId"), int(weight) if weight.isdigit() else 0
    )


def _gateway(raw: Raw) -> Gateway:
    return Gateway(
        _text(raw, "Ipv4GatewayId"),
        _text(raw, "VpcId"),
        _true(raw, "Enabled"),
        _text(raw, "Ipv4GatewayRouteTableId"),
        _text(raw, "Status"),
    )


def _endpoints(facts: NetworkFacts) -> Iterator[Endpoint]:
    for raw in facts.endpoints:
        key = _text(raw, "EndpointId")
        zones = tuple(
            EndpointZone(_text(each, "ZoneId"), _text(each, "VSwitchId"), _text(each, "ZoneStatus"))
            for each in facts.endpoint_zones.get(key, ())
        )
        yield Endpoint(
            key,
            _text(raw, "VpcId"),
            _text(raw, "ServiceId"),
            zones,
            _text(raw, "ConnectionStatus"),
            _text(raw, "EndpointStatus"),
        )


def _services(facts: NetworkFacts) -> Iterator[Service]:
    for key, raw in facts.services.items():
        resources = tuple(
            (_text(each, "ZoneId"), _text(each, "ResourceId"))
            for each in facts.service_resources.get(key, ())
        )
        yield Service(key, resources, _text(raw, "ServiceStatus"))


def _balancers(facts: NetworkFacts) -> Iterator[Balancer]:
    listeners = {
        _text(each, "LoadBalancerId"): Listener(
            _text(each, "ListenerId"), _text(each, "ServerGroupId"), _text(each, "ListenerStatus")
        )
        for each in facts.listeners
    }
    for key, raw in facts.balancers.items():
        addresses = {
            _text(each, "ZoneId"): _text(each, "LoadBalancerAddresses.PrivateIpv4Address")
            for each in objects(raw, "ZoneMappings")
        }
        mode, status = _text(raw, "TrafficMode"), _text(raw, "LoadBalancerStatus")
        yield Balancer(key, addresses, mode, status, listeners.get(key))


def _groups(facts: NetworkFacts) -> Iterator[ServerGroup]:
    """Health is told by listener; the group's own listener is the one that counts."""
    health: dict[tuple[str, str], Raw] = {}
    for listener in facts.listeners:
        for each in facts.health.get(_text(listener, "ListenerId"), ()):
            health[_text(listener, "ServerGroupId"), _text(each, "ServerId")] = each
    for raw in facts.groups:
        key = _text(raw, "ServerGroupId")
        yield ServerGroup(
            key,
            tuple(
                _member(each, health.get((key, _text(each, "ServerId")), {}))
                for each in facts.members.get(key, ())
            ),
            _text(raw, "ServerGroupStatus"),
            _true(raw, "HealthCheckConfig.HealthCheckEnabled"),
        )


def _member(raw: Raw, health: Raw) -> Member:
    """One whose health is not listed is not known to be healthy.

    UNVERIFIED that the list has the healthy ones too; the filter by status implies it.
    """
    return Member(
        _text(raw, "ServerId"),
        _text(raw, "ServerIp"),
        _text(raw, "Status"),
        _text(health, "Status"),
        _text(health, "Reason.ReasonCode"),
    )


def _nat(raw: Raw) -> Nat:
    """An Internet NAT gateway leaves by its EIPs, an intranet one (NetworkType) by none."""
    return Nat(
        _text(raw, "NatGatewayId"),
        _text(raw, "VpcId"),
        _text(raw, "NatGatewayPrivateInfo.VswitchId") or _text(raw, "VSwitchId"),
        _text(raw, "Status"),
        public=bool(objects(raw, "IpLists.IpList")) and _text(raw, "NetworkType") != "intranet",
    )


def _target_group(raw: Raw) -> TargetGroup:
    """VPC API, CreateRouteTargetGroup: weight 100 is the active member, 0 the standby."""
    members = {
        _text(each, "Weight"): _text(each, "MemberId")
        for each in objects(raw, "RouteTargetMemberList")
    }
    return TargetGroup(
        _text(raw, "RouteTargetGroupId"),
        members.get("100", ""),
        members.get("0", ""),
        _text(raw, "Status"),
    )
