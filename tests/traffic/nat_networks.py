"""Networks in which NAT gateways serve machines without a public address, and their changes."""

from random import Random
from typing import Any

from gwlbfw.cloud.call import objects
from tests.scenarios.existing import Existing, brownfield, network
from tests.scenarios.test_nat_served import led, nat_gateway
from tests.scenarios.testbed import ZONE_B as B
from tests.scenarios.testbed import ZONE_C as C
from tests.scenarios.testbed import Content, Refused, Testbed
from tests.traffic.networks import direct, direct_eips


def behind_gateway(testbed: Testbed, rng: Random) -> Content:
    """An IPv4 gateway is active; the NAT gateway is in a subnet whose table leads to that.

    The file may name this subnet: what the NAT gateway sends is inspected then.
    """
    made = network(testbed)
    middle = rng.choice(["vtb", "nat", "nat"])
    if middle == "nat":
        made.subnet("nat", "prod", B, "192.168.9.0/24")
        made.table("table-nat", "prod", "nat")
        made.route("table-nat", "gateway")
    served = _silent(made, {"app-b": B, "app-c": C, "vtb": B}, rng)
    nat_gateway(made, middle, *_some(served, rng))
    for each in served:
        if each != middle and rng.random() < 0.85:
            led(made, f"table-{each}", "ngw")
    if rng.random() < 0.2:
        led(made, "table-app-c", "server-vtb", "Instance")
    content = brownfield(made)
    if middle == "nat" and rng.random() < 0.5:
        zone = content["business_vpcs"]["shop"]["zones"][B]
        zone["subnets"]["nat"] = {"id": made.ids["nat"]}
        if rng.random() < 0.5:
            del zone["subnets"]["app-b"]
    _name_silent(made, content, served, rng)
    return content


def without_gateway(testbed: Testbed, rng: Random) -> Content:
    """No IPv4 gateway: the first NAT gateway brings the system table's default route along."""
    made = direct(testbed)
    middle = rng.choice(["by", "stranger", "nat"])
    if middle == "nat":
        made.subnet("nat", "prod", B, "192.168.9.0/24")
    served = _silent(made, {"app-b": B, "app-c": C, "by": B, "stranger": C}, rng)
    nat_gateway(made, middle, *_some(served, rng))
    if rng.random() < 0.7:
        made.route("shared", "ngw", kind="NatGateway")
    content = direct_eips(made)
    _name_silent(made, content, served, rng)
    return content


def _silent(made: Existing, subnets: dict[str, str], rng: Random) -> list[str]:
    """The subnets that get a server without a public address."""
    chosen = _some([*subnets], rng)
    for each in chosen:
        made.instance(f"silent-{each}", subnets[each], each, "web")
    return chosen


def _some(names: list[str], rng: Random) -> list[str]:
    """Some of them, but for none."""
    return rng.sample(names, rng.randint(1, len(names)))


def _name_silent(made: Existing, content: Content, served: list[str], rng: Random) -> None:
    """The file may name silent servers of business subnets; one may get an EIP by it."""
    for each in served:
        if each.startswith("app-") and rng.random() < 0.3:
            eip = {"eip": {"bandwidth_mbps": 5}} if rng.random() < 0.3 else {}
            servers = content["business_vpcs"]["shop"].setdefault("servers", {})
            servers[f"silent-{each}"] = {"id": made.ids[f"silent-{each}"], **eip}


# --- what others change between two runs ---


def others_change_nat(testbed: Testbed, rng: Random) -> None:
    """Entries of the NAT gateways that come, go, or lose their addresses, as somebody wants it."""
    listing = "vpc:DescribeNatGateways", "NatGateways.NatGateway"
    for each in _rows(testbed, *listing):
        for change in rng.sample(CHANGES, rng.choice([0, 1, 1, 2, 3])):
            (nat,) = _rows(testbed, *listing, NatGatewayId=each["NatGatewayId"])
            try:
                change(testbed, nat, rng)
            except Refused:  # such an entry exists, or one needs what would go
                continue
            testbed.settle()


def _rows(testbed: Testbed, action: str, items: str, **params: Any) -> list[Any]:
    return objects(testbed.call(action, PageSize=50, **params), items)


def _toggle_snat(testbed: Testbed, nat: Any, rng: Random) -> None:
    """An entry for a subnet, or for one machine, that comes or goes."""
    table = nat["SnatTableIds"]["SnatTableId"][0]
    known = _rows(
        testbed,
        "vpc:DescribeSnatTableEntries",
        "SnatTableEntries.SnatTableEntry",
        SnatTableId=table,
    )
    if known and rng.random() < 0.5:
        entry = rng.choice(known)["SnatEntryId"]
        testbed.done("vpc:DeleteSnatEntry", SnatTableId=table, SnatEntryId=entry)
        return
    machine = _machine(testbed, nat, rng)
    of_machine = {"SourceCIDR": f"{_address(machine)}/32"}
    of_subnet = {"SourceVSwitchId": machine["VpcAttributes"]["VSwitchId"]}
    own = _own(nat, rng)["IpAddress"]
    source = rng.choice([of_machine, of_subnet, of_subnet])
    testbed.done("vpc:CreateSnatEntry", SnatTableId=table, SnatIp=own, **source)


def _toggle_dnat(testbed: Testbed, nat: Any, rng: Random) -> None:
    """An entry of one port, or of all, that comes or goes."""
    table = nat["ForwardTableIds"]["ForwardTableId"][0]
    known = _rows(
        testbed,
        "vpc:DescribeForwardTableEntries",
        "ForwardTableEntries.ForwardTableEntry",
        ForwardTableId=table,
    )
    if known and rng.random() < 0.5:
        entry = rng.choice(known)["ForwardEntryId"]
        testbed.done("vpc:DeleteForwardEntry", ForwardTableId=table, ForwardEntryId=entry)
        return
    outer, inner, protocol = rng.choice([("80", "8080", "TCP"), ("Any", "Any", "Any")])
    testbed.done(
        "vpc:CreateForwardEntry",
        ForwardTableId=table,
        ExternalIp=_own(nat, rng)["IpAddress"],
        ExternalPort=outer,
        InternalIp=_address(_machine(testbed, nat, rng)),
        InternalPort=inner,
        IpProtocol=protocol,
    )


def _add_address(testbed: Testbed, nat: Any, rng: Random) -> None:
    """One more EIP, by which entries made later may serve."""
    del rng
    made = testbed.done("vpc:AllocateEipAddress")
    testbed.done(
        "vpc:AssociateEipAddress",
        AllocationId=made["AllocationId"],
        InstanceId=nat["NatGatewayId"],
        InstanceType="Nat",
    )


def _take_address(testbed: Testbed, nat: Any, rng: Random) -> None:
    """An EIP that is unbound; entries that use it do not serve any more."""
    testbed.done(
        "vpc:UnassociateEipAddress",
        AllocationId=_own(nat, rng)["AllocationId"],
        InstanceId=nat["NatGatewayId"],
        InstanceType="Nat",
        Force=True,
    )


CHANGES = (_toggle_snat, _toggle_snat, _toggle_dnat, _toggle_dnat, _add_address, _take_address)


def _own(nat: Any, rng: Random) -> Any:
    """One of the EIPs of a NAT gateway; without any, what the cloud refuses."""
    return rng.choice(nat["IpLists"]["IpList"] or [{"IpAddress": "", "AllocationId": "eip-none"}])


def _machine(testbed: Testbed, nat: Any, rng: Random) -> Any:
    """A machine of the VPC of a NAT gateway, without an EIP of its own where there is one."""
    listed = testbed.call("ecs:DescribeInstances", VpcId=nat["VpcId"], MaxResults=100)
    every = listed["Instances"]["Instance"]
    eips = _rows(testbed, "vpc:DescribeEipAddresses", "EipAddresses.EipAddress")
    holders = {each["InstanceId"] for each in eips}
    return rng.choice([e for e in every if e["InstanceId"] not in holders] or every)


def _address(machine: Any) -> str:
    return str(machine["VpcAttributes"]["PrivateIpAddress"]["IpAddress"][0])
