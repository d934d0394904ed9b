"""IP listener: all that comes to a load balancer goes to one server group.

Source: GWLB API, CreateListener to DeleteListener; help page "What is GWLB" (one per instance).
"""

from collections.abc import Collection
from dataclasses import dataclass

from gwlbfw.sim.errors import Refusal
from gwlbfw.sim.services.gwlb.errors import require_status, second_listener
from gwlbfw.sim.services.gwlb.load_balancer import LoadBalancer
from gwlbfw.sim.services.gwlb.parameters import keep, listed
from gwlbfw.sim.services.gwlb.server_group.record import ServerGroup
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.tags import pairs, tagged, wanted
from gwlbfw.sim.store.record import GONE, Record
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply


@dataclass(kw_only=True, eq=False)
class Listener(
    Record,
    kind="listener",
    prefix="lsn",
    product="gwlb",
    tag_type="listener",
    absent=("ResourceNotFound.Listener", 404),
):
    """One listener; it has no port and no protocol. `since` is when it first ran."""

    load_balancer_id: str = ""
    server_group_id: str = ""
    description: str = ""
    tcp_idle_timeout: int = 350
    since: float = 0.0

    def uses(self) -> Collection[str]:
        return (self.load_balancer_id, self.server_group_id)

    def arrive(self, region: Region, name: str) -> None:
        if name == "status" and self.status == "Running":
            self.since = self.since or region.now


@action("gwlb", "CreateListener")
def create(region: Region, request: Request) -> Reply:
    """Make the one listener of a load balancer."""
    balancer = region.need(LoadBalancer, request.text("LoadBalancerId"))
    group = _group(region, request.text("ServerGroupId"), balancer)
    require_status(balancer, "Active")
    if region.where(Listener, load_balancer_id=balancer.id):
        raise second_listener(balancer.id)
    listener = Listener(
        load_balancer_id=balancer.id, server_group_id=group.id, tags=wanted(request)
    )
    _configure(listener, request)
    region.begin(region.add(listener), "Provisioning", "Running")
    return {"ListenerId": listener.id}


@action("gwlb", "UpdateListenerAttribute")
def update(region: Region, request: Request) -> Reply:
    """Forward to another group, or change the description or the time-out."""
    listener = region.need(Listener, request.text("ListenerId"))
    require_status(listener, "Running")
    if group_id := request.text("ServerGroupId"):
        balancer = region.need(LoadBalancer, listener.load_balancer_id)
        if group_id != listener.server_group_id:
            listener.server_group_id = _group(region, group_id, balancer).id
    _configure(listener, request)
    region.begin(listener, "Configuring", "Running")
    return {}


@action("gwlb", "DeleteListener")
def delete(region: Region, request: Request) -> Reply:
    """Let it go; it is found until it is gone."""
    listener = region.need(Listener, request.text("ListenerId"))
    require_status(listener, "Running")
    region.begin(listener, "Deleting", GONE)
    return {}


@action("gwlb", "GetListenerAttribute")
def get(region: Region, request: Request) -> Reply:
    """One listener."""
    listener = region.need(Listener, request.text("ListenerId"))
    return {**_show(listener), "RegionId": listener.region}


@action("gwlb", "ListListeners")
def list_all(region: Region, request: Request) -> Reply:
    """The listeners that the filters leave."""
    found = tagged(region.all(Listener), request)
    found = keep(request, found, "ListenerIds", lambda each: (each.id,))
    found = keep(request, found, "LoadBalancerIds", lambda each: (each.load_balancer_id,))
    return listed(request, "Listeners", found, _show)


def _group(region: Region, group_id: str, balancer: LoadBalancer) -> ServerGroup:
    group = region.need(ServerGroup, group_id)
    if group.vpc_id != balancer.vpc_id:
        raise Refusal("Mismatch.VpcId", f"{group.id} and {balancer.id} are in different VPCs.")
    require_status(group, "Available")
    return group


def _configure(listener: Listener, request: Request) -> None:
    text = request.text("ListenerDescription", listener.description)
    if text and not 2 <= len(text) <= 256:
        raise request.invalid("ListenerDescription", "2 to 256 characters")
    listener.description = text
    listener.tcp_idle_timeout = request.number(
        "TcpIdleTimeout", listener.tcp_idle_timeout, 60, 6000
    )


def _show(listener: Listener) -> dict[str, Json]:
    return {
        "ListenerId": listener.id,
        "LoadBalancerId": listener.load_balancer_id,
        "ServerGroupId": listener.server_group_id,
        "ListenerDescription": listener.description,
        "ListenerStatus": listener.status,
        "TcpIdleTimeout": listener.tcp_idle_timeout,
        "Tags": pairs(listener.tags),
    }
