"""vSwitch: a VPC's subnet in one zone."""

from collections.abc import Hashable, Iterator
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any, ClassVar, Self

from gwlbfw.address import Address, Ref
from gwlbfw.cloud.call import Call, Field, Wait
from gwlbfw.resources.dependents import interfaces_by
from gwlbfw.resources.durations import TAGGING, VPC_CREATE, Duration, Durations, takes
from gwlbfw.resources.facts import (
    MADE,
    MODIFIED,
    TAGGED,
    DriftImpact,
    Forwarding,
    PlanGroup,
    PlanPosition,
    Verbs,
)
from gwlbfw.resources.forwarding import ForwardingFact, SubnetFact
from gwlbfw.resources.names import Names
from gwlbfw.resources.resource import (
    VPC,
    Fixed,
    Found,
    Listing,
    Phase,
    Resource,
    register,
    value_of,
)
from gwlbfw.resources.tags import pairs, tagging, tags_of
from gwlbfw.resources.vpc import Vpc


@register
class VSwitch(Resource):
    """Another VPC, zone or CIDR replaces a vSwitch; name and description change in place."""

    kind: ClassVar = "vswitch"
    id_field: ClassVar = "VSwitchId"
    tag_type: ClassVar = "VSWITCH"
    listings: ClassVar = (
        Listing(
            VPC.call("DescribeVSwitches"),
            "VSwitches.VSwitch",
            of="both",
            per="vpc",
            parent_param="VpcId",
        ),
    )
    original_state_letter: ClassVar = ""
    refusal_loses_traffic: ClassVar = False
    output: ClassVar = None
    dependents: ClassVar = (interfaces_by("VSwitchId"),)
    forwarding: ClassVar = Forwarding.SUBNET_PATH
    interrupts_traffic: ClassVar = True
    affects_health: ClassVar = False
    vpc_side: ClassVar = None
    plan_position: ClassVar = PlanPosition(PlanGroup.NETWORK, 1)
    verbs: ClassVar[Verbs] = {**MADE, **MODIFIED, **TAGGED}
    durations: ClassVar[Durations] = {
        **takes("create", call=VPC_CREATE, status=Duration(3.0)),
        **takes("delete", status=Duration(3.0)),
        **takes("modify"),
        **TAGGING,
    }
    drift: ClassVar = DriftImpact("high", "a subnet differs from its configuration")

    vpc: Fixed[Ref[Vpc]]
    zone: Fixed[str]
    cidr: Fixed[str]
    name: str | None = None
    description: str | None = None

    @classmethod
    def read(cls, found: Found, names: Names) -> Self:
        return cls(
            vpc=names.ref(found.text("VpcId")),
            zone=found.text("ZoneId"),
            cidr=found.text("CidrBlock"),
            name=found.text("VSwitchName"),
            description=found.text("Description"),
            tags=tags_of(cls, found),
        )

    def forwarding_facts(self, at: Ref[Any]) -> tuple[ForwardingFact, ...]:
        return (SubnetFact(at, self.vpc, self.zone, self.cidr),)

    def create(self, at: Address) -> Iterator[Phase]:
        call = VPC.call(
            "CreateVSwitch",
            VpcId=value_of(self.vpc),
            ZoneId=self.zone,
            CidrBlock=self.cidr,
            VSwitchName=self.name,
            Description=self.description,
            Tag=pairs(self.tags),
        )
        yield Phase("create", call, (available(at),), serial=f"network {self.vpc}")

    def update(self, at: Address, was: Self, changed: frozenset[str]) -> Iterator[Phase]:
        if changed & {"name", "description"}:
            call = VPC.call(
                "ModifyVSwitchAttribute",
                VSwitchId=Field(at, "VSwitchId"),
                VSwitchName=self.name,
                Description=self.description,
            )
            yield Phase("modify", call, (available(at),), serial=f"network {self.vpc}")
        if "tags" in changed:
            yield from tagging(self, at, was)

    def delete(self, at: Address) -> Iterator[Phase]:
        call = VPC.call("DeleteVSwitch", VSwitchId=Field(at, "VSwitchId"))
        gone = Wait(_read(at), "VSwitches.VSwitch", gone=True)
        yield Phase("delete", call, (gone,), serial=f"network {self.vpc}")

    @property
    def takes(self) -> Hashable:
        return self.vpc

    def conflicts_with(self, other: Resource) -> bool:
        if not isinstance(other, VSwitch) or not super().conflicts_with(other):
            return False
        return _block(self.cidr).overlaps(_block(other.cidr))


@lru_cache
def _block(cidr: str) -> IPv4Network | IPv6Network:
    return ip_network(cidr)


def _read(at: Address) -> Call:
    return VPC.call("DescribeVSwitches", VSwitchId=Field(at, "VSwitchId"))


def available(at: Address) -> Wait:
    """Until the vSwitch is Available, as it is after each change of it or of its route table."""
    return Wait(_read(at), "VSwitches.VSwitch", until={"Status": ["Available"]})
