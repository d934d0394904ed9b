"""Elastic IP address, and the instance it is bound to."""

from collections.abc import Hashable, Iterator
from typing import Any, ClassVar, Self

from gwlbfw.address import Address, Ref
from gwlbfw.cloud.call import Call, Field, Wait
from gwlbfw.resources.durations import TAGGING, Duration, Durations, takes
from gwlbfw.resources.facts import (
    LINKED,
    MADE,
    MODIFIED,
    TAGGED,
    DriftImpact,
    Forwarding,
    Output,
    PlanGroup,
    PlanPosition,
    Verbs,
)
from gwlbfw.resources.forwarding import ForwardingFact, PublicAddressFact
from gwlbfw.resources.instance import Instance
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


@register
class Eip(Resource):
    """A public address; it is bound last, when its subnet's routes stand, and leaves first."""

    kind: ClassVar = "eip"
    id_field: ClassVar = "AllocationId"
    tag_type: ClassVar = "EIP"
    listings: ClassVar = (
        Listing(VPC.call("DescribeEipAddresses"), "EipAddresses.EipAddress", of="business"),
    )
    watched: ClassVar = frozenset({"instance"})
    forwarding: ClassVar = Forwarding.NONE
    interrupts_traffic: ClassVar = False
    affects_health: ClassVar = False
    vpc_side: ClassVar = None
    plan_position: ClassVar = PlanPosition(PlanGroup.SERVERS, 2)
    verbs: ClassVar[Verbs] = {**MADE, **MODIFIED, **TAGGED, **LINKED}
    durations: ClassVar[Durations] = {
        **takes("create", "modify"),
        **takes("associate", "dissociate", "delete", status=Duration(2.0)),
        **TAGGING,
    }
    drift: ClassVar = DriftImpact("high", "a server's public address has changed")
    original_state_letter: ClassVar = "e"
    refusal_loses_traffic: ClassVar = False
    output: ClassVar = Output("EIP", field="IpAddress", beside="instance")
    dependents: ClassVar = ()

    bandwidth_mbps: int | None = None
    charge_type: Fixed[str | None] = None
    instance: Ref[Instance] = Ref("")
    name: str | None = None

    @classmethod
    def read(cls, found: Found, names: Names) -> Self:
        return cls(
            bandwidth_mbps=int(found.text("Bandwidth") or 0),
            charge_type=found.text("InternetChargeType"),
            name=found.text("Name"),
            instance=names.ref(found.text("InstanceId")),
            tags=tags_of(cls, found),
        )

    def forwarding_facts(self, at: Ref[Any]) -> tuple[ForwardingFact, ...]:
        return (PublicAddressFact(at, self.instance),)

    def create(self, at: Address) -> Iterator[Phase]:
        call = VPC.call(
            "AllocateEipAddress",
            Bandwidth=str(self.bandwidth_mbps or 5),
            InternetChargeType=self.charge_type,
            Name=self.name,
            Tag=pairs(self.tags),
        )
        yield Phase("create", call, (_until(at, "Available"),))
        if self.instance:
            yield self._bind(at)

    def _bind(self, at: Address) -> Phase:
        call = VPC.call(
            "AssociateEipAddress",
            AllocationId=Field(at, "AllocationId"),
            InstanceId=value_of(self.instance),
            InstanceType="EcsInstance",
        )
        return Phase("associate", call, (_until(at, "InUse"),))

    def _unbind(self, at: Address) -> Phase:
        call = VPC.call(
            "UnassociateEipAddress",
            AllocationId=Field(at, "AllocationId"),
            InstanceId=value_of(self.instance),
            InstanceType="EcsInstance",
        )
        # One that is gone altogether is unbound too.
        unbound = (_no_longer(at, "InUse"), _no_longer(at, "Unassociating"))
        return Phase("dissociate", call, unbound, releases=True, removes=True)

    def update(self, at: Address, was: Self, changed: frozenset[str]) -> Iterator[Phase]:
        if changed & {"bandwidth_mbps", "name"}:
            call = VPC.call(
                "ModifyEipAddressAttribute",
                AllocationId=Field(at, "AllocationId"),
                Bandwidth=str(self.bandwidth_mbps) if self.bandwidth_mbps else None,
                Name=self.name,
            )
            yield Phase("modify", call)
        if "tags" in changed:
            yield from tagging(self, at, was)
        if "instance" in changed:
            if was.instance:
                yield was._unbind(at)
            if self.instance:
                yield self._bind(at)

    def delete(self, at: Address) -> Iterator[Phase]:
        if self.instance:
            yield self._unbind(at)
        call = VPC.call("ReleaseEipAddress", AllocationId=Field(at, "AllocationId"))
        yield Phase("delete", call, (Wait(_read(at), "EipAddresses.EipAddress", gone=True),))

    def after(self, phase: str, was: Self | None = None) -> Self | None:
        del was
        if phase in ("create", "dissociate"):
            return self.model_copy(update={"instance": Ref[Instance]("")})
        return None if phase == "delete" else self

    @property
    def takes(self) -> Hashable:
        # An instance has one EIP at most (InvalidAssociation.Duplicated).
        return self.instance or None


def _read(at: Address) -> Call:
    return VPC.call("DescribeEipAddresses", AllocationId=Field(at, "AllocationId"))


def _until(at: Address, status: str) -> Wait:
    return Wait(_read(at), "EipAddresses.EipAddress", until={"Status": [status]})


def _no_longer(at: Address, status: str) -> Wait:
    return Wait(_read(at), "EipAddresses.EipAddress", where={"Status": status}, gone=True)
