"""Resource groups of GWLB and PrivateLink records: a label that a record moves between.

Sources: GWLB API, MoveResourceGroup; PrivateLink API, ChangeResourceGroup.
"""

from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.store.record import RECORD_TYPES, Record
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Reply

DEFAULT_GROUP = "rg-acfmsimdefault00"
"""The default resource group."""


@action("gwlb", "MoveResourceGroup")
def move_resource_group(region: Region, request: Request) -> Reply:
    """Move a load balancer or a server group."""
    kinds = {"loadbalancer": "load_balancer", "servergroup": "server_group"}
    kind = kinds.get(request.text("ResourceType").lower(), "")
    return _move(region, request, kind, request.text("NewResourceGroupId"))


@action("privatelink", "ChangeResourceGroup")
def change_resource_group(region: Region, request: Request) -> Reply:
    """Move an endpoint or an endpoint service."""
    kinds = {"vpcendpoint": "endpoint", "vpcendpointservice": "endpoint_service"}
    kind = kinds.get(request.text("ResourceType", "VpcEndpoint").lower(), "")
    return _move(region, request, kind, request.text("ResourceGroupId"))


def _move(region: Region, request: Request, kind: str, group: str) -> Reply:
    if kind not in RECORD_TYPES:
        raise request.invalid("ResourceType")
    record: Record = region.require(RECORD_TYPES[kind], request.text("ResourceId"))
    setattr(record, "resource_group_id", group)  # noqa: B010 - a field of these four kinds alone
    return {}
