"""Endpoint: what a VPC's routes lead to when its traffic goes to a service.

Source: PrivateLink API, CreateVpcEndpoint, UpdateVpcEndpointAttribute, DeleteVpcEndpoint. It has
three statuses: its own life, its connection to the service, and each zone's.
"""

from collections.abc import Collection
from dataclasses import dataclass

from gwlbfw.sim.clock import timestamp
from gwlbfw.sim.errors import Refusal
from gwlbfw.sim.services.privatelink.endpoint_service.record import EndpointService, service_name
from gwlbfw.sim.services.privatelink.errors import has_routes
from gwlbfw.sim.services.privatelink.parameters import account_of, claim, description, endpoint_name
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.resource_group import DEFAULT_GROUP
from gwlbfw.sim.store.record import GONE, Record
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply

TYPE = "GatewayLoadBalancer"
BANDWIDTH = 3072
"""Mbit/s of a connection unless the provider says otherwise; without effect for gwlb."""


@dataclass(kw_only=True, eq=False)
class Endpoint(
    Record,
    kind="endpoint",
    prefix="ep",
    product="privatelink",
    tag_type="VpcEndpoint",
    absent=("EndpointNotFound", 400),
):
    """One endpoint; its zones are records of their own, its interfaces are owned by it."""

    vpc_id: str = ""
    service_id: str = ""
    name: str = ""
    description: str = ""
    connection: str = "Disconnected"
    """The status of its connection to the service."""
    rejected: bool = False
    """Whether the provider ended the connection and has not accepted it again."""
    connection_changed: float = 0.0
    bandwidth: int = BANDWIDTH
    address_ip_version: str = "IPv4"
    policy: str = ""
    protected: bool = False
    zone_affinity: bool = False
    security_group_ids: tuple[str, ...] = ()
    resource_group_id: str = DEFAULT_GROUP

    def uses(self) -> Collection[str]:
        return (self.vpc_id, self.service_id, *self.security_group_ids)

    def arrive(self, region: Region, name: str) -> None:
        if name == "connection":
            self.connection_changed = region.now
            for user in region.users(self.id):
                user.follow(region, self)

    def service(self, region: Region) -> EndpointService | None:
        """The service it is for, whichever account has it."""
        record = region.state.find(self.service_id)
        return record if isinstance(record, EndpointService) else None

    def show(self, region: Region) -> dict[str, Json]:
        """What every reply says of it."""
        return {
            "EndpointId": self.id,
            "EndpointName": self.name,
            "EndpointDescription": self.description,
            "EndpointStatus": self.status,
            "EndpointBusinessStatus": "Normal",
            "EndpointDomain": f"{self.id}.{self.service_id}.{region.name}.privatelink.aliyuncs.com",
            "ConnectionStatus": self.connection,
            "Bandwidth": self.bandwidth,
            "AddressIpVersion": self.address_ip_version,
            "ServiceId": self.service_id,
            "ServiceName": service_name(self.region, self.service_id),
            "ServiceRegionId": self.region,
            "VpcId": self.vpc_id,
            "ZoneAffinityEnabled": self.zone_affinity,
            "CreateTime": timestamp(self.created),
        }


@action("privatelink", "UpdateVpcEndpointAttribute")
def update(region: Region, request: Request) -> Reply:
    """Change what it is called and the like."""
    endpoint = region.need(Endpoint, request.text("EndpointId"))
    claim(region, account_of(region), endpoint.id)
    endpoint.name = endpoint_name(request, endpoint.name)
    endpoint.description = description(request, "EndpointDescription", endpoint.description)
    endpoint.address_ip_version = request.one_of(
        "AddressIpVersion", ("IPv4", "DualStack"), endpoint.address_ip_version
    )
    endpoint.zone_affinity = request.flag("ZoneAffinityEnabled", default=endpoint.zone_affinity)
    policy = request.text("PolicyDocument", endpoint.policy)
    endpoint.policy = "" if request.flag("ResetPolicy") else policy
    region.begin(endpoint, "Pending", "Active")
    return {}


@action("privatelink", "DeleteVpcEndpoint")
def delete(region: Region, request: Request) -> Reply:
    """Let it go, once it has no zone and no route leads to it."""
    endpoint = region.need(Endpoint, request.text("EndpointId"))
    if endpoint.protected:
        raise Refusal("EndpointProtected", f"{endpoint.id} is protected by its managed service.")
    users = region.users(endpoint.id)
    if any(each.kind == "endpoint_zone" for each in users):
        raise Refusal("EndpointDependenceViolation", f"{endpoint.id} has dependent zone(s).")
    if any(each.product == "vpc" for each in users):
        raise has_routes(endpoint.id)
    claim(region, endpoint.id)
    endpoint.connection = "Deleting"
    region.begin(endpoint, "Deleting", GONE)
    return {}
