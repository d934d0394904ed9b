"""The content of each slot of the forwarding model over the course of a plan."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product

from gwlbfw.forecast.effects import Effects
from gwlbfw.forecast.orders import ALWAYS, Alternative, Clause, Condition, Moments, Region
from gwlbfw.reachability.model import Gateway, Subnet, Table
from gwlbfw.reachability.prefix_index import PrefixIndex
from gwlbfw.reachability.prefixes import HeaderSpace, Prefix
from gwlbfw.reachability.slots import Slot, unnamed_system_table


@dataclass(frozen=True)
class Answers:
    """The possible contents of a slot, each once, and the clause under which it is the one."""

    values: Sequence[tuple[object, tuple[Clause, ...]]]
    steps: int
    """The steps that write the slot."""


@dataclass
class Timeline:
    """The possible contents of every slot, and when each is."""

    effects: Effects
    moments: Moments
    _answers: dict[Slot, Answers] = field(default_factory=dict)

    @cached_property
    def writes(self) -> dict[Slot, list[tuple[int, object]]]:
        """The steps that fill each slot, by number, and with what; no two in turn with the same."""
        found: defaultdict[Slot, list[tuple[int, object]]] = defaultdict(list)
        for number, fillings in sorted(self.effects.fillings.items()):
            for slot, value in fillings:
                found[slot].append((number, value))
        return found

    def answers(self, slot: Slot) -> Answers:
        """The possible contents of a slot: of the steps that are done, the last one counts."""
        if slot not in self._answers:
            self._answers[slot] = self._answers_of(slot)
        return self._answers[slot]

    def _answers_of(self, slot: Slot) -> Answers:
        writes = self.writes.get(slot, [])
        found: list[tuple[object, list[Alternative]]] = []
        later = 0
        for number, value in [*reversed(writes), (-1, self.effects.start.get(slot))]:
            bit = 0 if number < 0 else 1 << number
            alternative = self.moments.alternative(bit, later)
            later |= bit
            if alternative is None:
                continue
            for known, alternatives in found:
                if known == value:
                    alternatives.append(alternative)
                    break
            else:
                found.append((value, [alternative]))
        if len(found) == 1:
            return Answers([(found[0][0], ())], 0)
        return Answers([(value, (tuple(each),)) for value, each in found], later)

    def possible(self, slot: Slot) -> list[object]:
        """The possible contents of a slot."""
        return [value for value, _ in self.answers(slot).values]

    def where_both(
        self, one: Slot, other: Slot, test: Callable[[object, object], bool]
    ) -> Condition:
        """The condition that the contents of two slots pass a test together."""
        first, second = self.answers(one), self.answers(other)
        holds, fails = list[Alternative](), list[Alternative]()
        for a, these in first.values:
            for b, those in second.values:
                chosen = holds if test(a, b) else fails
                pairs = product(*(each[0] if each else (ALWAYS,) for each in (these, those)))
                chosen.extend(
                    Alternative(x.done | y.done, x.undone | y.undone)
                    for x, y in pairs
                    if not (x.done | y.done) & (x.undone | y.undone)
                )
        return Condition(tuple(holds), (tuple(fails),), first.steps | second.steps)

    def possible_when(self, slot: Slot, number: int) -> Iterator[object]:
        """The possible contents of a slot when a step has just been done."""
        order = self.moments.order
        above, below = order.prerequisites[number], order.dependents[number]
        found: list[object] = [self.effects.start.get(slot)]
        for writer, value in self.writes.get(slot, []):
            if writer == number or above >> writer & 1:
                found = [value]
            elif not below >> writer & 1:
                found.append(value)
        return iter(found)

    def possible_together(self, slots: Sequence[Slot], number: int) -> Iterator[list[object]]:
        """The possible contents of some slots at one moment, when a step has just been done."""
        order = self.moments.order
        just_done = Region(1 << number | order.prerequisites[number], order.dependents[number])
        return self._together(slots, just_done)

    def _together(self, slots: Sequence[Slot], region: Region) -> Iterator[list[object]]:
        if not slots:
            yield []
            return
        for value, clauses in self.answers(slots[0]).values:
            part = region.where(clauses)
            if part is not None and self.moments.example(part) is not None:
                yield from ([value, *rest] for rest in self._together(slots[1:], part))

    # --- what there is, at some moment ---

    @cached_property
    def slots(self) -> dict[str, list[Slot]]:
        """Every slot that has content at some moment, by what it is about."""
        found: defaultdict[str, list[Slot]] = defaultdict(list)
        for slot in dict.fromkeys([*self.effects.start, *self.writes]):
            found[slot.what].append(slot)
        return found

    @cached_property
    def _subnets(self) -> dict[str, PrefixIndex[Slot]]:
        """The subnets of each VPC."""
        found: defaultdict[str, list[tuple[Prefix, Slot]]] = defaultdict(list)
        for slot in self.slots["subnet"]:
            for value in self.possible(slot):
                if isinstance(value, Subnet):
                    found[value.vpc].append((value.cidr, slot))
        return {vpc: PrefixIndex(each) for vpc, each in found.items()}

    def subnets_at(self, vpc: str, space: HeaderSpace) -> Sequence[Slot]:
        """The subnets of a VPC that may have addresses of a space."""
        return self._subnets[vpc].overlapping(space) if vpc in self._subnets else ()

    @cached_property
    def _destinations(self) -> dict[str, PrefixIndex[Prefix]]:
        """The destinations of each table's own entries."""
        found: defaultdict[str, list[tuple[Prefix, Prefix]]] = defaultdict(list)
        for slot in self.slots["entry"]:
            found[slot.key].append((slot.part, slot.part))
        return {table: PrefixIndex(each) for table, each in found.items()}

    def destinations_at(self, table: str, space: HeaderSpace) -> Sequence[Prefix]:
        """The destinations of a table's own entries that may decide for a space."""
        return self._destinations[table].overlapping(space) if table in self._destinations else ()

    @cached_property
    def gateways_in(self) -> dict[str, list[Slot]]:
        """The IPv4 gateways of each VPC."""
        found: defaultdict[str, list[Slot]] = defaultdict(list)
        for slot in self.slots["gateway"]:
            vpcs = {each.vpc for each in self.possible(slot) if isinstance(each, Gateway)}
            for vpc in sorted(vpcs):
                found[vpc].append(slot)
        return found

    @cached_property
    def behind(self) -> dict[str, list[Slot]]:
        """The resources of each endpoint service."""
        found: defaultdict[str, list[Slot]] = defaultdict(list)
        for slot in self.slots["behind"]:
            found[slot.key].append(slot)
        return found

    @cached_property
    def members(self) -> dict[str, list[Slot]]:
        """The members of each server group."""
        found: defaultdict[str, list[Slot]] = defaultdict(list)
        for slot in self.slots["member"]:
            found[slot.key].append(slot)
        return found

    @cached_property
    def unnamed_tables(self) -> dict[str, str]:
        """The VPCs whose system table is known by nothing else, by its key."""
        vpcs = self._subnets.keys() - self._system_tables.keys()
        return {unnamed_system_table(vpc): vpc for vpc in vpcs}

    @cached_property
    def _system_tables(self) -> dict[str, str]:
        return {
            value.vpc: value.id
            for slot in self.slots["table"]
            for value in self.possible(slot)
            if isinstance(value, Table) and value.system
        }

    def system_table(self, vpc: str) -> str:
        """The table of a VPC's subnets that have no other."""
        return self._system_tables.get(vpc) or unnamed_system_table(vpc)
