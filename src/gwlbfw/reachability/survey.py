"""The live forwarding model of a topology's business VPCs, or of one VPC that no topology names."""

from collections.abc import Mapping

from gwlbfw import layout
from gwlbfw.address import Address
from gwlbfw.cloud.client import ApiClient
from gwlbfw.layout import business_subnet, business_vpc
from gwlbfw.reachability.model import Network
from gwlbfw.reachability.observe import NetworkFacts, observe_network
from gwlbfw.reachability.snapshot import from_snapshot
from gwlbfw.topology.models import Topology


async def fetch_network(api: ApiClient, topology: Topology, ids: Mapping[Address, str]) -> Network:
    """The forwarding model of what is live in the topology's business VPCs."""
    facts = NetworkFacts()
    by_account: dict[str, list[str]] = {}
    for key, vpc in topology.business_vpcs.items():
        if (cloud_id := ids.get(business_vpc(key))) is not None:
            by_account.setdefault(vpc.account or "", []).append(cloud_id)
    for account, vpcs in by_account.items():
        facts = await observe_network(
            api,
            vpcs,
            account=account,
            security_account=topology.security_vpc.account or "",
            facts=facts,
        )
    business_subnets = [
        business_subnet(key, name)
        for key, vpc in topology.business_vpcs.items()
        for zone in vpc.zones.values()
        for name in zone.subnets
    ]
    names = {
        cloud_id: address
        for address, cloud_id in ids.items()
        if not layout.is_business_subnet(address) or address in business_subnets
    }
    return from_snapshot(facts, names, business_subnets)


async def fetch_vpc_network(api: ApiClient, vpc: str) -> Network:
    """The forwarding model of a VPC that no topology names. Raises NoSuchVpc."""
    return from_snapshot(await observe_network(api, [vpc]))
