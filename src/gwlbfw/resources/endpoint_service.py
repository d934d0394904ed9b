"""Endpoint service: the load balancer as a service that endpoints connect to."""

from collections.abc import Iterator
from typing import Any, ClassVar, Self

from gwlbfw.address import Address, Ref
from gwlbfw.cloud.call import Call, Field, Wait
from gwlbfw.resources.durations import POLLED, PRIVATELINK_CREATE, TAGGING, Durations, takes
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
from gwlbfw.resources.forwarding import ForwardingFact, ServiceFact
from gwlbfw.resources.names import Names
from gwlbfw.resources.resource import (
    PRIVATELINK,
    Fixed,
    Found,
    Listing,
    Phase,
    Product,
    Resource,
    register,
)
from gwlbfw.resources.tags import pairs, tagging, tags_of

_USERS = "ListVpcEndpointServiceUsers"
SERIAL = "privatelink"
"""PrivateLink refuses a second write while it handles one (ConcurrentCallNotSupported)."""


@register
class EndpointService(Resource):
    """It is made empty; the load balancer is attached to it zone by zone."""

    kind: ClassVar = "endpoint_service"
    id_field: ClassVar = "ServiceId"
    tag_type: ClassVar = "vpcendpointservice"
    tag_form: ClassVar = TagForm(path="Tags")
    product: ClassVar[Product] = PRIVATELINK
    listings: ClassVar = (
        Listing(
            PRIVATELINK.call("ListVpcEndpointServices", ServiceResourceType="gwlb"),
            "Services",
            of="security",
        ),
        Listing(
            PRIVATELINK.call(_USERS),
            "Users",
            of="security",
            per="endpoint_service",
            parent_param="ServiceId",
        ),
    )
    forwarding: ClassVar = Forwarding.INSPECTION
    interrupts_traffic: ClassVar = True
    affects_health: ClassVar = False
    vpc_side: ClassVar = None
    plan_position: ClassVar = PlanPosition(PlanGroup.FIREWALL, 6)
    verbs: ClassVar[Verbs] = {
        **MADE,
        **MODIFIED,
        **TAGGED,
        "add-user": "account allowed",
        "remove-user": "account no longer allowed",
    }
    durations: ClassVar[Durations] = {
        **takes("create", call=PRIVATELINK_CREATE, status=POLLED),
        **takes("modify", "delete", status=POLLED),
        **takes("add-user", "remove-user"),
        **TAGGING,
    }
    drift: ClassVar = DriftImpact("high", "endpoints may be refused, or accepted without approval")
    original_state_letter: ClassVar = ""
    refusal_loses_traffic: ClassVar = False
    output: ClassVar = None
    dependents: ClassVar = ()

    auto_accept: bool
    payer: Fixed[str]
    allowed_accounts: tuple[str, ...] = ()
    description: str | None = None

    @classmethod
    def read(cls, found: Found, names: Names) -> Self:
        del names
        users = (str(each.get("UserId") or "") for each in found.parts.get(_USERS, ()))
        return cls(
            auto_accept=found.flag("AutoAcceptEnabled"),
            payer=found.text("Payer"),
            allowed_accounts=tuple(sorted(filter(None, users))),
            description=found.text("ServiceDescription"),
            tags=tags_of(cls, found),
        )

    @classmethod
    def present(cls, found: Found) -> bool:
        return found.text("ServiceStatus") != "Deleting"

    def forwarding_facts(self, at: Ref[Any]) -> tuple[ForwardingFact, ...]:
        return (ServiceFact(at),)

    def create(self, at: Address) -> Iterator[Phase]:
        call = PRIVATELINK.call(
            "CreateVpcEndpointService",
            ServiceResourceType="gwlb",
            Payer=self.payer,
            AutoAcceptEnabled=self.auto_accept,
            ServiceDescription=self.description,
            Tag=pairs(self.tags),
        )
        yield Phase("create", call, (_active(at),), SERIAL, through=False)
        yield from _users(at, "Add", self.allowed_accounts)

    def update(self, at: Address, was: Self, changed: frozenset[str]) -> Iterator[Phase]:
        if changed & {"auto_accept", "description"}:
            call = PRIVATELINK.call(
                "UpdateVpcEndpointServiceAttribute",
                ServiceId=Field(at, "ServiceId"),
                AutoAcceptEnabled=self.auto_accept,
                ServiceDescription=self.description,
            )
            yield Phase("modify", call, (_active(at),), SERIAL, through=False)
        new, old = set(self.allowed_accounts), set(was.allowed_accounts)
        yield from _users(at, "Add", tuple(sorted(new - old)))
        yield from _users(at, "Remove", tuple(sorted(old - new)))
        if "tags" in changed:
            yield from tagging(self, at, was)

    def delete(self, at: Address) -> Iterator[Phase]:
        call = PRIVATELINK.call("DeleteVpcEndpointService", ServiceId=Field(at, "ServiceId"))
        yield Phase("delete", call, (Wait(_read(at), gone=True),), SERIAL, through=False)


def _users(at: Address, verb: str, accounts: tuple[str, ...]) -> Iterator[Phase]:
    joint = "To" if verb == "Add" else "From"
    for account in accounts:
        call = PRIVATELINK.call(
            f"{verb}User{joint}VpcEndpointService",
            ServiceId=Field(at, "ServiceId"),
            UserId=account,
        )
        yield Phase(f"{verb.lower()}-user-{account}", call, serial=SERIAL, removes=verb == "Remove")


def _read(at: Address) -> Call:
    return PRIVATELINK.call("GetVpcEndpointServiceAttribute", ServiceId=Field(at, "ServiceId"))


def _active(at: Address) -> Wait:
    return Wait(_read(at), until={"ServiceStatus": ["Active"]})
