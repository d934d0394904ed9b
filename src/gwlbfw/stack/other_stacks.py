"""What carries another stack's tag is that stack's: no other one steers it."""

from collections.abc import Iterator

from gwlbfw.address import Address
from gwlbfw.diagnostics import Diagnostic, error
from gwlbfw.resources import RouteTableAssociation
from gwlbfw.resources.graph import Live, Node
from gwlbfw.resources.tags import STACK_TAG, other_stack


def other_stack_errors(live: Live, stack: str) -> Iterator[Diagnostic]:
    """The things of other stacks that this one would steer, or work in."""
    for address, node in live.nodes.items():
        if not node.owned and (theirs := _owner(live, node, stack)):
            yield error(
                "another-stack",
                f"{_thing(address, node)} belongs to the stack {theirs} (tag `{STACK_TAG}`), and "
                f"is not for {stack} to steer",
                subject=address,
                hint=f"have one stack steer all of it, or `destroy` {theirs} first",
            )


def _owner(live: Live, node: Node, stack: str) -> str:
    """The other stack that a node is of: by its tag, or by that of the table that it leads to."""
    if isinstance(node.resource, RouteTableAssociation):
        table = node.resource.table
        of = live.nodes.get(table.address) if table.address else live.others.get(str(table))
        return other_stack(of.resource, stack) if of and not of.owned else ""
    return other_stack(node.resource, stack)


def _thing(address: Address, node: Node) -> str:
    if isinstance(node.resource, RouteTableAssociation):
        return f"the route table of {node.resource.subject}"
    return str(address)
