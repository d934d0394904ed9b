"""HaVips: addresses that instances hand to each other."""

from typing import Any

import pytest
from alibabacloud_vpc20160428 import models

from tests.sim.services.vpc.calls import Vpcs


@pytest.fixture
def vswitch(vpcs: Vpcs) -> str:
    """A vSwitch in a VPC of its own."""
    return vpcs.vswitch(vpcs.vpc())


def _havip(vpcs: Vpcs, vswitch: str, **more: Any) -> str:
    made = vpcs.call("create_ha_vip", v_switch_id=vswitch, **more)["HaVipId"]
    vpcs.cloud.settle()
    return str(made)


def _listed(vpcs: Vpcs, **filters: str) -> list[dict[str, Any]]:
    keys = [models.DescribeHaVipsRequestFilter(key=k, value=[v]) for k, v in filters.items()]
    return list(vpcs.call("describe_ha_vips", filter=keys)["HaVips"]["HaVip"])


def _join(vpcs: Vpcs, havip: str, instance: str, **more: Any) -> None:
    vpcs.call("associate_ha_vip", ha_vip_id=havip, instance_id=instance, **more)
    vpcs.cloud.settle()


def test_havip_takes_a_free_address_of_its_vswitch(vpcs: Vpcs, vswitch: str) -> None:
    made = vpcs.call("create_ha_vip", v_switch_id=vswitch, name="shared")
    assert made["IpAddress"] == "192.168.1.1"
    (one,) = _listed(vpcs)
    assert (one["Status"], one["Name"], one["VSwitchId"]) == ("Creating", "shared", vswitch)
    vpcs.cloud.settle()
    assert _listed(vpcs)[0]["Status"] == "Available"
    assert vpcs.one_vswitch(vswitch)["AvailableIpAddressCount"] == 251
    held = vpcs.refused("delete_vswitch", v_switch_id=vswitch)
    assert held == (400, "DependencyViolation.HaVip")
    vpcs.call("delete_ha_vip", ha_vip_id=made["HaVipId"])
    vpcs.cloud.settle()
    assert _listed(vpcs) == []
    gone = vpcs.refused("delete_ha_vip", ha_vip_id=made["HaVipId"])
    assert gone == (404, "InvalidHaVipId.NotFound")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"ip_address": "here"}, "InvalidIPAddress.Malformed"),
        ({"ip_address": "10.0.0.1"}, "InvalidIPAddress.AlreadyUsed"),
        ({"v_switch_id": "vsw-none"}, "InvalidVSwitch.NotFound"),
        ({"resource_group_id": "rg-none"}, "InvalidResourceGroupId"),
    ],
)
def test_havip_that_cannot_be_had_is_refused(
    vpcs: Vpcs, vswitch: str, wrong: dict[str, str], code: str
) -> None:
    assert vpcs.refused("create_ha_vip", **{"v_switch_id": vswitch, **wrong}) == (400, code)


def test_address_of_a_havip_is_nobody_elses(vpcs: Vpcs, vswitch: str) -> None:
    _havip(vpcs, vswitch, ip_address="192.168.1.77")
    taken = vpcs.refused("create_ha_vip", v_switch_id=vswitch, ip_address="192.168.1.77")
    assert taken == (400, "InvalidIPAddress.AlreadyUsed")


def test_two_instances_of_the_vswitch_have_a_havip(vpcs: Vpcs, vswitch: str) -> None:
    havip, instances = _havip(vpcs, vswitch), [vpcs.instance(vswitch) for _ in range(3)]
    call = {"ha_vip_id": havip, "instance_id": instances[0]}
    vpcs.call("associate_ha_vip", **call)
    assert _listed(vpcs)[0]["Status"] == "Associating"
    busy = vpcs.refused("associate_ha_vip", ha_vip_id=havip, instance_id=instances[1])
    assert busy == (400, "IncorrectHaVipStatus")
    vpcs.cloud.settle()
    again = vpcs.refused("associate_ha_vip", **call)
    assert again == (400, "InvalidAssociation.Duplicated")
    _join(vpcs, havip, instances[1])
    (one,) = _listed(vpcs, Status="InUse")
    assert one["AssociatedInstances"] == {"associatedInstance": instances[:2]}
    assert one["AssociatedInstanceType"] == "EcsInstance"
    third = vpcs.refused("associate_ha_vip", ha_vip_id=havip, instance_id=instances[2])
    assert third == (400, "CountLimitExceeded.HaVipOnECSInstance")
    assert vpcs.refused("delete_ha_vip", ha_vip_id=havip) == (400, "IncorrectHaVipStatus")
    for instance, left in ((instances[0], [instances[1]]), (instances[1], [])):
        vpcs.call("unassociate_ha_vip", ha_vip_id=havip, instance_id=instance, force="True")
        vpcs.cloud.settle()
        (one,) = _listed(vpcs)
        assert one["AssociatedInstances"] == {"associatedInstance": left}
    assert (one["Status"], one["AssociatedInstanceType"]) == ("Available", "")


def test_havip_of_an_interface(vpcs: Vpcs, vswitch: str) -> None:
    havip, interface = _havip(vpcs, vswitch), vpcs.interface(vpcs.instance(vswitch))
    _join(vpcs, havip, interface, instance_type="NetworkInterface")
    (one,) = _listed(vpcs)
    assert one["AssociatedInstanceType"] == "NetworkInterface"
    call = {"ha_vip_id": havip, "instance_id": interface}
    other = vpcs.refused("unassociate_ha_vip", **call, instance_type="EcsInstance")
    assert other == (400, "InvalidAssociation.NotFound")
    mixed = vpcs.refused("associate_ha_vip", ha_vip_id=havip, instance_id=vpcs.instance(vswitch))
    assert mixed == (400, "OperationDenied")


def test_instance_elsewhere_or_unready_has_no_havip(vpcs: Vpcs, vswitch: str) -> None:
    havip = _havip(vpcs, vswitch)
    elsewhere = vpcs.instance(vpcs.vswitch(vpcs.vpc()))
    young = vpcs.instance(vswitch, status="Pending")
    assert [
        vpcs.refused("associate_ha_vip", ha_vip_id=havip, instance_id=each)
        for each in (elsewhere, young, "i-none")
    ] == [
        (400, "InvalidParameter.Mismatch"),
        (400, "IncorrectInstanceStatus"),
        (404, "InvalidInstanceId.NotFound"),
    ]


def test_havips_are_changed_tagged_and_filtered(vpcs: Vpcs, vswitch: str) -> None:
    tags = [models.CreateHaVipRequestTag(key="a", value="1")]
    havip = _havip(vpcs, vswitch, tag=tags)
    other = _havip(vpcs, vpcs.vswitch(vpcs.vpc()))
    vpcs.call("modify_ha_vip_attribute", ha_vip_id=havip, name="new", description="told")
    (one,) = _listed(vpcs, HaVipId=havip)
    assert (one["Name"], one["Description"]) == ("new", "told")
    assert one["Tags"] == {"Tag": [{"Key": "a", "Value": "1"}]}
    assert [each["HaVipId"] for each in _listed(vpcs, VSwitchId=vswitch)] == [havip]
    assert len(_listed(vpcs, HaVipAddress="192.168.1.1")) == 2
    assert _listed(vpcs, Status="InUse") == []
    wanted = [models.DescribeHaVipsRequestTags(key="a", value="1")]
    assert vpcs.call("describe_ha_vips", tags=wanted)["TotalCount"] == 1
    assert vpcs.call("describe_ha_vips", resource_group_id="rg-acfmsimdefault00")["TotalCount"] == 2
    wrong = [models.DescribeHaVipsRequestFilter(key="Colour", value=["red"])]
    refused = vpcs.refused("describe_ha_vips", filter=wrong)
    assert refused == (400, "InvalidFilterKey.ValueNotSupported")
    assert other


def test_route_leads_to_a_havip(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    havip = _havip(vpcs, vpcs.vswitch(vpc))
    vpcs.entry(vpcs.table(vpc), "10.0.0.0/8", "HaVip", havip)
