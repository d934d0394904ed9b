"""Gateway Load Balancer."""

from collections.abc import Iterator
from typing import Any, ClassVar, Self

from gwlbfw.address import Address, Ref
from gwlbfw.cloud.call import Field, Value, Wait, objects
from gwlbfw.resources.durations import GWLB_CREATE, POLLED, TAGGING, Duration, Durations, takes
from gwlbfw.resources.facts import (
    MADE,
    MODIFIED,
    TAGGED,
    DriftImpact,
    Forwarding,
    Output,
    PlanGroup,
    PlanPosition,
    TagForm,
    Verbs,
)
from gwlbfw.resources.forwarding import ForwardingFact, LoadBalancerFact
from gwlbfw.resources.names import Names
from gwlbfw.resources.resource import (
    GWLB,
    Fixed,
    Found,
    Listing,
    Phase,
    Product,
    Resource,
    register,
    value_of,
)
from gwlbfw.resources.tags import pairs, tagging, tags_of
from gwlbfw.resources.vpc import Vpc
from gwlbfw.resources.vswitch import VSwitch

NORMAL = "Normal"
"""The business status of one that the account pays for; with any other it forwards nothing."""
_DETAIL = "GetLoadBalancerAttribute"


@register
class LoadBalancer(Resource):
    """Its zones change in place, as a complete set (UpdateLoadBalancerZones)."""

    kind: ClassVar = "load_balancer"
    id_field: ClassVar = "LoadBalancerId"
    tag_type: ClassVar = "loadbalancer"
    tag_form: ClassVar = TagForm(path="Tags")
    product: ClassVar[Product] = GWLB
    listings: ClassVar = (
        Listing(GWLB.call("ListLoadBalancers"), "LoadBalancers", of="security"),
        # The list leaves out TrafficMode, with which everything passes uninspected.
        Listing(
            GWLB.call(_DETAIL),
            "",
            of="security",
            per="load_balancer",
            parent_param="LoadBalancerId",
        ),
    )
    forwarding: ClassVar = Forwarding.INSPECTION
    interrupts_traffic: ClassVar = True
    affects_health: ClassVar = False
    vpc_side: ClassVar = "security"
    plan_position: ClassVar = PlanPosition(PlanGroup.FIREWALL, 4)
    verbs: ClassVar[Verbs] = {**MADE, **MODIFIED, **TAGGED, "zones": "zones changed"}
    durations: ClassVar[Durations] = {
        **takes("create", call=GWLB_CREATE, status=Duration(30.0)),
        **takes("modify", "zones", status=POLLED),
        **takes("delete"),
        **TAGGING,
    }
    drift: ClassVar = DriftImpact(
        "high",
        "traffic may not be distributed over the appliances",
        critical=frozenset({"traffic_mode"}),
    )
    original_state_letter: ClassVar = ""
    refusal_loses_traffic: ClassVar = False
    output: ClassVar = Output("gateway load balancer")
    dependents: ClassVar = ()

    vpc: Fixed[Ref[Vpc]]
    zones: dict[str, Ref[VSwitch]]
    traffic_mode: str | None = None
    """`LoadBalance`, or `ByPass`: back to the endpoint without a visit to the appliances."""
    name: str | None = None

    @classmethod
    def read(cls, found: Found, names: Names) -> Self:
        detail = next(iter(found.parts.get(_DETAIL, ())), {})
        return cls(
            vpc=names.ref(found.text("VpcId")),
            name=found.text("LoadBalancerName"),
            zones={
                str(each["ZoneId"]): names.ref(str(each["VSwitchId"]))
                for each in objects(found.raw, "ZoneMappings")
            },
            traffic_mode=str(detail.get("TrafficMode") or "") or None,
            tags=tags_of(cls, found),
        )

    @property
    def _mappings(self) -> list[Value]:
        return [
            {"ZoneId": zone, "VSwitchId": value_of(vswitch)}
            for zone, vswitch in sorted(self.zones.items())
        ]

    def forwarding_facts(self, at: Ref[Any]) -> tuple[ForwardingFact, ...]:
        mode = self.traffic_mode or "LoadBalance"
        zones = tuple(sorted((zone, str(subnet)) for zone, subnet in self.zones.items()))
        return (LoadBalancerFact(at, zones, mode),)

    def create(self, at: Address) -> Iterator[Phase]:
        call = GWLB.call(
            "CreateLoadBalancer",
            VpcId=value_of(self.vpc),
            LoadBalancerName=self.name,
            AddressIpVersion="Ipv4",
            ZoneMappings=self._mappings,
            Tag=pairs(self.tags),
        )
        yield Phase("create", call, (_active(at),))

    def update(self, at: Address, was: Self, changed: frozenset[str]) -> Iterator[Phase]:
        serial = f"load_balancer {at}"
        if changed & {"name", "traffic_mode"}:
            call = GWLB.call(
                "UpdateLoadBalancerAttribute",
                LoadBalancerId=Field(at, "LoadBalancerId"),
                LoadBalancerName=self.name,
                TrafficMode=self.traffic_mode if "traffic_mode" in changed else None,
            )
            yield Phase("modify", call, (_active(at),), serial)
        if "zones" in changed:
            call = GWLB.call(
                "UpdateLoadBalancerZones",
                LoadBalancerId=Field(at, "LoadBalancerId"),
                ZoneMappings=self._mappings,
            )
            yield Phase("zones", call, (_active(at),), serial)
        if "tags" in changed:
            yield from tagging(self, at, was)

    def after(self, phase: str, was: Self | None = None) -> Self | None:
        if phase == "modify" and was is not None:
            return self.model_copy(update={"zones": was.zones})
        return None if phase == "delete" else self

    def delete(self, at: Address) -> Iterator[Phase]:
        call = GWLB.call("DeleteLoadBalancer", LoadBalancerId=Field(at, "LoadBalancerId"))
        read = GWLB.call("ListLoadBalancers", LoadBalancerIds=[Field(at, "LoadBalancerId")])
        yield Phase("delete", call, (Wait(read, "LoadBalancers", gone=True),))


def paid(at: Address) -> Wait:
    """The wait until a load balancer is not locked for overdue payment."""
    read = GWLB.call(_DETAIL, LoadBalancerId=Field(at, "LoadBalancerId"))
    return Wait(read, until={"LoadBalancerBusinessStatus": [NORMAL]})


def _active(at: Address) -> Wait:
    read = GWLB.call(_DETAIL, LoadBalancerId=Field(at, "LoadBalancerId"))
    return Wait(read, until={"LoadBalancerStatus": ["Active"]})
