"""From what was listed to live state: every object read as a resource, at its address."""

from collections.abc import Iterator, Mapping

from pydantic import ValidationError

from gwlbfw.address import Address
from gwlbfw.cloud.call import Raw
from gwlbfw.cloud.client import ApiClient
from gwlbfw.diagnostics import one_line
from gwlbfw.discovery.listing import Snapshot, observe
from gwlbfw.discovery.names import Directory, addresses
from gwlbfw.discovery.scope import Scope
from gwlbfw.errors import ReplyError
from gwlbfw.resources.graph import Live, Node
from gwlbfw.resources.resource import Found, Resource, kinds
from gwlbfw.resources.tags import ADDRESS_TAG, STACK_TAG


async def discover(api: ApiClient, scope: Scope) -> Live:
    """Live state of a stack. Raises PlanError where two objects claim one address."""
    return read(scope, await observe(api, scope))


def read(scope: Scope, snapshot: Snapshot) -> Live:
    """Live state from what was listed."""
    directory = Directory(addresses(scope, snapshot))
    nodes: dict[Address, Node] = {}
    others: dict[str, Node] = {}
    raw: dict[Address, Raw] = {}
    for kind, cls in kinds().items():
        for found in _sightings(snapshot, kind):
            if not cls.present(found):
                continue
            cloud_id = found.text(cls.id_field) if cls.id_field else ""
            resource = _read(cls, found, directory)
            directory.learn(cloud_id, resource)
            address = directory.addresses.get(cloud_id) or cls.address(found, directory)
            node = Node(resource, _owned(scope, address, resource, nodes), cloud_id, found.account)
            if address is not None and address not in nodes:
                nodes[address], raw[address] = node, found.raw
            else:
                others[cloud_id or f"{found.parent}/{len(others)}"] = node
    return Live(nodes, raw, directory.addresses, others)


def _read(cls: type[Resource], found: Found, directory: Directory) -> Resource:
    try:
        return cls.read(found, directory)
    except (KeyError, ValueError) as problem:
        raise ReplyError(cls.listings[0].call.name, _said(cls, found, problem)) from problem


def _said(cls: type[Resource], found: Found, problem: KeyError | ValueError) -> str:
    """Which object can't be read, and why."""
    if isinstance(problem, ValidationError):
        first = problem.errors(include_url=False)[0]
        why = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    else:
        why = f"there is no {problem}" if isinstance(problem, KeyError) else str(problem)
    named = found.text(cls.id_field) if cls.id_field else found.parent
    return one_line(f"{cls.kind} {named}: {why}", _LONGEST)


_LONGEST = 300
"""Characters of what is said of an object that can't be read."""


def _sightings(snapshot: Snapshot, kind: str) -> Iterator[Found]:
    for source in kinds()[kind].seen_in or (kind,):
        yield from snapshot.get(source, ())


def _owned(
    scope: Scope, address: Address | None, resource: Resource, nodes: Mapping[Address, Node]
) -> bool:
    """Whether the stack owns it: by tag, else as it owns what it stands in."""
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
