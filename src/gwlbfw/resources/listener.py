"""IP listener: everything that comes to the load balancer goes to one server group."""

from collections.abc import Hashable, Iterator
from typing import Any, ClassVar, Self

from gwlbfw.address import Address, Ref
from gwlbfw.cloud.call import Call, Field, Value, Wait
from gwlbfw.resources.durations import GWLB_CREATE, POLLED, TAGGING, Durations, takes
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
from gwlbfw.resources.forwarding import ForwardingFact, ListenerFact
from gwlbfw.resources.load_balancer import LoadBalancer
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
from gwlbfw.resources.tags import pairs, tagging, tags_of


@register
class Listener(Resource):
    """A load balancer has exactly one; no port and no protocol."""

    kind: ClassVar = "listener"
    id_field: ClassVar = "ListenerId"
    tag_type: ClassVar = "listener"
    tag_form: ClassVar = TagForm(path="Tags")
    product: ClassVar[Product] = GWLB
    listings: ClassVar = (
        Listing(
            GWLB.call("ListListeners"),
            "Listeners",
            of="security",
            per="load_balancer",
            parent_param="LoadBalancerIds",
            batch=20,
        ),
    )
    forwarding: ClassVar = Forwarding.INSPECTION
    interrupts_traffic: ClassVar = True
    affects_health: ClassVar = True
    vpc_side: ClassVar = None
    plan_position: ClassVar = PlanPosition(PlanGroup.FIREWALL, 5)
    verbs: ClassVar[Verbs] = {**MADE, **MODIFIED, **TAGGED}
    durations: ClassVar[Durations] = {
        **takes("create", call=GWLB_CREATE, status=POLLED),
        **takes("modify", "delete", status=POLLED),
        **TAGGING,
    }
    drift: ClassVar = DriftImpact("critical", "traffic may not reach the appliances")
    original_state_letter: ClassVar = ""
    refusal_loses_traffic: ClassVar = False
    output: ClassVar = None
    dependents: ClassVar = ()

    load_balancer: Fixed[Ref[LoadBalancer]]
    server_group: Ref[ServerGroup]
    tcp_idle_timeout_s: int
    description: str | None = None

    @classmethod
    def read(cls, found: Found, names: Names) -> Self:
        return cls(
            load_balancer=names.ref(found.text("LoadBalancerId")),
            server_group=names.ref(found.text("ServerGroupId")),
            tcp_idle_timeout_s=int(found.text("TcpIdleTimeout") or 0),
            description=found.text("ListenerDescription"),
            tags=tags_of(cls, found),
        )

    @classmethod
    def present(cls, found: Found) -> bool:
        return found.text("ListenerStatus") != "Deleting"

    @property
    def _settings(self) -> dict[str, "Value | None"]:
        return {
            "ServerGroupId": value_of(self.server_group),
            "TcpIdleTimeout": self.tcp_idle_timeout_s,
            "ListenerDescription": self.description,
        }

    def forwarding_facts(self, at: Ref[Any]) -> tuple[ForwardingFact, ...]:
        return (ListenerFact(at, self.load_balancer, self.server_group),)

    def create(self, at: Address) -> Iterator[Phase]:
        call = GWLB.call(
            "CreateListener",
            LoadBalancerId=value_of(self.load_balancer),
            Tag=pairs(self.tags),
            **self._settings,
        )
        yield Phase("create", call, (_running(at),), serial=f"server_group {self.server_group}")

    def update(self, at: Address, was: Self, changed: frozenset[str]) -> Iterator[Phase]:
        if changed - {"tags"}:
            call = GWLB.call(
                "UpdateListenerAttribute", ListenerId=Field(at, "ListenerId"), **self._settings
            )
            yield Phase("modify", call, (_running(at),), serial=f"server_group {self.server_group}")
        if "tags" in changed:
            yield from tagging(self, at, was)

    def delete(self, at: Address) -> Iterator[Phase]:
        call = GWLB.call("DeleteListener", ListenerId=Field(at, "ListenerId"))
        yield Phase("delete", call, (Wait(_read(at), gone=True),))

    @property
    def takes(self) -> Hashable:
        return self.load_balancer


def _read(at: Address) -> Call:
    return GWLB.call("GetListenerAttribute", ListenerId=Field(at, "ListenerId"))


def _running(at: Address) -> Wait:
    return Wait(_read(at), until={"ListenerStatus": ["Running"]})
