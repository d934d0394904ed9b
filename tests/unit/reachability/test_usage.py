"""Who uses a subnet's Internet traffic: public addresses, NAT entries, what can't be placed."""

from dataclasses import replace

import pytest

from gwlbfw.reachability.model import (
    Entry,
    Machine,
    NextHop,
    PublicAddress,
    Subnet,
    Table,
    Vpc,
)
from gwlbfw.reachability.nat_gateway import Coverage, ForwardEntry, NatGateway, SnatEntry
from gwlbfw.reachability.network import Network
from gwlbfw.reachability.prefixes import Prefix
from gwlbfw.reachability.usage import (
    BOTH,
    INBOUND,
    NEITHER,
    OUTBOUND,
    directions_in_use,
    internet_users,
)

APP = Subnet("app", "vpc", "z", Prefix.parse("10.0.1.0/24"), "table")
WEB = Machine("web", "app", "10.0.1.9")
VPC = Vpc("vpc", (Prefix.parse("10.0.0.0/16"),))
EMPTY = Network({"vpc": VPC}, {"app": APP}, {"table": Table("table", "vpc")})
FULL = replace(EMPTY, machines={"web": WEB})
EVERYWHERE = Prefix.parse("0.0.0.0/0")
NAT_ROUTE = Entry(EVERYWHERE, (NextHop("NatGateway", "nat"),))


def having(network: Network, *public: PublicAddress) -> Network:
    return replace(network, public_ips=public)


def address(private: str, holder: str, vpc: str, subnet: str = "") -> PublicAddress:
    return PublicAddress("8.0.0.1", private, holder, vpc, subnet, id="eip")


def nat_gateway(*blocks: str, to: tuple[str, ...] = (), subnet: str = "x") -> NatGateway:
    """One with SNAT entries for these blocks, and DNAT entries to these addresses."""
    return NatGateway(
        "nat",
        "vpc",
        subnet,
        snat=tuple(SnatEntry(Prefix.parse(each)) for each in blocks),
        forwards=tuple(ForwardEntry(Prefix.parse(each)) for each in to),
    )


def natted(network: Network, nat: NatGateway | None = None) -> Network:
    """The network whose default route leads to a NAT gateway elsewhere; None: one not there."""
    table = replace(network.tables["table"], entries=(NAT_ROUTE,))
    gateways = {"nat": nat} if nat else {}
    return replace(network, tables={"table": table}, nat_gateways=gateways)


OWN = nat_gateway("10.0.1.0/24")


def mapping(address: str, lends: Coverage = "covered") -> NatGateway:
    """One with a DNAT entry of all ports."""
    return replace(nat_gateway(), forwards=(ForwardEntry(Prefix.parse(address), "", lends),))


@pytest.mark.parametrize(
    ("network", "used"),
    [
        (EMPTY, NEITHER),
        (FULL, NEITHER),
        (having(FULL, address("10.0.1.9", "web", "vpc", "app")), BOTH),
        (having(FULL, address("10.0.2.9", "other", "vpc", "other")), NEITHER),
        (natted(EMPTY, OWN), OUTBOUND),
        (natted(FULL, OWN), OUTBOUND),
        (having(natted(FULL, OWN), address("10.0.1.9", "web", "vpc", "app")), BOTH),
        (natted(FULL, nat_gateway("10.0.0.0/8")), OUTBOUND),
        (natted(FULL, nat_gateway("10.0.1.9/32")), OUTBOUND),
        (natted(FULL, nat_gateway("10.0.2.0/24")), NEITHER),
        (natted(FULL, nat_gateway()), NEITHER),
        (natted(FULL), NEITHER),
        (natted(FULL, replace(OWN, public=False)), NEITHER),
        (natted(FULL, replace(nat_gateway(), snat=None)), OUTBOUND),
        (natted(FULL, nat_gateway(to=("10.0.1.9",))), INBOUND),
        (natted(FULL, nat_gateway(to=("10.0.1.7",))), INBOUND),
        (natted(FULL, nat_gateway(to=("10.0.2.9",))), NEITHER),
        (natted(FULL, replace(nat_gateway(), forwards=None)), BOTH),
        (natted(FULL, replace(OWN, forwards=None)), BOTH),
        (natted(FULL, mapping("10.0.1.9")), BOTH),
        (natted(FULL, mapping("10.0.1.9", "unknown")), BOTH),
        (natted(FULL, mapping("10.0.2.9")), NEITHER),
        (natted(FULL, nat_gateway("10.0.1.0/24", to=("10.0.1.9",))), BOTH),
        (replace(EMPTY, nat_gateways={"nat": nat_gateway("10.0.2.0/24", subnet="app")}), BOTH),
        (replace(EMPTY, nat_gateways={"nat": nat_gateway(subnet="app")}), NEITHER),
    ],
)
def test_subnet_is_used_by_public_addresses_and_entries_of_nat_gateways_alone(
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
    network = natted(replace(FULL, machines={"web": WEB, "db": other}), OWN)
    network = having(network, address("10.0.1.9", "web", "vpc", "app"))
    found = {each.holder: each.directions for each in internet_users(network, APP)}
    assert found == {"web": BOTH, "db": OUTBOUND}


def test_an_entry_for_an_address_serves_the_machine_that_has_it() -> None:
    other = Machine("db", "app", "10.0.1.10")
    network = natted(replace(FULL, machines={"web": WEB, "db": other}), nat_gateway("10.0.1.10/32"))
    assert [each.holder for each in internet_users(network, APP)] == ["db"]


def test_empty_subnet_has_no_user_where_only_something_unknown_might_do_nat() -> None:
    to_instance = Entry(EVERYWHERE, (NextHop("Instance", "i-nat"),))
    table = replace(EMPTY.tables["table"], entries=(to_instance,))
    empty, full = (replace(each, tables={"table": table}) for each in (EMPTY, FULL))
    assert directions_in_use(empty, APP) == NEITHER
    assert directions_in_use(full, APP) == OUTBOUND
    with_an_interface = replace(empty, occupied=frozenset({"app"}))
    assert directions_in_use(with_an_interface, APP) == OUTBOUND
