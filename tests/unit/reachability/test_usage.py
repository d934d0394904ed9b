"""Who uses a subnet's Internet traffic: public addresses, NAT gateways, what can't be placed."""

from dataclasses import replace

import pytest

from gwlbfw.reachability.model import (
    Entry,
    Machine,
    NatGateway,
    NextHop,
    PublicAddress,
    Subnet,
    Table,
)
from gwlbfw.reachability.network import Network
from gwlbfw.reachability.prefixes import Prefix
from gwlbfw.reachability.usage import BOTH, NEITHER, OUTBOUND, directions_in_use, internet_users

APP = Subnet("app", "vpc", "z", Prefix.parse("10.0.1.0/24"), "table")
WEB = Machine("web", "app", "10.0.1.9")
EMPTY = Network(subnets={"app": APP}, tables={"table": Table("table", "vpc")})
FULL = replace(EMPTY, machines={"web": WEB})
EVERYWHERE = Prefix.parse("0.0.0.0/0")
NAT_ROUTE = Entry(EVERYWHERE, (NextHop("NatGateway", "nat"),))


def having(network: Network, *public: PublicAddress) -> Network:
    return replace(network, public_ips=public)


def address(private: str, holder: str, vpc: str, subnet: str = "") -> PublicAddress:
    return PublicAddress("8.0.0.1", private, holder, vpc, subnet, id="eip")


def natted(network: Network, *, public: bool | None = True) -> Network:
    """The network whose default route leads to a NAT gateway elsewhere; None: one not read."""
    table = replace(network.tables["table"], entries=(NAT_ROUTE,))
    gateways = {} if public is None else {"nat": NatGateway("nat", "vpc", "x", public=public)}
    return replace(network, tables={"table": table}, nat_gateways=gateways)


@pytest.mark.parametrize(
    ("network", "used"),
    [
        (EMPTY, NEITHER),
        (FULL, NEITHER),
        (having(FULL, address("10.0.1.9", "web", "vpc", "app")), BOTH),
        (having(FULL, address("10.0.2.9", "other", "vpc", "other")), NEITHER),
        (natted(EMPTY), OUTBOUND),
        (natted(FULL), OUTBOUND),
        (natted(FULL, public=None), OUTBOUND),
        (natted(FULL, public=False), NEITHER),
        (replace(EMPTY, nat_gateways={"nat": NatGateway("nat", "vpc", "app")}), BOTH),
    ],
)
def test_subnet_is_used_by_public_addresses_and_nat_gateways_alone(
    network: Network, used: frozenset[str]
) -> None:
    assert directions_in_use(network, APP) == used


@pytest.mark.parametrize(
    ("network", "public", "used"),
    [
        (FULL, address("", "lb-1", ""), BOTH),
        (FULL, address("", "lb-1", "vpc"), BOTH),
        (FULL, address("", "lb-1", "another"), NEITHER),
        (EMPTY, address("", "lb-1", ""), NEITHER),
        (EMPTY, address("10.0.1.77", "havip-1", ""), BOTH),
        (FULL, address("10.0.9.77", "havip-1", ""), NEITHER),
    ],
)
def test_address_that_cannot_be_placed_counts_where_it_may_be(
    network: Network, public: PublicAddress, used: frozenset[str]
) -> None:
    assert directions_in_use(having(network, public), APP) == used


def test_machine_with_an_address_of_its_own_needs_no_nat_gateway() -> None:
    other = Machine("db", "app", "10.0.1.10")
    network = natted(replace(FULL, machines={"web": WEB, "db": other}))
    network = having(network, address("10.0.1.9", "web", "vpc", "app"))
    found = {each.holder: each.directions for each in internet_users(network, APP)}
    assert found == {"web": BOTH, "db": OUTBOUND}
