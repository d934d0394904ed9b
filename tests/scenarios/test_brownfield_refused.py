"""What exists as it must not be: the plan is refused with the reason, and nothing changes."""

import pytest

from tests.scenarios.dump import dump
from tests.scenarios.existing import Existing, brownfield, network, security
from tests.scenarios.testbed import ZONE_B as B
from tests.scenarios.testbed import ZONE_C as C
from tests.scenarios.testbed import Content, Testbed, example


@pytest.fixture
def made(testbed: Testbed) -> Existing:
    return network(testbed)


def refusal(testbed: Testbed, content: Content) -> str:
    """Why there is no plan; nothing is changed by that."""
    before = dump(testbed)
    said = testbed.stack(content).refusal()
    assert dump(testbed) == before
    assert "topology.yaml" in said
    return said


def test_inactive_gateway_is_refused_and_not_activated(testbed: Testbed) -> None:
    made = Existing(testbed)
    made.vpc("prod", "192.168.0.0/16")
    made.gateway("gateway", "prod")
    for name, zone, cidr in (("app-b", B, "192.168.1.0/24"), ("app-c", C, "192.168.2.0/24")):
        made.subnet(name, "prod", zone, cidr)
        made.table(f"table-{name}", "prod", name)
        made.route(f"table-{name}", "gateway")
    security(made)
    said = refusal(testbed, brownfield(made))
    assert "would-activate" in said


def test_existing_gateway_that_the_file_omits_is_named(testbed: Testbed, made: Existing) -> None:
    content = brownfield(made)
    content["business_vpcs"]["shop"]["ipv4_gateway"] = {}
    said = refusal(testbed, content)
    assert made.ids["gateway"] in said


def test_every_unknown_id_is_named_with_its_place(testbed: Testbed) -> None:
    said = refusal(testbed, example("brownfield"))
    ids = {
        *("vpc-existing-business", "ipv4gw-existing", "vsw-existing-app-b", "vsw-existing-app-c"),
        *("vpc-existing-security", "vsw-existing-sec-b", "vsw-existing-sec-c"),
        *("i-existing-fw-1", "i-existing-fw-2"),
    }
    for cloud_id in ids:
        line = next(each for each in said.splitlines() if cloud_id in each)
        assert line.partition(":")[0].endswith("topology.yaml")
        assert "not-found" in line


def test_unknown_ids_of_other_kinds_are_named_too(testbed: Testbed, made: Existing) -> None:
    content = brownfield(made)
    shop = content["business_vpcs"]["shop"]
    shop["gateway_route_table"] = {"id": "vtb-nowhere"}
    shop["security_group"] = {"id": "sg-nowhere"}
    shop["zones"][B]["gwlbe_subnet"] = {"id": "vsw-nowhere"}
    shop["zones"][B]["subnets"]["app-b"]["route_table"] = {"id": "vtb-nowhere2"}
    shop["servers"] = {"web": {"id": "i-nowhere", "eip": {"id": "eip-nowhere"}}}
    content["security_vpc"]["security_group"] = {"id": "sg-nowhere2"}
    said = refusal(testbed, content)
    for name in ("vtb-nowhere", "sg-nowhere", "vsw-nowhere", "vtb-nowhere2", "i-nowhere"):
        assert f"{name} does not exist" in said
    assert "eip-nowhere does not exist" in said
    assert "sg-nowhere2 does not exist" in said


def test_subnet_of_another_zone_is_refused(testbed: Testbed, made: Existing) -> None:
    content = brownfield(made)
    content["business_vpcs"]["shop"]["zones"][B]["subnets"]["app-b"]["id"] = made.ids["app-c"]
    del content["business_vpcs"]["shop"]["zones"][C]
    assert "wrong-zone" in refusal(testbed, content)


def test_subnet_of_another_vpc_is_refused(testbed: Testbed, made: Existing) -> None:
    content = brownfield(made)
    content["business_vpcs"]["shop"]["zones"][B]["subnets"]["app-b"]["id"] = made.ids["sec-b"]
    content["security_vpc"]["zones"][B]["subnet"] = {"cidr": "10.0.9.0/24"}
    assert "wrong-vpc" in refusal(testbed, content)


def test_new_subnet_that_overlaps_an_existing_one_is_refused(
    testbed: Testbed, made: Existing
) -> None:
    content = brownfield(made)
    zone = content["business_vpcs"]["shop"]["zones"][B]
    zone["gwlbe_subnet"] = {"cidr": "192.168.50.0/25"}
    assert made.ids["vtb"] in refusal(testbed, content)
