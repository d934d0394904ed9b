"""The traffic of a plan's moments, each judged on a network of its own."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from gwlbfw.plan.health_gate import HEALTH_GATE
from gwlbfw.reachability import Network
from gwlbfw.reachability.appliances import HEALTH, Guard, ability
from gwlbfw.reachability.flows import Direction, Flow, Judgement, flows
from gwlbfw.reachability.forwarding_model import ForwardingModel
from gwlbfw.reachability.model import Balancer, Machine, Member, ServerGroup
from gwlbfw.reachability.packets import Source
from gwlbfw.reachability.prefixes import HeaderSpace, Span, intersection, union
from gwlbfw.reachability.rules import lets_in, merged_rules
from gwlbfw.reachability.slots import Slot, network_of
from gwlbfw.reachability.walk import Walker
from tests.unit.forecast.random_plans import RandomPlan, closed_sets

Done = frozenset[int]
Values = dict[Slot, object]
Row = tuple[str, Direction, Source | None, Judgement, Judgement | None]
"""Subnet, direction, source, verdict, and the verdict before."""


@dataclass
class OneByOne:
    """Every set of done steps of a plan, and the network at each."""

    plan: RandomPlan
    _takes: dict[Slot, frozenset[int]] = field(default_factory=dict)

    @cached_property
    def sets(self) -> list[Done]:
        return [*closed_sets(self.plan.steps, 10**6)]

    @cached_property
    def needs(self) -> list[Done]:
        """All that each step needs, directly or not."""
        numbers = {step.id: number for number, step in enumerate(self.plan.steps)}
        found: list[Done] = []
        for step in self.plan.steps:
            direct = frozenset(numbers[each] for each in step.needs)
            found.append(direct.union(*(found[each] for each in direct)))
        return found

    @cached_property
    def contents(self) -> dict[Done, Values]:
        """The content of the slots at each moment."""
        return {done: self._content(done) for done in self.sets}

    def _content(self, done: Done) -> Values:
        values = dict(self.plan.made.start)
        for number in sorted(done):
            values.update(self.plan.made.fillings.get(number, ()))
        return values

    def network(self, done: Done) -> Network:
        """The network at a moment, with the health of its members."""
        values = dict(self.contents[done])
        for slot in [each for each in values if each.what == "member"]:
            values[Slot("health", slot.key, slot.part)] = self._health(slot, done)
        network = network_of(values, self.plan.start, self.plan.start.labels)
        started = [*self._started(network, done)]
        values.update(started)
        return network_of(values, network, network.labels) if started else network

    # --- health ---

    @cached_property
    def gates(self) -> Mapping[str, list[int]]:
        """The gates of each machine; of any, those by an empty name."""
        keys = {address: key for key, address in self.plan.start.labels.items()}
        found: defaultdict[str, list[int]] = defaultdict(list)
        for number, step in enumerate(self.plan.steps):
            if step.call is None and step.phase == "healthy":
                machine = str(keys.get(step.address, step.address))
                found["" if step.id == HEALTH_GATE else machine].append(number)
        return found

    def _health(self, member: Slot, done: Done) -> str:
        at_start = self.plan.made.start.get(Slot("health", member.key, member.part))
        takes = self.takes(member)
        since_start = at_start == "Healthy" and not takes & done
        if since_start or self._is_seen(self.gates[member.part], takes, done):
            return "Healthy"
        if self._is_vouched(member.key, done):
            return "Healthy"
        if isinstance(at_start, str) and at_start not in HEALTH and not takes & done:
            return at_start
        return "Unhealthy"

    def _is_seen(self, gates: list[int], takes: Done, done: Done) -> bool:
        """Whether a gate has seen health, and nothing can have taken it since."""
        return any(gate in done and not (takes & done) - self.needs[gate] for gate in gates)

    def _started(self, network: Network, done: Done) -> Iterator[tuple[Slot, object]]:
        """The machines of a group of which a gate saw one healthy, and it is none that runs."""
        for group in network.groups.values():
            if not self._is_vouched(group.id, done):
                continue
            machines = [network.machines.get(each.server) for each in group.members]
            if any(_may_be_seen(network, group, each) for each in group.members):
                continue
            for each in machines:
                if each is not None:
                    yield Slot("machine", each.id), replace(each, running=True)

    def _is_vouched(self, group: str, done: Done) -> bool:
        every = [each for each in self._every("member") if each.key == group]
        return self._is_seen(self.gates[""], frozenset().union(*map(self.takes, every)), done)

    def _every(self, what: str) -> set[Slot]:
        written = {slot for each in self.plan.made.fillings.values() for slot, _ in each}
        return {slot for slot in {*self.plan.made.start, *written} if slot.what == what}

    def takes(self, member: Slot) -> frozenset[int]:
        """The steps after which a member may be without what it needs to be healthy."""
        if member not in self._takes:
            self._takes[member] = frozenset(self._taking(member))
        return self._takes[member]

    def _taking(self, member: Slot) -> Iterator[int]:
        group = Slot("group", member.key)
        was = _probe(self.plan.made.start.get(group))
        for number, fillings in self.plan.made.fillings.items():
            for slot, value in fillings:
                stopped = not (isinstance(value, Machine) and value.running)
                if slot == member or (slot == Slot("machine", member.part) and stopped):
                    yield number
                if slot == group:
                    if _probe(value) != was:
                        yield from self._by_probe(member, number)
                    was = _probe(value)
            written = {slot for slot, _ in fillings}
            for done in self.sets:
                just_done = number in done and done - {number} in self.contents
                if just_done and self._is_shut_by(written, member, self.contents[done]):
                    yield number
                    break

    def _by_probe(self, member: Slot, number: int) -> Iterator[int]:
        """Those made for the new probe lose nothing; others when one of these is healthy."""
        joined = {
            slot
            for each in self.needs[number]
            for slot, _ in self.plan.made.fillings.get(each, ())
            if slot.what == "member" and slot.key == member.key
        }
        if member in joined:
            return
        later = {
            gate for slot in joined for gate in self.gates[slot.part] if number in self.needs[gate]
        }
        yield from later or {number}

    @staticmethod
    def _is_shut_by(written: set[Slot], member: Slot, values: Values) -> bool:
        """Whether a step that wrote these may keep probes out."""
        machine = values.get(Slot("machine", member.part))
        group = values.get(Slot("group", member.key))
        if not isinstance(machine, Machine) or not isinstance(group, ServerGroup):
            return False
        if not group.probe.enabled or not machine.security_groups:
            return False
        decides = {Slot("machine", member.part), Slot("group", member.key)}
        decides |= {Slot("rules", each) for each in machine.security_groups}
        if not any(each in decides or each.what == "balancer" for each in written):
            return False
        known = {s.key: v for s, v in values.items() if s.what == "rules" and isinstance(v, tuple)}
        balancers = [each for each in values.values() if isinstance(each, Balancer)]
        sources = [block for each in balancers for block in each.addresses.values()]
        rules = merged_rules(machine.security_groups, known)
        return rules is not None and not lets_in(rules, "tcp", group.probe.port, sources)


def _may_be_seen(network: Network, group: ServerGroup, member: Member) -> bool:
    """Whether a member that is healthy gets packets as it stands."""
    machine = network.machines.get(member.server)
    rules = merged_rules(machine.security_groups if machine else None, network.security_groups)
    sources = [block for each in network.balancers.values() for block in each.addresses.values()]
    healthy = replace(member, health="Healthy")
    return ability(healthy, group.probe, Guard(machine, rules), sources) != "unable"


def _probe(group: object) -> object:
    return group.probe if isinstance(group, ServerGroup) else None


def subnets_of(plan: RandomPlan) -> list[str]:
    """The subnets whose traffic is followed."""
    roles = ("business", "bystander")
    return [key for key, each in plan.start.subnets.items() if each.role in roles]


def verdicts(found: Iterable[Flow], before: list[Flow]) -> Mapping[Row, HeaderSpace]:
    """The addresses of each verdict, by what it was before."""
    spans: defaultdict[Row, list[Span]] = defaultdict(list)
    for flow in found:
        earlier = [each for each in before if each.direction == flow.direction]
        rest = flow.space
        for was in earlier:
            row = flow.subnet.id, flow.direction, flow.source, flow.verdict, was.verdict
            spans[row] += intersection(rest, was.space)
        spans[flow.subnet.id, flow.direction, flow.source, flow.verdict, None] += rest
    return {row: each for row, parts in spans.items() if (each := union(parts))}


def flows_of(network: ForwardingModel, key: str) -> list[Flow]:
    subnet = network.subnet(key)
    return flows(Walker(network), subnet) if subnet else []
