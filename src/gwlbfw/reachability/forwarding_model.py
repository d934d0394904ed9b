"""The questions that a walk asks of a network, as it is or as it may be during a plan."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from gwlbfw.reachability.appliances import Fitness
from gwlbfw.reachability.model import (
    Balancer,
    Endpoint,
    Entry,
    Gateway,
    Listener,
    ServerGroup,
    Service,
    Subnet,
    Table,
    TargetGroup,
)
from gwlbfw.reachability.nat_gateway import NatGateway
from gwlbfw.reachability.prefixes import HeaderSpace


class Decision(NamedTuple):
    """A part of a space, and the entry of a table that decides for it."""

    space: HeaderSpace
    entry: Entry | None
    """None where none does, or where two entries of one destination differ."""
    entries: int
    """The number of entries that send this part alike."""
    ambiguous: bool = False


class ForwardingModel(Protocol):
    """The questions of a walk; a network answers them as it is, a plan's as it may be.

    Keys are those of the parts. None is the answer for what is not there, or was not read.
    """

    def label(self, key: str) -> str:
        """The name of a thing for people."""
        ...

    def unread_reason(self, key: str) -> str | None:
        """The reason why something could not be read; None where it was, or is not there."""
        ...

    def is_centralised(self, vpc: str) -> bool:
        """True for a VPC that has no Internet without an active IPv4 gateway."""
        ...

    def subnet(self, key: str) -> Subnet | None:
        """A subnet."""
        ...

    def subnets_at(self, vpc: str, space: HeaderSpace) -> Sequence[Subnet]:
        """The subnets of a VPC that have some of these addresses."""
        ...

    def table_of(self, subject: str) -> str:
        """The route table of a subnet or an IPv4 gateway; empty for none."""
        ...

    def table(self, key: str) -> Table | None:
        """A route table, for its status; its entries are asked for by `decide`."""
        ...

    def decide(
        self, table: str, space: HeaderSpace, *, per_entry: bool = False
    ) -> Sequence[Decision]:
        """Cut a space by the entries of a table that decide: longest-prefix match."""
        ...

    def gateway(self, key: str) -> Gateway | None:
        """An IPv4 gateway; its table is asked for by `table_of`."""
        ...

    def gateway_in(self, vpc: str) -> Gateway | None:
        """The IPv4 gateway of a VPC."""
        ...

    def nat_gateway(self, key: str) -> NatGateway | None:
        """A NAT gateway."""
        ...

    def nat_gateways_in(self, vpc: str) -> Sequence[NatGateway]:
        """The NAT gateways of a VPC."""
        ...

    def target_group(self, key: str) -> TargetGroup | None:
        """A route target group."""
        ...

    def endpoint(self, key: str) -> Endpoint | None:
        """An endpoint."""
        ...

    def service(self, key: str) -> Service | None:
        """An endpoint service; what stands behind it is asked for by `balancers_behind`."""
        ...

    def balancers_behind(self, service: str, zone: str) -> Sequence[str]:
        """The load balancers of an endpoint service in a zone."""
        ...

    def balancer(self, key: str) -> Balancer | None:
        """A load balancer; its listener is asked for by `listener`."""
        ...

    def listener(self, balancer: str) -> Listener | None:
        """The listener of a load balancer."""
        ...

    def group(self, key: str) -> ServerGroup | None:
        """A server group; its members are asked for by `fitness`."""
        ...

    def fitness(self, group: ServerGroup, sources: Sequence[str]) -> Fitness:
        """The ability of a group's appliances to take packets from these addresses."""
        ...
