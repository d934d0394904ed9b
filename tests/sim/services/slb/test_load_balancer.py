"""Classic Load Balancers: where they are, what they listen to, and their servers."""

import json
from typing import Any

import pytest

from tests.sim.services.slb.calls import Slb
from tests.sim.services.vpc.calls import Vpcs


def _balancer(slb: Slb, **more: Any) -> str:
    return str(slb.call("CreateLoadBalancer", **more)["LoadBalancerId"])


def _one(slb: Slb, balancer: str) -> Any:
    return slb.call("DescribeLoadBalancerAttribute", LoadBalancerId=balancer)


def _found(slb: Slb, **filters: str) -> list[str]:
    listed = slb.call("DescribeLoadBalancers", **filters)["LoadBalancers"]["LoadBalancer"]
    return [each["LoadBalancerId"] for each in listed]


def test_balancer_in_a_vswitch_has_an_address_of_it_alone(vpcs: Vpcs, slb: Slb) -> None:
    vpc = vpcs.vpc()
    vswitch = vpcs.vswitch(vpc)
    made = slb.call("CreateLoadBalancer", VSwitchId=vswitch, LoadBalancerName="inner")
    assert (made["Address"], made["NetworkType"]) == ("192.168.1.1", "vpc")
    one = _one(slb, made["LoadBalancerId"])
    assert (one["LoadBalancerName"], one["AddressType"]) == ("inner", "intranet")
    assert (one["VpcId"], one["VSwitchId"]) == (vpc, vswitch)
    assert (one["MasterZoneId"], one["LoadBalancerStatus"]) == ("cn-wulanchabu-b", "active")
    assert vpcs.one_vswitch(vswitch)["AvailableIpAddressCount"] == 251
    refused = vpcs.refused("delete_vswitch", v_switch_id=vswitch)
    assert refused == (400, "DependencyViolation")


def test_balancer_without_a_vswitch_is_public(slb: Slb) -> None:
    one = _one(slb, _balancer(slb))
    assert (one["AddressType"], one["VpcId"]) == ("internet", "")
    assert one["Address"].startswith("8.130.")


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"VSwitchId": "vsw-none"}, (404, "InvalidVSwitchId.NotFound")),
        ({"PayType": "PrePay"}, (400, "NotSimulated.PayType")),
        ({"AddressIPVersion": "ipv6"}, (400, "NotSimulated.AddressIPVersion")),
        ({"AddressType": "intranet"}, (400, "NotSimulated.AddressType")),
    ],
)
def test_balancer_that_cannot_be_had_is_refused(
    slb: Slb, wrong: dict[str, str], refusal: tuple[int, str]
) -> None:
    assert slb.refused("CreateLoadBalancer", **wrong) == refusal


def test_balancer_has_servers_of_its_vpc(vpcs: Vpcs, slb: Slb) -> None:
    vswitch = vpcs.vswitch(vpcs.vpc())
    balancer, instance = _balancer(slb, VSwitchId=vswitch), vpcs.instance(vswitch)
    call = {"LoadBalancerId": balancer}
    servers = json.dumps([{"ServerId": instance, "Weight": "50"}])
    slb.call("AddBackendServers", **call, BackendServers=servers)
    (one,) = _one(slb, balancer)["BackendServers"]["BackendServer"]
    assert (one["ServerId"], one["Weight"], one["Type"]) == (instance, 50, "ecs")
    heavier = json.dumps([{"ServerId": instance, "Weight": "100"}])
    slb.call("SetBackendServers", **call, BackendServers=heavier)
    assert _one(slb, balancer)["BackendServers"]["BackendServer"][0]["Weight"] == 100
    assert _found(slb, ServerId=instance) == [balancer]
    assert _found(slb, ServerIntranetAddress="192.168.1.2") == [balancer]
    stranger = json.dumps([{"ServerId": vpcs.instance(vpcs.vswitch(vpcs.vpc()))}])
    refused = slb.refused("AddBackendServers", **call, BackendServers=stranger)
    assert refused == (400, "InvalidBackendServers.VpcMismatch")
    slb.call("RemoveBackendServers", **call, BackendServers=json.dumps([instance]))
    assert _one(slb, balancer)["BackendServers"]["BackendServer"] == []


def test_server_that_is_gone_is_no_longer_among_them(vpcs: Vpcs, slb: Slb) -> None:
    vswitch = vpcs.vswitch(vpcs.vpc())
    balancer, instance = _balancer(slb, VSwitchId=vswitch), vpcs.instance(vswitch)
    call = {"LoadBalancerId": balancer, "BackendServers": json.dumps([{"ServerId": instance}])}
    slb.call("AddBackendServers", **call)
    vpcs.remove(instance)
    assert _one(slb, balancer)["BackendServers"]["BackendServer"] == []
    assert slb.refused("AddBackendServers", **call) == (400, "InvalidBackendServers.NotFound")


def test_listener_leads_from_a_port_to_another_once_it_runs(slb: Slb) -> None:
    balancer = _balancer(slb)
    port = {"LoadBalancerId": balancer, "ListenerPort": "80"}
    ports = {**port, "BackendServerPort": "8080", "Scheduler": "rr", "Bandwidth": "-1"}
    slb.call("CreateLoadBalancerTCPListener", **ports)
    again = slb.refused("CreateLoadBalancerHTTPListener", **ports)
    assert again == (400, "ListenerAlreadyExists")
    without = slb.refused("CreateLoadBalancerUDPListener", **port)
    assert without == (400, "MissingBackendServerPort")
    slb.call("CreateLoadBalancerUDPListener", **ports)
    slb.call("StartLoadBalancerListener", **port, ListenerProtocol="tcp")
    named = {"LoadBalancerId.1": balancer}
    tcp, udp = slb.call("DescribeLoadBalancerListeners", **named)["Listeners"]
    assert (tcp["ListenerProtocol"], tcp["Status"], tcp["Scheduler"]) == ("tcp", "running", "rr")
    assert (tcp["ListenerPort"], tcp["BackendServerPort"]) == (80, 8080)
    assert (udp["ListenerProtocol"], udp["Status"]) == ("udp", "stopped")
    ports = _one(slb, balancer)["ListenerPortsAndProtocol"]["ListenerPortAndProtocol"]
    assert [each["ListenerProtocol"] for each in ports] == ["tcp", "udp"]
    slb.call("StopLoadBalancerListener", **port, ListenerProtocol="tcp")
    slb.call("DeleteLoadBalancerListener", **port, ListenerProtocol="udp")
    (left,) = slb.call("DescribeLoadBalancerListeners", **named)["Listeners"]
    assert left["Status"] == "stopped"
    gone = slb.refused("StartLoadBalancerListener", **port, ListenerProtocol="udp")
    assert gone == (404, "ListenerNotFound")


@pytest.mark.parametrize(
    ("action", "config"),
    [
        ("CreateLoadBalancerHTTPListener", "HTTPListenerConfig"),
        ("CreateLoadBalancerHTTPSListener", "HTTPSListenerConfig"),
    ],
)
def test_listener_of_the_application_layer_keeps_its_settings(
    slb: Slb, action: str, config: str
) -> None:
    ports = {"ListenerPort": "443", "BackendServerPort": "8443", "StickySession": "off"}
    call = {"LoadBalancerId": _balancer(slb), **ports, "HealthCheck": "off"}
    slb.call(action, **call)
    (one,) = slb.call("DescribeLoadBalancerListeners")["Listeners"]
    found = one[config]
    assert (found["StickySession"], found["HealthCheck"], found["IdleTimeout"]) == ("off", "off", 0)


def test_listener_has_the_settings_of_its_protocol_alone(slb: Slb) -> None:
    balancer = _balancer(slb)
    ports = {"LoadBalancerId": balancer, "ListenerPort": "80", "BackendServerPort": "80"}
    given = {"HealthyThreshold": "4", "HealthCheckSwitch": "on", "Gzip": "on"}
    slb.call("CreateLoadBalancerUDPListener", **ports, **given, healthCheckReq="hello")
    (one,) = slb.call("DescribeLoadBalancerListeners")["Listeners"]
    config = one["UDPListenerConfig"]
    assert (config["HealthyThreshold"], config["HealthCheck"]) == (4, "on")
    assert (config["HealthCheckReq"], config["HealthCheckInterval"]) == ("hello", 0)
    assert one["HTTPListenerConfig"]["Gzip"] == ""
    wrong = slb.refused(
        "CreateLoadBalancerTCPListener", **ports, IdleTimeout="5", HealthyThreshold="x"
    )
    assert wrong[0] == 400


def test_filter_by_the_older_form_of_tags_is_refused_by_name(slb: Slb) -> None:
    refused = slb.refused("DescribeLoadBalancers", Tags='[{"TagKey": "a", "TagValue": "b"}]')
    assert refused == (400, "NotSimulated.Tags")


def test_listener_of_a_server_group_is_refused_by_name(slb: Slb) -> None:
    call = {"LoadBalancerId": _balancer(slb), "ListenerPort": "80", "VServerGroupId": "rsp-1"}
    refused = slb.refused("CreateLoadBalancerTCPListener", **call)
    assert refused == (400, "NotSimulated.VServerGroupId")


def test_balancer_has_no_further_server_groups(slb: Slb) -> None:
    call = {"LoadBalancerId": _balancer(slb)}
    assert slb.call("DescribeVServerGroups", **call) == {"VServerGroups": {"VServerGroup": []}}
    groups = slb.call("DescribeMasterSlaveServerGroups", **call)
    assert groups == {"MasterSlaveServerGroups": {"MasterSlaveServerGroup": []}}


def test_balancer_is_renamed_deactivated_protected_and_deleted(slb: Slb) -> None:
    call = {"LoadBalancerId": _balancer(slb)}
    slb.call("SetLoadBalancerName", **call, LoadBalancerName="new")
    slb.call("SetLoadBalancerStatus", **call, LoadBalancerStatus="inactive")
    slb.call("SetLoadBalancerDeleteProtection", **call, DeleteProtection="on")
    one = _one(slb, call["LoadBalancerId"])
    assert (one["LoadBalancerName"], one["LoadBalancerStatus"]) == ("new", "inactive")
    refused = slb.refused("DeleteLoadBalancer", **call)
    assert refused == (400, "OperationDenied.DeleteProtectionIsOn")
    slb.call("SetLoadBalancerDeleteProtection", **call, DeleteProtection="off")
    slb.call("DeleteLoadBalancer", **call)
    gone = slb.refused("DescribeLoadBalancerAttribute", **call)
    assert gone == (404, "InvalidLoadBalancerId.NotFound")


def test_balancer_protected_from_changes_takes_no_listener(slb: Slb) -> None:
    call = {"LoadBalancerId": _balancer(slb)}
    protection = {"ModificationProtectionStatus": "ConsoleProtection"}
    slb.call("SetLoadBalancerModificationProtection", **call, **protection)
    ports = {"ListenerPort": "80", "BackendServerPort": "80"}
    refused = slb.refused("CreateLoadBalancerTCPListener", **call, **ports)
    assert refused == (400, "OperationDenied.ModificationProtectionIsOn")


def test_balancers_are_filtered_by_place_and_tags(vpcs: Vpcs, slb: Slb) -> None:
    vpc = vpcs.vpc()
    tag = {"Tag.1.Key": "a", "Tag.1.Value": "1"}
    inner = _balancer(slb, VSwitchId=vpcs.vswitch(vpc), **tag)
    outer = _balancer(slb)
    assert _found(slb, VpcId=vpc) == [inner]
    assert _found(slb, AddressType="internet") == [outer]
    assert _found(slb, LoadBalancerId=f"{inner},{outer}") == [inner, outer]
    assert _found(slb, PayType="PrePay") == []
    assert _found(slb, **tag) == [inner]
    resource = {"ResourceType": "instance", "ResourceId.1": outer}
    slb.call("TagResources", **resource, **tag)
    (told,) = slb.call("ListTagResources", **resource)["TagResources"]["TagResource"]
    assert (told["ResourceId"], told["TagKey"], told["TagValue"]) == (outer, "a", "1")
    assert _found(slb, **tag) == [inner, outer]
    slb.call("UntagResources", **resource, **{"TagKey.1": "a"})
    assert _found(slb, **tag) == [inner]
