"""CreateVpcEndpointService: a new service, with resources or without.

Source: PrivateLink API, CreateVpcEndpointService.
"""

from gwlbfw.sim.errors import Refusal
from gwlbfw.sim.services.privatelink.endpoint_service.record import EndpointService, configure
from gwlbfw.sim.services.privatelink.endpoint_service_resource import attach_named
from gwlbfw.sim.services.privatelink.parameters import claim
from gwlbfw.sim.services.privatelink.product import RESOURCE_TYPES, refuse_unless_open
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.resource_group import DEFAULT_GROUP
from gwlbfw.sim.services.tags import wanted
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Reply

QUOTA = 200
"""Services of one account (help page "PrivateLink quotas and limits")."""


@action("privatelink", "CreateVpcEndpointService")
def create(region: Region, request: Request) -> Reply:
    """Make a service; its resources, if any, are attached by the time it is Active."""
    refuse_unless_open(region)
    if request.texts("SupportedRegionList"):
        raise request.invalid("SupportedRegionList", "other regions are not simulated")
    if len(region.all(EndpointService)) >= QUOTA:
        raise _too_many()
    service = EndpointService(
        resource_type=request.one_of("ServiceResourceType", RESOURCE_TYPES, "slb"),
        payer=request.one_of("Payer", ("Endpoint", "EndpointService"), "Endpoint"),
        resource_group_id=request.text("ResourceGroupId", DEFAULT_GROUP),
        tags=wanted(request),
    )
    configure(service, request)
    region.add(service)
    attach_named(region, service, request)
    claim(region, service.id)
    region.begin(service, "Creating", "Active")
    return {**service.show(), "SupportedRegionSet": []}


def _too_many() -> Refusal:
    """UNVERIFIED code."""
    return Refusal("QuotaExceeded.EndpointService", f"The quota of {QUOTA} is exceeded.")
