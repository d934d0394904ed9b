"""Network interfaces of their own: made, attached, changed, deleted."""

from typing import Any

import pytest

from tests.sim.cloud import TRANSITION, Cloud
from tests.sim.services.ecs.calls import Ecs
from tests.sim.services.vpc.calls import ZONE_C, Vpcs


def one(ecs: Ecs, interface: str) -> dict[str, Any]:
    (found,) = ecs.interfaces(NetworkInterfaceId=[interface])
    return found


def addresses(interface: dict[str, Any]) -> list[str]:
    return [each["PrivateIpAddress"] for each in interface["PrivateIpSets"]["PrivateIpSet"]]


def test_interface_is_available_as_soon_as_it_is_made(ecs: Ecs) -> None:
    made = ecs.call(
        "create_network_interface",
        VSwitchId=ecs.vswitch,
        SecurityGroupIds=[ecs.group],
        PrimaryIpAddress="192.168.1.77",
        SecondaryPrivateIpAddressCount=2,
        NetworkInterfaceName="spare",
        Description="of the firewall",
        SourceDestCheck=True,
        Tag=[{"Key": "a", "Value": "b"}],
    )
    assert (made["Status"], made["Type"]) == ("Available", "Secondary")
    found = one(ecs, made["NetworkInterfaceId"])
    assert addresses(found) == addresses(made)
    assert addresses(found)[0] == found["PrivateIpAddress"] == "192.168.1.77"
    assert len(set(addresses(found))) == 3
    assert (found["NetworkInterfaceName"], found["Description"]) == ("spare", "of the firewall")
    assert (found["SourceDestCheck"], found["DeleteOnRelease"]) == (True, True)
    assert found["Tags"] == {"Tag": [{"TagKey": "a", "TagValue": "b"}]}
    assert ecs.interfaces(NetworkInterfaceName="spare") == [found]
    assert ecs.interfaces(NetworkInterfaceName="other") == []
    named = {"NetworkInterfaceId": found["NetworkInterfaceId"]}
    whole = ecs.call("describe_network_interface_attribute", **named)
    assert whole["ConnectionTrackingConfiguration"]["TcpEstablishedTimeout"] == 910


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"VSwitchId": "vsw-none"}, (404, "InvalidVSwitchId.NotFound")),
        ({"SecurityGroupId": "sg-none"}, (404, "InvalidSecurityGroupId.NotFound")),
        ({"SecurityGroupId": None}, (400, "MissingParameter")),
        ({"PrimaryIpAddress": "192.168.9.9"}, (403, "InvalidVSwitchId.IpInvalid")),
        (
            {"PrivateIpAddress": ["192.168.1.9"], "PrimaryIpAddress": "192.168.1.9"},
            (403, "InvalidIp.IpAssigned"),
        ),
        ({"InstanceType": "Trunk"}, (400, "NotSimulated.InstanceType")),
        ({"Ipv4PrefixCount": 1}, (400, "NotSimulated.Ipv4PrefixCount")),
    ],
)
def test_interface_that_can_not_be_is_refused(
    ecs: Ecs, wrong: dict[str, Any], refusal: tuple[int, str]
) -> None:
    request = {"VSwitchId": ecs.vswitch, "SecurityGroupId": ecs.group, **wrong}
    assert ecs.refused("create_network_interface", **request) == refusal
    assert ecs.interfaces() == []


def test_interface_is_attached_detached_and_deleted(ecs: Ecs, cloud: Cloud) -> None:
    instance, interface = ecs.instance(), ecs.interface()
    both = {"InstanceId": instance, "NetworkInterfaceId": interface}
    ecs.call("attach_network_interface", **both)
    assert one(ecs, interface)["Status"] == "Attaching"
    cloud.clock.advance(TRANSITION)
    found = one(ecs, interface)
    assert (found["Status"], found["InstanceId"]) == ("InUse", instance)
    assert found["Attachment"]["InstanceId"] == instance
    listed = ecs.one(instance)["NetworkInterfaces"]["NetworkInterface"]
    assert [each["Type"] for each in listed] == ["Primary", "Secondary"]
    busy = ecs.refused("delete_network_interface", NetworkInterfaceId=interface)
    assert busy == (400, "InvalidOperation.InvalidEniState")
    ecs.call("detach_network_interface", **both)
    assert one(ecs, interface)["Status"] == "Detaching"
    cloud.settle()
    assert (one(ecs, interface)["Status"], one(ecs, interface)["InstanceId"]) == ("Available", "")
    ecs.call("delete_network_interface", NetworkInterfaceId=interface)
    cloud.settle()
    gone = ecs.refused("delete_network_interface", NetworkInterfaceId=interface)
    assert gone == (404, "InvalidEniId.NotFound")


def test_primary_interface_is_not_detached(ecs: Ecs) -> None:
    instance = ecs.instance()
    (primary,) = ecs.interfaces()
    both = {"InstanceId": instance, "NetworkInterfaceId": primary["NetworkInterfaceId"]}
    refused = ecs.refused("detach_network_interface", **both)
    assert refused == (400, "InvalidOperation.DetachPrimaryEniNotAllowed")


def test_interface_fits_an_instance_of_its_zone_with_room_for_it(
    ecs: Ecs, vpcs: Vpcs, cloud: Cloud
) -> None:
    instance = ecs.instance()
    elsewhere = ecs.interface(VSwitchId=vpcs.vswitch(ecs.vpc, "192.168.2.0/24", ZONE_C))
    refused = ecs.refused(
        "attach_network_interface", InstanceId=instance, NetworkInterfaceId=elsewhere
    )
    assert refused == (403, "InvalidOperation.AvailabilityZoneMismatch")
    for _ in range(2):
        ecs.call(
            "attach_network_interface", InstanceId=instance, NetworkInterfaceId=ecs.interface()
        )
    cloud.settle()
    refused = ecs.refused(
        "attach_network_interface", InstanceId=instance, NetworkInterfaceId=ecs.interface()
    )
    assert refused == (403, "EniPerInstanceLimitExceeded")
    refused = ecs.refused(
        "attach_network_interface", InstanceId="i-none", NetworkInterfaceId=elsewhere
    )
    assert refused == (404, "InvalidEcsId.NotFound")


def test_interface_outlives_its_instance_if_it_is_to(ecs: Ecs, cloud: Cloud) -> None:
    instance = ecs.instance()
    goes, stays = ecs.interface(), ecs.interface(DeleteOnRelease=False)
    for each in (goes, stays):
        ecs.call("attach_network_interface", InstanceId=instance, NetworkInterfaceId=each)
    cloud.settle()
    ecs.call("delete_instance", InstanceId=instance, Force=True)
    cloud.settle()
    (left,) = ecs.interfaces()
    assert (left["NetworkInterfaceId"], left["Status"]) == (stays, "Available")
    assert cloud.simulator.status().resources["network_interface"] == 1


def test_interface_changes_its_attributes(ecs: Ecs) -> None:
    interface, group = ecs.interface(), ecs.new_group()
    ecs.call(
        "modify_network_interface_attribute",
        NetworkInterfaceId=interface,
        NetworkInterfaceName="other",
        SecurityGroupId=[group],
        QueueNumber=2,
        SourceDestCheck=True,
        ConnectionTrackingConfiguration={"UdpTimeout": 60},
    )
    found = one(ecs, interface)
    assert (found["NetworkInterfaceName"], found["QueueNumber"]) == ("other", 2)
    assert (found["SourceDestCheck"], found["Description"]) == (True, "")
    assert found["SecurityGroupIds"] == {"SecurityGroupId": [group]}
    whole = ecs.call("describe_network_interface_attribute", NetworkInterfaceId=interface)
    assert whole["ConnectionTrackingConfiguration"]["UdpTimeout"] == 60


def test_secondary_addresses_are_assigned_and_unassigned(ecs: Ecs) -> None:
    interface = ecs.interface()
    reply = ecs.call(
        "assign_private_ip_addresses",
        NetworkInterfaceId=interface,
        PrivateIpAddress=["192.168.1.9"],
    )
    assigned = reply["AssignedPrivateIpAddressesSet"]["PrivateIpSet"]["PrivateIpAddress"]
    assert assigned == ["192.168.1.9"]
    ecs.call(
        "assign_private_ip_addresses",
        NetworkInterfaceId=interface,
        SecondaryPrivateIpAddressCount=2,
    )
    assert len(set(addresses(one(ecs, interface)))) == 4
    assert ecs.interfaces(PrivateIpAddress=["192.168.1.9"]) == [one(ecs, interface)]
    taken = ecs.refused(
        "assign_private_ip_addresses",
        NetworkInterfaceId=interface,
        PrivateIpAddress=["192.168.1.9"],
    )
    assert taken == (403, "InvalidIp.IpAssigned")
    ecs.call(
        "unassign_private_ip_addresses",
        NetworkInterfaceId=interface,
        PrivateIpAddress=["192.168.1.9"],
    )
    missing = ecs.refused(
        "unassign_private_ip_addresses",
        NetworkInterfaceId=interface,
        PrivateIpAddress=["192.168.1.9"],
    )
    assert missing == (403, "InvalidIp.IpUnassigned")
    assert "192.168.1.9" not in addresses(one(ecs, interface))


def test_instance_type_bounds_the_addresses_of_an_interface(ecs: Ecs) -> None:
    ecs.instance()
    (primary,) = ecs.interfaces()
    most = {
        "NetworkInterfaceId": primary["NetworkInterfaceId"],
        "SecondaryPrivateIpAddressCount": 5,
    }
    ecs.call("assign_private_ip_addresses", **most)
    most["SecondaryPrivateIpAddressCount"] = 1
    refused = ecs.refused("assign_private_ip_addresses", **most)
    assert refused == (403, "InvalidOperation.Ipv4CountExceeded")


def test_addresses_of_all_kinds_count_in_the_vswitch(ecs: Ecs, vpcs: Vpcs) -> None:
    small = vpcs.vswitch(ecs.vpc, "192.168.2.0/29")
    interface = ecs.interface(VSwitchId=small, SecondaryPrivateIpAddressCount=2)
    full = ecs.refused("run_instances", **ecs.launching(VSwitchId=small, Amount=2))
    assert full == (400, "InvalidVSwitchId.IpNotEnough")
    over = ecs.refused(
        "assign_private_ip_addresses",
        NetworkInterfaceId=interface,
        SecondaryPrivateIpAddressCount=2,
    )
    assert over == (403, "InvalidVSwitchId.IpNotEnough")


def test_address_is_free_again_when_its_interface_is_gone(
    ecs: Ecs, vpcs: Vpcs, cloud: Cloud
) -> None:
    small = vpcs.vswitch(ecs.vpc, "192.168.2.0/29")
    made = [ecs.interface(VSwitchId=small) for _ in range(4)]
    freed = one(ecs, made[1])["PrivateIpAddress"]
    ecs.call("delete_network_interface", NetworkInterfaceId=made[1])
    cloud.settle()
    assert one(ecs, ecs.interface(VSwitchId=small))["PrivateIpAddress"] == freed


def test_interface_gets_ipv6_addresses_of_its_vswitch_and_loses_them(ecs: Ecs, vpcs: Vpcs) -> None:
    interface = {"NetworkInterfaceId": ecs.interface()}
    refused = ecs.refused("assign_ipv_6addresses", Ipv6AddressCount=1, **interface)
    assert refused == (403, "InvalidVSwitch.Ipv6NotTurnOn")
    vpcs.call("modify_vpc_attribute", vpc_id=ecs.vpc, enable_ipv_6=True)
    vpcs.call(
        "modify_vswitch_attribute", v_switch_id=ecs.vswitch, enable_ipv_6=True, ipv_6cidr_block=1
    )
    added = ecs.call("assign_ipv_6addresses", Ipv6AddressCount=2, **interface)
    given = added["Ipv6Sets"]["Ipv6Address"]
    found = one(ecs, interface["NetworkInterfaceId"])["Ipv6Sets"]["Ipv6Set"]
    assert [each["Ipv6Address"] for each in found] == given
    assert len(set(given)) == 2
    ecs.call("unassign_ipv_6addresses", Ipv6Address=given[:1], **interface)
    found = one(ecs, interface["NetworkInterfaceId"])["Ipv6Sets"]["Ipv6Set"]
    assert [each["Ipv6Address"] for each in found] == given[1:]
