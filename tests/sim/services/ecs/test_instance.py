"""An instance's later life: started, stopped, changed, released."""

from pathlib import Path
from typing import Any

import pytest

from gwlbfw.sim.clock import TurnedClock
from gwlbfw.sim.server import Server
from gwlbfw.sim.settings import Settings
from gwlbfw.sim.simulator import Simulator
from tests.sim.cloud import TRANSITION, Cloud
from tests.sim.services.ecs.calls import Ecs
from tests.sim.services.vpc.calls import Vpcs

WRONG_STATUS = (403, "IncorrectInstanceStatus")
GONE = (404, "InvalidInstanceId.NotFound")


def test_instance_stops_and_starts(ecs: Ecs, cloud: Cloud) -> None:
    instance = ecs.instance()
    assert ecs.refused("start_instance", InstanceId=instance) == WRONG_STATUS
    ecs.call("stop_instance", InstanceId=instance, StoppedMode="StopCharging")
    assert ecs.status(instance) == "Stopping"
    assert ecs.refused("stop_instance", InstanceId=instance) == WRONG_STATUS
    cloud.clock.advance(TRANSITION)
    assert ecs.status(instance) == "Stopped"
    assert ecs.one(instance)["StoppedMode"] == "StopCharging"
    ecs.call("start_instance", InstanceId=instance)
    assert ecs.status(instance) == "Starting"
    cloud.clock.advance(TRANSITION)
    assert ecs.status(instance) == "Running"
    assert ecs.one(instance)["StoppedMode"] == "Not-applicable"


def test_unknown_instance_is_refused_by_start_stop_and_delete(ecs: Ecs) -> None:
    for action in ("start_instance", "stop_instance", "delete_instance"):
        assert ecs.refused(action, InstanceId="i-none") == GONE


def test_batch_stop_is_all_or_nothing(ecs: Ecs, cloud: Cloud) -> None:
    one, two = ecs.instance(), ecs.instance()
    ecs.call("stop_instance", InstanceId=two)
    cloud.settle()
    assert ecs.refused("stop_instances", InstanceId=[one, two]) == WRONG_STATUS
    assert ecs.status(one) == "Running"
    reply = ecs.call("stop_instances", InstanceId=[one, two], BatchOptimization="SuccessFirst")
    responses = reply["InstanceResponses"]["InstanceResponse"]
    assert [each["Code"] for each in responses] == ["200", "IncorrectInstanceStatus"]
    assert (responses[0]["PreviousStatus"], responses[0]["CurrentStatus"]) == (
        "Running",
        "Stopping",
    )
    cloud.settle()
    ecs.call("start_instances", InstanceId=[one, two])
    cloud.settle()
    assert (ecs.status(one), ecs.status(two)) == ("Running", "Running")


def test_running_instance_is_deleted_by_force_only(ecs: Ecs, cloud: Cloud) -> None:
    instance = ecs.instance()
    assert ecs.refused("delete_instance", InstanceId=instance) == WRONG_STATUS
    ecs.call("delete_instance", InstanceId=instance, Force=True)
    assert ecs.status(instance) == "Stopping"
    cloud.settle()
    assert ecs.ids() == []
    assert ecs.interfaces() == []
    assert ecs.refused("delete_instance", InstanceId=instance, Force=True) == GONE


def test_stopped_instance_is_deleted_without_force(ecs: Ecs, cloud: Cloud) -> None:
    instance = ecs.instance()
    ecs.call("stop_instance", InstanceId=instance)
    cloud.settle()
    ecs.call("delete_instance", InstanceId=instance)
    assert ecs.ids() == [instance]
    assert ecs.refused("start_instance", InstanceId=instance) == WRONG_STATUS
    cloud.settle()
    assert ecs.ids() == []


def test_instance_in_transition_is_not_deleted(ecs: Ecs, cloud: Cloud) -> None:
    (instance,) = ecs.launch()
    early = ecs.refused("delete_instance", InstanceId=instance, Force=True)
    assert early == (403, "IncorrectInstanceStatus.Initializing")
    cloud.clock.advance(TRANSITION)
    assert ecs.refused("delete_instance", InstanceId=instance, Force=True) == WRONG_STATUS
    cloud.settle()
    ecs.call("delete_instance", InstanceId=instance, Force=True)
    assert ecs.refused("delete_instance", InstanceId=instance, Force=True) == WRONG_STATUS


def test_batch_delete_is_all_or_nothing(ecs: Ecs, cloud: Cloud) -> None:
    one, two = ecs.instance(), ecs.instance()
    assert ecs.refused("delete_instances", InstanceId=[one, "i-none"], Force=True) == GONE
    assert ecs.status(one) == "Running"
    dry_run = ecs.refused("delete_instances", InstanceId=[one, two], Force=True, DryRun=True)
    assert dry_run == (400, "DRYRUN.SUCCESS")
    assert ecs.status(one) == "Running"
    ecs.call("delete_instances", InstanceId=[one, two], Force=True)
    cloud.settle()
    assert ecs.ids() == []


def test_protected_instance_is_not_deleted(ecs: Ecs, cloud: Cloud) -> None:
    instance = ecs.instance(DeletionProtection=True)
    refused = ecs.refused("delete_instance", InstanceId=instance, Force=True)
    assert refused == (403, "InvalidOperation.DeletionProtection")
    ecs.call("modify_instance_attribute", InstanceId=instance, DeletionProtection=False)
    ecs.call("delete_instance", InstanceId=instance, Force=True)
    cloud.settle()
    assert ecs.ids() == []


@pytest.mark.parametrize("hop", ["Instance", "NetworkInterface"])
def test_instance_that_is_a_next_hop_is_not_deleted(
    ecs: Ecs, vpcs: Vpcs, cloud: Cloud, hop: str
) -> None:
    instance = ecs.instance()
    interface = ecs.interfaces(InstanceId=instance)[0]["NetworkInterfaceId"]
    table = vpcs.table(ecs.vpc)
    entry = vpcs.entry(table, "0.0.0.0/0", hop, instance if hop == "Instance" else interface)
    refused = ecs.refused("delete_instance", InstanceId=instance, Force=True)
    assert refused == (400, "DependencyViolation.RouteEntry")
    vpcs.call("delete_route_entry", route_table_id=table, route_entry_id=entry)
    cloud.settle()
    ecs.call("delete_instance", InstanceId=instance, Force=True)


def test_vswitch_with_an_instance_is_not_deleted(ecs: Ecs, vpcs: Vpcs, cloud: Cloud) -> None:
    instance = ecs.instance()
    assert vpcs.refused("delete_vswitch", v_switch_id=ecs.vswitch)[1] == "DependencyViolation"
    ecs.call("delete_instance", InstanceId=instance, Force=True)
    assert vpcs.refused("delete_vswitch", v_switch_id=ecs.vswitch)[1] == "DependencyViolation"
    cloud.settle()
    vpcs.call("delete_vswitch", v_switch_id=ecs.vswitch)


def test_eip_is_shown_with_its_instance_and_outlives_it(ecs: Ecs, vpcs: Vpcs, cloud: Cloud) -> None:
    instance = ecs.instance()
    eip = vpcs.call("allocate_eip_address", bandwidth="7")
    vpcs.call("associate_eip_address", allocation_id=eip["AllocationId"], instance_id=instance)
    cloud.settle()
    shown = ecs.one(instance)["EipAddress"]
    assert (shown["AllocationId"], shown["IpAddress"]) == (eip["AllocationId"], eip["EipAddress"])
    assert shown["Bandwidth"] == 7
    assert ecs.ids(EipAddresses=f'["{eip["EipAddress"]}"]') == [instance]
    assert ecs.ids(EipAddresses='["8.8.8.8"]') == []
    ecs.call("delete_instance", InstanceId=instance, Force=True)
    cloud.settle()
    (left,) = vpcs.call("describe_eip_addresses")["EipAddresses"]["EipAddress"]
    assert (left["Status"], left["InstanceId"]) == ("Available", "")


def test_modify_instance_changes_only_given_attributes(ecs: Ecs) -> None:
    instance = ecs.instance(InstanceName="old", Description="as it was")
    ecs.call("modify_instance_attribute", InstanceId=instance, InstanceName="new", UserData="bmV3")
    found = ecs.one(instance)
    assert (found["InstanceName"], found["Description"]) == ("new", "as it was")
    assert ecs.call("describe_user_data", InstanceId=instance)["UserData"] == "bmV3"
    refused = ecs.refused("modify_instance_attribute", InstanceId=instance, InstanceName="x")
    assert refused == (400, "InvalidInstanceName.Malformed")


def test_jumbo_frames_are_switched_on_a_stable_instance_only(ecs: Ecs) -> None:
    (instance,) = ecs.launch(NetworkOptions={"EnableJumboFrame": False})
    on = {"InstanceId": instance, "EnableJumboFrame": True}
    assert ecs.refused("modify_instance_attribute", **on) == WRONG_STATUS
    ecs.cloud.settle()
    ecs.call("modify_instance_attribute", **on)
    found = ecs.call("describe_instance_attribute", InstanceId=instance)
    assert found["EnableJumboFrame"] is True
    old = ecs.instance(InstanceType="ecs.g5.large")
    on = {"InstanceId": old, "EnableJumboFrame": True}
    refused = ecs.refused("modify_instance_attribute", **on)
    assert refused == (400, "InvalidParameter.EnableJumboFrame")


def test_instances_are_filtered_by_all_filters(ecs: Ecs, vpcs: Vpcs) -> None:
    other = vpcs.vswitch(ecs.vpc, "192.168.2.0/24", "cn-wulanchabu-c")
    group = ecs.new_group()
    one = ecs.instance(InstanceName="fw-1", Tag=[{"Key": "role", "Value": "fw"}])
    two = ecs.instance(InstanceName="web-1", VSwitchId=other, SecurityGroupIds=[group])
    chosen: list[tuple[dict[str, Any], list[str]]] = [
        ({}, [one, two]),
        ({"InstanceIds": f'["{two}", "i-none"]'}, [two]),
        ({"InstanceIds": '["i-none"]'}, []),
        ({"InstanceName": "fw-1"}, [one]),
        ({"InstanceName": "fw"}, []),
        ({"InstanceName": "*-1"}, [one, two]),
        ({"InstanceName": "w*"}, [two]),
        ({"VpcId": ecs.vpc}, [one, two]),
        ({"VpcId": "vpc-none"}, []),
        ({"VSwitchId": other}, [two]),
        ({"ZoneId": "cn-wulanchabu-b"}, [one]),
        ({"SecurityGroupId": group}, [two]),
        ({"InstanceType": "ecs.g7.large"}, [one, two]),
        ({"InstanceTypeFamily": "ecs.g8i"}, []),
        ({"PrivateIpAddresses": '["192.168.2.1"]'}, [two]),
        ({"Status": "Stopped"}, []),
        ({"Tag": [{"Key": "role", "Value": "fw"}]}, [one]),
        ({"Tag": [{"Key": "role"}]}, [one]),
        ({"Tag": [{"Key": "role", "Value": "web"}]}, []),
        ({"VSwitchId": other, "InstanceName": "fw-1"}, []),
    ]
    for filters, expected in chosen:
        assert (filters, ecs.ids(**filters)) == (filters, expected)


def test_instance_ids_are_a_json_array_of_at_most_a_hundred(ecs: Ecs) -> None:
    many = "[" + ",".join(f'"i-{number}"' for number in range(101)) + "]"
    for text in ("i-1", '{"i": 1}', many):
        refused = ecs.refused("describe_instances", InstanceIds=text)
        assert refused == (400, "InvalidParameter.InstanceIds")


def test_more_attributes_may_be_asked_for(ecs: Ecs) -> None:
    ecs.instance()
    asked = ["META_OPTIONS", "NETWORK_PRIMARY_ENI_IP"]
    listed = ecs.call("describe_instances", AdditionalAttributes=asked)
    assert listed["TotalCount"] == 1


def test_instances_are_paged_by_token(ecs: Ecs) -> None:
    made = ecs.launch(Amount=5)
    first = ecs.call("describe_instances", MaxResults=2)
    seen, token = [each["InstanceId"] for each in first["Instances"]["Instance"]], ""
    token = first["NextToken"]
    while token:
        page = ecs.call("describe_instances", MaxResults=2, NextToken=token)
        seen += [each["InstanceId"] for each in page["Instances"]["Instance"]]
        token = page["NextToken"]
    assert seen == made


def test_instances_are_paged_by_number_with_a_total(ecs: Ecs) -> None:
    made = ecs.launch(Amount=12)
    assert len(ecs.ids()) == 10
    page = ecs.call("describe_instances", PageNumber=2, PageSize=5)
    assert [each["InstanceId"] for each in page["Instances"]["Instance"]] == made[5:10]
    assert (page["TotalCount"], page["PageNumber"], page["PageSize"]) == (12, 2, 5)
    refused = ecs.refused("describe_instances", PageSize=101)
    assert refused == (400, "InvalidParameter.PageSize")


def test_instance_status_is_listed_alone(ecs: Ecs) -> None:
    running = ecs.instance()
    (pending,) = ecs.launch()
    reply = ecs.call("describe_instance_status")
    assert reply["InstanceStatuses"]["InstanceStatus"] == [
        {"InstanceId": running, "Status": "Running"},
        {"InstanceId": pending, "Status": "Pending"},
    ]
    one = ecs.call("describe_instance_status", InstanceId=[pending])
    assert one["TotalCount"] == 1
    assert ecs.refused("describe_instance_status", InstanceId=["i-none"]) == GONE
    elsewhere = ecs.call("describe_instance_status", ZoneId="cn-wulanchabu-c")
    assert elsewhere["TotalCount"] == 0


def test_instance_tags_are_added_listed_and_removed(ecs: Ecs) -> None:
    instance = ecs.instance(Tag=[{"Key": "a", "Value": "1"}])
    which = {"ResourceType": "instance", "ResourceId": [instance]}
    ecs.call("tag_resources", **which, Tag=[{"Key": "b", "Value": "2"}])
    assert ecs.one(instance)["Tags"]["Tag"] == [
        {"TagKey": "a", "TagValue": "1"},
        {"TagKey": "b", "TagValue": "2"},
    ]
    ecs.call("untag_resources", **which, TagKey=["a"])
    reply = ecs.call("list_tag_resources", ResourceType="instance", ResourceId=[instance])
    assert reply["TagResources"]["TagResource"] == [
        {
            "ResourceId": instance,
            "ResourceType": "instance",
            "TagKey": "b",
            "TagValue": "2",
        }
    ]


def test_status_counts_instances_and_groups_but_no_interfaces(ecs: Ecs) -> None:
    ecs.instance()
    resources = ecs.cloud.simulator.status().resources
    assert resources["instance"] == 1
    assert resources["security_group"] == 1
    assert "network_interface" not in resources


def test_instances_outlive_the_process(folder: Path, settings: Settings) -> None:
    clock = TurnedClock()
    seen = []
    for first in (True, False):
        simulator = Simulator(folder, settings, clock)
        with Server(simulator) as server:
            cloud = Cloud(simulator, clock, server.url)
            if first:
                ecs = Ecs.of(cloud, Vpcs(cloud, cloud.vpc()))
                instance = ecs.instance(UserData="eA==", Tag=[{"Key": "a", "Value": "b"}])
                rule = {"IpProtocol": "tcp", "PortRange": "22/22", "SourceCidrIp": "10.0.0.0/8"}
                ecs.authorize(rule)
                run = {"Type": "RunShellScript", "CommandContent": "true"}
                ecs.call("run_command", **run, InstanceId=[instance])
            else:
                ecs = Ecs(cloud, cloud.ecs(), ecs.vpc, ecs.vswitch, ecs.group)
            cloud.settle()
            invocations = ecs.call("describe_invocation_results")
            seen.append((ecs.instances(), ecs.interfaces(), ecs.rules(), invocations))
        simulator.close()
    assert seen[0] == seen[1]
    assert len(seen[0][0]) == 1
