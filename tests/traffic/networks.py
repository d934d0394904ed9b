"""Networks that serve traffic before there is a firewall."""

from tests.scenarios.existing import SUBNETS, Existing, brownfield, network
from tests.scenarios.testbed import ZONE_B as B
from tests.scenarios.testbed import ZONE_C as C
from tests.scenarios.testbed import Content, Testbed, example

__all__ = ["brownfield", "direct", "direct_eips", "network"]


def direct(testbed: Testbed) -> Existing:
    """No IPv4 gateway: servers reach the Internet by their EIPs, whatever the tables say.

    Zone b's business subnet and a bystander are on the system table; zone c's shares a custom
    table with a stranger, with an entry of its own.
    """
    made = Existing(testbed)
    made.vpc("prod", "192.168.0.0/16")
    listed = testbed.call(
        "vpc:DescribeRouteTableList", VpcId=made.ids["prod"], RouteTableType="System"
    )
    made.ids["system"] = listed["RouterTableList"]["RouterTableListType"][0]["RouteTableId"]
    made.group("web", "prod", ("tcp", "80"))
    more = {"by": (B, "192.168.50.0/24"), "stranger": (C, "192.168.60.0/24")}
    for name, (zone, cidr) in {**SUBNETS, **more}.items():
        made.subnet(name, "prod", zone, cidr)
        made.instance(f"server-{name}", zone, name, "web")
        made.eip(f"eip-{name}", f"server-{name}")
    made.table("shared", "prod", "app-c", "stranger")
    made.route("shared", "server-by", "172.16.0.0/12", "Instance")
    return made


def direct_eips(made: Existing) -> Content:
    """The example with direct EIPs, with the ids of this network."""
    content = example("direct-eips")
    shop = content["business_vpcs"]["shop"]
    shop["id"] = made.ids["prod"]
    for name, (zone, _) in SUBNETS.items():
        shop["zones"][zone]["subnets"][name]["id"] = made.ids[name]
    return content
