"""Random pairs of topologies: what is there, whoever made it, and what is wanted next."""

import json
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from random import Random

from gwlbfw.cloud.call import objects
from tests.scenarios.existing import Existing
from tests.scenarios.testbed import ZONE_B as B
from tests.scenarios.testbed import ZONE_C as C
from tests.scenarios.testbed import Content, Testbed, example
from tests.scenarios.topology_builder import Size, topology
from tests.traffic import nat_networks
from tests.traffic.networks import brownfield, direct, direct_eips, network
from tests.traffic.random_edits import edited

SHARING = 5
"""As many runs in a row start from the same network, which is made once for them."""


@dataclass(frozen=True)
class Base:
    """A network that runs start from, and the topology of the firewall in it or for it."""

    name: str
    content: Content
    deployed: bool
    """True if the firewall is there already."""
    unnamed: tuple[tuple[str, str], ...] = ()
    """Zone and id of each subnet in a business VPC that the topology does not name."""


@dataclass(frozen=True)
class Wish:
    """What is wanted next: another topology, or no firewall at all."""

    content: Content
    destroys: bool
    edits: tuple[str, ...]


Maker = Callable[[Testbed, Random], Content]


def grown(_: Testbed, rng: Random) -> Content:
    """Nothing that was there before the stack."""
    size = Size(
        zones=rng.choice([(B,), (B, C), (B, C)]),
        vpcs=rng.choice([1, 1, 2]),
        subnets=rng.choice([1, 2]),
        servers=rng.choice([1, 2, 3]),
        appliances=rng.choice([1, 1, 2]),
        bootstrap=rng.choice(["none", "none", "iptables"]),
        route_tables=rng.choice(["per-zone", "per-subnet"]),
        order=rng.choice(["inbound-first", "outbound-first"]),
        strategy=rng.choice(["zone-by-zone", "all-at-once"]),
        auto_accept=rng.random() < 0.7,
    )
    return topology(size)


def vendors(_: Testbed, rng: Random) -> Content:
    """The vendor's scenario."""
    del rng
    return example("ulanqab")


def behind_gateway(testbed: Testbed, rng: Random) -> Content:
    """Networks of others behind an IPv4 gateway, with servers that the topology may name."""
    made = network(testbed)
    if rng.random() < 0.3:  # a bystander shares the table of a business subnet
        made.leave("table-vtb", "vtb")
        made.join("table-app-b", "vtb")
    content = brownfield(made)
    if rng.random() < 0.5:
        _name_servers(made, content)
    return content


def behind_nat_gateway(testbed: Testbed, rng: Random) -> Content:
    """Networks of others in which machines without a public address send by a NAT gateway."""
    make = rng.choice([nat_networks.behind_gateway, nat_networks.without_gateway])
    return make(testbed, rng)


def direct_addresses(testbed: Testbed, rng: Random) -> Content:
    """Servers of others whose EIPs need no gateway, beside strangers."""
    made = direct(testbed)
    content = direct_eips(made)
    if rng.random() < 0.5:
        _name_servers(made, content)
    return content


def _name_servers(made: Existing, content: Content) -> None:
    content["business_vpcs"]["shop"]["servers"] = {
        f"web-{name}": {
            "id": made.ids[f"server-{name}"],
            "eip": {"id": made.ids[f"eip-{name}"]},
        }
        for name in ("app-b", "app-c")
    }


MAKERS: Mapping[str, Maker] = {
    "grown": grown,
    "vendors": vendors,
    "behind_gateway": behind_gateway,
    "behind_nat_gateway": behind_nat_gateway,
    "direct_addresses": direct_addresses,
}
ODDS = ("grown", "grown", "vendors", "behind_nat_gateway", *MAKERS)


def make_base(testbed: Testbed, rng: Random) -> Base:
    """A random network; whether its firewall is to be deployed first."""
    name = rng.choice(ODDS)
    content = MAKERS[name](testbed, rng)
    content["cutover"] = {
        "order": rng.choice(["inbound-first", "outbound-first"]),
        "strategy": rng.choice(["zone-by-zone", "zone-by-zone", "all-at-once"]),
    }
    # What NAT serves in business subnets works before the firewall alone.
    likely = {"grown": 1.0, "vendors": 1.0, "behind_nat_gateway": 0.3}.get(name, 0.6)
    deployed = rng.random() < likely
    return Base(name, content, deployed, tuple(_unnamed(testbed, content)))


def _unnamed(testbed: Testbed, content: Content) -> Iterator[tuple[str, str]]:
    named = json.dumps(content)
    for vpc in content["business_vpcs"].values():
        listed = testbed.call("vpc:DescribeVSwitches", VpcId=vpc["id"]) if "id" in vpc else {}
        for each in objects(listed, "VSwitches.VSwitch"):
            if str(each["VSwitchId"]) not in named:
                yield str(each["ZoneId"]), str(each["VSwitchId"])


def name_subnet(base: Base, content: Content, rng: Random) -> Content:
    """The file names a subnet that is there already from now on, where it has its zone."""
    content = deepcopy(content)
    zone, cloud_id = rng.choice(base.unnamed)
    for vpc in content["business_vpcs"].values():
        if "id" in vpc and zone in vpc["zones"]:
            vpc["zones"][zone]["subnets"][f"found-{zone[-1]}"] = {"id": cloud_id}
    return content


def random_wish(base: Base, rng: Random) -> Wish:
    """What is wanted next of a network."""
    if base.deployed and rng.random() < 0.08:
        return Wish(base.content, destroys=True, edits=("destroy",))
    number = rng.choice([1, 1, 2, 2, 3]) if base.deployed else rng.choice([0, 0, 1, 2])
    content, names = edited(base.content, rng, number)
    if base.unnamed and rng.random() < 0.3:
        content, names = name_subnet(base, content, rng), (*names, "name_subnet")
    return Wish(content, destroys=False, edits=names if base.deployed else ("insert", *names))
