"""Public IP address pool: blocks of public addresses that an account's EIPs can be taken from.

Sources: VPC API, CreatePublicIpAddressPool, AddPublicIpAddressPoolCidrBlock and their kin, and the
doc comments of `alibabacloud_vpc20160428`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from gwlbfw.sim.clock import timestamp
from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.filtering import TextGetter, filter_by_parameters, filter_by_values
from gwlbfw.sim.services.paging import page_by_token
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.resource_group import DEFAULT_GROUP, requested_group
from gwlbfw.sim.services.tags import filter_by_tags, requested_tags, tag_list
from gwlbfw.sim.services.vpc.eip.record import Eip
from gwlbfw.sim.services.vpc.parameters import name_or_description
from gwlbfw.sim.store.record import DELETED, Record
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply

_SUPPLY = IPv4Network("47.100.0.0/14")
"""Where blocks come from of which a call names the mask alone."""


@dataclass(kw_only=True, eq=False)
class AddressPool(
    Record,
    kind="address_pool",
    prefix="pippool",
    product="vpc",
    tag_type="PUBLICIPADDRESSPOOL",
    # UNVERIFIED code.
    not_found=("ResourceNotFound.PublicIpAddressPool", 404),
):
    """One pool; its addresses are those of its blocks."""

    name: str = ""
    description: str = ""
    isp: str = "BGP"
    security_protection_types: tuple[str, ...] = ()
    resource_group_id: str = DEFAULT_GROUP


@dataclass(kw_only=True, eq=False)
class PoolBlock(Record, kind="address_pool_block", prefix="pipblock", product="vpc"):
    """One block of a pool."""

    pool_id: str = ""
    cidr: str = ""

    @property
    def implicit(self) -> bool:
        return True

    def uses(self) -> Collection[str]:
        return (self.pool_id,)


def address_of_pool(region: Region, pool_id: str) -> str:
    """The next free address of a pool; empty where no pool is named."""
    if not pool_id:
        return ""
    pool = region.require(AddressPool, pool_id)
    used = {each.address for each in region.where(Eip, pool_id=pool.id)}
    for block in region.where(PoolBlock, pool_id=pool.id):
        for address in map(str, IPv4Network(block.cidr)):
            if address not in used:
                return address
    # UNVERIFIED code.
    raise ApiError("ReserveIpFail", f"The address pool {pool.id} has no free address.")


@action("vpc", "CreatePublicIpAddressPool", not_simulated="pools of CloudBoxes")
def create_public_ip_address_pool(region: Region, request: Request) -> Reply:
    """VPC API, CreatePublicIpAddressPool: its id is told in the misspelled field as well."""
    request.one_of("BizType", ("Default",), "Default")
    pool = region.add(
        AddressPool(
            name=name_or_description(request, "Name"),
            description=name_or_description(request, "Description"),
            isp=request.text("Isp", "BGP"),
            security_protection_types=tuple(request.texts("SecurityProtectionTypes")),
            resource_group_id=requested_group(region, request),
            tags=requested_tags(request),
        )
    )
    region.transition(pool, "Modifying", "Created")
    return {
        "PublicIpAddressPoolId": pool.id,
        "PulbicIpAddressPoolId": pool.id,
        "ResourceGroupId": pool.resource_group_id,
    }


def _require(region: Region, request: Request) -> AddressPool:
    """A pool that can be changed now."""
    pool = region.require(AddressPool, request.text("PublicIpAddressPoolId"))
    if pool.status != "Created":
        code = "IncorrectStatus.PublicIpAddressPool"
        raise ApiError(code, f"The address pool is {pool.status}.")
    return pool


@action("vpc", "UpdatePublicIpAddressPoolAttribute")
def update_public_ip_address_pool_attribute(region: Region, request: Request) -> Reply:
    """VPC API, UpdatePublicIpAddressPoolAttribute: name and description."""
    pool = _require(region, request)
    pool.name = name_or_description(request, "Name", pool.name)
    pool.description = name_or_description(request, "Description", pool.description)
    return {}


@action("vpc", "DeletePublicIpAddressPool")
def delete_public_ip_address_pool(region: Region, request: Request) -> Reply:
    """VPC API, DeletePublicIpAddressPool: one without blocks (UNVERIFIED)."""
    pool = _require(region, request)
    if region.users(pool.id):
        raise ApiError("DependencyViolation.CidrBlock", "The address pool has blocks.")
    region.transition(pool, "Deleting", DELETED)
    return {}


@action("vpc", "AddPublicIpAddressPoolCidrBlock")
def add_public_ip_address_pool_cidr_block(region: Region, request: Request) -> Reply:
    """VPC API, AddPublicIpAddressPoolCidrBlock: a block that is named, or one of a size.

    In the cloud, an account names blocks that it has: here it may name any public one.
    """
    pool = _require(region, request)
    text, mask = request.text("CidrBlock"), request.number("CidrMask", 28, 24, 28)
    if bool(text) is bool(request.text("CidrMask")):
        raise request.invalid("CidrBlock", "either CidrBlock or CidrMask is expected")
    taken = [IPv4Network(each.cidr) for each in region.all(PoolBlock)]
    try:
        wanted = [IPv4Network(text)] if text else _SUPPLY.subnets(new_prefix=mask)
    except ValueError:
        raise request.invalid("CidrBlock", "a CIDR block is expected") from None
    for block in wanted:
        if block.is_global and not any(block.overlaps(each) for each in taken):
            made = region.add(PoolBlock(pool_id=pool.id, cidr=str(block)))
            region.transition(made, "Modifying", "Created")
            return {"CidrBlock": made.cidr}
    raise request.invalid("CidrBlock", "a public block that no pool has is expected")


@action("vpc", "DeletePublicIpAddressPoolCidrBlock")
def delete_public_ip_address_pool_cidr_block(region: Region, request: Request) -> Reply:
    """VPC API, DeletePublicIpAddressPoolCidrBlock: one without EIPs."""
    pool = region.require(AddressPool, request.text("PublicIpAddressPoolId"))
    for block in region.where(PoolBlock, pool_id=pool.id, cidr=request.text("CidrBlock")):
        if _used(region, block):
            # UNVERIFIED code.
            raise ApiError("DependencyViolation.Eip", f"EIPs have addresses of {block.cidr}.")
        region.transition(block, "Deleting", DELETED)
        return {}
    # UNVERIFIED code.
    raise ApiError("ResourceNotFound.CidrBlock", "The address pool has no such block.", 404)


def _used(region: Region, block: PoolBlock) -> int:
    """The number of a block's addresses that EIPs have."""
    network = IPv4Network(block.cidr)
    eips = region.where(Eip, pool_id=block.pool_id)
    return sum(IPv4Address(each.address) in network for each in eips)


_FILTERS: Mapping[str, TextGetter[AddressPool]] = {
    "Isp": lambda each: each.isp,
    "Name": lambda each: each.name,
    "ResourceGroupId": lambda each: each.resource_group_id,
    "Status": lambda each: each.status,
}


@action("vpc", "ListPublicIpAddressPools")
def list_public_ip_address_pools(region: Region, request: Request) -> Reply:
    """VPC API, ListPublicIpAddressPools: each with the number of its addresses."""
    found = filter_by_tags(region.all(AddressPool), request, "Tags")
    found = filter_by_parameters(request, found, _FILTERS)
    ids = request.texts("PublicIpAddressPoolIds")
    found = filter_by_values(found, ids, lambda each: each.id)
    if request.text("SecurityProtectionEnabled"):
        wanted = request.flag("SecurityProtectionEnabled")
        found = [each for each in found if bool(each.security_protection_types) is wanted]
    page = page_by_token(request, found, default=10, maximum=100)
    listed: list[Json] = [_view(region, each) for each in page.items]
    fields = {name: page.fields[name] for name in ("TotalCount", "NextToken")}
    return {"PublicIpAddressPoolList": listed, **fields}


def _view(region: Region, pool: AddressPool) -> dict[str, Json]:
    blocks = region.where(PoolBlock, pool_id=pool.id)
    total = sum(IPv4Network(each.cidr).num_addresses for each in blocks)
    used = sum(_used(region, each) for each in blocks)
    return {
        "PublicIpAddressPoolId": pool.id,
        "Name": pool.name,
        "Description": pool.description,
        "Status": pool.status,
        "BusinessStatus": "Normal",
        "BizType": "Default",
        "UserType": "admin",
        "Isp": pool.isp,
        "SecurityProtectionTypes": list(pool.security_protection_types),
        "TotalIpNum": total,
        "UsedIpNum": used,
        "IpAddressRemaining": used < total,
        "RegionId": pool.region,
        "OwnerId": int(pool.account),
        "CreationTime": timestamp(pool.created),
        "ResourceGroupId": pool.resource_group_id,
        "Tags": tag_list(pool.tags),
    }


@action("vpc", "ListPublicIpAddressPoolCidrBlocks")
def list_public_ip_address_pool_cidr_blocks(region: Region, request: Request) -> Reply:
    """VPC API, ListPublicIpAddressPoolCidrBlocks: of one pool."""
    pool = region.require(AddressPool, request.text("PublicIpAddressPoolId"))
    blocks = region.where(PoolBlock, pool_id=pool.id)
    found = filter_by_parameters(request, blocks, {"CidrBlock": lambda each: each.cidr})
    page = page_by_token(request, found, default=10, maximum=100)
    listed: list[Json] = [
        {
            "PublicIpAddressPoolId": pool.id,
            "CidrBlock": each.cidr,
            "Status": each.status,
            "TotalIpNum": IPv4Network(each.cidr).num_addresses,
            "UsedIpNum": _used(region, each),
            "CreationTime": timestamp(each.created),
        }
        for each in page.items
    ]
    fields = {name: page.fields[name] for name in ("TotalCount", "NextToken")}
    return {"PublicIpPoolCidrBlockList": listed, **fields}
