"""Membership of an appliance in the server group."""

from collections.abc import Iterator
from typing import Any, ClassVar, Self

from gwlbfw.address import Address, Ref
from gwlbfw.cloud.call import Call, Value, Wait
from gwlbfw.resources.durations import FIRST_POLL, Duration, Durations, takes
from gwlbfw.resources.facts import MADE, DriftImpact, Forwarding, PlanGroup, PlanPosition, Verbs
from gwlbfw.resources.forwarding import ForwardingFact, MemberFact
from gwlbfw.resources.instance import Instance
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
from gwlbfw.resources.server_group import ServerGroup

_LISTED = "ListServerGroupServers"
GENEVE_PORT = 6081


@register
class ServerGroupMember(Resource):
    """It has no id and no tags: its group and instance name it."""

    kind: ClassVar = "server_group_member"
    product: ClassVar[Product] = GWLB
    owners: ClassVar = frozenset({"group"})
    listings: ClassVar = (
        Listing(
            GWLB.call(_LISTED),
            "Servers",
            of="security",
            per="server_group",
            parent_param="ServerGroupId",
        ),
    )
    forwarding: ClassVar = Forwarding.INSPECTION
    interrupts_traffic: ClassVar = False
    affects_health: ClassVar = True
    vpc_side: ClassVar = None
    plan_position: ClassVar = PlanPosition(PlanGroup.FIREWALL, 3)
    verbs: ClassVar[Verbs] = {**MADE}
    durations: ClassVar[Durations] = takes("create", "delete", status=Duration(20.0, FIRST_POLL))
    drift: ClassVar = DriftImpact(
        "critical", "an appliance gets no traffic, or an unmanaged server is a member"
    )
    original_state_letter: ClassVar = ""
    refusal_loses_traffic: ClassVar = False
    output: ClassVar = None
    dependents: ClassVar = ()

    group: Fixed[Ref[ServerGroup]]
    instance: Fixed[Ref[Instance]]

    @classmethod
    def address(cls, found: Found, names: Names) -> Address | None:
        group = names.ref(found.parent).address
        return group and group.child(cls.kind, names.name(found.text("ServerId")))

    @classmethod
    def present(cls, found: Found) -> bool:
        # One that drains gets no new flows; adding it again ends the draining.
        return found.text("Status") not in ("Removing", "Draining")

    @classmethod
    def read(cls, found: Found, names: Names) -> Self:
        return cls(group=names.ref(found.parent), instance=names.ref(found.text("ServerId")))

    def forwarding_facts(self, at: Ref[Any]) -> tuple[ForwardingFact, ...]:
        del at
        return (MemberFact(self.group, self.instance),)

    def create(self, at: Address) -> Iterator[Phase]:
        del at
        added = Wait(
            self._read(),
            "Servers",
            where={"ServerId": value_of(self.instance)},
            until={"Status": ["Available"]},
        )
        yield self._phase("create", "AddServersToServerGroup", added)

    def delete(self, at: Address) -> Iterator[Phase]:
        del at
        # It may drain for an hour; nothing has to wait for that.
        left = Wait(
            self._read(),
            "Servers",
            gone=True,
            where={"ServerId": value_of(self.instance), "Status": "Removing"},
        )
        yield self._phase("delete", "RemoveServersFromServerGroup", left)

    def _phase(self, name: str, action: str, wait: Wait) -> Phase:
        server: dict[str, Value] = {
            "ServerId": value_of(self.instance),
            "ServerType": "Ecs",
            "Port": GENEVE_PORT,
        }
        call = GWLB.call(action, ServerGroupId=value_of(self.group), Servers=[server])
        group = Wait(
            GWLB.call("ListServerGroups", ServerGroupIds=[value_of(self.group)]),
            "ServerGroups",
            until={"ServerGroupStatus": ["Available"]},
        )
        return Phase(name, call, (wait, group), serial=f"server_group {self.group}")

    def _read(self) -> Call:
        return listed(self.group)


def listed(group: Ref[ServerGroup]) -> Call:
    """The call that lists the members of a group, those that drain among them."""
    return GWLB.call(_LISTED, ServerGroupId=value_of(group))
