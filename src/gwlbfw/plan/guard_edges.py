"""Security groups in the order of a plan: they open before what needs it, and close after it.

What needs it is every change of who probes appliances, which appliances, and how: the load
balancer's addresses, the health check, and the members of the group.
"""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from gwlbfw.address import Address, Ref
from gwlbfw.plan.steps import PendingStep, StepGraph
from gwlbfw.resources.forwarding import (
    ForwardingFact,
    InboundRule,
    LoadBalancerFact,
    MachineFact,
    MemberFact,
    RulesFact,
    ServerGroupFact,
)
from gwlbfw.resources.resource import Resource

PROBING = (LoadBalancerFact, ServerGroupFact, MemberFact)


@dataclass(frozen=True)
class _Moved:
    """A step with the facts of its resource before and after it."""

    pending: PendingStep
    before: tuple[ForwardingFact, ...]
    after: tuple[ForwardingFact, ...]

    @property
    def probes(self) -> bool:
        """True if it changes who probes which appliances, and how."""
        changed = set(self.before) ^ set(self.after)
        return any(isinstance(each, PROBING) for each in changed)

    @property
    def opens(self) -> bool:
        """True if it lets in what was not let in, and so keeps nothing out that was let in."""
        return bool(_guards(self.after) - _guards(self.before)) and not self.closes

    @property
    def closes(self) -> bool:
        """True if it no longer lets in what was let in."""
        return bool(_guards(self.before) - _guards(self.after))


def _guards(facts: tuple[ForwardingFact, ...]) -> frozenset[InboundRule | str]:
    """The rules and the security groups by which packets are let in."""
    rules = [rule for each in facts if isinstance(each, RulesFact) for rule in each.rules]
    machines = [each for each in facts if isinstance(each, MachineFact)]
    groups = [group for each in machines for group in each.security_groups or ()]
    return frozenset([*(each for each in rules if each.accepts), *groups])


def guard_edges(graph: StepGraph) -> None:
    """Join the steps that open before those that need it, and these before those that close.

    Deletions are left out: what is deleted has no user left, which its references see to.
    """
    moved = list(_moved(graph))
    probing = [each.pending.step.id for each in moved if each.probes]
    for each in moved:
        if each.pending.change.action not in ("update", "adopt"):
            continue
        own = each.pending.step.id
        if each.opens:
            earlier = _before(own, graph.edges)
            graph.edges.update((own, other) for other in probing if other not in earlier)
        elif each.closes:
            later = _before(own, {(then, first) for first, then in graph.edges})
            graph.edges.update((other, own) for other in probing if other not in later)


def _before(step: str, edges: AbstractSet[tuple[str, str]]) -> set[str]:
    """The steps that come before one, directly or not."""
    direct: dict[str, list[str]] = {}
    for first, then in edges:
        direct.setdefault(then, []).append(first)
    found, todo = {step}, [step]
    while todo:
        new = [each for each in direct.get(todo.pop(), ()) if each not in found]
        found.update(new)
        todo += new
    return found


def _moved(graph: StepGraph) -> Iterator[_Moved]:
    now: dict[Address, tuple[ForwardingFact, ...]] = {}
    for pending in graph.pending:
        change, at = pending.change, pending.step.address
        was = change.was.resource if change.was else None
        before = now.get(at, _facts(was, at))
        earlier = was if change.action in ("update", "adopt") else None
        now[at] = _facts(pending.resource.after(pending.step.kind_phase, earlier), at)
        yield _Moved(pending, before, now[at])


def _facts(resource: Resource | None, at: Address) -> tuple[ForwardingFact, ...]:
    return resource.forwarding_facts(Ref(at)) if resource else ()
