"""EIPs and what holds them."""

from typing import Any

import pytest

from tests.sim.services.slb.calls import Slb
from tests.sim.services.vpc.calls import Vpcs
from tests.sim.services.vpc.nat import Nat


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


def _bare_address(vpc: str) -> dict[str, Any]:
    return {"instance_id": "192.168.0.1", "instance_type": "IpAddress", "vpc_id": vpc}


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


def _bind(vpcs: Vpcs, kind: str, holder: str, **more: Any) -> str:
    """An EIP that is bound to a holder of a type."""
    eip = _eip(vpcs)
    call = {"allocation_id": eip, "instance_type": kind, "instance_id": holder, **more}
    vpcs.call("associate_eip_address", **call)
    vpcs.cloud.settle()
    return eip


def test_eip_of_a_havip_is_told_by_both(vpcs: Vpcs) -> None:
    vswitch = vpcs.vswitch(vpcs.vpc())
    havip = vpcs.call("create_ha_vip", v_switch_id=vswitch)["HaVipId"]
    early = {"allocation_id": _eip(vpcs), "instance_type": "HaVip", "instance_id": havip}
    assert vpcs.refused("associate_eip_address", **early) == (400, "IncorrectHaVipStatus")
    vpcs.cloud.settle()
    one = _one(vpcs, _bind(vpcs, "HaVip", havip))
    assert (one["InstanceType"], one["InstanceId"]) == ("HaVip", havip)
    (listed,) = vpcs.call("describe_ha_vips")["HaVips"]["HaVip"]
    assert listed["AssociatedEipAddresses"] == {"associatedEipAddresse": [one["IpAddress"]]}
    code = "BIND_INSTANCE_HAVE_PORTMAP_OR_BIND_EIP"
    assert vpcs.refused("associate_eip_address", **early) == (400, code)
    assert vpcs.refused("delete_ha_vip", ha_vip_id=havip) == (400, "IncorrectHaVipStatus")


def test_eip_makes_an_intranet_balancer_public(vpcs: Vpcs, slb: Slb) -> None:
    vswitch = vpcs.vswitch(vpcs.vpc())
    balancer = slb.call("CreateLoadBalancer", VSwitchId=vswitch)["LoadBalancerId"]
    eip = _bind(vpcs, "SlbInstance", balancer)
    found = {"associated_instance_type": "SlbInstance", "associated_instance_id": balancer}
    (listed,) = vpcs.call("describe_eip_addresses", **found)["EipAddresses"]["EipAddress"]
    assert listed["AllocationId"] == eip
    slb.call("DeleteLoadBalancer", LoadBalancerId=balancer)
    assert _one(vpcs, eip)["Status"] == "Available"


def test_public_balancer_takes_no_eip(vpcs: Vpcs, slb: Slb) -> None:
    balancer = slb.call("CreateLoadBalancer")["LoadBalancerId"]
    call = {"instance_type": "SlbInstance", "instance_id": balancer, "allocation_id": _eip(vpcs)}
    refused = vpcs.refused("associate_eip_address", **call)
    assert refused == (400, "EIP_CAN_NOT_ASSOCIATE_WITH_PUBLIC_IP")


@pytest.mark.parametrize("kind", ["Nat", "SlbInstance", "HaVip", "EcsInstance", "NetworkInterface"])
def test_holder_that_is_not_there_is_refused(vpcs: Vpcs, kind: str) -> None:
    call = {"instance_type": kind, "instance_id": "none-1", "allocation_id": _eip(vpcs)}
    refused = vpcs.refused("associate_eip_address", **call)
    assert refused == (404, "InvalidInstanId.NotFound")


@pytest.mark.parametrize(
    ("mode", "code"),
    [("BINDED", "Invalid.DirectEip.BindType"), ("MULTI_BINDED", "IllegalParam.Mode")],
)
def test_interfaces_alone_have_eips_in_another_mode(vpcs: Vpcs, mode: str, code: str) -> None:
    instance = vpcs.instance(vpcs.vswitch(vpcs.vpc()))
    call = {"allocation_id": _eip(vpcs), "instance_id": instance, "mode": mode}
    assert vpcs.refused("associate_eip_address", **call) == (400, code)


def test_interface_has_several_eips_in_mode_multi_binded_alone(vpcs: Vpcs) -> None:
    interface = vpcs.interface(vpcs.instance(vpcs.vswitch(vpcs.vpc())))
    first = _bind(vpcs, "NetworkInterface", interface, mode="MULTI_BINDED")
    _bind(vpcs, "NetworkInterface", interface, mode="MULTI_BINDED")
    assert _one(vpcs, first)["Mode"] == "MULTI_BINDED"
    mixed = {"instance_type": "NetworkInterface", "instance_id": interface, "mode": "NAT"}
    refused = vpcs.refused("associate_eip_address", allocation_id=_eip(vpcs), **mixed)
    assert refused == (400, "OperationFailed.EipBindModeConflict")


def test_mode_of_a_free_eip_and_of_an_interfaces_is_changed(vpcs: Vpcs, nat: Nat) -> None:
    eip = _eip(vpcs)
    vpcs.call("modify_eip_forward_mode", instance_id=eip, mode="BINDED")
    assert _one(vpcs, eip)["Mode"] == "BINDED"
    interface = vpcs.interface(vpcs.instance(vpcs.vswitch(vpcs.vpc())))
    bound = _bind(vpcs, "NetworkInterface", interface)
    vpcs.call("modify_eip_forward_mode", instance_id=bound, mode="BINDED")
    assert _one(vpcs, bound)["Mode"] == "BINDED"
    elsewhere, _ = nat.eip()
    refused = vpcs.refused("modify_eip_forward_mode", instance_id=elsewhere, mode="BINDED")
    assert refused == (400, "IllegalParam.Mode")


def test_bare_address_is_named_by_its_type_when_its_eip_is_taken(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    vpcs.gateway(vpc, active=True)
    eip = _eip(vpcs)
    vpcs.call("associate_eip_address", allocation_id=eip, **_bare_address(vpc))
    vpcs.cloud.settle()
    named = {"instance_id": "192.168.0.1", "instance_type": "IpAddress"}
    vpcs.call("unassociate_eip_address", allocation_id=eip, **named)


def test_eip_is_taken_from_the_private_address_that_it_stands_for(vpcs: Vpcs) -> None:
    interface = vpcs.interface(vpcs.instance(vpcs.vswitch(vpcs.vpc())))
    eip = _bind(vpcs, "NetworkInterface", interface, private_ip_address="192.168.1.1")
    call = {"allocation_id": eip, "instance_type": "NetworkInterface", "instance_id": interface}
    wrong = vpcs.refused("unassociate_eip_address", **call, private_ip_address="192.168.1.2")
    assert wrong == (400, "InvalidAssociation.NotFound")
    vpcs.call("unassociate_eip_address", **call, private_ip_address="192.168.1.1")


def test_eip_of_another_region_is_refused(vpcs: Vpcs) -> None:
    instance = vpcs.instance(vpcs.vswitch(vpcs.vpc()))
    call = {"allocation_id": _eip(vpcs), "instance_id": instance}
    refused = vpcs.refused("associate_eip_address", **call, instance_region_id="cn-beijing")
    assert refused == (400, "IllegalParam.InstanceRegionId")
