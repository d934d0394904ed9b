"""IPv6 addresses of a network interface, of its vSwitch's block.

Sources: ECS API, AssignIpv6Addresses and UnassignIpv6Addresses, with their error tables.
"""

from collections.abc import Sequence
from ipaddress import IPv6Address, IPv6Network

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.ecs.network_interface.attachment import require_assigned, settled_interface
from gwlbfw.sim.services.ecs.network_interface.record import NetworkInterface
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Params, Request
from gwlbfw.sim.services.vpc.vswitch import VSwitch
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Reply

_MOST = 10
"""IPv6 addresses of an interface (CreateNetworkInterface; by instance type in the cloud)."""


@action("ecs", "AssignIpv6Addresses")
def assign_ipv6_addresses(region: Region, request: Request) -> Reply:
    """Give an interface IPv6 addresses: those named, or so many."""
    interface = settled_interface(region, request)
    added = add_ipv6_addresses(region, request, interface)
    return {"NetworkInterfaceId": interface.id, "Ipv6Sets": {"Ipv6Address": list(added)}}


@action("ecs", "UnassignIpv6Addresses")
def unassign_ipv6_addresses(region: Region, request: Request) -> Reply:
    """Take IPv6 addresses from an interface."""
    interface = settled_interface(region, request)
    gone = [_address(each) for each in request.texts("Ipv6Address")]
    require_assigned(gone, interface.ipv6)
    interface.ipv6 = tuple(each for each in interface.ipv6 if each not in gone)
    return {}


def add_ipv6_addresses(
    region: Region, params: Params, interface: NetworkInterface
) -> Sequence[str]:
    """Give an interface the IPv6 addresses that a call asks for; those it got."""
    named = [_address(each) for each in params.texts("Ipv6Address")]
    number = params.number("Ipv6AddressCount", 0, 0, _MOST)
    if named and number:
        raise ApiError(
            "InvalidParameter.Conflict", "Ipv6Address and Ipv6AddressCount exclude each other."
        )
    if not named and not number:
        return ()
    vswitch = region.require(VSwitch, interface.vswitch_id)
    if not vswitch.ipv6_cidr:
        raise ApiError("InvalidVSwitch.Ipv6NotTurnOn", f"{vswitch.id} has no IPv6 block.", 403)
    before = interface.ipv6
    if len(before) + max(len(named), number) > _MOST:
        raise ApiError(
            "InvalidOperation.Ipv6CountExceeded", f"An interface has at most {_MOST}.", 403
        )
    block = IPv6Network(vswitch.ipv6_cidr)
    for each in named or [""] * number:
        address = each or str(block[region.state.next_serial()])
        if IPv6Address(address) not in block:
            raise ApiError("InvalidIp.Address", f"{address} is not in {block}.", 403)
        if region.count(NetworkInterface, "ipv6", address):
            raise ApiError("InvalidIp.IpAssigned", f"{address} is already assigned.", 403)
        interface.ipv6 = (*interface.ipv6, address)
    return interface.ipv6[len(before) :]


def _address(text: str) -> str:
    """An address in its short form."""
    try:
        return str(IPv6Address(text))
    except ValueError:
        raise ApiError("InvalidIp.Address", f"{text} is no IPv6 address.", 403) from None
