"""Topologies of any size."""

from dataclasses import dataclass

from tests.scenarios.existing import IMAGE_FAMILY
from tests.scenarios.testbed import REGION, Content


@dataclass(frozen=True)
class Size:
    """How much of everything a topology has, and which options."""

    region: str = REGION
    zones: tuple[str, ...] = (f"{REGION}-b", f"{REGION}-c")
    vpcs: int = 1
    subnets: int = 1
    """In each zone of each business VPC."""
    servers: int = 0
    """In each business VPC, each with an EIP."""
    appliances: int = 1
    """In each zone."""
    bootstrap: str = "none"
    route_tables: str = "per-zone"
    order: str = "inbound-first"
    strategy: str = "zone-by-zone"
    auto_accept: bool = True


def topology(size: Size) -> Content:
    """The topology of this size."""
    return {
        "version": 1,
        "name": "grown",
        "region": size.region,
        "business_vpcs": {f"v{number}": _business(size, number) for number in range(size.vpcs)},
        "security_vpc": {
            "cidr": "10.0.0.0/16",
            "zones": {
                zone: {"subnet": {"cidr": f"10.0.{number}.0/24"}}
                for number, zone in enumerate(size.zones)
            },
            "appliances": {
                f"fw-{zone[-1]}{number}": {
                    "zone": zone,
                    "bootstrap": size.bootstrap,
                    **machine("ecs.g7ne.xlarge"),
                }
                for zone in size.zones
                for number in range(size.appliances)
            },
        },
        "endpoint_service": {"auto_accept": size.auto_accept},
        "cutover": {"order": size.order, "strategy": size.strategy},
    }


def machine(instance_type: str) -> Content:
    return {"instance_type": instance_type, "image_family": IMAGE_FAMILY}


def _business(size: Size, number: int) -> Content:
    # The VPCs have overlapping blocks where there are more than two: nothing joins them.
    block = ("192.168", "172.16")[number % 2]
    return {
        "cidr": f"{block}.0.0/16",
        "route_tables": size.route_tables,
        "zones": {
            zone: {
                "gwlbe_subnet": {"cidr": f"{block}.{200 + at}.0/24"},
                "subnets": {
                    f"app-{zone[-1]}{each}": {"cidr": f"{block}.{at * 60 + each}.0/24"}
                    for each in range(size.subnets)
                },
            }
            for at, zone in enumerate(size.zones)
        },
        "servers": {
            f"web-{each}": {
                "subnet": f"app-{size.zones[each % len(size.zones)][-1]}0",
                "eip": {"bandwidth_mbps": 5},
                **machine("ecs.g7.large"),
            }
            for each in range(size.servers)
        },
    }
