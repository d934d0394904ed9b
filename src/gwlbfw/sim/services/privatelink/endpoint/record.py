"""Endpoint: what a VPC's routes lead to when its traffic goes to a service.

Source: PrivateLink API, CreateVpcEndpoint, UpdateVpcEndpointAttribute, DeleteVpcEndpoint. It has
three statuses: its own life, its connection to the service, and each zone's.
"""

from collections.abc import Collection
from dataclasses import dataclass

from gwlbfw.sim.clock import timestamp
from gwlbfw.sim.services.privatelink.endpoint_service.record import EndpointService, service_name
from gwlbfw.sim.services.resource_group import DEFAULT_GROUP
from gwlbfw.sim.store.record import Record
from gwlbfw.sim.store.region import Lifecycle, Region
from gwlbfw.sim.wire import Json

TYPE = "GatewayLoadBalancer"
BANDWIDTH = 3072
"""Mbit/s of a connection unless the provider says otherwise; without effect for gwlb."""


@dataclass(kw_only=True, eq=False)
class Endpoint(
    Record,
    Lifecycle,
    kind="endpoint",
    prefix="ep",
    product="privatelink",
    tag_type="VpcEndpoint",
    not_found=("EndpointNotFound", 400),
):
    """One endpoint; its zones are records of their own, its interfaces are owned by it."""

    vpc_id: str = ""
    service_id: str = ""
    type: str = TYPE
    """The type of its service: one for a gateway load balancer, or an interface endpoint."""
    name: str = ""
    description: str = ""
    connection: str = "Disconnected"
    """The status of its connection to the service."""
    rejected: bool = False
    """True if the provider ended the connection and has not accepted it again."""
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

    def on_transition(self, region: Region, field: str) -> None:
        if field == "connection":
            self.connection_changed = region.now
            region.notify_users(self)

    @property
    def traffic_control_mode(self) -> str:
        """The mode of its connection: that of a gateway load balancer scales, others are limited.

        PrivateLink API, UpdateVpcEndpointConnectionAttribute: CLB has BandwidthLimit alone.
        """
        return "Scalability" if self.type == TYPE else "BandwidthLimit"

    def service(self, region: Region) -> EndpointService | None:
        """The service it is for, whichever account has it."""
        record = region.state.find(self.service_id)
        return record if isinstance(record, EndpointService) else None

    def view(self, region: Region) -> dict[str, Json]:
        """The fields of every reply."""
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
