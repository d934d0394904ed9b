"""The private addresses that EIPs of a NAT gateway take up in its vSwitch.

Source: VPC API, CreateNatGateway (EipBindMode NAT: one address for each EIP, 50 EIPs at most) and
the error table of AssociateEipAddress.
"""

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.quotas import quota
from gwlbfw.sim.services.ecs.network_interface import free_address
from gwlbfw.sim.services.vpc.eip.record import Eip, eips_of
from gwlbfw.sim.services.vpc.nat_gateway.record import NatGateway
from gwlbfw.sim.services.vpc.vswitch import VSwitch
from gwlbfw.sim.store.region import Region

EIPS = quota("eips_per_nat_gateway_in_nat_mode", 50)
"""EIPs of one NAT gateway in mode NAT."""
_FULL = "OperationDenied.NoAvailablePrivateIp"


def give_address(region: Region, gateway: NatGateway, eip: Eip) -> None:
    """Give an EIP of a gateway an address of the vSwitch, if the gateway is in mode NAT."""
    if gateway.bind_mode != "NAT" or eip.ip:
        return
    held = [each for each in eips_of(region, gateway.id) if each.ip]
    if len(held) >= (most := region.quota(EIPS)):
        code = "QuotaExceeded.NumberOfEip"
        raise ApiError(code, f"A NAT gateway in mode NAT has at most {most} EIPs.")
    vswitch = region.require(VSwitch, gateway.vswitch_id)
    eip.ip = free_address(region, vswitch, "", (_FULL, _FULL))
    eip.vswitch_id = vswitch.id
