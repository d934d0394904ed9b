"""Reading all that forwards packets: bounded list calls, the system's own entries included.

Calls grow with pages and with what can only be read per parent: VPCs, route tables, endpoints,
endpoint services, load balancers, listeners and server groups. Nothing is read per subnet, route,
server or appliance, and nothing is changed.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from gwlbfw.cloud.call import Call, Raw, Value, objects, value_at
from gwlbfw.cloud.client import ApiClient
from gwlbfw.cloud.reply_validation import require_id
from gwlbfw.errors import Denied, GwlbfwError, Missing, Rejected, ReplyError
from gwlbfw.resources.resource import ECS, GWLB, PRIVATELINK, VPC

_MANY = 20
"""How many ids the listings of load balancing, and DescribeVpcs, take at once."""

_TABLES = "vpc:DescribeRouteTableList"

Raws = list[Raw]


class NoSuchVpc(GwlbfwError):
    """A VPC that was asked for does not exist."""

    code = "no-such-vpc"
    hint = "check the id, the region and the account"


@dataclass(frozen=True)
class NetworkFacts:
    """What the cloud says, as it says it; by id of the parent where a list is one parent's."""

    vpcs: dict[str, Raw] = field(default_factory=dict)
    vswitches: Raws = field(default_factory=list)
    tables: Raws = field(default_factory=list)
    entries: dict[str, Raws] = field(default_factory=dict)
    gateways: Raws = field(default_factory=list)
    eips: Raws = field(default_factory=list)
    instances: Raws = field(default_factory=list)
    interfaces: Raws = field(default_factory=list)
    nat_gateways: Raws = field(default_factory=list)
    target_groups: Raws = field(default_factory=list)
    endpoints: Raws = field(default_factory=list)
    endpoint_zones: dict[str, Raws] = field(default_factory=dict)
    services: dict[str, Raw] = field(default_factory=dict)
    service_resources: dict[str, Raws] = field(default_factory=dict)
    balancers: dict[str, Raw] = field(default_factory=dict)
    listeners: Raws = field(default_factory=list)
    groups: Raws = field(default_factory=list)
    members: dict[str, Raws] = field(default_factory=dict)
    health: dict[str, Raws] = field(default_factory=dict)
    """Health of servers, by listener."""
    unread: dict[str, str] = field(default_factory=dict)
    """What was refused, and why: by id, or by action where a whole list was."""


async def observe_network(
    api: ApiClient,
    vpcs: Iterable[str],
    *,
    account: str = "",
    security_account: str | None = None,
    facts: NetworkFacts | None = None,
) -> NetworkFacts:
    """All that forwards packets in the VPCs, and behind their endpoints.

    The VPCs are in one account; `security_account` has the load balancers. What was seen of other
    accounts' VPCs may be given as `facts`, and is added to. What is refused beyond the VPCs
    themselves is noted, not raised. Raises NoSuchVpc, CloudError and TransportError.
    """
    facts = facts or NetworkFacts()
    reader = _Reader(api, facts, account, account if security_account is None else security_account)
    ids = sorted(set(vpcs))
    await reader.vpcs(ids)
    await asyncio.gather(reader.routes(ids), reader.machines(ids), reader.endpoints(ids))
    await asyncio.gather(reader.beside_the_routes(ids), reader.services())
    await reader.balancers()
    return facts


@dataclass
class _Reader:
    api: ApiClient
    facts: NetworkFacts
    account: str
    security_account: str

    async def vpcs(self, ids: Sequence[str]) -> None:
        batches = (ids[at : at + _MANY] for at in range(0, len(ids), _MANY))
        calls = [VPC.call("DescribeVpcs", VpcId=",".join(each)) for each in batches]
        listed = {
            require_id(each, "VpcId", "vpc:DescribeVpcs"): each
            for each in await self._every(calls, "Vpcs.Vpc")
        }
        if missing := [each for each in ids if each not in listed]:
            raise NoSuchVpc(f"there is no VPC {', '.join(missing)} in {self.api.region}")
        # The mode of a VPC without an active gateway is in the single read alone, the NAT
        # gateways are in the list alone.
        details = await self._every(
            [VPC.call("DescribeVpcAttribute", VpcId=each) for each in ids], ""
        )
        for each in details:
            key = require_id(each, "VpcId", "vpc:DescribeVpcAttribute")
            if key not in listed:
                raise ReplyError("vpc:DescribeVpcAttribute", f"it is about {key}, not asked for")
            self.facts.vpcs[key] = {**listed[key], **each}

    async def routes(self, ids: Sequence[str]) -> None:
        """Subnets, gateways, tables and every entry of them."""
        vswitches, tables, gateways = await asyncio.gather(
            self._per("DescribeVSwitches", "VpcId", ids, "VSwitches.VSwitch"),
            self._per(
                "DescribeRouteTableList", "VpcId", ids, "RouterTableList.RouterTableListType"
            ),
            self._every([VPC.call("ListIpv4Gateways")], "Ipv4GatewayModels"),
        )
        subnets = [row for rows in vswitches for row in rows]
        read = [row for rows in tables for row in rows]
        self._need_asked(subnets, "vpc:DescribeVSwitches")
        self._need_asked(read, _TABLES)
        self.facts.vswitches.extend(subnets)
        self.facts.tables.extend(read)
        self.facts.gateways.extend([each for each in gateways if each.get("VpcId") in ids])
        entries = await asyncio.gather(*(self._entries(each) for each in read))
        for table, rows in zip(read, entries, strict=True):
            self.facts.entries[require_id(table, "RouteTableId", _TABLES)] = rows

    def _need_asked(self, rows: Raws, action: str) -> None:
        """Refuse what lies in another VPC than those asked for: nothing else is known of it."""
        for row in rows:
            if (vpc := require_id(row, "VpcId", action)) not in self.facts.vpcs:
                raise ReplyError(action, f"it lists what is in {vpc}, not asked for")

    async def _entries(self, table: Raw) -> Raws:
        key = require_id(table, "RouteTableId", _TABLES)
        if table.get("AssociateType") == "Gateway":
            call = VPC.call("ListGatewayRouteTableEntries", GatewayRouteTableId=key)
            return await self._every([call], "GatewayRouteEntryModels")
        calls = [VPC.call("DescribeRouteEntryList", RouteTableId=key)]
        if self._has_ipv6(require_id(table, "VpcId", _TABLES)):
            # UNVERIFIED whether the list without a version has IPv6 entries too; what comes twice
            # counts once.
            calls.append(VPC.call("DescribeRouteEntryList", RouteTableId=key, IpVersion="ipv6"))
        return await self._every(calls, "RouteEntrys.RouteEntry")

    def _has_ipv6(self, vpc: str) -> bool:
        raw = self.facts.vpcs[vpc]
        return bool(raw.get("EnabledIpv6") or raw.get("Ipv6CidrBlock"))

    async def machines(self, ids: Sequence[str]) -> None:
        """Instances, interfaces and public addresses."""
        instances, interfaces, eips = await asyncio.gather(
            self._per("DescribeInstances", "VpcId", ids, "Instances.Instance", ECS.call),
            self._per(
                *("DescribeNetworkInterfaces", "VpcId", ids),
                *("NetworkInterfaceSets.NetworkInterfaceSet", ECS.call),
            ),
            self._tolerant(VPC.call("DescribeEipAddresses"), "EipAddresses.EipAddress"),
        )
        self.facts.instances.extend([row for rows in instances for row in rows])
        self.facts.interfaces.extend([row for rows in interfaces for row in rows])
        self.facts.eips.extend(eips)

    async def endpoints(self, ids: Sequence[str]) -> None:
        """The VPCs' Gateway Load Balancer endpoints and their zones."""
        calls = [
            PRIVATELINK.call("ListVpcEndpoints", VpcId=each, EndpointType="GatewayLoadBalancer")
            for each in ids
        ]
        read = await self._every(calls, "Endpoints")
        self.facts.endpoints.extend(read)
        keys = [require_id(each, "EndpointId", "privatelink:ListVpcEndpoints") for each in read]
        zones = await self._per(
            "ListVpcEndpointZones", "EndpointId", keys, "Zones", PRIVATELINK.call
        )
        self.facts.endpoint_zones.update(zip(keys, zones, strict=True))

    async def beside_the_routes(self, ids: Sequence[str]) -> None:
        """NAT gateways and route target groups, where there is a trace of any."""
        hops = {kind for rows in self.facts.entries.values() for kind in _hop_kinds(rows)}
        for vpc in ids:
            named = value_at(self.facts.vpcs[vpc], "NatGatewayIds.NatGatewayIds")
            if named or "NatGateway" in hops:
                call = VPC.call("DescribeNatGateways", VpcId=vpc)
                self.facts.nat_gateways.extend(await self._tolerant(call, "NatGateways.NatGateway"))
        if "RouteTargetGroup" in hops:
            call = VPC.call("ListRouteTargetGroups")
            self.facts.target_groups.extend(await self._tolerant(call, "RouteTargetGroups"))

    async def services(self) -> None:
        """The services behind the endpoints, and the load balancers behind the services."""
        wanted = {str(each.get("ServiceId") or "") for each in self.facts.endpoints}
        keys = sorted(wanted - {"", *self.facts.services})
        calls = [
            (
                PRIVATELINK.call("GetVpcEndpointServiceAttribute", ServiceId=each),
                PRIVATELINK.call("ListVpcEndpointServiceResources", ServiceId=each),
            )
            for each in keys
        ]
        answers = await asyncio.gather(
            *(self._behind(one, "", key) for key, (one, _) in zip(keys, calls, strict=True)),
            *(
                self._behind(each, "Resources", key)
                for key, (_, each) in zip(keys, calls, strict=True)
            ),
        )
        for key, one, resources in zip(keys, answers, answers[len(keys) :], strict=False):
            if one and key not in self.facts.unread:
                self.facts.services[key] = one[0]
                self.facts.service_resources[key] = resources

    async def balancers(self) -> None:
        """Load balancers, listeners, server groups, appliances and their health."""
        wanted = {
            str(each.get("ResourceId") or "")
            for rows in self.facts.service_resources.values()
            for each in rows
        }
        keys = sorted(wanted - {"", *self.facts.balancers})
        calls = [GWLB.call("GetLoadBalancerAttribute", LoadBalancerId=each) for each in keys]
        details = await asyncio.gather(
            *(self._behind(call, "", key) for key, call in zip(keys, calls, strict=True))
        )
        self.facts.balancers.update(
            {k: rows[0] for k, rows in zip(keys, details, strict=True) if rows}
        )
        read = [key for key in keys if key in self.facts.balancers]
        listeners = await self._batched("ListListeners", "LoadBalancerIds", read, "Listeners")
        self.facts.listeners.extend(listeners)
        await asyncio.gather(self._groups(listeners), self._health(listeners))

    async def _groups(self, listeners: Raws) -> None:
        keys = sorted({str(each.get("ServerGroupId") or "") for each in listeners} - {""})
        groups, members = await asyncio.gather(
            self._batched("ListServerGroups", "ServerGroupIds", keys, "ServerGroups"),
            asyncio.gather(
                *(
                    self._behind(GWLB.call("ListServerGroupServers", ServerGroupId=k), "Servers", k)
                    for k in keys
                )
            ),
        )
        self.facts.groups.extend(groups)
        self.facts.members.update(zip(keys, members, strict=True))

    async def _health(self, listeners: Raws) -> None:
        keys = [require_id(each, "ListenerId", "gwlb:ListListeners") for each in listeners]
        path = "ListenerHealthStatus.ServerGroupInfos.Servers"
        found = await asyncio.gather(
            *(
                self._behind(GWLB.call("GetListenerHealthStatus", ListenerId=each), path, each)
                for each in keys
            )
        )
        self.facts.health.update(zip(keys, found, strict=True))

    # --- calls ---

    async def _every(self, calls: Sequence[Call], items: str) -> Raws:
        """The objects of all these listings, in order."""
        mine = (replace(each, account=self.account) for each in calls)
        found = await asyncio.gather(*(self.api.list_all(each, items) for each in mine))
        return [row for rows in found for row in rows]

    async def _per(
        self,
        action: str,
        parameter: str,
        keys: Sequence[str],
        items: str,
        call: Callable[..., Call] = VPC.call,
    ) -> list[Raws]:
        """One listing for each of the parents."""
        calls = (call(action, **{parameter: each}) for each in keys)
        return await asyncio.gather(*(self._every([each], items) for each in calls))

    async def _tolerant(self, call: Call, items: str) -> Raws:
        """A listing in the VPCs' account, whose refusal is noted."""
        return await self._noting(replace(call, account=self.account), items, call.name)

    async def _behind(self, call: Call, items: str, key: str) -> Raws:
        """A reading of the load balancers' side, whose refusal is noted for what it is about."""
        return await self._noting(replace(call, account=self.security_account), items, key)

    async def _batched(self, action: str, parameter: str, keys: Sequence[str], items: str) -> Raws:
        """A listing of things by their ids; of what is refused, each id is noted."""
        found: Raws = []
        for at in range(0, len(keys), _MANY):
            batch = keys[at : at + _MANY]
            value: Value = list[Value](batch)
            call = GWLB.call(action, **{parameter: value})
            found += await self._behind(call, items, batch[0])
            if batch[0] in self.facts.unread:
                self.facts.unread.update(dict.fromkeys(batch, self.facts.unread[batch[0]]))
        return found

    async def _noting(self, call: Call, items: str, key: str) -> Raws:
        try:
            return await self.api.list_all(call, items)
        except (Denied, Missing, Rejected) as refusal:
            self.facts.unread[key] = str(refusal)
            return []


def _hop_kinds(entries: Raws) -> set[str]:
    return {
        str(hop.get("NextHopType") or "")
        for entry in entries
        for hop in [entry, *objects(entry, "NextHops.NextHop"), *objects(entry, "NextHops")]
    }
