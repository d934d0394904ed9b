"""Topologies of ten resources or ten thousand, in many VPCs or in one."""

from collections.abc import Iterator
from itertools import count

from tests.scenarios.testbed import Content
from tests.scenarios.topology_builder import machine

REGION = "cn-shanghai"
ZONES = tuple(f"{REGION}-{letter}" for letter in "celmn")


def large_topology(
    *, vpcs: int = 1, zones: int = 2, subnets: int = 2, servers: int = 0, appliances: int = 1
) -> Content:
    """So many subnets in each zone of each VPC, servers in each VPC, and appliances in each zone.

    VPCs that nothing joins have the same addresses.
    """
    return {
        "version": 1,
        "name": "large",
        "region": REGION,
        "business_vpcs": {
            f"v{number}": _business(ZONES[:zones], subnets, servers) for number in range(vpcs)
        },
        "security_vpc": {
            "cidr": "172.16.0.0/12",
            "zones": {
                zone: {"subnet": {"cidr": f"172.{16 + at}.0.0/20"}}
                for at, zone in enumerate(ZONES[:zones])
            },
            "appliances": {
                f"fw-{zone[-1]}{number}": {"zone": zone, **machine("ecs.g7ne.xlarge")}
                for zone in ZONES[:zones]
                for number in range(appliances)
            },
        },
    }


def _business(zones: tuple[str, ...], subnets: int, servers: int) -> Content:
    blocks = _blocks()
    return {
        "cidr": "10.0.0.0/8",
        "zones": {
            zone: {
                "gwlbe_subnet": {"cidr": next(blocks)},
                "subnets": {f"app-{zone[-1]}{n}": {"cidr": next(blocks)} for n in range(subnets)},
            }
            for zone in zones
        },
        "servers": {
            f"web-{n}": {
                "subnet": f"app-{zones[n % len(zones)][-1]}{n // len(zones) % subnets}",
                "eip": {"bandwidth_mbps": 5},
                **machine("ecs.g7.large"),
            }
            for n in range(servers)
        },
    }


def _blocks() -> Iterator[str]:
    return (f"10.{number // 256}.{number % 256}.0/24" for number in count())
