"""Servers, appliances and EIPs that exist already, new ones among them, and ownership taken."""

import pytest

from tests.scenarios.dump import dump
from tests.scenarios.existing import IMAGE_FAMILY, Existing, brownfield, network
from tests.scenarios.test_brownfield import returns_to_before
from tests.scenarios.testbed import ZONE_B as B
from tests.scenarios.testbed import ZONE_C as C
from tests.scenarios.testbed import Content, Testbed


@pytest.fixture
def made(testbed: Testbed) -> Existing:
    return network(testbed)


def with_server(made: Existing, **server: object) -> Content:
    """The brownfield with one server."""
    content = brownfield(made)
    content["business_vpcs"]["shop"]["servers"] = {"web-1": server}
    return content


def test_eip_that_its_server_has_already_stays(testbed: Testbed, made: Existing) -> None:
    eip = {"id": made.ids["eip-app-b"]}
    returns_to_before(testbed, with_server(made, id=made.ids["server-app-b"], eip=eip))


def test_unbound_eip_is_bound_and_unbound_again(testbed: Testbed, made: Existing) -> None:
    made.instance("spare", B, "app-b", "web")
    made.eip("free")
    content = with_server(made, id=made.ids["spare"], eip={"id": made.ids["free"]})
    stack = testbed.stack(content)
    stack.apply()
    assert dump(testbed)[made.ids["free"]]["InstanceId"] == made.ids["spare"]
    stack.destroy()
    returns_to_before(testbed, content)


def test_bound_eip_is_unbound_again_without_a_record(testbed: Testbed, made: Existing) -> None:
    made.instance("spare", B, "app-b", "web")
    made.eip("free")
    before = dump(testbed)
    stack = testbed.stack(with_server(made, id=made.ids["spare"], eip={"id": made.ids["free"]}))
    stack.apply()
    testbed.forget()
    stack.destroy()
    assert dump(testbed) == before


def test_eip_of_another_instance_is_refused(testbed: Testbed, made: Existing) -> None:
    eip = {"id": made.ids["eip-app-c"]}
    said = testbed.stack(with_server(made, id=made.ids["server-app-b"], eip=eip)).refusal()
    assert "eip-bound" in said
    assert made.ids["server-app-c"] in said


def test_a_server_that_exists_gets_a_new_eip(testbed: Testbed, made: Existing) -> None:
    made.instance("spare", B, "app-b", "web")
    returns_to_before(testbed, with_server(made, id=made.ids["spare"], eip={"bandwidth_mbps": 7}))


def test_a_server_that_has_an_eip_gets_no_second_one(testbed: Testbed, made: Existing) -> None:
    server = made.ids["server-app-b"]
    said = testbed.stack(with_server(made, id=server, eip={"bandwidth_mbps": 7})).refusal()
    assert made.ids["eip-app-b"] in said


def test_a_new_server_joins_the_subnet_that_exists(testbed: Testbed, made: Existing) -> None:
    content = with_server(
        made,
        subnet="app-b",
        instance_type="ecs.g7.large",
        image_family=IMAGE_FAMILY,
        eip={"bandwidth_mbps": 5},
    )
    content["business_vpcs"]["shop"]["security_group"] = {"id": made.ids["web"]}
    returns_to_before(testbed, content)


def test_new_appliances_join_the_subnets_that_exist(testbed: Testbed, made: Existing) -> None:
    content = brownfield(made)
    appliance = {
        "zone": B,
        "instance_type": "ecs.g7ne.xlarge",
        "image_family": IMAGE_FAMILY,
        "bootstrap": "iptables",
    }
    content["security_vpc"]["appliances"]["fw-3"] = appliance
    returns_to_before(testbed, content)


def test_closed_security_group_of_appliances_is_named_with_the_missing_rules(
    testbed: Testbed, made: Existing
) -> None:
    made.group("closed", "sec", ("udp", "6081"), source="10.0.1.0/24")
    made.instance("fw-3", C, "sec-c", "closed")
    content = brownfield(made)
    content["security_vpc"]["appliances"]["fw-2"]["id"] = made.ids["fw-3"]
    said = testbed.stack(content).refusal()
    assert "group-closed" in said
    assert "instance.appliance/fw-2" in said
    assert "udp 6081/6081 from 10.0.2.0/24" in said
    assert "tcp 22/22 from 10.0.1.0/24" in said
    assert "tcp 22/22 from 10.0.2.0/24" in said
    assert "udp 6081/6081 from 10.0.1.0/24" not in said


def test_adopted_resource_is_destroyed_with_the_stack(testbed: Testbed, made: Existing) -> None:
    content = brownfield(made)
    security = content["security_vpc"]
    security |= {"adopt": True, "security_group": {"id": made.ids["fw"], "adopt": True}}
    for each in (*(zone["subnet"] for zone in security["zones"].values()),):
        each["adopt"] = True
    for each in security["appliances"].values():
        each["adopt"] = True
    stack = testbed.stack(content)
    owned = {
        *("vpc.security", "security_group.appliances", f"vswitch.security/{B}"),
        *(f"vswitch.security/{C}", "instance.appliance/fw-1", "instance.appliance/fw-2"),
    }
    assert {at for at, action in stack.changes().items() if action == "adopt"} == owned
    stack.apply()
    assert stack.changes() == {}
    assert not stack.drift().drifted
    now = dump(testbed)
    assert now[made.ids["sec"]]["VpcName"] == "sec"
    testbed.forget()
    assert stack.changes() == {}
    stack.destroy()
    left = dump(testbed)
    assert made.ids["prod"] in left
    for name in ("sec", "fw", "sec-b", "sec-c", "fw-1", "fw-2"):
        assert made.ids[name] not in left, name
