"""The checks against the cloud before anything is changed: zones, and what is launched."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from gwlbfw.address import Address
from gwlbfw.cloud.call import Call, Raw
from gwlbfw.cloud.client import ApiClient
from gwlbfw.diagnostics import Diagnostic, error
from gwlbfw.diff import Change
from gwlbfw.plan.launch_preflight import fetch_launch_problems, launches
from gwlbfw.resources.resource import GWLB, PRIVATELINK, kinds
from gwlbfw.topology.models import Topology

ACTIONS = ("gwlb:DescribeZones", "privatelink:DescribeZones")
"""The actions that are called here, in the account of the security VPC."""


async def fetch_preflight_problems(
    api: ApiClient, topology: Topology, changes: Sequence[Change]
) -> tuple[Diagnostic, ...]:
    """Fetch zones, types and images; the problems that would else stop an apply in the middle."""
    makes = [c for c in changes if c.action in ("create", "replace", "update")]
    tasks = []
    if any(_is_zonal(change.address) for change in makes):
        tasks.append(_zones(api, topology, topology.security_vpc.account or ""))
    if launched := launches(changes):
        tasks.append(fetch_launch_problems(api, topology, launched))
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
