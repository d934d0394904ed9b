"""Tag actions of the SLB API, which work as those of the other products.

Sources: SLB API, TagResources, UntagResources and ListTagResources.
"""

from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.slb.load_balancer.record import VERSION
from gwlbfw.sim.services.tags import list_tag_resources, tag_resources, untag_resources
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Reply


@action(
    "slb",
    "TagResources",
    version=VERSION,
    required=("ResourceType",),
    optional=("ResourceId.1", "Tag.1.Key", "Tag.1.Value"),
)
def tag_balancers(region: Region, request: Request) -> Reply:
    """SLB API, TagResources: of balancers, whose ResourceType is `instance`."""
    return tag_resources(region, request)


@action(
    "slb",
    "UntagResources",
    version=VERSION,
    required=("ResourceType",),
    optional=("ResourceId.1", "TagKey.1", "All"),
)
def untag_balancers(region: Region, request: Request) -> Reply:
    """SLB API, UntagResources."""
    return untag_resources(region, request)


@action(
    "slb",
    "ListTagResources",
    version=VERSION,
    required=("ResourceType",),
    optional=("ResourceId.1", "Tag.1.Key", "Tag.1.Value", "NextToken"),
)
def list_balancer_tags(region: Region, request: Request) -> Reply:
    """SLB API, ListTagResources."""
    return list_tag_resources(region, request)
