"""The checks against the cloud before anything is changed: zones, instance types, images."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from gwlbfw import layout
from gwlbfw.address import Address
from gwlbfw.cloud.call import Call, Raw, Value
from gwlbfw.cloud.client import ApiClient
from gwlbfw.diagnostics import Diagnostic, Place, error, warning
from gwlbfw.diff import Change
from gwlbfw.resources import Instance
from gwlbfw.resources.resource import ECS, GWLB, PRIVATELINK, kinds
from gwlbfw.topology.models import Topology

_BATCH = 10
"""Instance types that DescribeInstanceTypes takes at once (ECS API)."""


ACTIONS = (
    "ecs:DescribeImages",
    "ecs:DescribeInstanceTypes",
    "gwlb:DescribeZones",
    "privatelink:DescribeZones",
)
"""The actions that are called here, all in the account of the security VPC."""


async def fetch_preflight_problems(
    api: ApiClient, topology: Topology, changes: Sequence[Change]
) -> tuple[Diagnostic, ...]:
    """Fetch zones, types and images; the problems that would else stop an apply in the middle."""
    makes = [c for c in changes if c.action in ("create", "replace", "update")]
    launched = {
        c.address: c.towards.resource
        for c in makes
        if c.action != "update" and c.towards and isinstance(c.towards.resource, Instance)
    }
    account = topology.security_vpc.account or ""
    tasks = []
    if any(_is_zonal(change.address) for change in makes):
        tasks.append(_zones(api, topology, account))
    if launched:
        tasks += [_types(api, topology, launched, account), _images(api, launched, account)]
    found = await asyncio.gather(*tasks)
    return tuple(each for some in found for each in some)


def _is_zonal(address: Address) -> bool:
    """True if the kind lies in a zone of a product whose zones are not those of the region."""
    cls = kinds()[address.kind]
    return cls.product in (GWLB, PRIVATELINK) and bool({"zone", "zones"} & set(cls.model_fields))


async def _zones(api: ApiClient, topology: Topology, account: str) -> list[Diagnostic]:
    gwlb = GWLB.call("DescribeZones")
    link = PRIVATELINK.call("DescribeZones", ServiceResourceType="gwlb")
    balanced, linked = await asyncio.gather(
        api.list_all(_in(gwlb, account), "Zones"), api.list_all(_in(link, account), "Zones.Zone")
    )
    return [
        *_lacking(topology, _ids(balanced), "Gateway Load Balancer"),
        *_lacking(topology, _ids(linked), "PrivateLink with Gateway Load Balancers"),
    ]


def _ids(zones: Iterable[Raw]) -> set[str]:
    return {str(each.get("ZoneId")) for each in zones}


def _lacking(topology: Topology, offered: set[str], product: str) -> Iterator[Diagnostic]:
    for zone in topology.security_vpc.zones:
        if zone not in offered:
            has = f"; it has {', '.join(sorted(offered))}" if offered else ""
            yield error(
                "zone-not-offered",
                f"{product} is not offered in zone {zone}{has}",
                place=topology.place("security_vpc", "zones", zone),
                hint="choose zones that both products have",
            )


def _in(call: Call, account: str) -> Call:
    return replace(call, account=account)


async def _types(
    api: ApiClient, topology: Topology, launched: dict[Address, Instance], account: str
) -> list[Diagnostic]:
    wanted = sorted({each.instance_type for each in launched.values()})
    batches = [wanted[start : start + _BATCH] for start in range(0, len(wanted), _BATCH)]
    pages = await asyncio.gather(
        *(
            api.list_all(
                _in(ECS.call("DescribeInstanceTypes", InstanceTypes=list[Value](batch)), account),
                "InstanceTypes.InstanceType",
            )
            for batch in batches
        )
    )
    known = {str(each.get("InstanceTypeId")): each for page in pages for each in page}
    problems: list[Diagnostic] = []
    for address, instance in launched.items():
        kind = known.get(instance.instance_type)
        if kind is None:
            message = f"there is no instance type {instance.instance_type} in {topology.region}"
            problems.append(error("no-such-type", message, place=_place(topology, address)))
        elif instance.launch.jumbo_frames:
            problems += _jumbo(topology, address, instance.instance_type, kind)
    return problems


def _jumbo(topology: Topology, address: Address, name: str, kind: Raw) -> Iterator[Diagnostic]:
    """An appliance needs an MTU of 1568; whether every family says so is UNVERIFIED."""
    supported = str(kind.get("JumboFrameSupport")).lower()
    place = _place(topology, address)
    if supported == "false":
        yield error(
            "no-jumbo-frames",
            f"{name} has no jumbo frames, but an appliance needs an MTU of "
            "1568: larger packets would be lost",
            place=place,
            hint="choose a type with jumbo frames, such as ecs.g7ne.xlarge",
        )
    elif supported != "true":
        yield warning(
            "jumbo-frames-unknown",
            f"the cloud doesn't say whether {name} has jumbo frames, which an appliance needs",
            place=place,
        )


async def _images(
    api: ApiClient, launched: dict[Address, Instance], account: str
) -> list[Diagnostic]:
    families = sorted({i.launch.image_family for i in launched.values() if i.launch.image_family})
    ids = sorted({i.image_id for i in launched.values() if i.image_id})
    calls = [ECS.call("DescribeImages", ImageFamily=each) for each in families]
    calls += [ECS.call("DescribeImages", ImageId=each) for each in ids]
    pages = await asyncio.gather(
        *(api.list_all(_in(call, account), "Images.Image") for call in calls)
    )
    return [
        error("no-such-image", f"there is no image {name} in this region and account", subject=name)
        for name, page in zip([*families, *ids], pages, strict=True)
        if not page
    ]


def _place(topology: Topology, address: Address) -> Place | None:
    at = layout.parse(address)
    if layout.is_appliance(address):
        return topology.place("security_vpc", "appliances", at.name, "instance_type")
    return topology.place("business_vpcs", at.vpc, "servers", at.name, "instance_type")
