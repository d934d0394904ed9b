"""VPC."""

from collections.abc import Iterator
from typing import Any, ClassVar, Self

from gwlbfw.address import Address, Ref
from gwlbfw.cloud.call import Field, Wait
from gwlbfw.resources.dependents import DependentListing
from gwlbfw.resources.durations import POLLED, TAGGING, VPC_CREATE, Durations, takes
from gwlbfw.resources.facts import (
    MADE,
    MODIFIED,
    TAGGED,
    DriftImpact,
    Forwarding,
    ListedBelow,
    PlanGroup,
    PlanPosition,
    Verbs,
)
from gwlbfw.resources.forwarding import ForwardingFact, VpcFact
from gwlbfw.resources.names import Names
from gwlbfw.resources.resource import (
    ECS,
    VPC,
    Found,
    Listing,
    Phase,
    Resource,
    register,
)
from gwlbfw.resources.tags import pairs, tagging, tags_of


@register
class Vpc(Resource):
    """A virtual private cloud; its CIDR block can grow or shrink in place."""

    kind: ClassVar = "vpc"
    id_field: ClassVar = "VpcId"
    tag_type: ClassVar = "VPC"
    listings: ClassVar = (Listing(VPC.call("DescribeVpcs"), "Vpcs.Vpc", of="both"),)
    original_state_letter: ClassVar = ""
    refusal_loses_traffic: ClassVar = False
    output: ClassVar = None
    dependents: ClassVar = (
        DependentListing(VPC.call("DescribeVSwitches"), "VSwitches.VSwitch", "VSwitchId", "VpcId"),
        DependentListing(
            ECS.call("DescribeSecurityGroups"),
            "SecurityGroups.SecurityGroup",
            "SecurityGroupId",
            "VpcId",
            lambda raw, _: raw.get("ServiceManaged") is True,
        ),
        DependentListing(
            VPC.call("DescribeRouteTableList"),
            "RouterTableList.RouterTableListType",
            "RouteTableId",
            "VpcId",
            lambda raw, _: raw.get("RouteTableType") == "System",
        ),
    )
    listed_below: ClassVar = ListedBelow.SIDE
    forwarding: ClassVar = Forwarding.NONE
    interrupts_traffic: ClassVar = False
    affects_health: ClassVar = False
    vpc_side: ClassVar = None
    plan_position: ClassVar = PlanPosition(PlanGroup.NETWORK, 0)
    verbs: ClassVar[Verbs] = {**MADE, **MODIFIED, **TAGGED}
    durations: ClassVar[Durations] = {
        **takes("create", call=VPC_CREATE, status=POLLED),
        **takes("delete", status=POLLED),
        **takes("modify"),
        **TAGGING,
    }
    drift: ClassVar = DriftImpact("high", "the VPC differs from its configuration")

    cidr: str
    name: str | None = None
    description: str | None = None

    @classmethod
    def read(cls, found: Found, names: Names) -> Self:
        del names
        return cls(
            cidr=found.text("CidrBlock"),
            name=found.text("VpcName"),
            description=found.text("Description"),
            tags=tags_of(cls, found),
        )

    def forwarding_facts(self, at: Ref[Any]) -> tuple[ForwardingFact, ...]:
        return (VpcFact(at, self.cidr),)

    def create(self, at: Address) -> Iterator[Phase]:
        call = VPC.call(
            "CreateVpc",
            CidrBlock=self.cidr,
            VpcName=self.name,
            Description=self.description,
            Tag=pairs(self.tags),
        )
        yield Phase("create", call, (_available(at),))

    def update(self, at: Address, was: Self, changed: frozenset[str]) -> Iterator[Phase]:
        if changed & {"name", "description", "cidr"}:
            call = VPC.call(
                "ModifyVpcAttribute",
                VpcId=Field(at, "VpcId"),
                VpcName=self.name,
                Description=self.description,
                CidrBlock=self.cidr if "cidr" in changed else None,
            )
            yield Phase("modify", call, (_available(at),), serial=f"network {at}")
        if "tags" in changed:
            yield from tagging(self, at, was)

    def delete(self, at: Address) -> Iterator[Phase]:
        gone = Wait(VPC.call("DescribeVpcs", VpcId=Field(at, "VpcId")), "Vpcs.Vpc", gone=True)
        yield Phase("delete", VPC.call("DeleteVpc", VpcId=Field(at, "VpcId")), (gone,))


def _available(at: Address) -> Wait:
    read = VPC.call("DescribeVpcAttribute", VpcId=Field(at, "VpcId"))
    return Wait(read, until={"Status": ["Available"]})
