"""Secondary private addresses of a network interface.

Sources: ECS API, AssignPrivateIpAddresses and UnassignPrivateIpAddresses, with their error tables.
"""

from collections.abc import Sequence

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.ecs.instance.record import Instance, kind_of
from gwlbfw.sim.services.ecs.network_interface.attachment import require_assigned, settled_interface
from gwlbfw.sim.services.ecs.network_interface.parameters import CODES, require_free
from gwlbfw.sim.services.ecs.network_interface.placement import free_address
from gwlbfw.sim.services.ecs.network_interface.record import NetworkInterface
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Params, Request
from gwlbfw.sim.services.vpc.vswitch import VSwitch
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply

_MOST = 50
"""Private addresses of an interface that is attached to nothing (ECS API, CreateNetworkInterface:
49 secondary ones)."""


@action("ecs", "AssignPrivateIpAddresses")
def assign_private_ip_addresses(region: Region, request: Request) -> Reply:
    """Give an interface secondary addresses: those named, or so many."""
    interface = settled_interface(region, request)
    added = add_secondary_addresses(region, request, interface)
    assigned: Json = {
        "NetworkInterfaceId": interface.id,
        "PrivateIpSet": {"PrivateIpAddress": list(added)},
    }
    return {"AssignedPrivateIpAddressesSet": assigned}


@action("ecs", "UnassignPrivateIpAddresses")
def unassign_private_ip_addresses(region: Region, request: Request) -> Reply:
    """Take secondary addresses from an interface."""
    interface = settled_interface(region, request)
    gone = request.texts("PrivateIpAddress")
    require_assigned(gone, interface.secondary_ips)
    rest = [each for each in interface.secondary_ips if each not in gone]
    interface.secondary_ips = tuple(rest)
    return {}


def add_secondary_addresses(
    region: Region, params: Params, interface: NetworkInterface
) -> Sequence[str]:
    """Give an interface the secondary addresses that a call asks for; those it got."""
    named = params.texts("PrivateIpAddress")
    number = params.number("SecondaryPrivateIpAddressCount", 0, 0, 49)
    if named and number:
        raise ApiError(
            "InvalidParameter.Conflict",
            "PrivateIpAddress and SecondaryPrivateIpAddressCount exclude each other.",
        )
    before = interface.secondary_ips
    most = _address_limit(region, interface)
    if 1 + len(before) + max(len(named), number) > most:
        raise ApiError(
            "InvalidOperation.Ipv4CountExceeded",
            f"{interface.id} has at most {most} private addresses.",
            403,
        )
    vswitch = region.require(VSwitch, interface.vswitch_id)
    for each in named or [""] * number:
        if each:
            require_free(region, vswitch, each)
        address = free_address(region, vswitch, each, CODES, 403)
        interface.secondary_ips = (*interface.secondary_ips, address)
    return interface.secondary_ips[len(before) :]


def _address_limit(region: Region, interface: NetworkInterface) -> int:
    instance = region.find(Instance, interface.owner)
    return kind_of(region, instance).interfaces[1] if instance else _MOST
