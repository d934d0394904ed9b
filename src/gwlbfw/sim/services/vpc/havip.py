"""HaVip: a private address of a vSwitch that its instances hand to each other.

Which instance has it now is theirs to settle (they announce it by ARP), so that the simulator
knows of no master.

Sources: VPC API, CreateHaVip, DeleteHaVip, DescribeHaVips, ModifyHaVipAttribute, AssociateHaVip
and UnassociateHaVip, with their error tables.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address

from gwlbfw.sim.clock import timestamp
from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.quotas import quota
from gwlbfw.sim.services.ecs.network_interface import (
    NetworkInterface,
    free_address,
    interfaces_of,
)
from gwlbfw.sim.services.filtering import TextGetter, filter_by_parameters
from gwlbfw.sim.services.paging import page_by_number
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.resource_group import DEFAULT_GROUP, requested_group
from gwlbfw.sim.services.tags import filter_by_tags, requested_tags, tag_list
from gwlbfw.sim.services.vpc.eip.record import eips_of, release_eips
from gwlbfw.sim.services.vpc.parameters import name_or_description
from gwlbfw.sim.services.vpc.vswitch import VSwitch
from gwlbfw.sim.store.record import DELETED, Record
from gwlbfw.sim.store.region import Lifecycle, Region
from gwlbfw.sim.wire import Json, Reply

INSTANCES = quota("instances_per_ha_vip", 2)
"""Instances of one HaVip (VPC API, AssociateHaVip)."""
TYPES = ("EcsInstance", "NetworkInterface")
_TAKEN = "InvalidIPAddress.AlreadyUsed"
_FULL = "ResourceNotEnough.VSwitchIp"
"""The code for a vSwitch without a free address (UNVERIFIED)."""


@dataclass(kw_only=True, eq=False)
class HaVip(
    Record,
    Lifecycle,
    kind="havip",
    prefix="havip",
    product="vpc",
    tag_type="HAVIP",
    not_found=("InvalidHaVipId.NotFound", 404),
):
    """One HaVip: Available, or InUse by instances or interfaces."""

    vpc_id: str = ""
    vswitch_id: str = ""
    ip: str = ""
    name: str = ""
    description: str = ""
    resource_group_id: str = DEFAULT_GROUP
    instance_ids: tuple[str, ...] = ()
    instance_type: str = ""
    leaving: str = ""
    """The instance that is being taken from it."""

    def uses(self) -> Collection[str]:
        return (self.vswitch_id,)

    def on_transition(self, region: Region, field: str) -> None:  # noqa: ARG002 - the hook's form
        if self.leaving and not self.in_transition():
            self.instance_ids = tuple(each for each in self.instance_ids if each != self.leaving)
            self.leaving = ""
        if not self.instance_ids:
            self.instance_type = ""

    def on_delete(self, region: Region) -> None:
        release_eips(region, self.id)


@action("vpc", "CreateHaVip")
def create_ha_vip(region: Region, request: Request) -> Reply:
    """VPC API, CreateHaVip: at a free address; Creating, then Available."""
    vswitch = region.require(VSwitch, request.text("VSwitchId"), "InvalidVSwitch.NotFound", 400)
    wanted = request.text("IpAddress")
    try:
        IPv4Address(wanted or "10.0.0.1")
    except ValueError:
        code = "InvalidIPAddress.Malformed"
        raise ApiError(code, f"{wanted} is no IPv4 address.") from None
    ha_vip = region.add(
        HaVip(
            vpc_id=vswitch.vpc_id,
            vswitch_id=vswitch.id,
            ip=free_address(region, vswitch, wanted, (_TAKEN, _FULL)),
            name=name_or_description(request, "Name"),
            description=name_or_description(request, "Description"),
            resource_group_id=requested_group(region, request),
            tags=requested_tags(request),
        )
    )
    region.transition(ha_vip, "Creating", "Available")
    return {"HaVipId": ha_vip.id, "IpAddress": ha_vip.ip}


@action("vpc", "ModifyHaVipAttribute")
def modify_ha_vip_attribute(region: Region, request: Request) -> Reply:
    """VPC API, ModifyHaVipAttribute: name and description."""
    ha_vip = region.require(HaVip, request.text("HaVipId"))
    ha_vip.name = name_or_description(request, "Name", ha_vip.name)
    ha_vip.description = name_or_description(request, "Description", ha_vip.description)
    return {}


@action("vpc", "AssociateHaVip")
def associate_ha_vip(region: Region, request: Request) -> Reply:
    """VPC API, AssociateHaVip: with instances, or interfaces, of its vSwitch; two at most."""
    ha_vip = _require_ready(region, request)
    kind = request.one_of("InstanceType", TYPES, "EcsInstance")
    instance_id = request.text("InstanceId")
    interface = _interface(region, instance_id, kind)
    # The codes of the next three are UNVERIFIED.
    if interface.vswitch_id != ha_vip.vswitch_id:
        raise ApiError("InvalidParameter.Mismatch", "The instance is in another vSwitch.")
    if instance_id in ha_vip.instance_ids:
        raise ApiError("InvalidAssociation.Duplicated", "The instance has the HaVip.")
    if ha_vip.instance_type not in ("", kind):
        raise ApiError("OperationDenied", f"The HaVip has instances of {ha_vip.instance_type}.")
    if len(ha_vip.instance_ids) >= region.quota(INSTANCES):
        code = "CountLimitExceeded.HaVipOnECSInstance"
        raise ApiError(code, f"The HaVip has {len(ha_vip.instance_ids)} instances.")
    ha_vip.instance_ids, ha_vip.instance_type = (*ha_vip.instance_ids, instance_id), kind
    region.transition(ha_vip, "Associating", "InUse")
    return {}


def _require_ready(region: Region, request: Request) -> HaVip:
    """A HaVip that can be changed now."""
    ha_vip = region.require(HaVip, request.text("HaVipId"))
    if ha_vip.status not in ("Available", "InUse"):
        raise ApiError("IncorrectHaVipStatus", f"The HaVip is {ha_vip.status}.")
    return ha_vip


def _interface(region: Region, instance_id: str, kind: str) -> NetworkInterface:
    """The interface that announces the address: an instance's primary one, or the one named."""
    if kind == "NetworkInterface":
        return region.require(NetworkInterface, instance_id)
    instance = region.find_any(instance_id)
    if instance is None or instance.kind != "instance":
        raise ApiError("InvalidInstanceId.NotFound", f"No instance is {instance_id}.", 404)
    if instance.status not in ("Running", "Stopped"):
        raise ApiError("IncorrectInstanceStatus", f"The instance is {instance.status}.")
    return interfaces_of(region, instance_id)[0]


@action("vpc", "UnassociateHaVip", without_effect=("Force",))
def unassociate_ha_vip(region: Region, request: Request) -> Reply:
    """VPC API, UnassociateHaVip: Force concerns the master, of which there is none here."""
    ha_vip = _require_ready(region, request)
    instance_id = request.text("InstanceId")
    kind = request.one_of("InstanceType", TYPES, ha_vip.instance_type)
    if instance_id not in ha_vip.instance_ids or kind != ha_vip.instance_type:
        # UNVERIFIED code.
        raise ApiError("InvalidAssociation.NotFound", f"{instance_id} has not the HaVip.")
    ha_vip.leaving = instance_id
    left = "InUse" if len(ha_vip.instance_ids) > 1 else "Available"
    region.transition(ha_vip, "Unassociating", left)
    return {}


@action("vpc", "DeleteHaVip")
def delete_ha_vip(region: Region, request: Request) -> Reply:
    """VPC API, DeleteHaVip: one without instances and EIPs (that an EIP counts is UNVERIFIED)."""
    ha_vip = region.require(HaVip, request.text("HaVipId"))
    if ha_vip.status != "Available" or eips_of(region, ha_vip.id):
        raise ApiError("IncorrectHaVipStatus", f"The HaVip is {ha_vip.status}, or has an EIP.")
    region.transition(ha_vip, "Deleting", DELETED)
    return {}


_FILTERS: Mapping[str, TextGetter[HaVip]] = {
    "VpcId": lambda each: each.vpc_id,
    "VSwitchId": lambda each: each.vswitch_id,
    "Status": lambda each: each.status,
    "HaVipId": lambda each: each.id,
    "HaVipAddress": lambda each: each.ip,
}
"""The keys of Filter.N; one matches if any of its values does."""
_BY_GROUP: Mapping[str, TextGetter[HaVip]] = {
    "ResourceGroupId": lambda each: each.resource_group_id
}


@action("vpc", "DescribeHaVips")
def describe_ha_vips(region: Region, request: Request) -> Reply:
    """VPC API, DescribeHaVips: tags are filtered by as Tags.N."""
    found = filter_by_tags(region.all(HaVip), request, "Tags")
    found = filter_by_parameters(request, found, _BY_GROUP)
    for each in request.objects("Filter"):
        of = _FILTERS.get(each.text("Key"))
        if of is None:
            raise ApiError("InvalidFilterKey.ValueNotSupported", "The filter key is unknown.")
        wanted = each.texts("Value")
        found = [held for held in found if of(held) in wanted]
    page = page_by_number(request, found)
    listed: list[Json] = [_view(region, each) for each in page.items]
    return {"HaVips": {"HaVip": listed}, **page.fields}


def _view(region: Region, ha_vip: HaVip) -> dict[str, Json]:
    addresses: list[Json] = [each.address for each in eips_of(region, ha_vip.id)]
    return {
        "HaVipId": ha_vip.id,
        "IpAddress": ha_vip.ip,
        "Name": ha_vip.name,
        "Description": ha_vip.description,
        "Status": ha_vip.status,
        "VpcId": ha_vip.vpc_id,
        "VSwitchId": ha_vip.vswitch_id,
        "RegionId": ha_vip.region,
        "ChargeType": "PostPaid",
        "CreateTime": timestamp(ha_vip.created),
        "ResourceGroupId": ha_vip.resource_group_id,
        "AssociatedInstanceType": ha_vip.instance_type,
        "AssociatedInstances": {"associatedInstance": list(ha_vip.instance_ids)},
        "AssociatedEipAddresses": {"associatedEipAddresse": addresses},
        "Tags": {"Tag": tag_list(ha_vip.tags)},
    }
