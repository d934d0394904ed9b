"""EIPs: their life, and whose they are."""

from typing import Any

import pytest
from alibabacloud_vpc20160428 import models

from tests.sim.services.vpc.calls import Vpcs


def _eip(vpcs: Vpcs, **more: Any) -> str:
    return str(vpcs.call("allocate_eip_address", **more)["AllocationId"])


def _one(vpcs: Vpcs, allocation_id: str) -> dict[str, Any]:
    listed = vpcs.call("describe_eip_addresses", allocation_id=allocation_id)
    return dict(listed["EipAddresses"]["EipAddress"][0])


def _bound(vpcs: Vpcs) -> tuple[str, str]:
    """An EIP, and the instance that has it."""
    eip, instance = _eip(vpcs), vpcs.instance(vpcs.vswitch(vpcs.vpc()))
    vpcs.call("associate_eip_address", allocation_id=eip, instance_id=instance)
    vpcs.cloud.settle()
    return eip, instance


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


def test_eip_association_passes_through_its_statuses(vpcs: Vpcs) -> None:
    eip, instance = _eip(vpcs), vpcs.instance(vpcs.vswitch(vpcs.vpc()))
    vpcs.call("associate_eip_address", allocation_id=eip, instance_id=instance)
    assert _one(vpcs, eip)["Status"] == "Associating"
    assert vpcs.refused("unassociate_eip_address", allocation_id=eip)[1] == "IncorrectEipStatus"
    vpcs.cloud.settle()
    one = _one(vpcs, eip)
    assert (one["Status"], one["InstanceId"]) == ("InUse", instance)
    assert (one["InstanceType"], one["Mode"]) == ("EcsInstance", "NAT")
    vpcs.call("unassociate_eip_address", allocation_id=eip, instance_id=instance)
    assert _one(vpcs, eip)["Status"] == "Unassociating"
    vpcs.cloud.settle()
    one = _one(vpcs, eip)
    assert (one["Status"], one["InstanceId"]) == ("Available", "")


def test_eip_of_an_instance_tells_neither_vpc_nor_private_address(vpcs: Vpcs) -> None:
    eip, _ = _bound(vpcs)
    one = _one(vpcs, eip)
    assert (one["VpcId"], one["PrivateIpAddress"]) == ("", "")


@pytest.mark.parametrize("private", ["192.168.1.1", None])
def test_eip_of_an_interface_tells_the_private_address_it_was_given(
    vpcs: Vpcs, private: str | None
) -> None:
    instance = vpcs.instance(vpcs.vswitch(vpcs.vpc()))
    eip, call = _eip(vpcs), {"instance_type": "NetworkInterface", "private_ip_address": private}
    call |= {"allocation_id": eip, "instance_id": vpcs.interface(instance)}
    vpcs.call("associate_eip_address", **call)
    vpcs.cloud.settle()
    one = _one(vpcs, eip)
    assert (one["InstanceId"], one["VpcId"]) == (call["instance_id"], "")
    assert one["PrivateIpAddress"] == (private or "")


def test_eip_of_an_interface_stands_for_an_address_of_that(vpcs: Vpcs) -> None:
    instance = vpcs.instance(vpcs.vswitch(vpcs.vpc()))
    refused = vpcs.refused(
        "associate_eip_address",
        allocation_id=_eip(vpcs),
        instance_id=vpcs.interface(instance),
        instance_type="NetworkInterface",
        private_ip_address="192.168.1.9",
    )
    assert refused == (400, "InvalidParameter")


def test_bare_address_behind_an_active_ipv4_gateway_has_an_eip(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    vpcs.gateway(vpc, active=True)
    eip, bound = _eip(vpcs), _bare_address(vpc)
    vpcs.call("associate_eip_address", allocation_id=eip, **bound)
    vpcs.cloud.settle()
    one = _one(vpcs, eip)
    assert (one["Status"], one["InstanceType"], one["Mode"]) == ("InUse", "IpAddress", "NAT")
    assert (one["InstanceId"], one["VpcId"]) == ("192.168.0.1", vpc)
    assert one["PrivateIpAddress"] == ""
    again = vpcs.refused("associate_eip_address", allocation_id=_eip(vpcs), **bound)
    assert again == (400, "ResourceAlreadyAssociated.IpAddress")
    elsewhere = vpcs.vpc()
    vpcs.gateway(elsewhere, active=True)
    vpcs.call("associate_eip_address", allocation_id=_eip(vpcs), **_bare_address(elsewhere))
    vpcs.call("unassociate_eip_address", allocation_id=eip, instance_id="192.168.0.1")
    vpcs.cloud.settle()
    one = _one(vpcs, eip)
    assert (one["Status"], one["InstanceId"], one["VpcId"]) == ("Available", "", "")


def test_bare_address_needs_a_vpc_with_an_active_ipv4_gateway(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    call = {"allocation_id": _eip(vpcs), **_bare_address(vpc)}
    missing = vpcs.refused("associate_eip_address", **{**call, "vpc_id": None})
    assert missing == (400, "MissingVpcId")
    assert vpcs.refused("associate_eip_address", **{**call, "vpc_id": "vpc-none"})[0] == 404
    without = vpcs.refused("associate_eip_address", **call)
    assert without == (400, "OperationFailed.Ipv4GatewayNotOpenedInVpc")
    vpcs.gateway(vpc)
    inactive = vpcs.refused("associate_eip_address", **call)
    assert inactive == (400, "OperationFailed.Ipv4GatewayNotActivatedInVpc")
    none = vpcs.refused("associate_eip_address", **{**call, "instance_id": "i-1"})
    assert none == (400, "InvalidParameter")


def _bare_address(vpc: str) -> dict[str, Any]:
    return {"instance_id": "192.168.0.1", "instance_type": "IpAddress", "vpc_id": vpc}


def test_eip_in_use_is_listed_by_instance_and_not_released(vpcs: Vpcs) -> None:
    eip, instance = _bound(vpcs)
    _eip(vpcs)
    found = vpcs.call(
        "describe_eip_addresses",
        associated_instance_type="EcsInstance",
        associated_instance_id=instance,
    )["EipAddresses"]["EipAddress"]
    assert [each["AllocationId"] for each in found] == [eip]
    assert vpcs.refused("release_eip_address", allocation_id=eip) == (400, "IncorrectEipStatus")


def test_instance_has_at_most_one_eip(vpcs: Vpcs) -> None:
    eip, instance = _bound(vpcs)
    again = {"allocation_id": eip, "instance_id": instance}
    assert vpcs.refused("associate_eip_address", **again)[1] == "InvalidAssociation.Duplicated"
    another = {"allocation_id": _eip(vpcs), "instance_id": instance}
    code = "BIND_INSTANCE_HAVE_PORTMAP_OR_BIND_EIP"
    assert vpcs.refused("associate_eip_address", **another)[1] == code


def test_eip_association_with_unknown_or_unready_instance_is_refused(vpcs: Vpcs) -> None:
    eip, young = _eip(vpcs), vpcs.instance(vpcs.vswitch(vpcs.vpc()), status="Pending")
    missing = {"allocation_id": eip, "instance_id": "i-none"}
    assert vpcs.refused("associate_eip_address", **missing) == (404, "InvalidInstanId.NotFound")
    pending = {"allocation_id": eip, "instance_id": young}
    assert vpcs.refused("associate_eip_address", **pending)[1] == "IncorrectInstanceStatus"


def test_eip_is_available_once_its_instance_is_deleted(vpcs: Vpcs) -> None:
    eip, instance = _bound(vpcs)
    vpcs.remove(instance)
    one = _one(vpcs, eip)
    assert (one["Status"], one["InstanceId"]) == ("Available", "")
    vpcs.call("release_eip_address", allocation_id=eip)


def test_active_ipv4_gateway_excludes_cut_through_eips(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    eip, instance = _eip(vpcs), vpcs.instance(vpcs.vswitch(vpc))
    call = {"allocation_id": eip, "instance_id": vpcs.interface(instance), "mode": "BINDED"}
    call |= {"instance_type": "NetworkInterface"}
    gateway = vpcs.gateway(vpc)
    vpcs.call("associate_eip_address", **call)
    vpcs.cloud.settle()
    refusal = vpcs.refused("enable_vpc_ipv_4gateway", ipv_4gateway_id=gateway)
    assert refusal[1] == "OperationDenied.DirectEipExist"
    vpcs.call("unassociate_eip_address", allocation_id=eip)
    vpcs.cloud.settle()
    vpcs.call("enable_vpc_ipv_4gateway", ipv_4gateway_id=gateway)
    vpcs.cloud.settle()
    refusal = vpcs.refused("associate_eip_address", **call)
    assert refusal[1] == "OperationDenied.Ipv4GatewayExist"


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
