"""The live forwarding model of a topology's business VPCs, or of one VPC that no topology names."""

from collections.abc import Collection, Mapping

from gwlbfw import layout
from gwlbfw.address import Address
from gwlbfw.cloud.client import ApiClient
from gwlbfw.discovery.fetch import Fetcher
from gwlbfw.reachability.fetch_facts import fetch_facts
from gwlbfw.reachability.network import Network
from gwlbfw.reachability.parse_facts import parse_network
from gwlbfw.topology.models import Topology


async def fetch_network(
    fetcher: Fetcher,
    topology: Topology,
    ids: Mapping[Address, str],
    left: Mapping[str, Collection[str]] | None = None,
) -> Network:
    """Fetch the forwarding model of what is live in the topology's business VPCs.

    `left` are VPCs of the stack that the topology no longer names: their ids by account.
    """
    vpcs = {account: [*each] for account, each in (left or {}).items()}
    for key, vpc in topology.business_vpcs.items():
        if (cloud_id := ids.get(layout.business_vpc(key))) is not None:
            vpcs.setdefault(vpc.account or "", []).append(cloud_id)
    account = topology.security_vpc.account or ""
    services = [ids[each] for each in (layout.ENDPOINT_SERVICE,) if each in ids]
    security = [ids[each] for each in (layout.SECURITY_VPC,) if each in ids]
    facts = await fetch_facts(fetcher, vpcs, account, services, security)
    business_subnets = [
        layout.business_subnet(key, name)
        for key, vpc in topology.business_vpcs.items()
        for zone in vpc.zones.values()
        for name in zone.subnets
    ]
    names = {
        cloud_id: address
        for address, cloud_id in ids.items()
        if not layout.is_business_subnet(address) or address in business_subnets
    }
    return parse_network(facts, names, business_subnets)


async def fetch_vpc_network(api: ApiClient, vpc: str) -> Network:
    """Fetch the forwarding model of a VPC that no topology names. Raises NoSuchVpc."""
    return parse_network(await fetch_facts(Fetcher(api), {"": [vpc]}, ""))
