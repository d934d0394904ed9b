"""The ability of appliances in a forecast: those that are guarded alike are judged once."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Self

from gwlbfw.forecast.timeline import Timeline
from gwlbfw.reachability.appliances import Ability, Guard, ability
from gwlbfw.reachability.model import Machine, Member, Subnet
from gwlbfw.reachability.network_acls import OPEN, Acls, Passage, Place, passage
from gwlbfw.reachability.rules import merged_rules
from gwlbfw.resources.forwarding import InboundRule, Probe

KnownRules = Mapping[str, tuple[InboundRule, ...]]


class Senders(NamedTuple):
    """The addresses from which packets come to appliances, and the subnets that these are in."""

    addresses: tuple[str, ...]
    subnets: tuple[str, ...] = ()


@dataclass(frozen=True)
class WayFilters:
    """The network ACLs between load balancers and appliances, which no plan changes."""

    acls: Acls = field(default_factory=dict)
    blocks: Mapping[str, str] = field(default_factory=dict)
    """The block of each subnet, for appliances that have no address yet."""

    @classmethod
    def of(cls, acls: Acls, timeline: Timeline) -> Self:
        """The filters of a plan."""
        if not acls:
            return cls()
        subnets = (each for slot in timeline.slots["subnet"] for each in timeline.possible(slot))
        blocks = {each.id: str(each.cidr) for each in subnets if isinstance(each, Subnet)}
        return cls(acls, blocks)

    def passage(self, machine: Machine | None, senders: Senders) -> Passage:
        """What the filters make of the way between load balancers and an appliance."""
        if not self.acls or machine is None:
            return OPEN
        block = machine.ip or self.blocks.get(machine.subnet, "")
        home = Place(machine.subnet, (block,))
        return passage(self.acls, home, senders.subnets, senders.addresses)


@dataclass
class Fit:
    """The ability of members of one health; those that are guarded alike are judged once."""

    probe: Probe
    senders: Senders
    rules: KnownRules
    filters: WayFilters
    health: str = "Healthy"
    runs: bool = False
    """True if they run, whatever their machines did before."""
    _known: dict[object, Ability] = field(default_factory=dict)

    def ability(self, member: object, machine: object) -> Ability:
        """The ability of a member on a machine."""
        if not isinstance(member, Member):
            return "unable"
        known = machine if isinstance(machine, Machine) else None
        if known and self.runs:
            known = replace(known, running=True)
        groups = known.security_groups if known else None
        on_the_way = self.filters.passage(known, self.senders)
        key = member.status, groups, known is None or known.running, on_the_way
        if key not in self._known:
            guard = Guard(known, merged_rules(groups, self.rules), on_the_way)
            member = replace(member, health=self.health)
            self._known[key] = ability(member, self.probe, guard, self.senders.addresses)
        return self._known[key]
