"""Listener of a Classic Load Balancer: which port it serves, and the port of its servers.

What a listener is given is kept and read back; how it treats connections is not simulated.

Sources: SLB API, CreateLoadBalancerTCPListener and its kin, StartLoadBalancerListener,
StopLoadBalancerListener, DeleteLoadBalancerListener and DescribeLoadBalancerListeners.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from gwlbfw.sim.errors import ApiError, not_simulated
from gwlbfw.sim.services.filtering import TextGetter, filter_by_parameters, filter_by_values
from gwlbfw.sim.services.paging import page_by_token
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.slb.listener_settings import (
    NOT_SIMULATED,
    SETTINGS,
    configurations,
    requested_settings,
)
from gwlbfw.sim.services.slb.load_balancer.record import (
    VERSION,
    ClassicLoadBalancer,
    require_changeable,
)
from gwlbfw.sim.services.tags import filter_by_tags, requested_tags, tag_list
from gwlbfw.sim.store.record import Record
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply


@dataclass(kw_only=True, eq=False)
class ClbListener(Record, kind="clb_listener", prefix="lsn", product="slb"):
    """One listener, which its balancer, its port and its protocol name."""

    balancer_id: str = ""
    port: int = 0
    protocol: str = ""
    backend_port: int = 0
    description: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def implicit(self) -> bool:
        return True

    def uses(self) -> Collection[str]:
        return (self.balancer_id,)


def listeners_of(region: Region, balancer_id: str) -> list[ClbListener]:
    """The listeners of a balancer."""
    return region.where(ClbListener, balancer_id=balancer_id)


def create_listener(region: Region, request: Request) -> Reply:
    """SLB API, CreateLoadBalancerTCPListener and its kin: stopped until it is started."""
    protocol = request.action.removeprefix("CreateLoadBalancer").removesuffix("Listener").lower()
    for name in NOT_SIMULATED[protocol]:
        if request.text(name, "off") != "off":
            raise not_simulated(name, "server groups beside the default one, and redirections")
    request.require("BackendServerPort")
    balancer = require_changeable(region, request.text("LoadBalancerId"))
    port = request.number("ListenerPort", 0, 1, 65535)
    for each in listeners_of(region, balancer.id):
        if each.port == port and (each.protocol == "udp") is (protocol == "udp"):
            raise ApiError("ListenerAlreadyExists", f"The port {port} has a listener.")
    region.add(
        ClbListener(
            balancer_id=balancer.id,
            port=port,
            protocol=protocol,
            backend_port=request.number("BackendServerPort", 0, 1, 65535),
            description=request.text("Description"),
            settings=requested_settings(request, protocol),
            tags=requested_tags(request),
            status="stopped",
        )
    )
    return {}


for _protocol, _settings in SETTINGS.items():
    action(
        "slb",
        f"CreateLoadBalancer{_protocol.upper()}Listener",
        version=VERSION,
        required=("LoadBalancerId", "ListenerPort"),
        optional=(
            *("BackendServerPort", "Description", "Tag.1.Key", "Tag.1.Value"),
            *(*_settings, *NOT_SIMULATED[_protocol]),
        ),
        not_simulated="server groups beside the default one, redirections",
    )(create_listener)


@action(
    "slb",
    "StartLoadBalancerListener",
    "StopLoadBalancerListener",
    "DeleteLoadBalancerListener",
    version=VERSION,
    required=("LoadBalancerId", "ListenerPort"),
    optional=("ListenerProtocol",),
)
def change_listener(region: Region, request: Request) -> Reply:
    """SLB API, StartLoadBalancerListener, StopLoadBalancerListener, DeleteLoadBalancerListener."""
    balancer = require_changeable(region, request.text("LoadBalancerId"))
    port = request.number("ListenerPort", 0, 1, 65535)
    protocol = request.one_of("ListenerProtocol", SETTINGS)
    for each in listeners_of(region, balancer.id):
        if each.port == port and protocol in ("", each.protocol):
            if request.action.startswith("Delete"):
                region.remove(each)
            else:
                each.status = "running" if request.action.startswith("Start") else "stopped"
            return {}
    # UNVERIFIED code.
    raise ApiError("ListenerNotFound", f"The balancer has no listener at {port}.", 404)


_FILTERS: Mapping[str, TextGetter[ClbListener]] = {
    "Description": lambda each: each.description,
    "ListenerPort": lambda each: str(each.port),
    "ListenerProtocol": lambda each: each.protocol,
}


@action(
    "slb",
    "DescribeLoadBalancerListeners",
    version=VERSION,
    optional=(*_FILTERS, "LoadBalancerId.1", "MaxResults", "NextToken", "Tag.1.Key", "Tag.1.Value"),
)
def describe_listeners(region: Region, request: Request) -> Reply:
    """SLB API, DescribeLoadBalancerListeners: of all balancers, or of those named."""
    found = filter_by_tags(region.all(ClbListener), request)
    found = filter_by_parameters(request, found, _FILTERS)
    ids = request.texts("LoadBalancerId")
    for each in ids:
        region.require(ClassicLoadBalancer, each)
    found = filter_by_values(found, ids, lambda each: each.balancer_id)
    page = page_by_token(request, found, default=20, maximum=100)
    listed: list[Json] = [_view(each) for each in page.items]
    return {"Listeners": listed, **page.fields}


def _view(listener: ClbListener) -> dict[str, Json]:
    return {
        "LoadBalancerId": listener.balancer_id,
        "ListenerPort": listener.port,
        "ListenerProtocol": listener.protocol,
        "BackendServerPort": listener.backend_port,
        "Bandwidth": int(listener.settings.get("Bandwidth", "-1")),
        "Scheduler": listener.settings.get("Scheduler", "wrr"),
        "Status": listener.status,
        "Description": listener.description,
        "AclStatus": listener.settings.get("AclStatus", "off"),
        "AclId": listener.settings.get("AclId", ""),
        "AclIds": [each for each in (listener.settings.get("AclId", ""),) if each],
        "AclType": listener.settings.get("AclType", ""),
        "VServerGroupId": "",
        **configurations(listener.protocol, listener.settings),
        "Tags": tag_list(listener.tags, "TagKey", "TagValue"),
    }
