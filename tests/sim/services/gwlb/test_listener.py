"""The one listener of a load balancer, and what its probes find."""

from typing import Any

import pytest

from gwlbfw.sim.services.sim.closed_port import VERSION
from gwlbfw.sim.settings import Settings
from tests.sim.cloud import TRANSITION
from tests.sim.services.gwlb.calls import OTHER_ACCOUNT, ZONE_B, Firewall, raw

GENEVE = {"IpProtocol": "UDP", "PortRange": "6081/6081", "SourceCidrIp": "192.168.0.0/16"}
PROBE = {"IpProtocol": "TCP", "PortRange": "22/22", "SourceCidrIp": "192.168.0.0/16"}


def status(fw: Firewall, listener: str) -> str:
    return str(fw.gwlb("GetListenerAttribute", ListenerId=listener)["ListenerStatus"])


def health(fw: Firewall, listener: str, **filters: Any) -> dict[str, tuple[str, str]]:
    """Status and reason of each server of a listener."""
    (found,) = fw.gwlb("GetListenerHealthStatus", ListenerId=listener, **filters)[
        "ListenerHealthStatus"
    ]
    (info,) = found["ServerGroupInfos"]
    return {
        each["ServerId"]: (each["Status"], each["Reason"]["ReasonCode"]) for each in info["Servers"]
    }


def watched(fw: Firewall, *rules: dict[str, str], **check: Any) -> tuple[str, str, str]:
    """A listener, its group, and a server in it whose security group has some rules."""
    check = {"HealthCheckConnectPort": 22, **check}
    group = fw.group(HealthCheckConfig=check)
    listener = fw.listener(fw.balancer(), group)
    if rules:
        fw.ecs.authorize(*rules)
    machine = fw.ecs.instance()
    fw.add(group, machine)
    fw.settle()
    return listener, group, machine


def test_listener_is_provisioned_then_running(fw: Firewall) -> None:
    balancer, group = fw.balancer(), fw.group()
    made = fw.gwlb("CreateListener", LoadBalancerId=balancer, ServerGroupId=group)["ListenerId"]
    assert made.startswith("lsn-")
    assert status(fw, made) == "Provisioning"
    fw.tick()
    found = fw.gwlb("GetListenerAttribute", ListenerId=made)
    assert (found["ListenerStatus"], found["TcpIdleTimeout"]) == ("Running", 350)
    assert (found["LoadBalancerId"], found["ServerGroupId"]) == (balancer, group)
    assert found["RegionId"] == "cn-wulanchabu"


def test_load_balancer_has_at_most_one_listener(fw: Firewall) -> None:
    balancer, group = fw.balancer(), fw.group()
    fw.listener(balancer, group)
    refused = fw.gwlb.refused("CreateListener", LoadBalancerId=balancer, ServerGroupId=group)
    assert refused == (400, "DuplicatedParam.Listener")


def test_listener_needs_active_load_balancer_and_available_group(fw: Firewall) -> None:
    new = fw.gwlb("CreateLoadBalancer", VpcId=fw.ecs.vpc, ZoneMappings=fw.mappings(ZONE_B))
    group = fw.gwlb("CreateServerGroup", VpcId=fw.ecs.vpc)["ServerGroupId"]
    wanted = {"LoadBalancerId": new["LoadBalancerId"], "ServerGroupId": group}
    assert fw.gwlb.refused("CreateListener", **wanted) == (400, "IncorrectStatus.ServerGroup")
    fw.settle()
    fw.gwlb(
        "UpdateLoadBalancerAttribute",
        LoadBalancerId=wanted["LoadBalancerId"],
        LoadBalancerName="main",
    )
    assert fw.gwlb.refused("CreateListener", **wanted) == (400, "IncorrectStatus.LoadBalancer")


def test_listener_with_a_group_of_another_vpc_is_refused(fw: Firewall) -> None:
    elsewhere = fw.group(VpcId=fw.vpcs.vpc("10.0.0.0/16"))
    refused = fw.gwlb.refused(
        "CreateListener", LoadBalancerId=fw.balancer(), ServerGroupId=elsewhere
    )
    assert refused == (400, "Mismatch.VpcId")


def test_listener_with_unknown_load_balancer_or_group_is_refused(fw: Firewall) -> None:
    balancer = fw.balancer()
    calls: list[tuple[str, dict[str, Any], str]] = [
        (
            "CreateListener",
            {"LoadBalancerId": "gwlb-none", "ServerGroupId": "sgp-none"},
            "LoadBalancer",
        ),
        ("CreateListener", {"LoadBalancerId": balancer, "ServerGroupId": "sgp-x"}, "ServerGroup"),
        ("GetListenerAttribute", {"ListenerId": "lsn-none"}, "Listener"),
        ("UpdateListenerAttribute", {"ListenerId": "lsn-none"}, "Listener"),
        ("DeleteListener", {"ListenerId": "lsn-none"}, "Listener"),
        ("GetListenerHealthStatus", {"ListenerId": "lsn-none"}, "Listener"),
    ]
    for action, parameters, absent in calls:
        assert fw.gwlb.refused(action, **parameters) == (404, f"ResourceNotFound.{absent}")


def test_listener_is_updated_in_place(fw: Firewall) -> None:
    listener = fw.listener(fw.balancer(), fw.group(), ListenerDescription="all of it")
    other = fw.group()
    fw.gwlb("UpdateListenerAttribute", ListenerId=listener, ServerGroupId=other, TcpIdleTimeout=600)
    assert status(fw, listener) == "Configuring"
    refused = fw.gwlb.refused("UpdateListenerAttribute", ListenerId=listener, TcpIdleTimeout=60)
    assert refused == (400, "IncorrectStatus.Listener")
    fw.settle()
    (found,) = fw.gwlb("ListListeners", ListenerIds=[listener])["Listeners"]
    assert (found["ServerGroupId"], found["TcpIdleTimeout"]) == (other, 600)
    assert found["ListenerDescription"] == "all of it"


def test_listener_timeout_is_bounded(fw: Firewall) -> None:
    refused = fw.gwlb.refused(
        "CreateListener",
        LoadBalancerId=fw.balancer(),
        ServerGroupId=fw.group(),
        TcpIdleTimeout=59,
    )
    assert refused == (400, "IllegalParam.TcpIdleTimeout")


def test_listener_is_deleting_until_deleted(fw: Firewall) -> None:
    balancer = fw.balancer()
    listener = fw.listener(balancer, fw.group())
    fw.gwlb("DeleteListener", ListenerId=listener)
    assert status(fw, listener) == "Deleting"
    assert fw.gwlb.refused("DeleteListener", ListenerId=listener) == (
        400,
        "IncorrectStatus.Listener",
    )
    assert fw.gwlb.refused("DeleteLoadBalancer", LoadBalancerId=balancer)[0] == 400
    fw.tick()
    refused = fw.gwlb.refused("GetListenerAttribute", ListenerId=listener)
    assert refused == (404, "ResourceNotFound.Listener")
    fw.gwlb("DeleteLoadBalancer", LoadBalancerId=balancer)


def test_listeners_are_filtered(fw: Firewall) -> None:
    group = fw.group()
    one, two = fw.balancer(), fw.balancer()
    first = fw.listener(one, group)
    second = fw.listener(two, group, Tag=[{"Key": "k", "Value": "v"}])

    def ids(**filters: object) -> list[str]:
        return [each["ListenerId"] for each in fw.gwlb("ListListeners", **filters)["Listeners"]]

    assert ids(LoadBalancerIds=[one]) == [first]
    assert ids(Tag=[{"Key": "k", "Value": "v"}]) == [second]
    assert sorted(fw.one_group(group)["RelatedLoadBalancerIds"]) == sorted([one, two])


@pytest.mark.parametrize("rules", [(GENEVE, PROBE), (PROBE,)], ids=["open", "geneve-dropped"])
def test_server_that_admits_probes_is_healthy_whatever_becomes_of_geneve(
    fw: Firewall, rules: tuple[dict[str, str], ...]
) -> None:
    listener, _, machine = watched(fw, *rules)
    assert health(fw, listener) == {machine: ("Healthy", "")}


def test_new_server_is_initial_before_its_first_probes(fw: Firewall) -> None:
    listener, group, _ = watched(fw, GENEVE, PROBE)
    machine = fw.ecs.instance()
    fw.add(group, machine)
    assert health(fw, listener)[machine] == ("Initial", "")
    fw.tick()
    assert fw.servers(group)[machine] == "Available"
    assert health(fw, listener)[machine] == ("Initial", "")
    fw.tick()
    assert health(fw, listener)[machine] == ("Healthy", "")


@pytest.mark.parametrize("rules", [(), (GENEVE,), (GENEVE, PROBE | {"PortRange": "80/80"})])
def test_server_behind_a_closed_security_group_is_unhealthy(
    fw: Firewall, rules: tuple[dict[str, str], ...]
) -> None:
    listener, _, machine = watched(fw, *rules)
    assert health(fw, listener) == {machine: ("Unhealthy", "CONNECT_TIMEOUT")}


class TestProbesOfGeneve:
    @pytest.fixture
    def settings(self) -> Settings:
        return Settings(transition=TRANSITION, geneve_is_probed=True)

    def test_server_that_drops_geneve_is_unhealthy(self, fw: Firewall) -> None:
        listener, _, machine = watched(fw, PROBE)
        assert health(fw, listener) == {machine: ("Unhealthy", "CONNECT_TIMEOUT")}
        fw.ecs.authorize(GENEVE)
        assert health(fw, listener) == {machine: ("Healthy", "")}


def test_server_that_drops_probes_of_one_zone_is_unhealthy(fw: Firewall) -> None:
    zone_b = "192.168.1.0/24"
    listener, _, machine = watched(
        fw, GENEVE | {"SourceCidrIp": zone_b}, PROBE | {"SourceCidrIp": zone_b}
    )
    assert health(fw, listener) == {machine: ("Unhealthy", "CONNECT_TIMEOUT")}
    everyone = {"IpProtocol": "ALL", "PortRange": "-1/-1", "SourceCidrIp": "0.0.0.0/0"}
    fw.ecs.authorize(everyone)
    assert health(fw, listener) == {machine: ("Healthy", "")}


def test_drop_rule_wins_over_accept_rule_of_the_same_priority(fw: Firewall) -> None:
    listener, _, machine = watched(fw, GENEVE, PROBE | {"Priority": "2"})
    fw.ecs.authorize(PROBE | {"Policy": "drop", "Priority": "3"})
    assert health(fw, listener) == {machine: ("Healthy", "")}
    fw.ecs.authorize(PROBE | {"Policy": "drop", "Priority": "2", "SourceCidrIp": "0.0.0.0/0"})
    assert health(fw, listener) == {machine: ("Unhealthy", "CONNECT_TIMEOUT")}


def test_probes_are_admitted_by_a_rule_for_a_prefix_list(fw: Firewall) -> None:
    listener, _, machine = watched(fw)
    made = fw.ecs.call(
        "create_prefix_list",
        PrefixListName="balancers",
        AddressFamily="IPv4",
        MaxEntries=1,
        Entry=[{"Cidr": "203.0.113.0/24"}],
    )
    rule = {name: text for name, text in PROBE.items() if name != "SourceCidrIp"}
    fw.ecs.authorize({**rule, "SourcePrefixListId": made["PrefixListId"]})
    assert health(fw, listener) == {machine: ("Unhealthy", "CONNECT_TIMEOUT")}
    fw.ecs.call(
        "modify_prefix_list",
        PrefixListId=made["PrefixListId"],
        AddEntry=[{"Cidr": PROBE["SourceCidrIp"]}],
        RemoveEntry=[{"Cidr": "203.0.113.0/24"}],
    )
    assert health(fw, listener) == {machine: ("Healthy", "")}


def test_rules_of_all_security_groups_of_a_server_count(fw: Firewall) -> None:
    listener, _, machine = watched(fw, GENEVE)
    other = fw.ecs.new_group()
    fw.ecs.authorize(PROBE, group=other)
    fw.ecs.call("join_security_group", SecurityGroupId=other, InstanceId=machine)
    assert health(fw, listener) == {machine: ("Healthy", "")}


def test_stopped_server_is_unhealthy_until_started(fw: Firewall) -> None:
    listener, _, machine = watched(fw, GENEVE, PROBE)
    fw.ecs.call("stop_instance", InstanceId=machine)
    fw.settle()
    assert health(fw, listener) == {machine: ("Unhealthy", "CONNECT_TIMEOUT")}
    fw.ecs.call("start_instance", InstanceId=machine)
    fw.settle()
    assert health(fw, listener) == {machine: ("Healthy", "")}


def test_server_with_a_closed_port_is_unhealthy(fw: Firewall) -> None:
    listener, _, machine = watched(fw, GENEVE, PROBE)
    raw(fw.cloud, "ClosePort", VERSION, InstanceId=machine, Port="22")
    assert health(fw, listener) == {machine: ("Unhealthy", "CONNECT_FAILED")}
    raw(fw.cloud, "OpenPort", VERSION, InstanceId=machine, Port="22")
    assert health(fw, listener) == {machine: ("Healthy", "")}


def test_health_is_unavailable_without_health_check(fw: Firewall) -> None:
    listener, _, machine = watched(fw, HealthCheckEnabled=False)
    assert health(fw, listener) == {machine: ("Unavailable", "")}
    found = fw.gwlb("GetListenerHealthStatus", ListenerId=listener)["ListenerHealthStatus"]
    assert found[0]["ServerGroupInfos"][0]["HealthCheckEnabled"] is False


def test_draining_server_is_unused(fw: Firewall) -> None:
    listener, group, machine = watched(fw, GENEVE, PROBE)
    fw.gwlb(
        "UpdateServerGroupAttribute",
        ServerGroupId=group,
        ConnectionDrainConfig={"ConnectionDrainEnabled": True},
    )
    fw.settle()
    fw.remove(group, machine)
    assert health(fw, listener) == {machine: ("Unused", "")}
    fw.tick()
    assert health(fw, listener) == {machine: ("Unused", "")}


def test_server_named_by_its_address_is_probed(fw: Firewall) -> None:
    check = {"HealthCheckConnectPort": 22}
    group = fw.group(ServerGroupType="Ip", HealthCheckConfig=check)
    listener = fw.listener(fw.balancer(), group)
    fw.ecs.authorize(GENEVE, PROBE)
    fw.ecs.instance(PrivateIpAddress="192.168.1.50")
    addresses = ("192.168.1.50", "192.168.1.51")
    servers = [{"ServerId": each, "ServerType": "Ip"} for each in addresses]
    fw.gwlb("AddServersToServerGroup", ServerGroupId=group, Servers=servers)
    fw.settle()
    assert health(fw, listener) == {
        "192.168.1.50": ("Healthy", ""),
        "192.168.1.51": ("Unhealthy", "CONNECT_TIMEOUT"),
    }


def test_listener_health_is_filtered_and_paged(fw: Firewall) -> None:
    listener, group, machine = watched(fw, GENEVE, PROBE)
    sick = fw.ecs.instance()
    fw.add(group, sick)
    raw(fw.cloud, "ClosePort", VERSION, InstanceId=sick, Port="22")
    fw.settle()
    unhealthy = [{"Name": "Status", "Values": ["Unhealthy"]}]
    assert list(health(fw, listener, Filter=unhealthy)) == [sick]
    named = [{"Name": "ServerId", "Values": [machine]}]
    assert list(health(fw, listener, Filter=named)) == [machine]
    first = fw.gwlb("GetListenerHealthStatus", ListenerId=listener, MaxResults=1)
    assert first["TotalCount"] == 2
    assert list(health(fw, listener, MaxResults=1, NextToken=first["NextToken"])) == [sick]
    wrong = [{"Name": "Port", "Values": ["22"]}]
    refused = fw.gwlb.refused("GetListenerHealthStatus", ListenerId=listener, Filter=wrong)
    assert refused == (400, "IllegalParam.Filter.1.Name")


def test_listener_of_another_account_is_not_found(fw: Firewall) -> None:
    listener, _, _ = watched(fw)
    other = fw.as_account(OTHER_ACCOUNT)
    assert other.gwlb("ListListeners")["Listeners"] == []
    refused = other.gwlb.refused("DeleteListener", ListenerId=listener)
    assert refused == (404, "ResourceNotFound.Listener")
