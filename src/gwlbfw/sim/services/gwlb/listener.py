"""IP listener: forwards all traffic of a load balancer to one server group.

Its servers' health is what the load balancer's probes find. That every zone's address probes every
server, and that the list has the healthy ones too, is UNVERIFIED. A probe's result is known at
once.

Sources: GWLB API, CreateListener to DeleteListener, GetListenerHealthStatus; help pages "What is
GWLB" (one per instance) and "GWLB health checks" (plain TCP or HTTP from the load balancer's own
addresses).
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.ecs.network_interface import NetworkInterface, interfaces_of
from gwlbfw.sim.services.ecs.security_group.packet_filter import admits
from gwlbfw.sim.services.gwlb.errors import require_status, second_listener
from gwlbfw.sim.services.gwlb.load_balancer import LoadBalancer
from gwlbfw.sim.services.gwlb.parameters import filter_by_any, list_page
from gwlbfw.sim.services.gwlb.server_group.group import ServerGroup
from gwlbfw.sim.services.gwlb.server_group.server import (
    LEAVING,
    PORT,
    Server,
    address_of,
    interface_of,
    members_of,
)
from gwlbfw.sim.services.paging import page_by_token
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.sim.closed_port import listens
from gwlbfw.sim.services.tags import filter_by_tags, requested_tags, tag_list
from gwlbfw.sim.store.record import DELETED, Record
from gwlbfw.sim.store.region import Lifecycle, Region
from gwlbfw.sim.wire import Json, Reply


@dataclass(kw_only=True, eq=False)
class Listener(
    Record,
    Lifecycle,
    kind="listener",
    prefix="lsn",
    product="gwlb",
    tag_type="listener",
    not_found=("ResourceNotFound.Listener", 404),
):
    """One listener; it has no port and no protocol. `since` is when it first ran."""

    load_balancer_id: str = ""
    server_group_id: str = ""
    description: str = ""
    tcp_idle_timeout: int = 350
    since: float = 0.0

    def uses(self) -> Collection[str]:
        return (self.load_balancer_id, self.server_group_id)

    def on_transition(self, region: Region, field: str) -> None:
        if field == "status" and self.status == "Running":
            self.since = self.since or region.now


@action("gwlb", "CreateListener")
def create_listener(region: Region, request: Request) -> Reply:
    """Create the one listener of a load balancer."""
    balancer = region.require(LoadBalancer, request.text("LoadBalancerId"))
    group = _group(region, request.text("ServerGroupId"), balancer)
    require_status(balancer, "Active")
    if region.where(Listener, load_balancer_id=balancer.id):
        raise second_listener(balancer.id)
    listener = Listener(
        load_balancer_id=balancer.id, server_group_id=group.id, tags=requested_tags(request)
    )
    _configure(listener, request)
    region.transition(region.add(listener), "Provisioning", "Running")
    return {"ListenerId": listener.id}


@action("gwlb", "UpdateListenerAttribute")
def update_listener_attribute(region: Region, request: Request) -> Reply:
    """Forward to another group, or change the description or the time-out."""
    listener = region.require(Listener, request.text("ListenerId"))
    require_status(listener, "Running")
    if group_id := request.text("ServerGroupId"):
        balancer = region.require(LoadBalancer, listener.load_balancer_id)
        if group_id != listener.server_group_id:
            listener.server_group_id = _group(region, group_id, balancer).id
    _configure(listener, request)
    region.transition(listener, "Configuring", "Running")
    return {}


@action("gwlb", "DeleteListener")
def delete_listener(region: Region, request: Request) -> Reply:
    """Delete a listener, which is listed until it is deleted."""
    listener = region.require(Listener, request.text("ListenerId"))
    require_status(listener, "Running")
    region.transition(listener, "Deleting", DELETED)
    return {}


@action("gwlb", "GetListenerAttribute")
def get_listener_attribute(region: Region, request: Request) -> Reply:
    """One listener."""
    listener = region.require(Listener, request.text("ListenerId"))
    return {**_view(listener), "RegionId": listener.region}


@action("gwlb", "ListListeners")
def list_listeners(region: Region, request: Request) -> Reply:
    """The listeners that match the filters."""
    found = filter_by_tags(region.all(Listener), request)
    found = filter_by_any(request, found, "ListenerIds", lambda each: (each.id,))
    found = filter_by_any(request, found, "LoadBalancerIds", lambda each: (each.load_balancer_id,))
    return list_page(request, "Listeners", found, _view)


def _group(region: Region, group_id: str, balancer: LoadBalancer) -> ServerGroup:
    group = region.require(ServerGroup, group_id)
    if group.vpc_id != balancer.vpc_id:
        raise ApiError("Mismatch.VpcId", f"{group.id} and {balancer.id} are in different VPCs.")
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


def _view(listener: Listener) -> dict[str, Json]:
    return {
        "ListenerId": listener.id,
        "LoadBalancerId": listener.load_balancer_id,
        "ServerGroupId": listener.server_group_id,
        "ListenerDescription": listener.description,
        "ListenerStatus": listener.status,
        "TcpIdleTimeout": listener.tcp_idle_timeout,
        "Tags": tag_list(listener.tags),
    }


@dataclass(frozen=True)
class Health:
    """The health of one server."""

    server_id: str
    ip: str
    status: str
    reason: str = ""

    def view(self) -> Json:
        """As a reply shows it."""
        return {
            "ServerId": self.server_id,
            "ServerIp": self.ip,
            "Port": PORT,
            "Status": self.status,
            "Reason": {"ReasonCode": self.reason},
        }


_FILTERS: Mapping[str, Callable[[Health], str]] = {
    "Status": lambda each: each.status,
    "ReasonCode": lambda each: each.reason,
    "ServerId": lambda each: each.server_id,
    "ServerIp": lambda each: each.ip,
}


@action("gwlb", "GetListenerHealthStatus")
def get_listener_health_status(region: Region, request: Request) -> Reply:
    """The health of every server in the listener's group; a page is of servers."""
    listener = region.require(Listener, request.text("ListenerId"))
    group = region.require(ServerGroup, listener.server_group_id)
    found = list(_filtered(request, _server_healths(region, listener, group)))
    page = page_by_token(request, found[request.number("Skip", 0, 0) :], default=20, maximum=1000)
    info: Json = {
        "ServerGroupId": group.id,
        "HealthCheckEnabled": group.health_check.enabled,
        "Servers": [each.view() for each in page.items],
    }
    status: Json = {"ListenerId": listener.id, "ServerGroupInfos": [info]}
    return {**page.fields, "TotalCount": len(found), "ListenerHealthStatus": [status]}


def _filtered(request: Request, healths: Iterator[Health]) -> Iterator[Health]:
    filters = request.objects("Filter")
    if len(filters) > 20:
        raise request.invalid("Filter", "at most 20 filters")
    wanted = {each.one_of("Name", _FILTERS): each.texts("Values") for each in filters}
    for health in healths:
        if all(_FILTERS[name](health) in values for name, values in wanted.items() if name):
            yield health


def _server_healths(region: Region, listener: Listener, group: ServerGroup) -> Iterator[Health]:
    sources = [each.ip for each in interfaces_of(region, listener.load_balancer_id)]
    for server in members_of(region, group.id):
        status = _status_before_probes(region, listener, group, server)
        reason = "" if status else _failure(region, group, server, sources)
        status = status or ("Unhealthy" if reason else "Healthy")
        yield Health(server.server_id, address_of(region, server), status, reason)


def _status_before_probes(
    region: Region, listener: Listener, group: ServerGroup, server: Server
) -> str:
    """The status of a server that is not probed, or has not been yet; empty for any other."""
    if server.status in LEAVING:
        return "Unused"
    if not group.health_check.enabled:
        return "Unavailable"
    begun = max(server.since, listener.since) + _first_probe_duration(region, server)
    started = server.status == "Available" and listener.since
    return "" if started and region.now >= begun else "Initial"


def _first_probe_duration(region: Region, server: Server) -> float:
    """Seconds until the first probes of a new server have a result."""
    return region.settings.status_duration(Server.kind, "Initial", server.id)


def _failure(region: Region, group: ServerGroup, server: Server, sources: list[str]) -> str:
    """The reason why probes fail; empty if they succeed.

    A probe needs its own port alone (help page "GWLB health checks": plain TCP or HTTP): of a
    server that drops GENEVE nothing is seen here, and the packets that it gets are lost.
    """
    check = group.health_check
    interface = _interface(region, group, server)
    if interface is None or not _is_running(region, interface.owner):
        return "CONNECT_TIMEOUT"
    for source in sources:
        if not admits(region, interface, "TCP", check.port, source):
            return "CONNECT_TIMEOUT"
        if region.settings.geneve_is_probed and not admits(region, interface, "UDP", PORT, source):
            return "CONNECT_TIMEOUT"
    return "" if listens(region, interface.owner, check.port) else "CONNECT_FAILED"


def _interface(region: Region, group: ServerGroup, server: Server) -> NetworkInterface | None:
    if server.server_type != "Ip":
        return interface_of(region, server.server_type, server.server_id)
    at = region.where(NetworkInterface, vpc_id=group.vpc_id, ip=server.server_id)
    return next(iter(at), None)


def _is_running(region: Region, machine_id: str) -> bool:
    machine = region.find_any(machine_id)
    return machine is None or machine.kind != "instance" or machine.status == "Running"
