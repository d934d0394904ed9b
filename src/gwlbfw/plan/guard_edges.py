"""Security groups in the order of a plan: they open before what needs it, and close after it.

What needs it is every change of who probes appliances, which appliances, and how: the load
balancer's addresses, the health check, and the members of the group.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from gwlbfw.address import Address, Ref
from gwlbfw.plan.precedence import Precedence
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
    updates = [each for each in graph.pending if each.change.action in ("update", "adopt")]
    guards = [each for each in _moved(updates) if each.opens or each.closes]
    if not guards:
        return
    probing = [each.pending.step.id for each in _moved(graph.pending) if each.probes]
    precedence = Precedence(graph.edges)
    for each in guards:
        own = each.pending.step.id
        settled = precedence.before(own) if each.opens else precedence.after(own)
        for other in probing:
            if other not in settled:
                precedence.add(*((own, other) if each.opens else (other, own)))


def _moved(steps: Iterable[PendingStep]) -> Iterator[_Moved]:
    now: dict[Address, tuple[ForwardingFact, ...]] = {}
    for pending in steps:
        change, at = pending.change, pending.step.address
        was = change.was.resource if change.was else None
        before = now.get(at, _facts(was, at))
        earlier = was if change.action in ("update", "adopt") else None
        now[at] = _facts(pending.resource.after(pending.step.kind_phase, earlier), at)
        yield _Moved(pending, before, now[at])


def _facts(resource: Resource | None, at: Address) -> tuple[ForwardingFact, ...]:
    return resource.forwarding_facts(Ref(at)) if resource else ()
