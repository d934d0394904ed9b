"""Live state from what was listed: every object read as a resource, at its address."""

from collections.abc import Iterator, Mapping

from pydantic import ValidationError

from gwlbfw import layout
from gwlbfw.address import Address
from gwlbfw.cloud.call import Raw
from gwlbfw.diagnostics import one_line
from gwlbfw.discovery.addresses import Directory, addresses_by_id
from gwlbfw.discovery.listing import Snapshot
from gwlbfw.discovery.scope import Scope
from gwlbfw.errors import ReplyError
from gwlbfw.resources.graph import Live, Node
from gwlbfw.resources.resource import Found, Resource, kinds
from gwlbfw.resources.tags import ADDRESS_TAG, STACK_TAG

REASON_LENGTH = 300
"""The most characters of the reason why an object can't be read."""


def live_state(scope: Scope, snapshot: Snapshot) -> Live:
    """The live state of a stack. Raises PlanError where two objects claim one address."""
    directory = Directory(addresses_by_id(scope, snapshot))
    nodes: dict[Address, Node] = {}
    others: dict[str, Node] = {}
    raw: dict[Address, Raw] = {}
    for kind, cls in kinds().items():
        for found in _listed(snapshot, kind):
            if not cls.present(found):
                continue
            cloud_id = found.text(cls.id_field) if cls.id_field else ""
            resource = _read(cls, found, directory)
            directory.learn(cloud_id, resource)
            address = directory.addresses.get(cloud_id) or cls.address(found, directory)
            if scope.takes_doubles and address in nodes:
                address = layout.doubled(address, nodes)
            node = Node(
                resource, _is_owned(scope, address, resource, nodes), cloud_id, found.account
            )
            if address is not None and address not in nodes:
                nodes[address], raw[address] = node, found.raw
            else:
                others[cloud_id or f"{found.parent}/{len(others)}"] = node
    return Live(nodes, raw, directory.addresses, others)


def _read(cls: type[Resource], found: Found, directory: Directory) -> Resource:
    try:
        return cls.read(found, directory)
    except (KeyError, ValueError) as problem:
        raise ReplyError(cls.listings[0].call.name, _reason(cls, found, problem)) from problem


def _reason(cls: type[Resource], found: Found, problem: KeyError | ValueError) -> str:
    """The object that can't be read, and why, on one line."""
    if isinstance(problem, ValidationError):
        first = problem.errors(include_url=False)[0]
        why = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    else:
        why = f"there is no {problem}" if isinstance(problem, KeyError) else str(problem)
    named = found.text(cls.id_field) if cls.id_field else found.parent
    return one_line(f"{cls.kind} {named}: {why}", REASON_LENGTH)


def _listed(snapshot: Snapshot, kind: str) -> Iterator[Found]:
    for source in kinds()[kind].seen_in or (kind,):
        yield from snapshot.get(source, ())


def _is_owned(
    scope: Scope, address: Address | None, resource: Resource, nodes: Mapping[Address, Node]
) -> bool:
    """True if the stack owns a resource: by its tags or the state, else by its parent's owner."""
    cls = type(resource)
    if address is None:
        return False
    if cls.tag_type:
        tags = resource.tags or {}
        if tags.get(STACK_TAG) == scope.stack and ADDRESS_TAG in tags:
            return True
        return address in scope.owned
    owners = {target for name, target in resource.refs() if name in cls.owners}
    return any(nodes[each].owned for each in owners if each in nodes)
