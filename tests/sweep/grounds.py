"""What a sequence of commands starts from: an empty cloud, or a network that serves traffic."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass

from tests.scenarios.existing import brownfield, network
from tests.scenarios.testbed import ANYWHERE, ZONE_B, ZONE_C, Content, Testbed
from tests.scenarios.topology_builder import Size, machine, topology

Edits = frozenset[str]
Edit = Callable[[Content], object]


@dataclass(frozen=True)
class Ground:
    """A sort of network, and what may be in its file, or not."""

    name: str
    lay: Callable[[Testbed], Content]
    """Makes what is there before anything is applied: the content of a file without edits."""
    edits: Mapping[str, Edit]

    def content(self, plain: Content, edits: Edits) -> Content:
        """The content of a file with these edits."""
        made = deepcopy(plain)
        # Nothing but what is gone shall be waited for.
        made["gateway_load_balancer"] = {"connection_drain": {"enabled": False}}
        for name, edit in self.edits.items():
            if name in edits:
                edit(made)
        return made


def _web(content: Content) -> Content:
    return dict(content["business_vpcs"]["v0"])


def _zone_c(content: Content) -> None:
    vpc = content["business_vpcs"]["v0"]
    vpc["zones"][ZONE_C] = {
        "gwlbe_subnet": {"cidr": "192.168.201.0/24"},
        "subnets": {"app-c": {"cidr": "192.168.60.0/24"}},
    }
    content["security_vpc"]["zones"][ZONE_C] = {"subnet": {"cidr": "10.0.1.0/24"}}


def _bigger(content: Content) -> None:
    for each in content["security_vpc"]["appliances"].values():
        each["instance_type"] = "ecs.g7ne.2xlarge"


def _another_appliance(content: Content) -> None:
    content["security_vpc"]["appliances"]["fw9"] = {
        "zone": ZONE_B,
        "bootstrap": "none",
        **machine("ecs.g7ne.xlarge"),
    }


def _accept_by_hand(content: Content) -> None:
    content["endpoint_service"] = {"auto_accept": False}


NEW = Ground(
    "new",
    lambda _: topology(Size(zones=(ZONE_B,), servers=1)),
    {
        "another appliance": _another_appliance,
        "another zone": _zone_c,
        "another subnet": lambda c: _web(c)["zones"][ZONE_B]["subnets"].update(
            two={"cidr": "192.168.3.0/24"}
        ),
        "another server": lambda c: _web(c)["servers"].update(
            more={"subnet": "app-b0", "eip": {"bandwidth_mbps": 5}, **machine("ecs.g7.large")}
        ),
        "no EIP": lambda c: _web(c)["servers"]["web-0"].pop("eip"),
        "another server's type": lambda c: _web(c)["servers"]["web-0"].update(
            instance_type="ecs.g7.xlarge"
        ),
        "bigger appliances": _bigger,
        "another name": lambda c: c["business_vpcs"]["v0"].update(name="store"),
        "more let in": lambda c: c["business_vpcs"]["v0"].update(
            ingress=[{"protocol": "tcp", "ports": 443, "from": ANYWHERE}]
        ),
        "accept by hand": _accept_by_hand,
        "another table for each subnet": lambda c: c["business_vpcs"]["v0"].update(
            route_tables="per-subnet"
        ),
    },
)
"""One zone with an appliance and a server, all of them the stack's."""


def _one_zone(content: Content) -> None:
    del content["business_vpcs"]["shop"]["zones"][ZONE_C]


EXISTING = Ground(
    "existing",
    lambda testbed: brownfield(network(testbed)),
    {
        "another appliance": _another_appliance,
        "one zone": _one_zone,
        "one appliance": lambda c: c["security_vpc"]["appliances"].pop("fw-2"),
        "another server": lambda c: c["business_vpcs"]["shop"].update(
            servers={
                "more": {"subnet": "app-b", "eip": {"bandwidth_mbps": 5}, **machine("ecs.g7.large")}
            }
        ),
        "accept by hand": _accept_by_hand,
        "tables of the zones": lambda c: c["business_vpcs"]["shop"].update(route_tables="per-zone"),
        "outbound first": lambda c: c.update(cutover={"order": "outbound-first"}),
    },
)
"""A network that others made and that serves traffic: `destroy` leaves it as it was."""
