"""Endpoint service: load balancers as something that endpoints in other VPCs connect to.

Source: PrivateLink API, UpdateVpcEndpointServiceAttribute and DeleteVpcEndpointService.
"""

from collections.abc import Collection
from dataclasses import dataclass

from gwlbfw.sim.clock import timestamp
from gwlbfw.sim.errors import Refusal
from gwlbfw.sim.services.privatelink.errors import has_endpoints
from gwlbfw.sim.services.privatelink.parameters import account_of, claim, description
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.resource_group import DEFAULT_GROUP
from gwlbfw.sim.store.record import GONE, Record
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply


@dataclass(kw_only=True, eq=False)
class EndpointService(
    Record,
    kind="endpoint_service",
    prefix="epsrv",
    product="privatelink",
    tag_type="VpcEndpointService",
    absent=("EndpointServiceNotFound", 400),
):
    """One service; its resources are records of their own."""

    description: str = ""
    resource_type: str = "slb"
    auto_accept: bool = False
    payer: str = "Endpoint"
    address_ip_version: str = "IPv4"
    zone_affinity: bool = False
    supports_ipv6: bool = False
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
        """Whether an account may connect to it; its own is on the list without being listed."""
        arns = (each.split(":") for each in self.user_arns)
        named = any(len(parts) > 3 and parts[3] in (account, "*") for parts in arns)
        return account == self.account or account in self.users or named

    def show(self) -> dict[str, Json]:
        """What every reply says of it."""
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
            "CreateTime": timestamp(self.created),
        }


def service_name(region: str, service_id: str) -> str:
    """The name of a service with an id."""
    return f"com.aliyuncs.privatelink.{region}.{service_id}"


@action("privatelink", "UpdateVpcEndpointServiceAttribute")
def update(region: Region, request: Request) -> Reply:
    """Change whether it accepts by itself, its description and the like; it must be Active."""
    service = region.need(EndpointService, request.text("ServiceId"))
    claim(region, account_of(region), service.id)
    configure(service, request)
    if request.texts("AddSupportedRegionSet"):
        raise request.invalid("AddSupportedRegionSet", "other regions are not simulated")
    region.begin(service, "Pending", "Active")
    return {}


def configure(service: EndpointService, request: Request) -> None:
    """Give a service what a call says of it; the rest stays."""
    service.description = description(request, "ServiceDescription", service.description)
    service.auto_accept = request.flag("AutoAcceptEnabled", default=service.auto_accept)
    service.zone_affinity = request.flag("ZoneAffinityEnabled", default=service.zone_affinity)
    service.supports_ipv6 = request.flag("ServiceSupportIPv6", default=service.supports_ipv6)
    versions = ("IPv4", "DualStack") if service.resource_type in ("nlb", "gwlb") else ("IPv4",)
    service.address_ip_version = request.one_of(
        "AddressIpVersion", versions, service.address_ip_version
    )


@action("privatelink", "DeleteVpcEndpointService")
def delete(region: Region, request: Request) -> Reply:
    """Let it go, once no endpoint is connected and no resource attached."""
    service = region.need(EndpointService, request.text("ServiceId"))
    users = _kinds_of(region.users(service.id))
    if "endpoint" in users:
        raise _has_endpoints(region, service)
    if "endpoint_service_resource" in users:
        raise Refusal(
            "EndpointServiceDependenceViolation", f"{service.id} already contains a resource."
        )
    claim(region, account_of(region), service.id)
    region.begin(service, "Deleting", GONE)
    return {}


def _kinds_of(records: Collection[Record]) -> set[str]:
    return {each.kind for each in records}


def _has_endpoints(region: Region, service: EndpointService) -> Refusal:
    """UNVERIFIED which of the two codes is for what."""
    endpoints = (each for each in region.users(service.id) if each.kind == "endpoint")
    if any(getattr(each, "connection", "") != "Disconnected" for each in endpoints):
        return has_endpoints(service.id)
    return Refusal("DeleteFailedDueToEndpointExist", f"{service.id} has endpoints.")
