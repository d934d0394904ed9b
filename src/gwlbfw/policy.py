"""The least RAM policy: what the credentials of each account must be allowed to do for a topology.

The actions are read off the kinds themselves: every resource of the desired graph is created,
changed in all that can change, and deleted, without sending anything, and the calls are gathered.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple, TypeAlias

from gwlbfw.address import Address, Ref
from gwlbfw.blueprint import blueprint
from gwlbfw.cloud import authorization
from gwlbfw.cloud.authorization import SERVICE_LINKED_ROLES
from gwlbfw.cloud.call import Json
from gwlbfw.discovery.scope import Scope
from gwlbfw.plan.launch_preflight import launch_actions
from gwlbfw.plan.preflight import ACTIONS as PREFLIGHT_ACTIONS
from gwlbfw.reachability.listings import FORWARDING_LISTINGS
from gwlbfw.resources import Instance, Rule
from gwlbfw.resources.graph import Node
from gwlbfw.resources.resource import Phase, Resource, kinds
from gwlbfw.resources.route import DEFAULT
from gwlbfw.resources.tags import STACK_TAG
from gwlbfw.topology.models import Topology

Actions = Mapping[str, frozenset[str]]
"""Names of RAM actions by account key; the empty key is the account of the credentials."""

_Conditions: TypeAlias = tuple[tuple[str, tuple[str, ...]], ...]
"""Keys of conditions, each with the values that it may have."""

Purpose: TypeAlias = Literal["plan", "apply"]
"""What credentials are for: to look (plan, drift, verify, trace), or to change as well."""


def policy(topology: Topology, purpose: Purpose = "apply") -> dict[str, dict[str, Json]]:
    """A RAM policy document for each account, by its key in the topology."""
    return {
        account: document(names, topology)
        for account, names in sorted(actions(topology, purpose).items())
    }


def document(names: Iterable[str], topology: Topology) -> dict[str, Json]:
    """The policy that allows these actions (RAM policy language, version 1).

    Each is allowed on no more than what RAM can tell apart: the region, and the stack by its tag.
    """
    groups: defaultdict[tuple[tuple[str, ...], _Conditions], list[str]] = defaultdict(list)
    for name in sorted(names):
        scope = authorization.resources(name, topology.region)
        conditions = authorization.conditions(name, STACK_TAG, topology.name)
        groups[scope, tuple(sorted(conditions.items()))].append(name)
    statements: list[Json] = []
    for (scope, keys), allowed in sorted(groups.items()):
        statement: dict[str, Json] = {"Effect": "Allow", "Action": [*allowed], "Resource": [*scope]}
        if keys:
            statement["Condition"] = {"StringEquals": {key: [*values] for key, values in keys}}
        statements.append(statement)
    return {"Version": "1", "Statement": statements}


class Everywhere(NamedTuple):
    """The changing actions that the policies allow on everything, and why."""

    by_nature: frozenset[str]
    """RAM knows no narrower resource for them."""
    unsourced: frozenset[str]
    """No source says what RAM checks them against."""


def not_narrowed(topology: Topology, purpose: Purpose = "apply") -> Everywhere:
    """What the policies allow on everything."""
    names = frozenset(
        name
        for names in actions(topology, purpose).values()
        for name in names
        if not authorization.is_read(name) and not authorization.is_narrowed(name, topology.region)
    )
    by_nature = frozenset(filter(authorization.cannot_be_narrowed, names))
    return Everywhere(by_nature, names - by_nature)


def actions(topology: Topology, purpose: Purpose = "apply") -> Actions:
    """The actions that each account must allow. A RAM action is named like the API action."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for account, name in _all(topology):
        if purpose == "apply" or authorization.is_read(name):
            found[account].add(name)
    return {account: frozenset(names) for account, names in found.items()}


def _all(topology: Topology) -> Iterator[tuple[str, str]]:
    security = topology.security_vpc.account or ""
    yield from _listed(topology)
    for address, node in blueprint(topology).graph.items():
        for phase in _phases(address, node):
            yield from _called(phase, node.account)
        if node.owned:
            yield from ((node.account, each.call.name) for each in type(node.resource).dependents)
        if isinstance(node.resource, Instance) and node.owned:
            yield from ((node.account, name) for name in launch_actions(node.resource))
            if node.resource.launch.ram_role:
                yield node.account, "ram:PassRole"
    yield from ((security, name) for name in (*PREFLIGHT_ACTIONS, SERVICE_LINKED_ROLES))
    for vpc in topology.business_vpcs.values():
        yield vpc.account or "", SERVICE_LINKED_ROLES
    if any(account.role_arn for account in topology.accounts.values()):
        yield "", "sts:AssumeRole"


def _listed(topology: Topology) -> Iterator[tuple[str, str]]:
    """The reads of discovery and of the forwarding model, in the accounts of their side."""
    scope = Scope.of(topology, {}, frozenset())
    listings = [each for cls in kinds().values() for each in cls.listings]
    for listing in (*listings, *FORWARDING_LISTINGS):
        for account in scope.accounts(listing.of):
            yield account, listing.call.name


def _called(phase: Phase, account: str) -> Iterator[tuple[str, str]]:
    """The call of a phase and the reads of its waits, each in the account it is sent in."""
    for call in (phase.call, *(wait.read for wait in phase.waits)):
        yield account if call.account is None else call.account, call.name


def _phases(at: Address, node: Node) -> Iterator[Phase]:
    """All that can ever be done at an address."""
    resource = node.resource
    cls = type(resource)
    steered = not node.owned and not node.id
    if node.owned or steered:
        yield from resource.create(at)
        yield from resource.delete(at)
    changeable = frozenset(cls.model_fields) - cls.fixed() - cls.unread()
    changed = changeable if node.owned else changeable & cls.watched
    if changed and cls.update is not Resource.update:
        other = _otherwise(resource, changed)
        yield from resource.update(at, other, changed)
        yield from other.update(at, resource, changed)


def _otherwise(resource: Resource, changed: Iterable[str]) -> Resource:
    """The same resource with everything that can change as different as can be."""
    values = {name: _opposite(name, getattr(resource, name)) for name in changed}
    return resource.model_copy(update=values)


_SOME: Mapping[str, object] = {
    "allowed_accounts": ("0",),
    "rules": (Rule(protocol="all", ports="-1/-1", source=DEFAULT),),
}
"""The values for properties that are empty: others may fill them, and that is drift to remove."""


def _opposite(name: str, value: object) -> object:
    if isinstance(value, bool):
        return not value
    if isinstance(value, Ref):
        return Ref[Resource]("")
    if isinstance(value, tuple | dict):
        return type(value)() if value else _SOME.get(name, value)
    return value
