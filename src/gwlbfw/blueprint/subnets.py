"""The subnets that a topology declares: those that exist, checked, and those to be created."""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_network

from gwlbfw import layout
from gwlbfw.address import Address, Ref
from gwlbfw.blueprint.graph_builder import DESCRIPTION, GraphBuilder
from gwlbfw.resources import VSwitch
from gwlbfw.topology.business_vpc import BusinessSubnet
from gwlbfw.topology.models import Topology
from gwlbfw.topology.parts import Subnet


@dataclass(frozen=True)
class DeclaredSubnet:
    """A business subnet as the file declares it."""

    vpc: str
    zone: str
    name: str
    choice: BusinessSubnet

    @property
    def address(self) -> Address:
        """The address of the subnet."""
        return layout.business_subnet(self.vpc, self.name)

    @property
    def association(self) -> Address:
        """The address of its association with a route table."""
        return layout.business_association(self.vpc, self.name)

    @property
    def place(self) -> tuple[str, ...]:
        """The path of its declaration in the file."""
        return ("business_vpcs", self.vpc, "zones", self.zone, "subnets", self.name)


def business_subnets(topology: Topology, vpc: str, zone: str = "") -> Iterator[DeclaredSubnet]:
    """The business subnets of a VPC, or of one of its zones, in the order of the file."""
    for zone_id, declared in topology.business_vpcs[vpc].zones.items():
        for name, subnet in declared.subnets.items():
            if zone in ("", zone_id):
                yield DeclaredSubnet(vpc, zone_id, name, subnet)


def add_subnet(
    builder: GraphBuilder, address: Address, choice: Subnet, zone: str, name: str, *place: str
) -> None:
    """Add a subnet of a VPC; `place` is that of its declaration."""
    wanted = VSwitch(
        vpc=Ref(layout.vpc_of(address)),
        zone=zone,
        cidr=str(choice.cidr or ""),
        name=name,
        description=DESCRIPTION,
    )
    builder.use_or_create(address, choice.id, wanted, choice, *place, "id")
    if choice.id:
        _check_existing(builder, address, wanted, *place, "id")
    else:
        _refuse_overlap(builder, wanted, *place, "cidr")


def _check_existing(builder: GraphBuilder, address: Address, wanted: VSwitch, *place: str) -> None:
    """A subnet that exists must be in the VPC and zone under which the file names it."""
    found = builder.live_resource(address, VSwitch)
    if found is None:
        return
    if found.vpc != wanted.vpc:
        message = f"the subnet is in {found.vpc}, not in {wanted.vpc}"
        builder.add_error("wrong-vpc", message, *place)
    if found.zone != wanted.zone:
        message = f"the subnet is in zone {found.zone}, not in {wanted.zone}"
        builder.add_error("wrong-zone", message, *place)


def _refuse_overlap(builder: GraphBuilder, wanted: VSwitch, *place: str) -> None:
    """A new subnet has no room where the VPC has one that is no part of the stack."""
    for cloud_id, node in builder.live.others.items() if builder.live else ():
        other = node.resource
        if not isinstance(other, VSwitch) or other.vpc != wanted.vpc:
            continue
        if ip_network(other.cidr).overlaps(ip_network(wanted.cidr)):
            builder.add_error(
                "overlaps-existing",
                f"{wanted.cidr} overlaps {other.cidr} of the vSwitch {cloud_id}",
                *place,
                hint="choose another block of the VPC",
            )
