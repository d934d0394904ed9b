"""Backend servers: the default server group of a Classic Load Balancer.

Sources: SLB API, AddBackendServers, SetBackendServers and RemoveBackendServers.
"""

import json
from collections.abc import Iterator, Mapping

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.ecs.network_interface import NetworkInterface, interfaces_of
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.slb.load_balancer.record import (
    VERSION,
    Backend,
    ClassicLoadBalancer,
    require_changeable,
)
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply

MOST = 20
"""Servers in one call (SLB API, AddBackendServers)."""


def backends_of(region: Region, balancer: ClassicLoadBalancer) -> list[Backend]:
    """The servers of a balancer that exist; that others leave it is UNVERIFIED."""
    return [each for each in balancer.backends if region.find_any(each.server_id)]


def backend_view(backend: Backend) -> dict[str, Json]:
    """A server as replies list it."""
    return {
        "ServerId": backend.server_id,
        "Type": backend.kind,
        "Weight": backend.weight,
        "ServerIp": backend.ip,
        "Description": backend.description,
    }


@action(
    "slb",
    "AddBackendServers",
    version=VERSION,
    required=("LoadBalancerId",),
    optional=("BackendServers",),
)
def add_backend_servers(region: Region, request: Request) -> Reply:
    """SLB API, AddBackendServers: instances and interfaces of the balancer's VPC."""
    balancer = require_changeable(region, request.text("LoadBalancerId"))
    held = {each.server_id: each for each in balancer.backends}
    for given in _given(request):
        backend = _backend(request, given, Backend(""))
        _check(region, balancer, backend)
        held[backend.server_id] = backend
    balancer.backends = tuple(held.values())
    return _reply(region, balancer)


@action(
    "slb",
    "SetBackendServers",
    version=VERSION,
    required=("LoadBalancerId",),
    optional=("BackendServers",),
)
def set_backend_servers(region: Region, request: Request) -> Reply:
    """SLB API, SetBackendServers: weights and descriptions of servers that it has."""
    balancer = require_changeable(region, request.text("LoadBalancerId"))
    held = {each.server_id: each for each in balancer.backends}
    for given in _given(request):
        server_id = given.get("ServerId", "")
        if server_id not in held:
            # UNVERIFIED code.
            raise ApiError("InvalidBackendServers.NotFound", f"{server_id} is not among them.")
        held[server_id] = _backend(request, given, held[server_id])
    balancer.backends = tuple(held.values())
    return _reply(region, balancer)


@action(
    "slb", "RemoveBackendServers", version=VERSION, required=("LoadBalancerId", "BackendServers")
)
def remove_backend_servers(region: Region, request: Request) -> Reply:
    """SLB API, RemoveBackendServers: those that aren't there are passed over."""
    balancer = require_changeable(region, request.text("LoadBalancerId"))
    gone = {each.get("ServerId", "") for each in _given(request)}
    balancer.backends = tuple(each for each in balancer.backends if each.server_id not in gone)
    return _reply(region, balancer)


def _given(request: Request) -> Iterator[Mapping[str, str]]:
    """The objects in BackendServers, a JSON array; a plain text in it is an id."""
    try:
        listed = json.loads(request.text("BackendServers", "[]"))
    except ValueError:
        listed = None
    if not isinstance(listed, list) or len(listed) > MOST:
        raise request.invalid("BackendServers", f"a JSON array of at most {MOST} is expected")
    for each in listed:
        if isinstance(each, str):
            yield {"ServerId": each}
        elif isinstance(each, dict):
            yield {str(name): str(value) for name, value in each.items()}
        else:
            raise request.invalid("BackendServers", "servers are expected")


def _backend(request: Request, given: Mapping[str, str], now: Backend) -> Backend:
    weight = given.get("Weight", str(now.weight))
    if not weight.isdecimal() or not 0 <= int(weight) <= 100:
        raise request.invalid("BackendServers", "a weight of 0 to 100 is expected")
    return Backend(
        server_id=given.get("ServerId", now.server_id),
        kind=given.get("Type", now.kind),
        weight=int(weight),
        ip=given.get("ServerIp", now.ip),
        description=given.get("Description", now.description),
    )


def _check(region: Region, balancer: ClassicLoadBalancer, backend: Backend) -> None:
    """Refuse a server that isn't there, or is in another VPC (both codes UNVERIFIED)."""
    if backend.kind == "eni":
        found = region.find(NetworkInterface, backend.server_id)
        interfaces = [found] if found else []
    else:
        interfaces = interfaces_of(region, backend.server_id)
    if not interfaces:
        code = "InvalidBackendServers.NotFound"
        raise ApiError(code, f"The server {backend.server_id} does not exist.")
    if balancer.vpc_id and interfaces[0].vpc_id != balancer.vpc_id:
        code = "InvalidBackendServers.VpcMismatch"
        raise ApiError(code, f"The server {backend.server_id} is in another VPC.")


def _reply(region: Region, balancer: ClassicLoadBalancer) -> Reply:
    listed: list[Json] = [backend_view(each) for each in backends_of(region, balancer)]
    return {"LoadBalancerId": balancer.id, "BackendServers": {"BackendServer": listed}}
