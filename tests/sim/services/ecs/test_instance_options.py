"""Options of instances: kept, shown, changed, filtered by."""

from typing import Any

import pytest

from gwlbfw.sim.clock import timestamp
from tests.sim.cloud import Cloud
from tests.sim.services.ecs.calls import Ecs
from tests.sim.services.vpc.calls import Vpcs

WRONG_STATUS = (403, "IncorrectInstanceStatus")
EARLY, LATE = "2025-01-01T00:00Z", "2035-01-01T00:00Z"


def test_options_of_a_launch_are_kept_and_shown(ecs: Ecs) -> None:
    found = ecs.one(
        ecs.instance(
            InstanceType="ecs.t6-c1m2.large",
            CreditSpecification="Unlimited",
            SpotStrategy="SpotWithPriceLimit",
            SpotPriceLimit=1.002,
            SpotDuration=1,
            SpotInterruptionBehavior="Stop",
            HttpTokens="required",
            HttpPutResponseHopLimit=2,
            CpuOptions={"Core": 1, "ThreadsPerCore": 1},
            Affinity="default",
            InternetChargeType="PayByBandwidth",
            InternetMaxBandwidthOut=20,
            HibernationOptions={"Configured": True},
            ImageOptions={"LoginAsNonRoot": True},
        )
    )
    assert found["CreditSpecification"] == "Unlimited"
    assert (found["SpotStrategy"], found["SpotPriceLimit"]) == ("SpotWithPriceLimit", 1.002)
    assert (found["SpotDuration"], found["SpotInterruptionBehavior"]) == (1, "Stop")
    metadata = found["MetadataOptions"]
    assert (metadata["HttpEndpoint"], metadata["HttpTokens"]) == ("enabled", "required")
    assert metadata["HttpPutResponseHopLimit"] == 2
    assert (found["CpuOptions"]["CoreCount"], found["CpuOptions"]["ThreadsPerCore"]) == (1, 1)
    assert found["DedicatedInstanceAttribute"]["Affinity"] == "default"
    assert found["InternetChargeType"] == "PayByBandwidth"
    assert (found["InternetMaxBandwidthOut"], found["InternetMaxBandwidthIn"]) == (20, 20)
    assert found["HibernationOptions"]["Configured"] is True
    assert found["ImageOptions"]["LoginAsNonRoot"] is True


def test_instance_has_the_cores_of_its_type_and_no_bid_unless_told(ecs: Ecs) -> None:
    found = ecs.one(ecs.instance())
    assert (found["CpuOptions"]["CoreCount"], found["CpuOptions"]["ThreadsPerCore"]) == (1, 2)
    assert (found["SpotStrategy"], found["SpotDuration"]) == ("NoSpot", 0)
    assert found["CreditSpecification"] == ""


def test_maintenance_is_read_and_changed(ecs: Ecs) -> None:
    one, two = ecs.instance(), ecs.instance()
    read = "describe_instance_maintenance_attributes"
    ecs.call(
        "modify_instance_maintenance_attributes",
        InstanceId=[one],
        ActionOnMaintenance="Stop",
        NotifyOnMaintenance=True,
        MaintenanceWindow=[{"StartTime": "02:00:00", "EndTime": "03:00:00"}],
    )
    found = ecs.call(read)["MaintenanceAttributes"]["MaintenanceAttribute"]
    assert [each["InstanceId"] for each in found] == [one, two]
    assert [each["ActionOnMaintenance"]["Value"] for each in found] == ["Stop", "AutoRecover"]
    assert [each["NotifyOnMaintenance"] for each in found] == [True, False]
    assert found[0]["MaintenanceWindows"]["MaintenanceWindow"] == [
        {"StartTime": "02:00:00", "EndTime": "03:00:00"}
    ]
    (second,) = ecs.call(read, InstanceId=[two])["MaintenanceAttributes"]["MaintenanceAttribute"]
    assert second["MaintenanceWindows"]["MaintenanceWindow"] == []


def test_private_pool_of_an_instance_is_read_and_changed(ecs: Ecs) -> None:
    instance = ecs.instance()
    ecs.call(
        "modify_instance_attachment_attributes",
        InstanceId=instance,
        PrivatePoolOptions={"MatchCriteria": "Open"},
    )
    reply = ecs.call("describe_instance_attachment_attributes", InstanceIds=f'["{instance}"]')
    (found,) = reply["Instances"]["Instance"]
    assert (found["InstanceId"], found["PrivatePoolOptionsMatchCriteria"]) == (instance, "Open")
    refused = ecs.refused(
        "modify_instance_attachment_attributes",
        InstanceId=instance,
        PrivatePoolOptions={"MatchCriteria": "Target"},
    )
    assert refused == (400, "MissingParameter.PrivatePoolOptionsId")


def test_metadata_options_are_changed(ecs: Ecs) -> None:
    instance = ecs.instance()
    ecs.call(
        "modify_instance_metadata_options",
        InstanceId=instance,
        HttpEndpoint="disabled",
        HttpTokens="required",
    )
    found = ecs.one(instance)["MetadataOptions"]
    assert (found["HttpEndpoint"], found["HttpTokens"]) == ("disabled", "required")


def test_instance_is_released_at_its_time(ecs: Ecs, cloud: Cloud) -> None:
    instance = ecs.instance()
    at = timestamp(cloud.clock.now() + 7200)
    ecs.call("modify_instance_auto_release_time", InstanceId=instance, AutoReleaseTime=at)
    assert ecs.one(instance)["AutoReleaseTime"] == at[:-4] + "Z"
    cloud.settle(7000)
    assert ecs.status(instance) == "Running"
    cloud.settle(200)
    cloud.settle()
    assert ecs.ids() == []


def test_release_that_is_called_off_does_not_happen(ecs: Ecs, cloud: Cloud) -> None:
    at = timestamp(cloud.clock.now() + 7200)
    instance = ecs.instance(AutoReleaseTime=at)
    ecs.call("modify_instance_auto_release_time", InstanceId=instance)
    cloud.settle(7300)
    assert ecs.status(instance) == "Running"
    assert ecs.one(instance)["AutoReleaseTime"] == ""


def test_user_data_is_cleared_by_an_empty_one(ecs: Ecs) -> None:
    instance = ecs.instance(UserData="eA==")
    ecs.call("modify_instance_attribute", InstanceId=instance, UserData="")
    assert ecs.call("describe_user_data", InstanceId=instance)["UserData"] == ""


def test_type_is_changed_of_a_stopped_instance(ecs: Ecs, cloud: Cloud) -> None:
    instance = ecs.instance()
    request = {"InstanceId": instance, "InstanceType": "ecs.g7.xlarge"}
    assert ecs.refused("modify_instance_spec", **request) == WRONG_STATUS
    ecs.call("stop_instance", InstanceId=instance, StoppedMode="Not-applicable")
    cloud.settle()
    ecs.call("modify_instance_spec", **request)
    found = ecs.one(instance)
    assert (found["InstanceType"], found["Cpu"]) == ("ecs.g7.xlarge", 4)
    assert found["StoppedMode"] == "Not-applicable"
    request["InstanceType"] = "ecs.none.large"
    refused = ecs.refused("modify_instance_spec", **request)
    assert refused == (400, "InvalidInstanceType.ValueNotSupported")


def test_instance_gets_and_loses_public_bandwidth_and_address(ecs: Ecs) -> None:
    instance = ecs.instance()
    spec = {"InstanceId": instance, "InternetMaxBandwidthOut": 50}
    ecs.call("modify_instance_network_spec", **spec, NetworkChargeType="PayByBandwidth")
    found = ecs.one(instance)
    assert found["PublicIpAddress"] == {"IpAddress": []}
    assert (found["InternetMaxBandwidthOut"], found["InternetChargeType"]) == (50, "PayByBandwidth")
    address = ecs.call("allocate_public_ip_address", InstanceId=instance)["IpAddress"]
    assert ecs.ids(PublicIpAddresses=f'["{address}"]') == [instance]
    again = ecs.refused("allocate_public_ip_address", InstanceId=instance)
    assert again == (400, "AllocatedAlready")
    spec["InternetMaxBandwidthOut"] = 0
    ecs.call("modify_instance_network_spec", **spec)
    assert ecs.one(instance)["PublicIpAddress"] == {"IpAddress": []}


def test_stopped_instance_moves_within_its_zone(ecs: Ecs, vpcs: Vpcs, cloud: Cloud) -> None:
    instance = ecs.instance()
    vswitch = vpcs.vswitch(ecs.vpc, "192.168.2.0/24")
    request = {"InstanceId": instance, "VSwitchId": vswitch, "PrivateIpAddress": "192.168.2.9"}
    assert ecs.refused("modify_instance_vpc_attribute", **request) == WRONG_STATUS
    ecs.call("stop_instance", InstanceId=instance)
    cloud.settle()
    ecs.call("modify_instance_vpc_attribute", **request)
    assert ecs.one(instance)["VpcAttributes"]["VSwitchId"] == vswitch
    assert ecs.ids(PrivateIpAddresses='["192.168.2.9"]') == [instance]
    assert ecs.ids(VSwitchId=ecs.vswitch) == []


def test_instance_restarts(ecs: Ecs, cloud: Cloud) -> None:
    instance = ecs.instance()
    ecs.call("reboot_instance", InstanceId=instance)
    assert ecs.refused("reboot_instances", InstanceId=[instance]) == WRONG_STATUS
    cloud.settle()
    assert ecs.status(instance) == "Running"


def test_deployment_is_refused_by_name(ecs: Ecs) -> None:
    request = {"InstanceId": ecs.instance(), "DeploymentSetId": "ds-1"}
    refused = ecs.refused("modify_instance_deployment", **request)
    assert refused == (400, "NotSimulated.DeploymentSetId")


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"IoOptimized": True}, True),
        ({"IoOptimized": False}, False),
        ({"DeviceAvailable": False}, False),
        ({"InternetChargeType": "PayByTraffic"}, True),
        ({"InternetChargeType": "PayByBandwidth"}, False),
        ({"LockReason": "financial"}, False),
        ({"HpcClusterId": "hpc-none"}, False),
        ({"HttpTokens": "optional"}, True),
        ({"HttpTokens": "required"}, False),
        ({"HttpEndpoint": "disabled"}, False),
        ({"InstanceTypeFamily": "ecs.g7"}, True),
        ({"InstanceTypeFamily": "ecs.c7"}, False),
        ({"Ipv6Address": ["2001:db8::1"]}, False),
        ({"AdditionalAttributes": ["META_OPTIONS"]}, True),
        ({"Filter": [{"Key": "CreationStartTime", "Value": EARLY}]}, True),
        ({"Filter": [{"Key": "CreationStartTime", "Value": LATE}]}, False),
        ({"Filter": [{"Key": "CreationEndTime", "Value": EARLY}]}, False),
        ({"Filter": [{"Key": "ExpiredStartTime", "Value": LATE}]}, True),
        ({"Filter": [{"Key": "ExpiredEndTime", "Value": LATE}]}, False),
    ],
)
def test_instances_are_filtered_by_their_options(
    ecs: Ecs, filters: dict[str, Any], *, found: bool
) -> None:
    instance = ecs.instance()
    assert ecs.ids(**filters) == ([instance] if found else [])


def test_unknown_filter_of_instances_is_refused(ecs: Ecs) -> None:
    wrong = [{"Key": "Colour", "Value": EARLY}]
    assert ecs.refused("describe_instances", Filter=wrong) == (404, "InvalidFilterKey.NotFound")
    wrong = [{"Key": "CreationStartTime", "Value": "yesterday"}]
    assert ecs.refused("describe_instances", Filter=wrong) == (400, "InvalidFilterValue")


def test_share_of_the_bandwidth_is_changed_and_read_back(ecs: Ecs) -> None:
    instance = ecs.instance()
    change = {"InstanceId": instance, "BandwidthWeighting": "Vpc-L1"}
    ecs.call("modify_instance_network_options", **change)
    found = ecs.call("describe_instance_attribute", InstanceId=instance)
    assert found["NetworkOptions"]["BandwidthWeighting"] == "Vpc-L1"
