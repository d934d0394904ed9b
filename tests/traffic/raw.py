"""What the cloud says of a VPC's forwarding at this moment, as any client would ask for it."""

from typing import Any

from gwlbfw.cloud.call import objects
from gwlbfw.reachability import NetworkFacts
from tests.scenarios.testbed import Refused, Testbed

Rows = list[dict[str, Any]]


def facts(testbed: Testbed, vpc: str) -> NetworkFacts:
    """Everything that forwards packets of the VPC. What is under way counts as it is shown.

    Time may go on while this reads: then it reads until nothing has changed in between.
    """
    last = None
    while True:
        begun = testbed.clock.now()
        try:
            now = _read(testbed, vpc)
        except Refused:  # it went after it was listed
            continue
        if testbed.clock.now() == begun or now == last:
            return now
        last = now


def _read(testbed: Testbed, vpc: str) -> NetworkFacts:
    read = NetworkFacts()
    read.vpcs[vpc] = _told(testbed, "vpc:DescribeVpcAttribute", VpcId=vpc)
    read.vswitches.extend(_rows(testbed, "vpc:DescribeVSwitches", "VSwitches.VSwitch", VpcId=vpc))
    read.tables.extend(_tables(testbed, vpc))
    for table in read.tables:
        key = str(table["RouteTableId"])
        read.entries[key] = [*_entries(testbed, key, gateway=table["AssociateType"] == "Gateway")]
    gateways = testbed.call("vpc:ListIpv4Gateways", MaxResults=100)["Ipv4GatewayModels"]
    read.gateways.extend([{**e, "Status": "Created"} for e in gateways if e["VpcId"] == vpc])
    read.instances.extend(_rows(testbed, "ecs:DescribeInstances", "Instances.Instance", VpcId=vpc))
    _nat_gateways(testbed, vpc, read)
    _endpoints(testbed, vpc, read)
    return read


def _told(testbed: Testbed, action: str, **params: Any) -> dict[str, Any]:
    """An answer without the id of the request."""
    return {k: v for k, v in testbed.call(action, **params).items() if k != "RequestId"}


def _rows(testbed: Testbed, action: str, items: str, **params: Any) -> Rows:
    params |= {"MaxResults": 100} if action.startswith("ecs:") else {"PageSize": 50}
    found = objects(testbed.call(action, **params), items)
    return [{**each, **_settled(each)} for each in found]


def _settled(raw: Any) -> dict[str, str]:
    """A status that says that something is under way hides where packets go meanwhile."""
    moving = raw.get("Status") in ("Pending", "Modifying", "Creating", "Deleting")
    return {"Status": "Available"} if moving else {}


def _configured(raw: dict[str, Any], status: str, otherwise: str) -> dict[str, Any]:
    """An object that is being modified, which forwards meanwhile as it did (UNVERIFIED)."""
    moving = raw[status] in ("Configuring", "Pending", "Adding")
    return {**raw, status: otherwise} if moving else raw


def _tables(testbed: Testbed, vpc: str) -> Rows:
    path = "RouterTableList.RouterTableListType"
    return _rows(testbed, "vpc:DescribeRouteTableList", path, VpcId=vpc)


def _entries(testbed: Testbed, table: str, *, gateway: bool) -> Rows:
    if gateway:
        reply = testbed.call(
            "vpc:ListGatewayRouteTableEntries", GatewayRouteTableId=table, MaxResults=100
        )
        found = [*map(_flat_hop, reply["GatewayRouteEntryModels"])]
    else:
        reply = testbed.call("vpc:DescribeRouteEntryList", RouteTableId=table, MaxResult=100)
        found = reply["RouteEntrys"]["RouteEntry"]
    assert not reply.get("NextToken")
    return [{**each, **_settled(each)} for each in found]


def _flat_hop(entry: dict[str, Any]) -> dict[str, Any]:
    """An entry of a gateway's table in the form of the others."""
    hop = {
        "NextHopType": entry.get("NextHopType"),
        "NextHopId": entry.get("NextHopId"),
        "Enabled": "1",
    }
    return {**entry, "NextHops": [hop]}


def _nat_gateways(testbed: Testbed, vpc: str, read: NetworkFacts) -> None:
    nats = _rows(testbed, "vpc:DescribeNatGateways", "NatGateways.NatGateway", VpcId=vpc)
    read.nat_gateways.extend(nats)
    for each in nats:
        key = str(each["NatGatewayId"])
        read.snat_entries[key] = [
            *_rows(
                testbed,
                "vpc:DescribeSnatTableEntries",
                "SnatTableEntries.SnatTableEntry",
                NatGatewayId=key,
            )
        ]
        read.forward_entries[key] = [
            *_rows(
                testbed,
                "vpc:DescribeForwardTableEntries",
                "ForwardTableEntries.ForwardTableEntry",
                NatGatewayId=key,
            )
        ]


def _endpoints(testbed: Testbed, vpc: str, read: NetworkFacts) -> None:
    listed = testbed.call("privatelink:ListVpcEndpoints", VpcId=vpc, MaxResults=50)
    found = [each for each in listed["Endpoints"] if each["EndpointType"] != "Interface"]
    read.endpoints.extend(_configured(each, "EndpointStatus", "Active") for each in found)
    for each in read.endpoints:
        key, service = str(each["EndpointId"]), str(each["ServiceId"])
        zones = testbed.call("privatelink:ListVpcEndpointZones", EndpointId=key, MaxResults=50)
        read.endpoint_zones[key] = zones["Zones"]
        read.services[service] = {}
        resources = testbed.call("privatelink:ListVpcEndpointServiceResources", ServiceId=service)
        read.service_resources[service] = resources["Resources"]
        for row in resources["Resources"]:
            _balancer(testbed, str(row["ResourceId"]), read)


def _balancer(testbed: Testbed, key: str, read: NetworkFacts) -> None:
    if key in read.balancers:
        return
    balancer = _told(testbed, "gwlb:GetLoadBalancerAttribute", LoadBalancerId=key)
    read.balancers[key] = _configured(balancer, "LoadBalancerStatus", "Active")
    listed = testbed.call("gwlb:ListListeners", LoadBalancerIds=[key], MaxResults=100)
    for each in listed["Listeners"]:
        read.listeners.append(_configured(each, "ListenerStatus", "Running"))
        group, listener = str(each["ServerGroupId"]), str(each["ListenerId"])
        servers = testbed.call("gwlb:ListServerGroupServers", ServerGroupId=group, MaxResults=100)
        read.members[group] = [
            _configured(each, "Status", "Available") for each in servers["Servers"]
        ]
        health = testbed.call("gwlb:GetListenerHealthStatus", ListenerId=listener)
        read.health[listener] = objects(health, "ListenerHealthStatus.ServerGroupInfos.Servers")
