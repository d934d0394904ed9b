"""Server groups beside a Classic Load Balancer's default one, of which the simulator has none.

Sources: SLB API, DescribeVServerGroups and DescribeMasterSlaveServerGroups.
"""

from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.slb.load_balancer.record import VERSION, ClassicLoadBalancer
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Reply

_FILTERS = ("Description", "IncludeListener", "IncludeRule", "Tag.1.Key", "Tag.1.Value")


@action(
    "slb",
    "DescribeVServerGroups",
    version=VERSION,
    required=("LoadBalancerId",),
    optional=_FILTERS,
    without_effect=("Description", "IncludeListener", "IncludeRule", "Tag"),
)
def describe_vserver_groups(region: Region, request: Request) -> Reply:
    """SLB API, DescribeVServerGroups: none, whatever they are filtered by."""
    region.require(ClassicLoadBalancer, request.text("LoadBalancerId"))
    return {"VServerGroups": {"VServerGroup": []}}


@action(
    "slb",
    "DescribeMasterSlaveServerGroups",
    version=VERSION,
    required=("LoadBalancerId",),
    optional=_FILTERS,
    without_effect=("Description", "IncludeListener", "Tag"),
)
def describe_master_slave_server_groups(region: Region, request: Request) -> Reply:
    """SLB API, DescribeMasterSlaveServerGroups: none, whatever they are filtered by."""
    region.require(ClassicLoadBalancer, request.text("LoadBalancerId"))
    return {"MasterSlaveServerGroups": {"MasterSlaveServerGroup": []}}
