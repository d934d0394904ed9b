"""RunInstances and CreateInstance: what comes of them, and what they refuse."""

import base64
from typing import Any

import pytest

from tests.sim.cloud import TRANSITION, Cloud
from tests.sim.services.ecs.calls import IMAGE_FAMILY, PUBLIC_KEY, Ecs
from tests.sim.services.vpc.calls import ZONE_B, ZONE_C, Vpcs


def test_launched_instance_is_pending_then_starting_then_running(ecs: Ecs, cloud: Cloud) -> None:
    (instance,) = ecs.launch()
    assert ecs.status(instance) == "Pending"
    cloud.clock.advance(TRANSITION)
    assert ecs.status(instance) == "Starting"
    cloud.clock.advance(TRANSITION)
    assert ecs.status(instance) == "Running"


def test_launched_instance_reads_back_as_requested(ecs: Ecs) -> None:
    ecs.call("import_key_pair", KeyPairName="ops", PublicKeyBody=PUBLIC_KEY)
    instance = ecs.instance(
        InstanceName="fw-1",
        ZoneId=ZONE_B,
        InstanceType="ecs.g7ne.xlarge",
        PrivateIpAddress="192.168.1.153",
        KeyPairName="ops",
        HostName="fw",
        Description="a firewall",
        DeletionProtection=True,
        Tag=[{"Key": "role", "Value": "fw"}],
    )
    found = ecs.one(instance)
    assert found["InstanceName"] == "fw-1"
    assert found["ZoneId"] == ZONE_B
    assert found["RegionId"] == "cn-wulanchabu"
    assert found["InstanceType"] == "ecs.g7ne.xlarge"
    assert found["InstanceTypeFamily"] == "ecs.g7ne"
    assert (found["Cpu"], found["Memory"]) == (4, 16384)
    assert found["ImageId"].startswith("aliyun_3_x64_20G")
    assert found["OSType"] == "linux"
    assert found["KeyPairName"] == "ops"
    assert found["HostName"] == "fw"
    assert found["DeletionProtection"] is True
    assert found["VpcAttributes"]["VpcId"] == ecs.vpc
    assert found["VpcAttributes"]["VSwitchId"] == ecs.vswitch
    assert found["VpcAttributes"]["PrivateIpAddress"] == {"IpAddress": ["192.168.1.153"]}
    assert found["SecurityGroupIds"] == {"SecurityGroupId": [ecs.group]}
    assert found["PublicIpAddress"] == {"IpAddress": []}
    assert found["EipAddress"]["AllocationId"] == ""
    assert found["Tags"] == {"Tag": [{"TagKey": "role", "TagValue": "fw"}]}


def test_primary_interface_is_listed_with_its_instance_and_alone(ecs: Ecs) -> None:
    instance = ecs.instance(Tag=[{"Key": "role", "Value": "fw"}])
    (of_instance,) = ecs.one(instance)["NetworkInterfaces"]["NetworkInterface"]
    (alone,) = ecs.interfaces(InstanceId=instance)
    assert of_instance["NetworkInterfaceId"] == alone["NetworkInterfaceId"]
    assert alone["NetworkInterfaceId"].startswith("eni-")
    assert alone["Type"] == of_instance["Type"] == "Primary"
    assert alone["Status"] == "InUse"
    assert alone["PrivateIpAddress"] == of_instance["PrimaryIpAddress"] == "192.168.1.1"
    assert alone["SecurityGroupIds"] == {"SecurityGroupId": [ecs.group]}
    assert alone["ServiceManaged"] is False
    assert alone["Tags"] == {"Tag": [{"TagKey": "role", "TagValue": "fw"}]}


def test_instance_name_defaults_to_the_id(ecs: Ecs) -> None:
    instance = ecs.instance()
    assert ecs.one(instance)["InstanceName"] == instance


def test_launch_of_several_gives_each_an_address_and_a_suffix(ecs: Ecs) -> None:
    ecs.launch(Amount=3, InstanceName="web", UniqueSuffix=True)
    found = ecs.instances()
    assert [each["InstanceName"] for each in found] == ["web001", "web002", "web003"]
    addresses = [each["VpcAttributes"]["PrivateIpAddress"]["IpAddress"][0] for each in found]
    assert addresses == ["192.168.1.1", "192.168.1.2", "192.168.1.3"]


def test_launch_of_several_respects_min_amount(ecs: Ecs, vpcs: Vpcs) -> None:
    small = vpcs.vswitch(ecs.vpc, "192.168.2.0/29")
    full = (400, "InvalidVSwitchId.IpNotEnough")
    request = ecs.launching(VSwitchId=small, Amount=6)
    assert ecs.refused("run_instances", **request) == full
    assert ecs.ids() == []
    assert ecs.refused("run_instances", **request, MinAmount=5) == full
    assert len(ecs.launch(VSwitchId=small, Amount=6, MinAmount=2)) == 4
    assert ecs.refused("run_instances", **ecs.launching(VSwitchId=small)) == full


def test_launch_takes_security_group_id_or_ids_but_not_both(ecs: Ecs) -> None:
    instance = ecs.instance(SecurityGroupIds=None, SecurityGroupId=ecs.group)
    assert ecs.one(instance)["SecurityGroupIds"] == {"SecurityGroupId": [ecs.group]}
    assert ecs.refused("run_instances", **ecs.launching(SecurityGroupId=ecs.group)) == (
        400,
        "InvalidParameter.Conflict",
    )


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"VSwitchId": None}, (400, "MissingParameter")),
        ({"InstanceType": None}, (400, "MissingParameter")),
        ({"ImageFamily": None}, (400, "MissingParameter")),
        ({"SecurityGroupIds": None}, (400, "MissingParameter")),
        ({"VSwitchId": "vsw-none"}, (404, "InvalidVSwitchId.NotFound")),
        ({"SecurityGroupIds": ["sg-none"]}, (404, "InvalidSecurityGroupId.NotFound")),
        ({"ImageFamily": "acs:none"}, (404, "InvalidImageFamily.NotFound")),
        ({"ImageFamily": None, "ImageId": "none.vhd"}, (404, "InvalidImageId.NotFound")),
        ({"InstanceType": "ecs.none.large"}, (400, "InvalidInstanceType.ValueNotSupported")),
        ({"InstanceType": "ecs.g8y.large"}, (403, "ImageNotSupportInstanceType")),
        ({"ZoneId": ZONE_C}, (400, "InvalidParameter.Mismatch")),
        ({"ZoneId": "cn-wulanchabu-z"}, (404, "InvalidZoneId.NotFound")),
        ({"PrivateIpAddress": "192.168.1"}, (400, "InvalidPrivateIpAddress.Malformed")),
        ({"PrivateIpAddress": "192.168.2.9"}, (400, "InvalidPrivateIpAddress")),
        ({"PrivateIpAddress": "192.168.1.0"}, (400, "InvalidPrivateIpAddress")),
        ({"PrivateIpAddress": "192.168.1.253"}, (400, "InvalidPrivateIpAddress")),
        ({"KeyPairName": "none"}, (404, "InvalidKeyPairName.NotFound")),
        ({"RamRoleName": "none"}, (404, "InvalidRamRole.NotFound")),
        ({"UserData": "#!/bin/sh"}, (400, "InvalidUserData.Base64FormatInvalid")),
        ({"SpotStrategy": "Never"}, (400, "InvalidSpotStrategy")),
        ({"AutoReleaseTime": "2020-01-01T00:00:00Z"}, (400, "InvalidAutoReleaseTime.Malformed")),
        ({"InstanceChargeType": "PrePaid"}, (400, "NotSimulated.InstanceChargeType")),
        ({"DataDisk": [{"Size": 5}]}, (400, "InvalidDataDiskSize.ValueNotSupported")),
        (
            {"DataDisk": [{"Size": 20, "Category": "tape"}]},
            (400, "InvalidDataDiskCategory.ValueNotSupported"),
        ),
        ({"InstanceName": "1"}, (400, "InvalidInstanceName.Malformed")),
        ({"Amount": 101}, (400, "InvalidParameter.Amount")),
        (
            {"SystemDisk": {"Category": "tape"}},
            (400, "InvalidSystemDiskCategory.ValueNotSupported"),
        ),
        ({"SystemDisk": {"Size": "5"}}, (404, "InvalidSystemDiskSize.LessThanImageSize")),
        ({"SystemDisk": {"Size": "9999"}}, (404, "InvalidSystemDiskSize.MoreThanMaxSize")),
        ({"LaunchTemplateId": "lt-1"}, (400, "NotSimulated.LaunchTemplateId")),
        ({"Tag": [{"Key": "acs:x", "Value": ""}]}, (400, "InvalidTagKey.Malformed")),
    ],
)
def test_invalid_launch_is_refused(
    ecs: Ecs, wrong: dict[str, Any], refusal: tuple[int, str]
) -> None:
    assert ecs.refused("run_instances", **ecs.launching(**wrong)) == refusal
    assert ecs.ids() == []
    assert ecs.interfaces() == []


def test_private_ip_is_taken_until_its_instance_is_deleted(ecs: Ecs, cloud: Cloud) -> None:
    first = ecs.instance(PrivateIpAddress="192.168.1.9")
    wanted = ecs.launching(PrivateIpAddress="192.168.1.9")
    taken = (400, "InvalidPrivateIpAddress.Duplicated")
    assert ecs.refused("run_instances", **wanted) == taken
    ecs.call("delete_instance", InstanceId=first, Force=True)
    assert ecs.refused("run_instances", **wanted) == taken
    cloud.settle()
    assert ecs.instance(PrivateIpAddress="192.168.1.9") != first


def test_launch_with_a_security_group_of_another_vpc_is_refused(ecs: Ecs, vpcs: Vpcs) -> None:
    elsewhere = ecs.new_group(VpcId=vpcs.vpc("10.0.0.0/16"))
    request = ecs.launching(SecurityGroupIds=[ecs.group, elsewhere])
    assert ecs.refused("run_instances", **request) == (400, "InvalidParameter.Mismatch")


def test_launch_in_a_pending_vswitch_is_refused(ecs: Ecs, vpcs: Vpcs, cloud: Cloud) -> None:
    made = vpcs.call("create_vswitch", vpc_id=ecs.vpc, zone_id=ZONE_B, cidr_block="192.168.3.0/24")
    request = ecs.launching(VSwitchId=made["VSwitchId"])
    assert ecs.refused("run_instances", **request) == (400, "IncorrectVSwitchStatus")
    cloud.settle()
    assert ecs.instance(VSwitchId=made["VSwitchId"])


def test_user_data_is_kept_as_given_and_limited_in_size(ecs: Ecs) -> None:
    text = base64.b64encode(b"#!/bin/sh\n").decode()
    instance = ecs.instance(UserData=text)
    assert ecs.call("describe_user_data", InstanceId=instance)["UserData"] == text
    largest = base64.b64encode(b"x" * 32 * 1024).decode()
    assert ecs.instance(UserData=largest)
    request = ecs.launching(UserData=base64.b64encode(b"x" * (32 * 1024 + 1)).decode())
    assert ecs.refused("run_instances", **request) == (400, "InvalidUserData.SizeExceeded")


def test_addresses_of_several_instances_follow_the_one_that_a_launch_names(ecs: Ecs) -> None:
    ecs.launch(Amount=3, PrivateIpAddress="192.168.1.20")
    assert [each["PrivateIpAddress"] for each in ecs.interfaces()] == [
        "192.168.1.20",
        "192.168.1.21",
        "192.168.1.22",
    ]
    assert ecs.refused(
        "run_instances", **ecs.launching(Amount=2, PrivateIpAddress="192.168.1.19")
    ) == (400, "InvalidPrivateIpAddress.Duplicated")


@pytest.mark.parametrize(
    ("name", "suffix", "names"),
    [
        ("w[1,3]x", None, ["w001x", "w002x"]),
        ("w[8,2]", None, ["w08", "w09"]),
        ("web[,]", None, ["web000000", "web000001"]),
        ("w[1,3]x", True, ["w001x001", "w002x002"]),
        ("w[1,3]", True, ["w001", "w002"]),
        ("web", True, ["web001", "web002"]),
        ("web", None, ["web", "web"]),
    ],
)
def test_names_of_several_instances_are_numbered(
    ecs: Ecs, name: str, suffix: bool | None, names: list[str]
) -> None:
    ecs.launch(Amount=2, InstanceName=name, HostName=name, UniqueSuffix=suffix)
    assert [each["InstanceName"] for each in ecs.instances()] == names
    assert [each["HostName"] for each in ecs.instances()] == names


def test_host_names_are_each_instances_own_or_have_its_id(ecs: Ecs) -> None:
    ecs.launch(Amount=2, HostNames=["a", "b"])
    assert [each["HostName"] for each in ecs.instances()] == ["a", "b"]
    instance = ecs.instance(HostName="k8s-${instance_id}")
    assert ecs.one(instance)["HostName"] == f"k8s-{instance}"


@pytest.mark.parametrize(
    ("kind", "options", "jumbo"),
    [
        ("ecs.g8i.large", None, True),
        ("ecs.g7ne.large", {"EnableJumboFrame": True}, True),
        ("ecs.g8i.large", {"EnableJumboFrame": False}, False),
        ("ecs.g5.large", {"EnableJumboFrame": True}, False),
        ("ecs.u1-c1m2.large", None, False),
    ],
)
def test_jumbo_frames_default_to_the_support_of_the_type(
    ecs: Ecs, kind: str, options: dict[str, bool] | None, *, jumbo: bool
) -> None:
    instance = ecs.instance(InstanceType=kind, NetworkOptions=options)
    found = ecs.call("describe_instance_attribute", InstanceId=instance)
    assert found["EnableJumboFrame"] is jumbo
    assert found["NetworkOptions"]["EnableJumboFrame"] is jumbo
    assert "EnableJumboFrame" not in ecs.one(instance)


def test_outbound_bandwidth_gives_an_instance_a_public_ip(ecs: Ecs) -> None:
    instance = ecs.instance(InternetMaxBandwidthOut=5)
    (address,) = ecs.one(instance)["PublicIpAddress"]["IpAddress"]
    assert ecs.ids(PublicIpAddresses=f'["{address}"]') == [instance]


def test_custom_image_id_is_accepted(ecs: Ecs) -> None:
    image = "m-0jl" + "a" * 17
    instance = ecs.instance(ImageFamily=None, ImageId=image)
    assert ecs.one(instance)["ImageId"] == image
    (found,) = ecs.call("describe_images", ImageId=image)["Images"]["Image"]
    assert found["ImageOwnerAlias"] == "self"


def test_created_instance_stays_stopped_until_started(ecs: Ecs, cloud: Cloud) -> None:
    instance = ecs.call(
        "create_instance",
        ImageFamily=IMAGE_FAMILY,
        InstanceType="ecs.g7.large",
        VSwitchId=ecs.vswitch,
        SecurityGroupId=ecs.group,
    )["InstanceId"]
    assert ecs.status(instance) == "Pending"
    cloud.settle()
    assert ecs.status(instance) == "Stopped"
    ecs.call("start_instance", InstanceId=instance)
    cloud.settle()
    assert ecs.status(instance) == "Running"


def test_launch_repeated_with_its_token_launches_once(ecs: Ecs) -> None:
    request = ecs.launching(ClientToken="t-1")
    assert ecs.call("run_instances", **request) == ecs.call("run_instances", **request)
    assert len(ecs.ids()) == 1
    other = {**request, "InstanceName": "other"}
    assert ecs.refused("run_instances", **other) == (400, "IdempotentParameterMismatch")


def test_dry_run_of_a_launch_launches_nothing(ecs: Ecs) -> None:
    assert ecs.refused("run_instances", **ecs.launching(DryRun=True)) == (400, "DryRunOperation")
    assert ecs.ids() == []
    assert ecs.interfaces() == []
