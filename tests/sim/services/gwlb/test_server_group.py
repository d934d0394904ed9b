"""Server groups and the servers that come and go in them."""

from typing import Any

import pytest

from tests.sim.services.gwlb.calls import ZONE_C, Firewall


def test_server_group_is_creating_then_available(fw: Firewall) -> None:
    group = fw.gwlb("CreateServerGroup", VpcId=fw.ecs.vpc)["ServerGroupId"]
    assert group.startswith("sgp-")
    assert fw.one_group(group)["ServerGroupStatus"] == "Creating"
    fw.tick()
    assert fw.one_group(group)["ServerGroupStatus"] == "Available"


def test_server_group_has_the_documented_defaults(fw: Firewall) -> None:
    found = fw.one_group(fw.group())
    assert (found["ServerGroupType"], found["Protocol"]) == ("Instance", "GENEVE")
    assert (found["Scheduler"], found["ServerFailoverMode"]) == ("5TCH", "NoRebalance")
    assert found["ConnectionDrainConfig"] == {
        "ConnectionDrainEnabled": False,
        "ConnectionDrainTimeout": 300,
    }
    check = found["HealthCheckConfig"]
    assert (check["HealthCheckEnabled"], check["HealthCheckProtocol"]) == (True, "TCP")
    assert (check["HealthCheckConnectPort"], check["HealthCheckInterval"]) == (80, 10)
    assert (check["HealthyThreshold"], check["UnhealthyThreshold"]) == (2, 2)


def test_update_of_a_server_group_changes_only_given_attributes(fw: Firewall) -> None:
    group = fw.group(
        Scheduler="2TCH",
        HealthCheckConfig={"HealthCheckConnectPort": 22, "HealthCheckInterval": 5},
    )
    fw.gwlb(
        "UpdateServerGroupAttribute",
        ServerGroupId=group,
        ServerFailoverMode="Rebalance",
        HealthCheckConfig={"HealthCheckProtocol": "HTTP", "HealthCheckHttpCode": ["http_3xx"]},
    )
    assert fw.one_group(group)["ServerGroupStatus"] == "Configuring"
    fw.settle()
    found = fw.one_group(group)
    assert (found["Scheduler"], found["ServerFailoverMode"]) == ("2TCH", "Rebalance")
    check = found["HealthCheckConfig"]
    assert (check["HealthCheckConnectPort"], check["HealthCheckInterval"]) == (22, 5)
    assert (check["HealthCheckPath"], check["HealthCheckHttpCode"]) == ("/", ["http_3xx"])


def test_zero_in_a_server_groups_numbers_leaves_the_default(fw: Firewall) -> None:
    group = fw.group(
        HealthCheckConfig={
            "HealthCheckConnectPort": 22,
            "HealthCheckConnectTimeout": 0,
            "HealthyThreshold": 0,
            "HealthCheckReq": "ping",
            "HealthCheckExp": "pong",
        },
        ConnectionDrainConfig={"ConnectionDrainEnabled": True, "ConnectionDrainTimeout": 0},
    )
    found = fw.one_group(group)
    check = found["HealthCheckConfig"]
    assert (check["HealthCheckConnectPort"], check["HealthCheckConnectTimeout"]) == (22, 5)
    assert (check["HealthCheckReq"], check["HealthCheckExp"]) == ("ping", "pong")
    assert found["ConnectionDrainConfig"]["ConnectionDrainTimeout"] == 300


@pytest.mark.parametrize(
    ("parameters", "name"),
    [
        ({"Scheduler": "WRR"}, "Scheduler"),
        ({"Protocol": "UDP"}, "Protocol"),
        ({"ServerGroupName": "1"}, "ServerGroupName"),
        ({"HealthCheckConfig": {"HealthCheckInterval": 51}}, None),
        ({"HealthCheckConfig": {"HealthyThreshold": 1}}, None),
        ({"HealthCheckConfig": {"HealthCheckPath": "status"}}, None),
        ({"HealthCheckConfig": {"HealthCheckPath": "/a b|c"}}, None),
        ({"HealthCheckConfig": {"HealthCheckDomain": "localhost"}}, None),
        ({"HealthCheckConfig": {"HealthCheckHttpCode": ["200"]}}, None),
        ({"ConnectionDrainConfig": {"ConnectionDrainTimeout": 3601}}, None),
    ],
)
def test_server_group_value_out_of_range_is_refused(
    fw: Firewall, parameters: dict[str, Any], name: str | None
) -> None:
    if name is None:
        ((struct, fields),) = parameters.items()
        name = f"{struct}.{next(iter(fields))}"
    refused = fw.gwlb.refused("CreateServerGroup", VpcId=fw.ecs.vpc, **parameters)
    assert refused == (400, f"IllegalParam.{name}")


def test_server_is_added_then_available(fw: Firewall) -> None:
    group, machine = fw.group(), fw.ecs.instance()
    fw.add(group, machine)
    assert fw.servers(group) == {machine: "Adding"}
    assert fw.one_group(group)["ServerGroupStatus"] == "Configuring"
    fw.tick()
    assert fw.servers(group) == {machine: "Available"}
    found = fw.one_group(group)
    assert (found["ServerGroupStatus"], found["ServerCount"]) == ("Available", 1)


def test_server_is_listed_with_its_address(fw: Firewall) -> None:
    group = fw.group()
    machine = fw.ecs.instance(PrivateIpAddress="192.168.1.77")
    fw.add(group, machine)
    (found,) = fw.gwlb("ListServerGroupServers", ServerGroupId=group)["Servers"]
    assert (found["ServerIp"], found["Port"]) == ("192.168.1.77", 6081)
    assert found["ServerType"] == "Ecs"
    other = fw.gwlb("ListServerGroupServers", ServerIps=["192.168.1.78"])["Servers"]
    assert other == []


def test_server_group_takes_one_change_at_a_time(fw: Firewall) -> None:
    group, one, two = fw.group(), fw.ecs.instance(), fw.ecs.instance()
    fw.add(group, one)
    servers = [{"ServerId": two, "ServerType": "Ecs"}]
    for action in ("AddServersToServerGroup", "RemoveServersFromServerGroup"):
        refused = fw.gwlb.refused(action, ServerGroupId=group, Servers=servers)
        assert refused == (400, "IncorrectStatus.ServerGroup")
    assert fw.gwlb.refused("DeleteServerGroup", ServerGroupId=group) == (
        400,
        "IncorrectStatus.ServerGroup",
    )
    fw.tick()
    fw.add(group, two)


def test_removed_server_without_draining_is_deleted_at_once(fw: Firewall) -> None:
    group, machine = fw.group(), fw.ecs.instance()
    fw.add(group, machine)
    fw.settle()
    fw.remove(group, machine)
    assert fw.servers(group) == {machine: "Removing"}
    fw.tick()
    assert fw.servers(group) == {}
    assert fw.one_group(group)["ServerGroupStatus"] == "Available"


def test_removed_server_drains_for_the_timeout(fw: Firewall) -> None:
    drain = {"ConnectionDrainEnabled": True, "ConnectionDrainTimeout": 120}
    group, machine = fw.group(ConnectionDrainConfig=drain), fw.ecs.instance()
    fw.add(group, machine)
    fw.settle()
    fw.remove(group, machine)
    fw.tick()
    assert fw.servers(group) == {machine: "Draining"}
    assert fw.one_group(group)["ServerGroupStatus"] == "Available"
    fw.tick(119)
    assert fw.servers(group) == {machine: "Draining"}
    fw.tick()
    assert fw.servers(group) == {}


def test_draining_server_that_is_added_again_stays(fw: Firewall) -> None:
    group = fw.group(ConnectionDrainConfig={"ConnectionDrainEnabled": True})
    machine = fw.ecs.instance()
    fw.add(group, machine)
    fw.settle()
    fw.remove(group, machine)
    fw.tick()
    fw.add(group, machine)
    assert fw.servers(group) == {machine: "Adding"}
    fw.tick(1000)
    assert fw.servers(group) == {machine: "Available"}


def test_duplicate_server_is_refused(fw: Firewall) -> None:
    group, machine = fw.group(), fw.ecs.instance()
    fw.add(group, machine)
    fw.settle()
    refused = fw.gwlb.refused(
        "AddServersToServerGroup",
        ServerGroupId=group,
        Servers=[{"ServerId": machine, "ServerType": "Ecs"}],
    )
    assert refused == (400, "DuplicatedParam.Server")


def test_removal_of_an_unknown_server_is_refused(fw: Firewall) -> None:
    refused = fw.gwlb.refused(
        "RemoveServersFromServerGroup",
        ServerGroupId=fw.group(),
        Servers=[{"ServerId": "i-none", "ServerType": "Ecs"}],
    )
    assert refused == (404, "ResourceNotFound.BackendServer")


def test_unknown_server_or_one_of_another_vpc_is_refused(fw: Firewall) -> None:
    machine = fw.ecs.instance()
    elsewhere = fw.group(VpcId=fw.vpcs.vpc("10.0.0.0/16"))

    def added(group: str, kind: str, server: str, **more: Any) -> tuple[int, str]:
        servers = [{"ServerId": server, "ServerType": kind, **more}]
        return fw.gwlb.refused("AddServersToServerGroup", ServerGroupId=group, Servers=servers)

    group = fw.group()
    assert added(group, "Ecs", "i-none") == (404, "ResourceNotFound.Ecs")
    assert added(group, "Eni", "eni-none") == (404, "ResourceNotFound.Eni")
    assert added(elsewhere, "Ecs", machine) == (400, "Mismatch.VpcId")
    assert added(group, "Ip", "10.0.0.1") == (400, "Mismatch.ServerType")
    assert added(group, "Vm", machine) == (400, "IllegalParam.Servers.1.ServerType")
    assert added(group, "Ecs", machine, Port=80) == (400, "IllegalParam.Servers.1.Port")
    assert added("sgp-none", "Ecs", machine) == (404, "ResourceNotFound.ServerGroup")
    assert fw.one_group(group)["ServerGroupStatus"] == "Available"


def test_server_group_of_addresses_takes_private_ones_only(fw: Firewall) -> None:
    group = fw.group(ServerGroupType="Ip")
    public = [{"ServerId": "8.8.8.8", "ServerType": "Ip"}]
    refused = fw.gwlb.refused("AddServersToServerGroup", ServerGroupId=group, Servers=public)
    assert refused == (400, "IllegalParam.Servers.1.ServerId")
    private = [{"ServerId": "172.16.0.9", "ServerType": "Ip"}]
    fw.gwlb("AddServersToServerGroup", ServerGroupId=group, Servers=private)
    assert fw.servers(group) == {"172.16.0.9": "Adding"}


def test_deleted_instance_leaves_its_server_groups(fw: Firewall) -> None:
    group, machine = fw.group(), fw.ecs.instance()
    fw.add(group, machine)
    fw.settle()
    fw.ecs.call("delete_instance", InstanceId=machine, Force=True)
    fw.settle()
    assert fw.servers(group) == {}
    assert fw.one_group(group)["ServerCount"] == 0


def test_server_group_is_deleted_with_its_servers(fw: Firewall) -> None:
    group, machine = fw.group(), fw.ecs.instance()
    fw.add(group, machine)
    fw.settle()
    fw.gwlb("DeleteServerGroup", ServerGroupId=group)
    assert fw.gwlb("ListServerGroups", ServerGroupIds=[group])["ServerGroups"] == []
    assert fw.servers(group) == {}
    assert fw.gwlb.refused("DeleteServerGroup", ServerGroupId=group) == (
        404,
        "ResourceNotFound.ServerGroup",
    )


def test_server_group_of_a_listener_is_not_deleted(fw: Firewall) -> None:
    group, balancer = fw.group(), fw.balancer()
    listener = fw.listener(balancer, group)
    assert fw.one_group(group)["RelatedLoadBalancerIds"] == [balancer]
    assert fw.gwlb.refused("DeleteServerGroup", ServerGroupId=group) == (
        400,
        "ResourceInUse.ServerGroup",
    )
    fw.gwlb("DeleteListener", ListenerId=listener)
    fw.settle()
    fw.gwlb("DeleteServerGroup", ServerGroupId=group)


def test_server_groups_are_filtered(fw: Firewall) -> None:
    one = fw.group(ServerGroupName="one", Tag=[{"Key": "k", "Value": "v"}])
    two = fw.group(ServerGroupType="Ip")

    def ids(**filters: object) -> list[str]:
        listed = fw.gwlb("ListServerGroups", **filters)["ServerGroups"]
        return [each["ServerGroupId"] for each in listed]

    assert ids() == [one, two]
    assert ids(ServerGroupNames=["one"]) == [one]
    assert ids(ServerGroupType="Ip") == [two]
    assert ids(VpcId="vpc-none") == []
    assert ids(Tag=[{"Key": "k"}]) == [one]


def test_servers_of_a_group_are_limited_by_zone(fw: Firewall) -> None:
    machines = fw.ecs.launch(Amount=100) + fw.ecs.launch(Amount=1)
    fw.settle()
    assert len(machines) == 101
    group = fw.group()
    servers = [{"ServerId": each, "ServerType": "Ecs"} for each in machines]
    refused = fw.gwlb.refused("AddServersToServerGroup", ServerGroupId=group, Servers=servers)
    assert refused == (400, "QuotaExceeded.ServersPerZone")
    fw.add(group, *machines[:100])
    page = fw.gwlb("ListServerGroupServers", ServerGroupId=group)
    assert (len(page["Servers"]), page["TotalCount"]) == (20, 100)
    elsewhere = fw.ecs.instance(VSwitchId=fw.zones[ZONE_C])
    fw.add(group, elsewhere)
