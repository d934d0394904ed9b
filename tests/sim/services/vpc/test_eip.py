"""EIPs: their life, what they are, and how they are listed."""

import json
from typing import Any

import pytest
from alibabacloud_vpc20160428 import models

from gwlbfw.sim.wire import HttpRequest
from tests.sim.services.vpc.calls import Vpcs


def _eip(vpcs: Vpcs, **more: Any) -> str:
    return str(vpcs.call("allocate_eip_address", **more)["AllocationId"])


def _one(vpcs: Vpcs, allocation_id: str) -> dict[str, Any]:
    listed = vpcs.call("describe_eip_addresses", allocation_id=allocation_id)
    return dict(listed["EipAddresses"]["EipAddress"][0])


def _since(moment: str) -> list[models.DescribeEipAddressesRequestFilter]:
    return [models.DescribeEipAddressesRequestFilter(key="CreationStartTime", value=moment)]


def test_eip_is_allocated_modified_and_released(vpcs: Vpcs) -> None:
    made = vpcs.call(
        "allocate_eip_address",
        bandwidth="20",
        name="door",
        internet_charge_type="PayByTraffic",
        tag=[models.AllocateEipAddressRequestTag(key="a", value="1")],
    )
    eip = made["AllocationId"]
    one = _one(vpcs, eip)
    assert (one["IpAddress"], one["Status"]) == (made["EipAddress"], "Available")
    assert (one["Bandwidth"], one["InternetChargeType"]) == ("20", "PayByTraffic")
    assert one["Tags"]["Tag"] == [{"Key": "a", "Value": "1"}]
    vpcs.call("modify_eip_address_attribute", allocation_id=eip, bandwidth="30", name="gate")
    one = _one(vpcs, eip)
    assert (one["Bandwidth"], one["Name"]) == ("30", "gate")
    vpcs.call("release_eip_address", allocation_id=eip)
    assert _one(vpcs, eip)["Status"] == "Releasing"
    vpcs.cloud.settle()
    assert vpcs.call("describe_eip_addresses", allocation_id=eip)["TotalCount"] == 0
    refusal = vpcs.refused("release_eip_address", allocation_id=eip)
    assert refusal == (404, "InvalidAllocationId.NotFound")


def test_eips_have_distinct_addresses(vpcs: Vpcs) -> None:
    for _ in range(3):
        _eip(vpcs)
    listed = vpcs.call("describe_eip_addresses")["EipAddresses"]["EipAddress"]
    assert len({each["IpAddress"] for each in listed}) == 3


@pytest.mark.parametrize(
    ("bandwidth", "charge"),
    [
        ("0", "PayByBandwidth"),
        ("501", "PayByBandwidth"),
        ("201", "PayByTraffic"),
        ("fast", "PayByTraffic"),
        ("5", "PayByLuck"),
    ],
)
def test_eip_bandwidth_is_a_number_bounded_by_its_metering(
    vpcs: Vpcs, bandwidth: str, charge: str
) -> None:
    call = {"bandwidth": bandwidth, "internet_charge_type": charge}
    assert vpcs.refused("allocate_eip_address", **call) == (400, "InvalidParameter")


def test_eip_tells_all_that_it_was_allocated_with(vpcs: Vpcs) -> None:
    eip = _eip(
        vpcs,
        isp="BGP_PRO",
        description="the door",
        zone="cn-wulanchabu-b",
        security_protection_types=["AntiDDoS_Enhanced"],
        resource_group_id="rg-acfmsimanother00",
        activity_id=123,
    )
    one = _one(vpcs, eip)
    assert (one["ISP"], one["Zone"]) == ("BGP_PRO", "cn-wulanchabu-b")
    assert one["Description"] == "the door"
    assert one["SecurityProtectionTypes"] == {"SecurityProtectionType": ["AntiDDoS_Enhanced"]}
    assert one["ResourceGroupId"] == "rg-acfmsimanother00"
    assert (one["HDMonitorStatus"], one["HasReservationData"]) == ("OFF", "false")
    assert (one["Mode"], one["ServiceManaged"], one["SecondLimited"]) == ("NAT", 0, False)


def test_eip_tells_its_region_and_its_description_as_older_clients_read_them(vpcs: Vpcs) -> None:
    _eip(vpcs, description="the door")
    query = "Action=DescribeEipAddresses&Version=2016-04-28&AccessKeyId=any"
    raw = json.loads(vpcs.cloud.simulator.handle(HttpRequest("POST", query)).body)
    (one,) = raw["EipAddresses"]["EipAddress"]
    assert one["Descritpion"] == "the door"
    assert one["AvailableRegions"] == {"AvailableRegion": ["cn-wulanchabu"]}


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"instance_charge_type": "PrePaid"}, "NotSimulated.InstanceChargeType"),
        ({"netmode": "private"}, "IllegalParam.Netmode"),
        ({"security_protection_types": ["Moat"]}, "IllegalParam.SecurityProtectionTypes"),
        ({"resource_group_id": "rg-none"}, "InvalidResourceGroupId"),
        ({"ip_address": "10.0.0.1"}, "Invalid.Reserve.Ip"),
        ({"ip_address": "8.130.200.200"}, "Invalid.Reserve.Ip"),
        ({"ip_address": "here"}, "Invalid.Reserve.Ip"),
        ({"instance_id": "i-1"}, "Invalid.Reserve.Ip"),
        ({"instance_id": "eip-1", "ip_address": "47.91.57.17"}, "IllegalParam.InstanceId"),
    ],
)
def test_eip_that_cannot_be_had_is_refused_by_name(
    vpcs: Vpcs, wrong: dict[str, Any], code: str
) -> None:
    assert vpcs.refused("allocate_eip_address", **wrong) == (400, code)


def test_eip_is_allocated_at_the_address_or_by_the_id_that_is_asked_for(vpcs: Vpcs) -> None:
    made = vpcs.call("allocate_eip_address", ip_address="47.91.57.17")
    assert made["EipAddress"] == "47.91.57.17"
    taken = vpcs.refused("allocate_eip_address", ip_address="47.91.57.17")
    assert taken == (400, "Ip.Allocated")
    made = vpcs.call("allocate_eip_address_pro", instance_id="eip-bp1pktw6wwavjqudm4mon")
    assert made["AllocationId"] == "eip-bp1pktw6wwavjqudm4mon"
    taken = vpcs.refused("allocate_eip_address", instance_id=made["AllocationId"])
    assert taken == (400, "Invalid.Reserve.Ip")


def test_released_address_can_be_had_again(vpcs: Vpcs) -> None:
    made = vpcs.call("allocate_eip_address")
    vpcs.call("release_eip_address", allocation_id=made["AllocationId"])
    vpcs.cloud.settle()
    again = vpcs.call("allocate_eip_address", ip_address=made["EipAddress"])
    assert again["EipAddress"] == made["EipAddress"]


def test_protected_eip_is_not_released(vpcs: Vpcs) -> None:
    eip = _eip(vpcs)
    protection = {"instance_id": eip, "type": "EIP"}
    vpcs.call("deletion_protection", **protection, protection_enable=True)
    assert _one(vpcs, eip)["DeletionProtection"] is True
    refused = vpcs.refused("release_eip_address", allocation_id=eip)
    assert refused == (400, "InvalidOperation.DeletionProtection")
    vpcs.call("deletion_protection", **protection, protection_enable=False)
    vpcs.call("release_eip_address", allocation_id=eip)


def test_monitoring_of_an_eip_names_its_log_store(vpcs: Vpcs) -> None:
    eip = _eip(vpcs)
    where = {"instance_id": eip, "log_project": "project", "log_store": "store"}
    vpcs.call("set_high_definition_monitor_log_status", **where, status="ON")
    assert _one(vpcs, eip)["HDMonitorStatus"] == "ON"
    told = vpcs.call("describe_high_definition_monitor_log_attribute", instance_id=eip)
    assert (told["LogProject"], told["LogStore"]) == ("project", "store")
    assert (told["InstanceType"], told["Success"]) == ("EIP", "true")


@pytest.mark.parametrize(
    ("fitting", "other"),
    [
        ({"charge_type": "PostPaid"}, {"charge_type": "PrePaid"}),
        ({"isp": "BGP"}, {"isp": "BGP_PRO"}),
        ({}, {"lock_reason": "financial"}),
        ({"resource_group_id": "rg-acfmsimdefault00"}, {"resource_group_id": "rg-none"}),
        ({}, {"public_ip_address_pool_id": "pippool-1"}),
        ({}, {"segment_instance_id": "eipsg-1"}),
        ({"service_managed": False}, {"service_managed": True}),
        ({"security_protection_enabled": False}, {"security_protection_enabled": True}),
        ({"include_reservation_data": True}, {"eip_name": "none"}),
        ({"filter": _since("2000-01-01T00:00Z")}, {"filter": _since("2999-01-01T00:00Z")}),
    ],
)
def test_eips_are_filtered(vpcs: Vpcs, fitting: dict[str, Any], other: dict[str, Any]) -> None:
    _eip(vpcs)
    assert vpcs.call("describe_eip_addresses", **fitting)["TotalCount"] == 1
    assert vpcs.call("describe_eip_addresses", **other)["TotalCount"] == 0


def test_filter_of_eips_by_another_key_is_refused(vpcs: Vpcs) -> None:
    wrong = [models.DescribeEipAddressesRequestFilter(key="Colour", value="red")]
    assert vpcs.refused("describe_eip_addresses", filter=wrong) == (400, "IllegalParam.Filter.Key")
