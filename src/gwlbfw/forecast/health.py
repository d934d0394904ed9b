"""The health of appliances over the course of a plan.

An appliance is unable from the first call that takes what it needs until a gate has seen that very
appliance healthy. One that joins a group is unable until then too. A gate that waits for some
healthy appliances, whichever, vouches for the group until a call takes something from any, or one
of them from the group.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, reduce
from itertools import product
from operator import or_
from typing import NamedTuple

from gwlbfw.forecast.fit import Fit, KnownRules, Senders, WayFilters
from gwlbfw.forecast.order import numbers_in
from gwlbfw.forecast.orders import Condition, both, either
from gwlbfw.forecast.timeline import Timeline
from gwlbfw.reachability.appliances import HEALTH, Ability
from gwlbfw.reachability.model import Balancer, Machine, ServerGroup
from gwlbfw.reachability.network_acls import Acls
from gwlbfw.reachability.rules import lets_in, merged_rules
from gwlbfw.reachability.slots import Slot
from gwlbfw.resources.forwarding import InboundRule

Rules = Mapping[str, tuple[InboundRule, ...] | None]
"""The rules of security groups by key; None where they are not known."""


class Conditions(NamedTuple):
    """When a group has an appliance that takes packets, one that loses them, one not known."""

    able: Condition
    assured: Condition
    """One of those that are fit takes them, though nobody knows which."""
    fit: Condition
    """One would take them if it were healthy."""
    unsure: Condition
    """Of one it would not be known even then."""
    closed: Condition
    unknown: Condition
    started: "Started"
    """As far as those that have stood still run."""


class Started(NamedTuple):
    """When a group has one that would take packets, lose them, or not be known, if all ran.

    Where a gate has seen one healthy and none that runs can be it, it is one that was started.
    """

    closed: Condition
    fit: Condition
    unsure: Condition


@dataclass
class Health:
    """The health of the appliances of every group."""

    timeline: Timeline
    gates: Mapping[str, Sequence[int]]
    """The numbers of the gates that see an appliance healthy, by its key; by `` for any."""
    acls: Acls = field(default_factory=dict)
    """The network ACLs of the firewall's subnets."""
    _conditions: dict[object, Conditions] = field(default_factory=dict)
    _rule_slots: dict[str, list[Slot]] = field(default_factory=dict)
    _shut: dict[object, bool] = field(default_factory=dict)
    _takes: dict[Slot, int] = field(default_factory=dict)
    _made: dict[tuple[str, int], tuple[frozenset[Slot], list[int]]] = field(default_factory=dict)

    @cached_property
    def _filters(self) -> WayFilters:
        return WayFilters.of(self.acls, self.timeline)

    # --- what may be ---

    def _machines(self, server: str) -> list[Machine | None]:
        values = self.timeline.possible(Slot("machine", server))
        return [each if isinstance(each, Machine) else None for each in values]

    def rule_slots(self, group: str) -> list[Slot]:
        """The slots of the rules that guard the members of a group at any moment."""
        if group not in self._rule_slots:
            self._rule_slots[group] = self._rule_slots_of(group)
        return self._rule_slots[group]

    def _rule_slots_of(self, group: str) -> list[Slot]:
        keys = {
            key
            for slot in self.timeline.members.get(group, ())
            for machine in self._machines(slot.part)
            for key in (machine.security_groups if machine else None) or ()
        }
        return [Slot("rules", key) for key in sorted(keys)]

    # --- what takes from an appliance what it needs ---

    def takes(self, member: Slot) -> int:
        """The steps that take from a member what it needs to be healthy, as bits."""
        if member not in self._takes:
            self._takes[member] = sum(1 << each for each in set(self._taking(member)))
        return self._takes[member]

    def _taking(self, member: Slot) -> Iterator[int]:
        timeline, group = self.timeline, Slot("group", member.key)
        machine = Slot("machine", member.part)
        yield from (number for number, _ in timeline.writes.get(member, ()))
        for number, value in timeline.writes.get(machine, ()):
            if not isinstance(value, Machine) or not value.running:
                yield number
        guards = [machine, group, *self.rule_slots(member.key), *timeline.slots["balancer"]]
        for slot in guards:
            for number, _ in timeline.writes.get(slot, ()):
                if self._is_shut(member, slot, number):
                    yield number
        was = self._probe(timeline.effects.start.get(group))
        for number, value in timeline.writes.get(group, ()):
            if self._probe(value) != was:
                yield from self._taken_by_probe(member, number)
            was = self._probe(value)

    def _taken_by_probe(self, member: Slot, number: int) -> Iterator[int]:
        """The steps with which a changed probe takes a member's health.

        UNVERIFIED: an appliance that does not answer it stays healthy for as long as failures take
        to count (20 s by default), in which one that was made for it becomes healthy (10 s). Where
        no such appliance is in the group by then, it is taken at once.
        """
        made, gates = self._made_for_probe(member.key, number)
        if member not in made:
            yield from gates or [number]

    def _made_for_probe(self, group: str, number: int) -> tuple[frozenset[Slot], list[int]]:
        """The members that joined before the probe changes, and the gates for them after it."""
        if (group, number) not in self._made:
            above = self.timeline.moments.order.prerequisites
            made = frozenset(
                each
                for each in self.timeline.members.get(group, ())
                if any(above[number] >> at & 1 for at, _ in self.timeline.writes.get(each, ()))
            )
            seen = [gate for each in made for gate in self.gates.get(each.part, ())]
            gates = sorted(gate for gate in seen if above[gate] >> number & 1)
            self._made[group, number] = made, gates
        return self._made[group, number]

    @staticmethod
    def _probe(group: object) -> object:
        return group.probe if isinstance(group, ServerGroup) else None

    def _is_shut(self, member: Slot, written: Slot, number: int) -> bool:
        """True if a member's security groups may keep a probe out once a step is done."""
        machine = Slot("machine", member.part)
        machines = self.timeline.possible_when(machine, number)
        profiles = {e.security_groups for e in machines if isinstance(e, Machine)}
        suspects = {each for each in profiles if each and self._keeps_out(each, member.key, number)}
        return any(
            self._keeps_out_at_once(machine, each, member.key, number)
            for each in suspects
            if written.what != "rules" or written.key in each
        )

    def _keeps_out_at_once(
        self, machine: Slot, groups: tuple[str, ...], group: str, number: int
    ) -> bool:
        """True if there is a moment, a step being just done, at which all that shuts is so."""
        rules = [Slot("rules", each) for each in groups]
        balancers = self.timeline.slots["balancer"]
        slots = [machine, Slot("group", group), *rules, *balancers]
        for guarded, probing, *others in self.timeline.possible_together(slots, number):
            if not isinstance(guarded, Machine) or guarded.security_groups != groups:
                continue
            if isinstance(probing, ServerGroup) and probing.probe.enabled:
                merged = _together(groups, others[: len(groups)])
                sources = _addresses(others[len(groups) :])
                if merged is not None and not lets_in(merged, "tcp", probing.probe.port, sources):
                    return True
        return False

    def _keeps_out(self, groups: tuple[str, ...], group: str, number: int) -> bool:
        key = groups, group, number
        if key not in self._shut:
            when = self.timeline.possible_when
            ports = {
                each.probe.port
                for each in when(Slot("group", group), number)
                if isinstance(each, ServerGroup) and each.probe.enabled
            }
            sources = self._sources(number)
            self._shut[key] = any(
                not lets_in(_together(groups, chosen) or (), "tcp", port, sources)
                for chosen in product(*(when(Slot("rules", each), number) for each in groups))
                for port in ports
            )
        return self._shut[key]

    def _sources(self, number: int) -> list[str]:
        """The addresses from which probes may come once a step is done."""
        slots, when = self.timeline.slots["balancer"], self.timeline.possible_when
        return _addresses([each for slot in slots for each in when(slot, number)])

    # --- conditions ---

    def conditions(self, group: ServerGroup, senders: Senders, rules: Rules) -> Conditions:
        """The conditions of a group's ability, with these rules, probed from these addresses."""
        key = (group.id, group.probe, senders, tuple(sorted(rules.items())))
        if key not in self._conditions:
            known = {name: each for name, each in rules.items() if each is not None}
            self._conditions[key] = self._conditions_of(group, senders, known)
        return self._conditions[key]

    def _conditions_of(self, group: ServerGroup, senders: Senders, rules: KnownRules) -> Conditions:
        members = self.timeline.members.get(group.id, [])
        assured = self._assured(members)
        able, fit_ones, unsure = list[Condition](), list[Condition](), list[Condition]()
        closed, unknown = list[Condition](), list[Condition]()
        guarded = (group.probe, senders, rules, self._filters)
        fit, unfit = Fit(*guarded, "Healthy"), Fit(*guarded, "Unhealthy")
        for member in members:
            healthy = self._healthy(member)
            if_able = self._would_be(member, "able", fit)
            fit_ones.append(if_able)
            able.append(both(if_able, healthy))
            if_closed = self._would_be(member, "closed", fit)
            closed.append(both(if_closed, either([healthy, assured])))
            if_unknown = self._would_be(member, "unknown", fit)
            unsure.append(if_unknown)
            unknown += [self._would_be(member, "unknown", unfit), both(if_unknown, healthy)]
            if self._start_health(member) not in (None, *HEALTH):
                any_of = either([if_able, if_closed, if_unknown])
                unknown.append(both(any_of, self._untouched(member)))
        may_be = either(able), assured, either(fit_ones), either(unsure)
        started = self._started(members, Fit(*guarded, runs=True))
        return Conditions(*may_be, either(closed), either(unknown), started)

    def _started(self, members: Sequence[Slot], fit: Fit) -> Started:
        def any_would_be(wanted: Ability) -> Condition:
            return either([self._would_be(each, wanted, fit) for each in members])

        return Started(any_would_be("closed"), any_would_be("able"), any_would_be("unknown"))

    def _would_be(self, member: Slot, wanted: Ability, fit: Fit) -> Condition:
        """The condition that a member, with a health, would have this ability."""
        machine = Slot("machine", member.part)
        return self.timeline.where_both(member, machine, lambda *both: fit.ability(*both) == wanted)

    def _start_health(self, member: Slot) -> object:
        return self.timeline.effects.start.get(Slot("health", member.key, member.part))

    def _healthy(self, member: Slot) -> Condition:
        """The condition that a member is known to be healthy."""
        takes = self.takes(member)
        since = [(0, takes)] if self._start_health(member) == "Healthy" else []
        return self._seen(since, self.gates.get(member.part, ()), takes)

    def _untouched(self, member: Slot) -> Condition:
        """The condition that nothing has taken from a member what it had at the start."""
        takes = self.takes(member)
        return self._seen([(0, takes)], (), takes)

    def _assured(self, members: Sequence[Slot]) -> Condition:
        """The condition that a gate vouches for a group of these members."""
        takes = reduce(or_, map(self.takes, members), 0)
        return self._seen([], self.gates.get("", ()), takes)

    def _seen(self, since: list[tuple[int, int]], gates: Sequence[int], takes: int) -> Condition:
        """True since a gate, or the start, as long as no step takes anything after it."""
        order, moments = self.timeline.moments.order, self.timeline.moments
        since = [*since, *((1 << each, takes & ~order.prerequisites[each]) for each in gates)]
        holds, fails, steps = [], [], 0
        for gate, after in since:
            steps |= gate | after
            holds.append(moments.alternative(gate, after))
            otherwise = [moments.alternative(0, gate)] if gate else []
            otherwise += [moments.alternative(1 << each, 0) for each in numbers_in(after)]
            fails.append(tuple(each for each in otherwise if each is not None))
        return Condition(tuple(each for each in holds if each is not None), tuple(fails), steps)


def _addresses(balancers: Sequence[object]) -> list[str]:
    """The addresses of some load balancers."""
    found = (each.addresses.values() for each in balancers if isinstance(each, Balancer))
    return sorted({block for blocks in found for block in blocks})


def _together(groups: Sequence[str], contents: Sequence[object]) -> tuple[InboundRule, ...] | None:
    """The rules of some security groups together, with these contents of their slots."""
    rows = zip(groups, contents, strict=True)
    return merged_rules(groups, {key: each for key, each in rows if isinstance(each, tuple)})
