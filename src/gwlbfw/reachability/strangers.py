"""Strangers: what stands in the path and is neither the stack's nor named by the file.

Traffic that another's firewall inspects, or any machine in the group, is not inspected by this one.
"""

from collections.abc import Iterator, Mapping

from gwlbfw.cloud.call import Raw, objects
from gwlbfw.cloud.reply_fields import text_at
from gwlbfw.reachability.facts import NetworkFacts
from gwlbfw.reachability.inspection import Inspection
from gwlbfw.reachability.network import Network
from gwlbfw.resources.tags import STACK_TAG


def strangers(network: Network, inspection: Inspection) -> Iterator[tuple[str, str]]:
    """The kind and id of each stranger that packets of an endpoint pass, or may pass.

    A network that no topology names has none.
    """
    if network.labels:
        parts = _parts(network, inspection)
        yield from ((what, key) for what, key in parts if key not in network.labels)


def _parts(network: Network, inspection: Inspection) -> Iterator[tuple[str, str]]:
    """What stands behind an endpoint, itself included, by kind and id."""
    endpoint = network.endpoints.get(inspection.endpoint)
    balancer = network.balancers.get(inspection.balancer)
    yield "endpoint", inspection.endpoint
    if endpoint is not None:
        yield "endpoint service", endpoint.service
    yield "load balancer", inspection.balancer
    listener = balancer.listener if balancer else None
    if listener is not None and (group := network.groups.get(listener.group)):
        yield "listener", listener.id
        yield "server group", group.id
        yield from (("appliance", each.server) for each in group.members)


def owners(facts: NetworkFacts) -> dict[str, str]:
    """The stacks that things in the path belong to by their tags, by id."""
    found: dict[str, str] = {}
    rows: Mapping[str, list[Raw]] = {
        "EndpointId": facts.endpoints,
        "ServiceId": [*facts.services.values()],
        "LoadBalancerId": [*facts.balancers.values()],
        "ListenerId": facts.listeners,
        "ServerGroupId": facts.groups,
        "InstanceId": facts.appliances,
    }
    for field, each in rows.items():
        for raw in each:
            if stack := _stack(raw):
                found[text_at(raw, field)] = stack
    return found


def _stack(raw: Raw) -> str:
    """The stack in an object's tags, in whichever form the product answers them."""
    for tag in (*objects(raw, "Tags.Tag"), *objects(raw, "Tags")):
        if STACK_TAG in (text_at(tag, "Key"), text_at(tag, "TagKey")):
            return text_at(tag, "Value") or text_at(tag, "TagValue")
    return ""
