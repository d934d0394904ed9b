"""Interfaces of a launch: NetworkInterface.N of RunInstances."""

from typing import Any

import pytest

from tests.sim.services.ecs.calls import Ecs
from tests.sim.services.vpc.calls import ZONE_C, Vpcs


def launching(ecs: Ecs, *interfaces: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The parameters of a launch whose primary interface is described."""
    place = {"VSwitchId": None, "SecurityGroupIds": None}
    return ecs.launching(**{**place, **more}, NetworkInterface=list(interfaces))


def launched(ecs: Ecs, *interfaces: dict[str, Any]) -> str:
    """The instance of such a launch."""
    reply = ecs.call("run_instances", **launching(ecs, *interfaces))
    (instance,) = reply["InstanceIdSets"]["InstanceIdSet"]
    return str(instance)


def test_primary_and_secondary_interfaces_are_made_as_described(ecs: Ecs) -> None:
    group = ecs.new_group()
    primary = {
        "InstanceType": "Primary",
        "VSwitchId": ecs.vswitch,
        "SecurityGroupIds": [ecs.group],
        "PrimaryIpAddress": "192.168.1.50",
        "SourceDestCheck": True,
    }
    secondary = {
        "VSwitchId": ecs.vswitch,
        "SecurityGroupId": group,
        "NetworkInterfaceName": "second",
        "NetworkInterfaceTrafficMode": "HighPerformance",
        "QueuePairNumber": 2,
        "DeleteOnRelease": False,
        "SecondaryPrivateIpAddressCount": 1,
    }
    instance = launched(ecs, primary, secondary)
    first, second = ecs.interfaces(InstanceId=instance)
    assert (first["Type"], second["Type"]) == ("Primary", "Secondary")
    assert (first["PrivateIpAddress"], first["SourceDestCheck"]) == ("192.168.1.50", True)
    assert (second["NetworkInterfaceName"], second["QueuePairNumber"]) == ("second", 2)
    assert second["NetworkInterfaceTrafficMode"] == "HighPerformance"
    assert second["SecurityGroupIds"] == {"SecurityGroupId": [group]}
    assert second["DeleteOnRelease"] is False
    assert len(second["PrivateIpSets"]["PrivateIpSet"]) == 2
    found = ecs.one(instance)
    assert found["SecurityGroupIds"] == {"SecurityGroupId": [ecs.group]}
    assert found["VpcAttributes"]["PrivateIpAddress"] == {"IpAddress": ["192.168.1.50"]}
    listed = found["NetworkInterfaces"]["NetworkInterface"]
    assert [each["NetworkInterfaceId"] for each in listed] == [
        first["NetworkInterfaceId"],
        second["NetworkInterfaceId"],
    ]


def test_secondary_interface_is_beside_the_usual_primary_one(ecs: Ecs) -> None:
    (instance,) = ecs.launch(NetworkInterface=[{"VSwitchId": ecs.vswitch}])
    assert [each["Type"] for each in ecs.interfaces(InstanceId=instance)] == [
        "Primary",
        "Secondary",
    ]


def test_launch_takes_interfaces_that_exist(ecs: Ecs) -> None:
    first, second = ecs.interface(), ecs.interface()
    primary = {"InstanceType": "Primary", "NetworkInterfaceId": first}
    instance = launched(ecs, primary, {"NetworkInterfaceId": second})
    found = ecs.interfaces(InstanceId=instance)
    assert [each["NetworkInterfaceId"] for each in found] == [first, second]
    assert [each["Type"] for each in found] == ["Primary", "Secondary"]
    assert [each["Status"] for each in found] == ["InUse", "InUse"]


def test_interfaces_that_conflict_with_the_launch_are_refused(ecs: Ecs, vpcs: Vpcs) -> None:
    conflict = (400, "InvalidParam.NetworkInterface")
    primary = {"InstanceType": "Primary", "VSwitchId": ecs.vswitch, "SecurityGroupId": ecs.group}
    ready = {"NetworkInterfaceId": ecs.interface()}
    elsewhere = {"VSwitchId": vpcs.vswitch(ecs.vpc, "192.168.2.0/24", ZONE_C)}
    refusals = [
        (launching(ecs, primary, primary), conflict),
        (launching(ecs, primary, VSwitchId=ecs.vswitch), conflict),
        (launching(ecs, primary, SecurityGroupIds=[ecs.group]), conflict),
        (launching(ecs, primary, PrivateIpAddress="192.168.1.9"), conflict),
        (launching(ecs, primary, ready, Amount=2), conflict),
        (launching(ecs, primary, *[elsewhere] * 3), (403, "EniPerInstanceLimitExceeded")),
        (launching(ecs, primary, elsewhere), (403, "InvalidOperation.AvailabilityZoneMismatch")),
        (
            launching(ecs, primary, {"NetworkInterfaceId": "eni-none"}),
            (404, "InvalidEniId.NotFound"),
        ),
    ]
    for request, refusal in refusals:
        assert ecs.refused("run_instances", **request) == refusal
    assert ecs.ids() == []


@pytest.mark.parametrize("amount", [1, 3])
def test_interfaces_of_every_instance_count_against_the_vswitch(
    ecs: Ecs, vpcs: Vpcs, amount: int
) -> None:
    small = vpcs.vswitch(ecs.vpc, "192.168.2.0/29")
    request = ecs.launching(VSwitchId=small, NetworkInterface=[{"VSwitchId": small}], Amount=amount)
    if amount == 1:
        assert len(ecs.launch(**request)) == 1
    else:
        full = (400, "InvalidVSwitchId.IpNotEnough")
        assert ecs.refused("run_instances", **request) == full
