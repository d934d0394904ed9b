"""Reads of network ACLs."""

from collections.abc import Mapping
from datetime import UTC, datetime

from gwlbfw.sim.services.filtering import TextGetter, filter_by_parameters, listed
from gwlbfw.sim.services.paging import page_by_number
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.tags import filter_by_tags, tag_list
from gwlbfw.sim.services.vpc.network_acl.record import (
    NetworkAcl,
    acl_of_vswitch,
    associations_of,
)
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply


@action("vpc", "DescribeNetworkAclAttributes")
def describe_network_acl_attributes(region: Region, request: Request) -> Reply:
    """VPC API, DescribeNetworkAclAttributes: entries in the order in which they were given."""
    acl = region.require(NetworkAcl, request.text("NetworkAclId"))
    return {"NetworkAclAttribute": attributes(region, acl)}


@action("vpc", "DescribeNetworkAcls")
def describe_network_acls(region: Region, request: Request) -> Reply:
    """VPC API, DescribeNetworkAcls: filtered by `Tags`; the numbers of its page are texts."""
    named = listed(region, NetworkAcl, request.texts("NetworkAclId"))
    found = filter_by_parameters(request, filter_by_tags(named, request, "Tags"), _FILTERS)
    kind, resource = request.text("ResourceType"), request.text("ResourceId")
    if kind and resource:
        acl = acl_of_vswitch(region, resource)
        found = [each for each in found if each.id == acl]
    page = page_by_number(request, found)
    views: list[Json] = [attributes(region, each) for each in page.items]
    numbers = {name: str(number) for name, number in page.fields.items()}
    return {"NetworkAcls": {"NetworkAcl": views}, **numbers}


_FILTERS: Mapping[str, TextGetter[NetworkAcl]] = {
    "VpcId": lambda each: each.vpc_id,
    "NetworkAclName": lambda each: each.name,
}


def attributes(region: Region, acl: NetworkAcl, *, brief: bool = False) -> Json:
    """An ACL with its entries and its vSwitches; `brief` as CreateNetworkAcl answers it."""
    created = datetime.fromtimestamp(acl.created, UTC).strftime("%Y-%m-%d %H:%M:%S")
    resources: list[Json] = [
        {"ResourceId": each.vswitch_id, "ResourceType": "VSwitch", "Status": each.status}
        for each in associations_of(region, acl.id)
    ]
    return {
        "NetworkAclId": acl.id,
        "NetworkAclName": acl.name,
        "Description": acl.description,
        "VpcId": acl.vpc_id,
        "Status": acl.status,
        "RegionId": acl.region,
        "CreationTime": created,
        "IngressAclEntries": {
            "IngressAclEntry": [each.view("SourceCidrIp", brief=brief) for each in acl.ingress]
        },
        "EgressAclEntries": {
            "EgressAclEntry": [each.view("DestinationCidrIp", brief=brief) for each in acl.egress]
        },
        "Resources": {"Resource": resources},
        **({} if brief else {"OwnerId": int(acl.account), "Tags": {"Tag": tag_list(acl.tags)}}),
    }
