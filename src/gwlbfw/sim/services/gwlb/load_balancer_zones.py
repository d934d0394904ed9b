"""Zones of a Gateway Load Balancer: which it may be in, and its interface in each.

Source: GWLB API, CreateLoadBalancer and UpdateLoadBalancerZones (ZoneMappings); the codes are the
Network Load Balancer's (UNVERIFIED for GWLB).
"""

from gwlbfw.sim.errors import Refusal
from gwlbfw.sim.regions import gwlb_zones
from gwlbfw.sim.services.ecs.network_interface import attach, owned
from gwlbfw.sim.services.gwlb.errors import vswitch_not_ready
from gwlbfw.sim.services.request import Params, Request
from gwlbfw.sim.services.vpc.vswitch import VSwitch
from gwlbfw.sim.store.record import Record
from gwlbfw.sim.store.region import Region

MAXIMUM = 20
"""Zones in one call."""


def zone_mappings(region: Region, request: Request, vpc_id: str) -> dict[str, VSwitch]:
    """The vSwitch that a call gives for each zone; one zone is enough."""
    given = request.objects("ZoneMappings")
    if not 1 <= len(given) <= MAXIMUM:
        raise request.invalid("ZoneMappings", f"1 to {MAXIMUM} zones")
    vswitches: dict[str, VSwitch] = {}
    for each in given:
        zone = each.need("ZoneId")
        if zone in vswitches:
            raise Refusal("OperationFailed.DuplicateZones.", f"The zone {zone} is named twice.")
        if zone not in gwlb_zones(region.name):
            raise Refusal("InvalidZones", f"The zone {zone} has no gateway load balancers.")
        vswitches[zone] = _vswitch(region, each, vpc_id, zone)
    return vswitches


def _vswitch(region: Region, mapping: Params, vpc_id: str, zone: str) -> VSwitch:
    vswitch = region.need(VSwitch, mapping.need("VSwitchId"), "ResourceNotFound.VSwitch", 404)
    if vswitch.vpc_id != vpc_id:
        raise Refusal("Mismatch.VpcId", f"The vSwitch {vswitch.id} is not in {vpc_id}.")
    if vswitch.zone_id != zone:
        raise Refusal(
            "Mismatch.ZoneIdAndVswitchId", f"The vSwitch {vswitch.id} is not in the zone {zone}."
        )
    if vswitch.status != "Available":
        raise vswitch_not_ready(vswitch.id)
    return vswitch


def occupy(region: Region, balancer: Record, vswitch: VSwitch) -> str:
    """Give a load balancer its address in a vSwitch, unless it has it; gives the vSwitch's id."""
    if all(each.vswitch_id != vswitch.id for each in owned(region, balancer.id)):
        codes = ("IllegalParam.PrivateIpv4Address", "ResourceNotEnough.VSwitchIp")
        attach(region, vswitch, balancer.id, service="gwlb", codes=codes)
    return vswitch.id
