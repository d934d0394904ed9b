"""The effect of each step of a plan: a resource comes, goes, or becomes another."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from gwlbfw.address import Address
from gwlbfw.diff import Change
from gwlbfw.plan.model import REPLACE, Step
from gwlbfw.plan.unread import with_unread
from gwlbfw.reachability import NetworkBuilder, apply, remove
from gwlbfw.resources.graph import Node, ResourceGraph


@dataclass(frozen=True)
class Effect:
    """The content of an address once a step is done; a node of None means nothing."""

    address: Address
    node: Node | None
    was: Node
    """The node that goes, where nothing is left."""

    clears_routes: bool = False
    """True if the routes to what goes are gone with it."""

    def apply(self, builder: NetworkBuilder) -> None:
        """Make the change in a forwarding model."""
        if self.clears_routes:
            builder.remove_routes_to(builder.register(self.address, self.was))
        if self.node is None:
            remove(builder, self.address, self.was)
        else:
            apply(builder, self.address, self.node)


def effects(
    steps: tuple[Step, ...],
    changes: tuple[Change, ...],
    known: ResourceGraph,
    *,
    refused: bool = False,
) -> Mapping[str, Effect]:
    """The effect of every step that has one, by the step's id.

    What is only tried is taken to work or, with `refused`, not to.
    """
    by_address = {change.address: change for change in changes}
    found: dict[str, Effect] = {}
    for step in steps:
        idle = step.attempt if refused else bool(step.unless)
        if step.call is None or idle:
            continue
        change = by_address.get(step.address)
        if change is not None and not _relabels(step, change):
            found[step.id] = _effect(step, change, known.get(step.address))
    return found


_LABELS = frozenset({"name", "description", "tags"})


def _relabels(step: Step, change: Change) -> bool:
    """True if a step only changes what no packet meets; many of these would be many states."""
    if step.phase in ("tag", "untag"):
        return True
    return change.action in ("update", "adopt") and change.changed <= _LABELS


def _effect(step: Step, change: Change, hint: Node | None) -> Effect:
    goes = change.action == "delete" or step.phase.startswith(REPLACE)
    node = change.was if goes and change.was else change.node
    resource = with_unread(node, hint) if goes else node.resource
    after = resource.after(step.phase.removeprefix(REPLACE))
    # A gateway that goes although routes lead to it is taken to take them along (UNVERIFIED).
    clears = step.attempt and after is None
    return Effect(step.address, replace(node, resource=after) if after else None, node, clears)


def assume_healthy(builder: NetworkBuilder) -> None:
    """Take every appliance to be healthy, as the plan waits for before it cuts over."""
    for key, group in builder.groups.items():
        members = tuple(
            replace(each, health="Healthy", status="Available") for each in group.members
        )
        builder.groups[key] = replace(group, members=members)
