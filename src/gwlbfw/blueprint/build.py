"""From the topology, in sight of what exists, to the graph of what is wanted."""

from dataclasses import dataclass

from gwlbfw import layout, original_state
from gwlbfw.address import Address, Ref
from gwlbfw.blueprint import business_vpc, firewall, routing, security_vpc, servers
from gwlbfw.blueprint.graph_builder import DESCRIPTION, PLAIN, GraphBuilder
from gwlbfw.diagnostics import Diagnostic, in_order
from gwlbfw.resources import Endpoint, Instance, LoadBalancer
from gwlbfw.resources.graph import Live, OriginalState, ResourceGraph
from gwlbfw.topology.models import Topology


@dataclass(frozen=True)
class Desired:
    """What is wanted, what was there before where it steers, and what stands against it."""

    graph: ResourceGraph
    original: OriginalState
    diagnostics: tuple[Diagnostic, ...]


def blueprint(
    topology: Topology, live: Live | None = None, recorded: OriginalState | None = None
) -> Desired:
    """The desired graph; without `live`, what exists is taken as the file says.

    `recorded` is what the record remembers of what was there before; the tags of the stack's
    endpoints fill in what it has lost.
    """
    known = {**(original_state.from_tags(live) if live else {}), **(recorded or {})}
    builder = GraphBuilder(topology, live, known)
    security_vpc.build(builder)
    firewall.build(builder)
    for key in topology.business_vpcs:
        business_vpc.build(builder, key)
        routing.build(builder, key)
        servers.build(builder, key)
        _endpoints(builder, key)
    _refuse_zone_beside_bounces(builder)
    return Desired(builder.nodes, {**known, **builder.original}, in_order(builder.diagnostics))


def _endpoints(builder: GraphBuilder, key: str) -> None:
    """One endpoint per zone, which remembers what its zone's traffic went by before."""
    topology = builder.topology
    account = topology.business_vpcs[key].account or ""
    for zone in topology.business_vpcs[key].zones:
        address = layout.endpoint(key, zone)
        tags = {} if builder.live is None else _before_tags(builder, key, zone, builder.live)
        builder.create(
            address,
            Endpoint(
                vpc=business_vpc.vpc(key),
                service=Ref(layout.ENDPOINT_SERVICE),
                zones={zone: Ref(layout.gwlbe_subnet(key, zone))},
                auto_accept=topology.endpoint_service.auto_accept,
                service_account=topology.security_vpc.account or "",
                name=builder.name(PLAIN, key, zone),
                description=DESCRIPTION,
                tags=tags,
            ),
            account=account,
        )
        if tags:
            builder.diagnostics += original_state.tag_problems(
                address, builder.nodes[address].resource.tags or {}
            )


def _before_tags(builder: GraphBuilder, key: str, zone: str, live: Live) -> dict[str, str]:
    return {
        original_state.tag_key(address): original_state.encode(address, was, live)
        for address, was in sorted(builder.original.items())
        if was != builder.nodes[address].resource and _zone_of(builder, key, address) == zone
    }


def _zone_of(builder: GraphBuilder, key: str, address: Address) -> str | None:
    """The zone whose endpoint remembers a steered resource of this VPC; else None."""
    zones = builder.topology.business_vpcs[key].zones
    at = layout.parse(address)
    if at.vpc != key:
        return None
    for zone_id, zone in zones.items():
        if at.name in zone.subnets:
            return zone_id
    return next(iter(zones))


def _refuse_zone_beside_bounces(builder: GraphBuilder) -> None:
    """Running simulated appliances have rules for the addresses of their launch only."""
    wanted = builder.nodes[layout.LOAD_BALANCER].resource
    live = builder.live_resource(layout.LOAD_BALANCER, LoadBalancer)
    if not isinstance(wanted, LoadBalancer) or live is None:
        return
    new = sorted(set(wanted.zones) - set(live.zones))
    running = [
        key
        for key, appliance in builder.topology.security_vpc.appliances.items()
        if security_vpc.is_simulated(appliance)
        and builder.live_resource(layout.appliance(key), Instance)
    ]
    if new and running:
        builder.add_error(
            "zone-beside-bounce",
            f"zone {', '.join(new)} would be added, but the running "
            f"appliance {running[0]} only knows the load balancer's addresses of the other zones",
            "security_vpc",
            "zones",
            new[0],
            hint="remove the appliances with `bootstrap: iptables` first, apply, and add them "
            "again together with the zone",
        )
