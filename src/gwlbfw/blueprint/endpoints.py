"""The endpoints of a business VPC, whose tags keep the original state of what is managed there."""

from gwlbfw import layout, original_state
from gwlbfw.address import Address, Ref
from gwlbfw.blueprint.graph_builder import DESCRIPTION, PLAIN, GraphBuilder
from gwlbfw.resources import Endpoint


def build(builder: GraphBuilder, vpc: str) -> None:
    """Add one endpoint per zone; it needs all else of the VPC to be there."""
    topology = builder.topology
    for zone in topology.business_vpcs[vpc].zones:
        address = layout.endpoint(vpc, zone)
        tags = _original_state_tags(builder, vpc, zone)
        builder.create(
            address,
            Endpoint(
                vpc=Ref(layout.business_vpc(vpc)),
                service=Ref(layout.ENDPOINT_SERVICE),
                zones={zone: Ref(layout.gwlbe_subnet(vpc, zone))},
                auto_accept=topology.endpoint_service.auto_accept,
                service_account=topology.security_vpc.account or "",
                name=builder.name(PLAIN, vpc, zone),
                description=DESCRIPTION,
                tags=tags,
            ),
        )
        if tags:
            builder.diagnostics += original_state.tag_problems(
                address, builder.nodes[address].resource.tags or {}
            )


def _original_state_tags(builder: GraphBuilder, vpc: str, zone: str) -> dict[str, str]:
    if builder.live is None:
        return {}
    return {
        original_state.tag_key(address): original_state.encode(address, was, builder.live)
        for address, was in sorted(builder.original.items())
        if was != builder.nodes[address].resource and _keeper(builder, address) == (vpc, zone)
    }


def _keeper(builder: GraphBuilder, address: Address) -> tuple[str, str]:
    """The VPC and zone whose endpoint keeps the original state of a resource."""
    at = layout.parse(address)
    zones = builder.topology.business_vpcs[at.vpc].zones
    of_subnet = (zone_id for zone_id, zone in zones.items() if at.name in zone.subnets)
    return at.vpc, next(of_subnet, next(iter(zones)))
