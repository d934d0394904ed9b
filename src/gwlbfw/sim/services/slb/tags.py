"""Tag actions of the SLB API, which work as those of the other products.

Sources: SLB API, TagResources, UntagResources and ListTagResources; a balancer's ResourceType is
`instance`.
"""

from functools import partial

from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.slb.load_balancer.record import VERSION
from gwlbfw.sim.services.tags import list_tag_resources, tag_resources, untag_resources

_of_balancers = partial(action, "slb", version=VERSION, required=("ResourceType",))

_of_balancers("TagResources", optional=("ResourceId.1", "Tag.1.Key", "Tag.1.Value"))(tag_resources)
_of_balancers("UntagResources", optional=("ResourceId.1", "TagKey.1", "All"))(untag_resources)
_of_balancers(
    "ListTagResources", optional=("ResourceId.1", "Tag.1.Key", "Tag.1.Value", "NextToken")
)(list_tag_resources)
