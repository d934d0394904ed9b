"""Connections of others: endpoints that are not the stack's, connected to the stack's service."""

from collections.abc import Container, Iterator, Sequence

from gwlbfw.cloud.call import Raw, objects
from gwlbfw.cloud.reply_fields import text_at
from gwlbfw.reachability.facts import NetworkFacts
from gwlbfw.reachability.listings import CONNECTIONS
from gwlbfw.reachability.model import Connection, Endpoint, EndpointZone


def connections(facts: NetworkFacts, own: Container[str]) -> Iterator[Connection]:
    """The connections that are not those of the stack's own endpoints, by their ids.

    Where their list was refused, one in every zone of the service stands for all that there may be.
    """
    for service, rows in facts.connections.items():
        if facts.unread.get(CONNECTIONS.call.name):
            yield Connection(_any_endpoint(service, facts.service_resources.get(service, ())), "")
        for raw in rows:
            if (key := text_at(raw, "EndpointId")) and key not in own:
                yield Connection(_endpoint(raw, key, service), text_at(raw, "EndpointOwnerId"))


def endpoint_zones(rows: Sequence[Raw]) -> tuple[EndpointZone, ...]:
    """The zones of an endpoint or of its connection."""
    return tuple(
        EndpointZone(
            text_at(each, "ZoneId"), text_at(each, "VSwitchId"), text_at(each, "ZoneStatus")
        )
        for each in rows
    )


def _any_endpoint(service: str, resources: Sequence[Raw]) -> Endpoint:
    zones = sorted({text_at(each, "ZoneId") for each in resources})
    return Endpoint("", "", service, tuple(EndpointZone(each, "") for each in zones))


def _endpoint(raw: Raw, key: str, service: str) -> Endpoint:
    """PrivateLink API, ListVpcEndpointConnections: the view of the service's account."""
    zones = endpoint_zones(objects(raw, "Zones"))
    vpc, status = text_at(raw, "EndpointVpcId"), text_at(raw, "ConnectionStatus")
    return Endpoint(key, vpc, service, zones, status)
