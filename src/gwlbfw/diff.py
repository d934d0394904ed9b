"""Two graphs compared: what has to be created, changed, replaced, deleted or taken over."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from gwlbfw.address import Address
from gwlbfw.resources.graph import Live, Node, OriginalState, ResourceGraph
from gwlbfw.resources.resource import Resource

Action = Literal["create", "update", "replace", "delete", "adopt", "no_op"]
COSMETIC = frozenset({"name", "description", "tags"})
"""Properties that no packet meets, and that follow the keys of the file."""
ACTIONS: tuple[Action, ...] = ("create", "update", "replace", "delete", "adopt", "no_op")


@dataclass(frozen=True)
class Change:
    """The change at one address: from `was`, None for a create, to `towards`, None for a delete."""

    address: Address
    action: Action
    was: Node | None
    towards: Node | None
    changed: frozenset[str] = frozenset()
    reason: str = ""
    restores: bool = False
    """True if it restores what was there before the stack."""
    moved_from: Address | None = None
    """The address that it had when last applied, where the file calls that moved."""

    @property
    def node(self) -> Node:
        """The node it concerns: as wanted, or as it was."""
        node = self.towards or self.was
        assert node is not None  # noqa: S101 - one of the two is always there
        return node

    @property
    def id(self) -> str:
        """The cloud id, where there is one already."""
        return self.was.id if self.was else ""


def diff(target: ResourceGraph, live: Live, before: OriginalState) -> tuple[Change, ...]:
    """The changes that turn live state into `target`, in order of address.

    What `target` leaves out is deleted where the stack owns it, and restored to what `before`
    has where the stack only steered it.
    """
    changes: dict[Address, Change] = {}
    for address in sorted({*target, *live.nodes, *before}):
        was = live.nodes.get(address)
        if address in target:
            changes[address] = _towards(address, was, target[address])
        elif address in before:
            if (put_back := _restored(address, was, before[address])) is not None:
                changes[address] = put_back
        elif was is not None and was.owned:
            changes[address] = Change(address, "delete", was, None, reason=_why_gone(address))
    return tuple(_spread(changes).values())


def _why_gone(address: Address) -> str:
    return f"{address} is not in the topology"


def _towards(address: Address, was: Node | None, towards: Node) -> Change:
    if was is None:
        return Change(address, "create", None, towards, reason="it does not exist")
    changed = differences(towards, was)
    if towards.adopt:
        return Change(address, "adopt", was, towards, changed, "the stack takes ownership of it")
    if not changed:
        return Change(address, "no_op", was, towards)
    fixed = changed & type(towards.resource).fixed()
    if fixed and towards.owned:
        reason = f"{', '.join(sorted(fixed))} can't change in place"
        return Change(address, "replace", was, towards, changed, reason)
    return Change(address, "update", was, towards, changed, f"{', '.join(sorted(changed))} differ")


def _restored(address: Address, was: Node | None, before: Resource | None) -> Change | None:
    """The change that restores a resource as it was found; None where it is so already."""
    reason = "it is restored as it was found"
    if before is None:
        if was is None:
            return None
        return Change(address, "delete", was, None, reason=reason, restores=True)
    towards = Node(
        before, owned=False, id=was.id if was else "", account=was.account if was else ""
    )
    if was is None:
        return Change(address, "create", None, towards, reason=reason, restores=True)
    changed = differences(towards, was)
    action: Action = "update" if changed else "no_op"
    return Change(address, action, was, towards, changed, reason if changed else "", restores=True)


def differences(wanted: Node, was: Node) -> frozenset[str]:
    """The names of the properties that differ, of those that are asked for and can be read.

    Of what the stack doesn't own, only what matters to traffic is compared. A fixed property of
    which live state says nothing is taken to be right: a lost tag must not replace a server.
    """
    cls = type(wanted.resource)
    if cls is not type(was.resource):
        return frozenset(cls.model_fields)
    names = set(cls.model_fields) - cls.unread()
    if not wanted.owned:
        names &= cls.watched
    return frozenset(name for name in names if _differs(wanted.resource, was.resource, name))


def _differs(wanted: Resource, was: Resource, name: str) -> bool:
    value, found = getattr(wanted, name), getattr(was, name)
    unknown = found is None and name in type(wanted).fixed()
    return value is not None and not unknown and bool(value != found)


def _spread(changes: Mapping[Address, Change]) -> dict[Address, Change]:
    """Replace or update what refers to a replaced resource, whose id will be another."""
    spread = dict(changes)
    while extra := list(_followers(spread)):
        spread.update({each.address: each for each in extra})
    return spread


def _followers(changes: Mapping[Address, Change]) -> Iterator[Change]:
    renewed = {a for a, each in changes.items() if each.action == "replace"}
    for address, change in changes.items():
        if change.action not in ("update", "no_op", "adopt") or change.towards is None:
            continue
        moved = {name: ref for name, ref in change.towards.resource.refs() if ref in renewed}
        fixed = frozenset(moved) & type(change.towards.resource).fixed()
        if fixed and change.towards.owned:
            reason = f"{moved[min(fixed)]} is replaced"
            yield Change(
                address, "replace", change.was, change.towards, change.changed | fixed, reason
            )
        elif not set(moved) <= change.changed:
            reason = f"{next(iter(moved.values()))} is replaced"
            yield Change(
                address,
                "update",
                change.was,
                change.towards,
                change.changed | set(moved),
                reason,
                change.restores,
            )
