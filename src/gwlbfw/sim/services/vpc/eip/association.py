"""Association of an EIP with what holds it.

Sources: VPC API, AssociateEipAddress and UnassociateEipAddress, with their error tables.
"""

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.vpc.eip.actions import MODES
from gwlbfw.sim.services.vpc.eip.holders import TYPES, vpc_of_holder
from gwlbfw.sim.services.vpc.eip.record import Eip, eips_of
from gwlbfw.sim.services.vpc.nat_gateway.eip_addresses import give_address
from gwlbfw.sim.services.vpc.nat_gateway.record import NatGateway
from gwlbfw.sim.services.vpc.vpc.record import Vpc
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Reply

HAS_ONE = "BIND_INSTANCE_HAVE_PORTMAP_OR_BIND_EIP"
NOT_ASSOCIATED = "InvalidAssociation.NotFound"
"""UnassociateEipAddress from an instance that doesn't have the EIP (UNVERIFIED code)."""
_MANY = ("Nat", "IpAddress")
"""Types of holders whose id several EIPs may have."""
_NAT_ENTRIES = (
    ("snat_entry", "addresses", "InvalidIpStatus.HasBeenUsedBySnatTable"),
    ("forward_entry", "external_ip", "InvalidIpStatus.HasBeenUsedByForwardEntry"),
)
"""Kind of entry, its field of EIPs, and the code where it uses the EIP."""


@action("vpc", "AssociateEipAddress", not_simulated="EIPs of other regions")
def associate_eip_address(region: Region, request: Request) -> Reply:
    """VPC API, AssociateEipAddress: Available, then Associating, then InUse."""
    eip = region.require(Eip, request.text("AllocationId"))
    instance_id = request.text("InstanceId")
    kind = request.one_of("InstanceType", TYPES, "EcsInstance")
    mode = request.one_of("Mode", MODES, eip.mode)
    request.one_of("InstanceRegionId", (region.name,))
    if eip.instance_id == instance_id and eip.status == "InUse":
        raise ApiError("InvalidAssociation.Duplicated", "The instance has this EIP.")
    if eip.status != "Available":
        raise ApiError("IncorrectEipStatus", f"The EIP is {eip.status}, not Available.")
    vpc_id = vpc_of_holder(region, request, kind)
    _check_mode(region, vpc_id, kind, mode)
    if kind not in _MANY and any(_fills(each, mode) for each in eips_of(region, instance_id)):
        raise ApiError(HAS_ONE, "The instance has an EIP.")
    eip.instance_id, eip.instance_type, eip.mode = instance_id, kind, mode
    eip.vpc_id = vpc_id
    if kind == "Nat":
        give_address(region, region.require(NatGateway, instance_id), eip)
    if kind in ("NetworkInterface", "IpAddress"):
        eip.private_ip = request.text("PrivateIpAddress")
    region.transition(eip, "Associating", "InUse")
    return {}


def _fills(eip: Eip, mode: str) -> bool:
    """True if an EIP leaves no room for another one: only that of MULTI_BINDED leaves some."""
    if "MULTI_BINDED" in (eip.mode, mode) and eip.mode != mode:
        code = "OperationFailed.EipBindModeConflict"
        raise ApiError(code, f"The EIP {eip.id} is bound in mode {eip.mode}.")
    return eip.mode != "MULTI_BINDED"


def _check_mode(region: Region, vpc_id: str, kind: str, mode: str) -> None:
    """Interfaces alone have EIPs in other modes; an active IPv4 gateway excludes cut-through."""
    if mode != "NAT" and kind != "NetworkInterface":
        code = "Invalid.DirectEip.BindType" if mode == "BINDED" else "IllegalParam.Mode"
        raise ApiError(code, "The direct EIP can be only associated with an interface.")
    vpc = region.find(Vpc, vpc_id)
    if mode == "BINDED" and vpc is not None and vpc.centralised:
        raise ApiError("OperationDenied.Ipv4GatewayExist", "The VPC has an IPv4 gateway.")


@action("vpc", "UnassociateEipAddress")
def unassociate_eip_address(region: Region, request: Request) -> Reply:
    """VPC API, UnassociateEipAddress: InUse, then Unassociating, then Available.

    Force takes an EIP from entries of its NAT gateway. That an entry without an EIP goes with it
    is UNVERIFIED.
    """
    eip = region.require(Eip, request.text("AllocationId"))
    if eip.status != "InUse":
        raise ApiError("IncorrectEipStatus", f"The EIP is {eip.status}, not InUse.")
    named = request.text("InstanceId"), request.text("InstanceType", eip.instance_type)
    if named[0] not in ("", eip.instance_id) or named[1] != eip.instance_type:
        raise ApiError(NOT_ASSOCIATED, f"The EIP belongs to {eip.instance_id}.")
    if eip.private_ip and request.text("PrivateIpAddress", eip.private_ip) != eip.private_ip:
        raise ApiError(NOT_ASSOCIATED, f"The EIP stands for {eip.private_ip}.")
    force = request.flag("Force")
    if eip.instance_type == "Nat":
        _free_of_entries(region, eip, force=force)
    region.transition(eip, "Unassociating", "Available")
    return {}


def _free_of_entries(region: Region, eip: Eip, *, force: bool) -> None:
    """Refuse an EIP that entries use, or take it from them."""
    for kind, field, code in _NAT_ENTRIES:
        for entry in region.all_of_kind(kind):
            used = getattr(entry, field)
            if eip.address != used and eip.address not in used:
                continue
            if not force:
                raise ApiError(code, f"The entry {entry.id} uses the EIP.")
            others = tuple(each for each in used if each != eip.address)
            if kind == "snat_entry" and others:
                setattr(entry, field, others)
            else:
                region.remove(entry)
