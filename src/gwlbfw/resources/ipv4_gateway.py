"""IPv4 gateway: the one path of a VPC to the Internet, once it is activated."""

from collections.abc import Hashable, Iterator
from dataclasses import replace
from typing import Any, ClassVar, Literal, Self

from gwlbfw.address import Address, Ref
from gwlbfw.cloud.call import Call, Field, Wait
from gwlbfw.resources.durations import POLLED, TAGGING, VPC_CREATE, Durations, takes
from gwlbfw.resources.facts import (
    MADE,
    MODIFIED,
    TAGGED,
    DriftImpact,
    Forwarding,
    PlanGroup,
    PlanPosition,
    TagForm,
    Verbs,
)
from gwlbfw.resources.forwarding import DirectAccessFact, ForwardingFact, GatewayFact
from gwlbfw.resources.names import Names
from gwlbfw.resources.resource import (
    VPC,
    Fixed,
    Found,
    Listing,
    Phase,
    Resource,
    Unread,
    register,
    value_of,
)
from gwlbfw.resources.tags import pairs, tagging, tags_of
from gwlbfw.resources.vpc import Vpc


@register
class Ipv4Gateway(Resource):
    """A VPC has one at most. It can be activated, but never deactivated (EnableVpcIpv4Gateway).

    Routes to it may stand before it is activated, and should: activation takes the Internet from
    every subnet that has none.
    """

    kind: ClassVar = "ipv4_gateway"
    id_field: ClassVar = "Ipv4GatewayId"
    tag_type: ClassVar = "IPV4GATEWAY"
    tag_form: ClassVar = TagForm(path="Tags")
    listings: ClassVar = (
        Listing(VPC.call("ListIpv4Gateways"), "Ipv4GatewayModels", of="business"),
    )
    watched: ClassVar = frozenset({"enabled"})
    usable_after: ClassVar = "create"
    forwarding: ClassVar = Forwarding.SUBNET_PATH
    interrupts_traffic: ClassVar = True
    affects_health: ClassVar = False
    vpc_side: ClassVar = "business"
    plan_position: ClassVar = PlanPosition(PlanGroup.ROUTING, 0)
    verbs: ClassVar[Verbs] = {
        **MADE,
        **MODIFIED,
        **TAGGED,
        "activate": "activated",
        "delete-standing": "deleted with the routes in place",
    }
    durations: ClassVar[Durations] = {
        **takes("create", call=VPC_CREATE, status=POLLED),
        **takes("activate", "delete", "delete-standing", status=POLLED),
        **takes("modify"),
        **TAGGING,
    }
    drift: ClassVar = DriftImpact("critical", "the VPC's path to the Internet has changed")
    original_state_letter: ClassVar = ""
    refusal_loses_traffic: ClassVar = False
    output: ClassVar = None
    dependents: ClassVar = ()

    vpc: Fixed[Ref[Vpc]]
    enabled: bool
    internet_mode: Unread[Literal["public", "private"]] = "public"
    """The access that its deletion leaves to EIPs: direct, or none (the API's own default)."""
    returns_direct: Unread[bool] = False
    """True if its deletion gives EIPs their direct access back, in a VPC that remains."""
    name: str | None = None
    description: str | None = None

    @classmethod
    def read(cls, found: Found, names: Names) -> Self:
        return cls(
            vpc=names.ref(found.text("VpcId")),
            enabled=found.flag("Enabled"),
            name=found.text("Ipv4GatewayName"),
            description=found.text("Ipv4GatewayDescription"),
            tags=tags_of(cls, found),
        )

    def forwarding_facts(self, at: Ref[Any]) -> tuple[ForwardingFact, ...]:
        return (GatewayFact(at, self.vpc, self.enabled),)

    def forwarding_once_gone(self, at: Ref[Any]) -> tuple[ForwardingFact, ...]:
        """VPC API, DeleteIpv4Gateway: InternetMode says what the VPC is left with."""
        del at
        if not self.enabled:
            return ()
        return (DirectAccessFact(self.vpc, direct=self.internet_mode != "private"),)

    def create(self, at: Address) -> Iterator[Phase]:
        call = VPC.call(
            "CreateIpv4Gateway",
            VpcId=value_of(self.vpc),
            Ipv4GatewayName=self.name,
            Ipv4GatewayDescription=self.description,
            Tag=pairs(self.tags),
        )
        yield Phase("create", call, (settled(at),), serial=f"network {self.vpc}")
        if self.enabled:
            yield self._activate(at)

    def _activate(self, at: Address) -> Phase:
        # Without RouteTableList: the routes stand already, and a listed table that has its
        # 0.0.0.0/0 is refused (OperationDenied.ConflictOfAllZeroRouting).
        call = VPC.call("EnableVpcIpv4Gateway", Ipv4GatewayId=Field(at, "Ipv4GatewayId"))
        # Status may still read Created from before the call, so Enabled decides.
        active = Wait(_read(at), until={"Enabled": [True], "Status": ["Created"]})
        return Phase("activate", call, (active,), serial=f"network {self.vpc}")

    def update(self, at: Address, was: Self, changed: frozenset[str]) -> Iterator[Phase]:
        if changed & {"name", "description"}:
            call = VPC.call(
                "UpdateIpv4GatewayAttribute",
                Ipv4GatewayId=Field(at, "Ipv4GatewayId"),
                Ipv4GatewayName=self.name,
                Ipv4GatewayDescription=self.description,
            )
            yield Phase("modify", call, (settled(at),), serial=f"network {self.vpc}")
        if "tags" in changed:
            yield from tagging(self, at, was)
        if "enabled" in changed and self.enabled:
            yield self._activate(at)

    def delete(self, at: Address) -> Iterator[Phase]:
        call = VPC.call(
            "DeleteIpv4Gateway",
            Ipv4GatewayId=Field(at, "Ipv4GatewayId"),
            InternetMode=self.internet_mode,
        )
        gone = Phase("delete", call, (Wait(_read(at), gone=True),), serial=f"network {self.vpc}")
        if not self.returns_direct:
            yield gone
            return
        # While it is active there is Internet by routes to it only. So it is tried with the routes
        # standing; whether the cloud refuses that, and by which code, is UNVERIFIED.
        yield replace(gone, name="delete-standing", attempt=True)
        yield replace(gone, unless="delete-standing")

    def after(self, phase: str, was: Self | None = None) -> Self | None:
        del was
        if phase == "create":
            return self.model_copy(update={"enabled": False})
        return None if phase.startswith("delete") else self

    @property
    def takes(self) -> Hashable:
        return self.vpc


def _read(at: Address) -> Call:
    return VPC.call("GetIpv4GatewayAttribute", Ipv4GatewayId=Field(at, "Ipv4GatewayId"))


def settled(at: Address, **fields: Field) -> Wait:
    """Until nothing is under way on the gateway (it says `Created`) and `fields` are as given."""
    return Wait(_read(at), until={"Status": ["Created"], **{k: [v] for k, v in fields.items()}})
