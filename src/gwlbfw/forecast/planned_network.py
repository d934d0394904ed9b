"""A network as it may be at any moment of a plan."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from gwlbfw.forecast.fit import Senders
from gwlbfw.forecast.health import Conditions, Health
from gwlbfw.forecast.orders import Inquiry
from gwlbfw.forecast.timeline import Timeline
from gwlbfw.reachability import Network
from gwlbfw.reachability.appliances import Fitness
from gwlbfw.reachability.forwarding_model import Decision
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
from gwlbfw.reachability.network import decisions
from gwlbfw.reachability.prefixes import HeaderSpace, Lookup, Prefix
from gwlbfw.reachability.slots import Slot, local_entry

T = TypeVar("T")


@dataclass(frozen=True)
class PlannedNetwork:
    """The forwarding model of a plan, along one way through the questions of a walk."""

    base: Network
    timeline: Timeline
    health: Health
    inquiry: Inquiry

    def _read(self, slot: Slot) -> object:
        answers = self.timeline.answers(slot)
        if not answers.steps:
            return answers.values[0][0]
        return self.inquiry.ask(answers.values, answers.steps)

    def _content(self, slot: Slot, of: type[T]) -> T | None:
        found = self._read(slot)
        return found if isinstance(found, of) else None

    def may_be_in(self, slot: Slot, subnet: str) -> bool:
        """True if a machine or public address is there, and nobody says that it is elsewhere."""
        found = self._read(slot)
        return found is not None and getattr(found, "subnet", "") in ("", subnet)

    def label(self, key: str) -> str:
        return self.base.label(key)

    def unread_reason(self, key: str) -> str | None:
        return self.base.unread_reason(key)

    def is_centralised(self, vpc: str) -> bool:
        return self._read(Slot("centralised", vpc)) is True

    def subnet(self, key: str) -> Subnet | None:
        return self._content(Slot("subnet", key), Subnet)

    def subnets_at(self, vpc: str, space: HeaderSpace) -> Sequence[Subnet]:
        found = [self._content(slot, Subnet) for slot in self.timeline.subnets_at(vpc, space)]
        return [each for each in found if each is not None]

    def table_of(self, subject: str) -> str:
        chosen = self._content(Slot("table_of", subject), str)
        subnet = self.subnet(subject) if not chosen else None
        return chosen or (self.timeline.system_table(subnet.vpc) if subnet else "")

    def table(self, key: str) -> Table | None:
        found = self._content(Slot("table", key), Table)
        if found is None and key in self.timeline.unnamed_tables:
            return Table(key, self.timeline.unnamed_tables[key], system=True)
        return found

    def decide(
        self, table: str, space: HeaderSpace, *, per_entry: bool = False
    ) -> Sequence[Decision]:
        entries = self._entries(table, space)
        lookup = Lookup([(each.prefix, (each.hops, each.status)) for each in entries])
        return decisions(lookup, entries, space, per_entry=per_entry)

    def _entries(self, key: str, space: HeaderSpace) -> list[Entry]:
        """The entries of a table that matter to a space, in order."""
        table = self.table(key)
        found: dict[Prefix, tuple[Entry, ...]] = {}
        for subnet in self.subnets_at(table.vpc, space) if table else ():
            found[subnet.cidr] = (local_entry(subnet.cidr),)
        for prefix in self.timeline.destinations_at(key, space):
            own = self._content(Slot("entry", key, prefix), tuple)
            if own is not None:
                found[prefix] = own
        return [each for _, same in sorted(found.items()) for each in same]

    def gateway(self, key: str) -> Gateway | None:
        return self._content(Slot("gateway", key), Gateway)

    def gateway_in(self, vpc: str) -> Gateway | None:
        found = (self._content(slot, Gateway) for slot in self.timeline.gateways_in.get(vpc, ()))
        return next((each for each in found if each is not None and each.vpc == vpc), None)

    def nat_gateway(self, key: str) -> NatGateway | None:
        return self.base.nat_gateway(key)

    def nat_gateways_in(self, vpc: str) -> Sequence[NatGateway]:
        return self.base.nat_gateways_in(vpc)

    def target_group(self, key: str) -> TargetGroup | None:
        return self.base.target_group(key)

    def endpoint(self, key: str) -> Endpoint | None:
        return self._content(Slot("endpoint", key), Endpoint)

    def service(self, key: str) -> Service | None:
        return self._content(Slot("service", key), Service)

    def balancers_behind(self, service: str, zone: str) -> Sequence[str]:
        found = []
        for slot in self.timeline.behind.get(service, ()):
            where, balancer = slot.part
            if where == zone and self._read(slot) is True:
                found.append(balancer)
        return found

    def balancer(self, key: str) -> Balancer | None:
        return self._content(Slot("balancer", key), Balancer)

    def listener(self, balancer: str) -> Listener | None:
        return self._content(Slot("listener", balancer), Listener)

    def group(self, key: str) -> ServerGroup | None:
        return self._content(Slot("group", key), ServerGroup)

    def fitness(self, group: ServerGroup, sources: Sequence[str]) -> Fitness:
        slots = self.health.rule_slots(group.id)
        rules = {slot.key: self._content(slot, tuple) for slot in slots}
        senders = Senders(tuple(sources), self._balancer_subnets(group.id))
        asked = self.health.conditions(group, senders, rules)
        if self.inquiry.holds(asked.closed):
            return Fitness(any_closed=True)
        if self.inquiry.holds(asked.able):
            return Fitness(any_takes=True)
        if self.inquiry.holds(asked.assured):
            return self._assured_fitness(asked)
        return Fitness(any_unknown=self.inquiry.holds(asked.unknown))

    def _assured_fitness(self, asked: Conditions) -> Fitness:
        """The fitness of a group of which a gate has seen one healthy.

        It is one that runs, unless none of these can be it.
        """
        holds = self.inquiry.holds
        if holds(asked.fit):
            return Fitness(any_takes=True)
        if holds(asked.unsure):
            return Fitness(any_unknown=True)
        if holds(asked.started.closed):
            return Fitness(any_closed=True)
        if holds(asked.started.fit):
            return Fitness(any_takes=True)
        return Fitness(any_unknown=holds(asked.started.unsure) or holds(asked.unknown))

    def _balancer_subnets(self, group: str) -> tuple[str, ...]:
        """The subnets of a group's load balancers, where it matters which."""
        found: set[str] = set()
        for slot in self.timeline.slots["balancer"] if self.health.acls else ():
            listener, balancer = self.listener(slot.key), self.balancer(slot.key)
            if listener is not None and balancer is not None and listener.group == group:
                found.update(balancer.subnets)
        return tuple(sorted(found))
