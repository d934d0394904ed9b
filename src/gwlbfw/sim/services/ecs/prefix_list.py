"""Prefix list: CIDR blocks that rules of security groups name together.

Sources: ECS API, CreatePrefixList to DeletePrefixList, with their error tables; codes that these
don't have are UNVERIFIED.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network

from gwlbfw.sim.clock import timestamp
from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.filtering import TextGetter, filter_by_parameters, filter_by_values
from gwlbfw.sim.services.paging import page_by_token
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Params, Request
from gwlbfw.sim.services.resource_group import requested_group
from gwlbfw.sim.services.tags import filter_by_tags, requested_tags, tag_list
from gwlbfw.sim.store.record import Record
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply


@dataclass(kw_only=True, eq=False)
class PrefixList(
    Record,
    kind="prefix_list",
    prefix="pl",
    product="ecs",
    tag_type="prefixlist",
    not_found=("InvalidPrefixListId.NotFound", 404),
):
    """One list; `entries` gives the description of each CIDR block."""

    name: str = ""
    description: str = ""
    family: str = "IPv4"
    max_entries: int = 1
    resource_group_id: str = ""
    entries: Mapping[str, str] = field(default_factory=dict)

    @property
    def ipv4_blocks(self) -> tuple[str, ...]:
        """Its CIDR blocks, unless these are of IPv6."""
        return tuple(self.entries) if self.family == "IPv4" else ()


@action("ecs", "CreatePrefixList")
def create_prefix_list(region: Region, request: Request) -> Reply:
    """A new list, with entries or without."""
    made = PrefixList(
        name=request.require("PrefixListName"),
        description=request.text("Description"),
        family=request.one_of("AddressFamily", ("IPv4", "IPv6")),
        max_entries=request.number("MaxEntries", 1, 1, 200),
        resource_group_id=requested_group(region, request, ""),
        tags=requested_tags(request),
    )
    _add_entries(made, request.objects("Entry"))
    return {"PrefixListId": region.add(made).id}


@action("ecs", "ModifyPrefixList")
def modify_prefix_list(region: Region, request: Request) -> Reply:
    """Change name or description, remove entries and add others."""
    changed = region.require(PrefixList, request.require("PrefixListId"))
    changed.name = request.text("PrefixListName", changed.name)
    changed.description = request.text("Description", changed.description)
    gone = {_block(changed.family, each) for each in request.objects("RemoveEntry")}
    changed.entries = {cidr: text for cidr, text in changed.entries.items() if cidr not in gone}
    _add_entries(changed, request.objects("AddEntry"))
    return {}


@action("ecs", "DeletePrefixList")
def delete_prefix_list(region: Region, request: Request) -> Reply:
    """Refused while a security group's rule names it."""
    doomed = region.require(PrefixList, request.require("PrefixListId"))
    if region.users(doomed.id):
        raise ApiError(
            "NotAllowed.AssociationExist", "The specified prefix list has associated resources."
        )
    region.remove(doomed)
    return {}


@action("ecs", "DescribePrefixLists")
def describe_prefix_lists(region: Region, request: Request) -> Reply:
    """The lists that match, without their entries."""
    found = filter_by_tags(region.all(PrefixList), request)
    found = filter_by_parameters(request, found, _FILTERS)
    found = filter_by_values(found, request.texts("PrefixListId"), lambda each: each.id)
    page = page_by_token(request, found, default=10, maximum=100)
    views: Json = [
        {
            **_view(each),
            "AssociationCount": len(region.users(each.id)),
            "ResourceGroupId": each.resource_group_id,
            "Tags": {"Tag": tag_list(each.tags, "TagKey", "TagValue")},
        }
        for each in page.items
    ]
    return {"NextToken": page.fields["NextToken"], "PrefixLists": {"PrefixList": views}}


@action("ecs", "DescribePrefixListAttributes")
def describe_prefix_list_attributes(region: Region, request: Request) -> Reply:
    """One list with its entries."""
    found = region.require(PrefixList, request.require("PrefixListId"))
    entries: Json = [{"Cidr": cidr, "Description": text} for cidr, text in found.entries.items()]
    return {**_view(found), "Entries": {"Entry": entries}}


_FILTERS: Mapping[str, TextGetter[PrefixList]] = {
    "PrefixListName": lambda each: each.name,
    "AddressFamily": lambda each: each.family,
    "ResourceGroupId": lambda each: each.resource_group_id,
}


def _view(each: PrefixList) -> dict[str, Json]:
    return {
        "PrefixListId": each.id,
        "PrefixListName": each.name,
        "Description": each.description,
        "AddressFamily": each.family,
        "MaxEntries": each.max_entries,
        "CreationTime": timestamp(each.created),
    }


def _add_entries(prefix_list: PrefixList, entries: list[Params]) -> None:
    listed = dict(prefix_list.entries)
    for each in entries:
        block = _block(prefix_list.family, each)
        if block in listed:
            raise each.invalid("Cidr", f"{block} is in the list already")
        listed[block] = each.text("Description")
    if len(listed) > prefix_list.max_entries:
        raise ApiError("LimitExceed.PrefixListEntry", f"At most {prefix_list.max_entries} entries.")
    prefix_list.entries = listed


def _block(family: str, entry: Params) -> str:
    """The CIDR block of an entry in its usual spelling; a single address becomes one."""
    try:
        return str((IPv4Network if family == "IPv4" else IPv6Network)(entry.require("Cidr")))
    except ValueError:
        raise entry.invalid("Cidr", f"a CIDR block of {family} is expected") from None
