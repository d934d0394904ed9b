"""Endpoint service: load balancers as something that endpoints in other VPCs connect to.

Source: PrivateLink API, UpdateVpcEndpointServiceAttribute and DeleteVpcEndpointService.
"""

from dataclasses import dataclass

from gwlbfw.sim.clock import timestamp
from gwlbfw.sim.services.resource_group import DEFAULT_GROUP
from gwlbfw.sim.store.record import Record
from gwlbfw.sim.wire import Json


@dataclass(kw_only=True, eq=False)
class EndpointService(
    Record,
    kind="endpoint_service",
    prefix="epsrv",
    product="privatelink",
    tag_type="VpcEndpointService",
    not_found=("EndpointServiceNotFound", 400),
):
    """One service; its resources are records of their own."""

    description: str = ""
    resource_type: str = "slb"
    auto_accept: bool = False
    payer: str = "Endpoint"
    address_ip_version: str = "IPv4"
    zone_affinity: bool = False
    supports_ipv6: bool = False
    connect_bandwidth: int = 3072
    """Mbit/s of new connections; without effect for gwlb."""
    supported_regions: tuple[str, ...] = ()
    """Regions that it names for its endpoints: its own, or none."""
    users: tuple[str, ...] = ()
    """Accounts that may connect to it, beside its own."""
    user_arns: tuple[str, ...] = ()
    resource_group_id: str = DEFAULT_GROUP

    @property
    def name(self) -> str:
        """The name by which endpoints find it."""
        return service_name(self.region, self.id)

    @property
    def type(self) -> str:
        """The type of endpoint that connects to it."""
        return "GatewayLoadBalancer" if self.resource_type == "gwlb" else "Interface"

    def admits(self, account: str) -> bool:
        """True if an account may connect; the service's own needs no entry."""
        arns = (each.split(":") for each in self.user_arns)
        named = any(len(parts) > 3 and parts[3] in (account, "*") for parts in arns)
        return account == self.account or account in self.users or named

    def view(self) -> dict[str, Json]:
        """The fields of every reply."""
        return {
            "ServiceId": self.id,
            "ServiceName": self.name,
            "ServiceDomain": f"{self.id}.{self.region}.privatelink.aliyuncs.com",
            "ServiceDescription": self.description,
            "ServiceStatus": self.status,
            "ServiceBusinessStatus": "Normal",
            "ServiceSupportIPv6": self.supports_ipv6,
            "AddressIpVersion": self.address_ip_version,
            "AutoAcceptEnabled": self.auto_accept,
            "ZoneAffinityEnabled": self.zone_affinity,
            "ResourceGroupId": self.resource_group_id,
            "SupportedRegionSet": [
                {
                    "SupportedRegionId": each,
                    "ServiceRegionId": self.region,
                    "RegionServiceStatus": "Active",
                    "RegionBusinessStatus": "Normal",
                }
                for each in self.supported_regions
            ],
            "CreateTime": timestamp(self.created),
        }


def service_name(region: str, service_id: str) -> str:
    """The name of a service with an id."""
    return f"com.aliyuncs.privatelink.{region}.{service_id}"
