"""Route table: of vSwitches, or of an IPv4 gateway."""

from collections.abc import Hashable, Iterator
from typing import Any, ClassVar, Self

from gwlbfw.address import Address, Ref
from gwlbfw.cloud.call import Call, Field, Wait
from gwlbfw.resources.durations import (
    FIRST_POLL,
    POLLED,
    TAGGING,
    VPC_CREATE,
    Duration,
    Durations,
    takes,
)
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
from gwlbfw.resources.forwarding import ForwardingFact, RouteTableFact
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
class RouteTable(Resource):
    """A route table: AssociateType is fixed, name and description change in place."""

    kind: ClassVar = "route_table"
    id_field: ClassVar = "RouteTableId"
    tag_type: ClassVar = "ROUTETABLE"
    listings: ClassVar = (
        Listing(
            VPC.call("DescribeRouteTableList"),
            "RouterTableList.RouterTableListType",
            of="business",
            per="vpc",
            parent_param="VpcId",
        ),
    )
    # The routes of every table of a business VPC decide the path of its traffic.
    listed_below: ClassVar = ListedBelow.EVERY
    forwarding: ClassVar = Forwarding.SUBNET_PATH
    interrupts_traffic: ClassVar = True
    affects_health: ClassVar = False
    vpc_side: ClassVar = None
    plan_position: ClassVar = PlanPosition(PlanGroup.ROUTING, 1)
    verbs: ClassVar[Verbs] = {**MADE, **MODIFIED, **TAGGED}
    durations: ClassVar[Durations] = {
        **takes("create", call=VPC_CREATE, status=POLLED),
        **takes("delete", status=Duration(10.0, FIRST_POLL)),
        **takes("modify"),
        **TAGGING,
    }
    drift: ClassVar = DriftImpact("high", "the route table of these routes is missing or different")
    original_state_letter: ClassVar = ""
    refusal_loses_traffic: ClassVar = False
    output: ClassVar = None
    dependents: ClassVar = ()

    vpc: Fixed[Ref[Vpc]]
    serves: Fixed[str]
    """`VSwitch` or `Gateway`."""
    system: Fixed[bool] = False
    name: str | None = None
    description: str | None = None

    @classmethod
    def read(cls, found: Found, names: Names) -> Self:
        return cls(
            vpc=names.ref(found.text("VpcId")),
            serves=found.text("AssociateType") or "VSwitch",
            system=found.text("RouteTableType") == "System",
            name=found.text("RouteTableName"),
            description=found.text("Description"),
            tags=tags_of(cls, found),
        )

    def forwarding_facts(self, at: Ref[Any]) -> tuple[ForwardingFact, ...]:
        return (RouteTableFact(at, self.vpc, self.serves, self.system),)

    def create(self, at: Address) -> Iterator[Phase]:
        call = VPC.call(
            "CreateRouteTable",
            VpcId=value_of(self.vpc),
            RouteTableName=self.name,
            Description=self.description,
            AssociateType=self.serves,
            Tag=pairs(self.tags),
        )
        yield Phase("create", call, (_available(at),), serial=f"network {self.vpc}")

    def update(self, at: Address, was: Self, changed: frozenset[str]) -> Iterator[Phase]:
        if changed & {"name", "description"}:
            call = VPC.call(
                "ModifyRouteTableAttributes",
                RouteTableId=Field(at, "RouteTableId"),
                RouteTableName=self.name,
                Description=self.description,
            )
            yield Phase("modify", call, (_available(at),), serial=f"network {self.vpc}")
        if "tags" in changed:
            yield from tagging(self, at, was)

    def delete(self, at: Address) -> Iterator[Phase]:
        call = VPC.call("DeleteRouteTable", RouteTableId=Field(at, "RouteTableId"))
        gone = Wait(_read(at), "RouterTableList.RouterTableListType", gone=True)
        yield Phase("delete", call, (gone,), serial=f"network {self.vpc}")

    @property
    def takes(self) -> Hashable:
        # One gateway table a VPC (QuotaExceeded.GatewayRouteTable).
        return self.vpc if self.serves == "Gateway" else None


def _read(at: Address) -> Call:
    return VPC.call("DescribeRouteTableList", RouteTableId=Field(at, "RouteTableId"))


def _available(at: Address) -> Wait:
    return Wait(_read(at), "RouterTableList.RouterTableListType", until={"Status": ["Available"]})


def serves_gateway(found: Found) -> bool:
    """True for a table that was listed as one of an IPv4 gateway."""
    return found.text("AssociateType") == "Gateway"
