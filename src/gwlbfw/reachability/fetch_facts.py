"""Fetching the facts of forwarding: bounded list calls, the system's own entries included.

Calls grow with pages and with what can only be read per parent: VPCs, route tables, NAT gateways,
endpoints, endpoint services, load balancers, listeners, server groups and network ACLs. Nothing is
read per subnet, route, server or appliance, and nothing is changed.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence

from gwlbfw.cloud.call import Call, Raw, objects, value_at
from gwlbfw.cloud.reply_fields import text_at
from gwlbfw.cloud.reply_validation import require_id
from gwlbfw.discovery.fetch import Fetcher, child_calls, root_call
from gwlbfw.errors import (
    Denied,
    GwlbfwError,
    Missing,
    Rejected,
    ReplyError,
    TransportError,
)
from gwlbfw.reachability import listings
from gwlbfw.reachability.eip_holders import HOLDER_TYPES, unlisted_holders
from gwlbfw.reachability.facts import NetworkFacts, Raws
from gwlbfw.reachability.fetch_firewall import FirewallSide
from gwlbfw.reachability.fetch_side import Side
from gwlbfw.resources.next_hop import NAT_GATEWAY, TARGET_GROUP
from gwlbfw.resources.resource import Found, Listing


class NoSuchVpc(GwlbfwError):
    """A requested VPC does not exist."""

    code = "no-such-vpc"
    hint = "check the id, the region and the account"


async def fetch_facts(
    fetcher: Fetcher,
    vpcs: Mapping[str, Collection[str]],
    security_account: str,
    services: Sequence[str] = (),
    security_vpcs: Sequence[str] = (),
) -> NetworkFacts:
    """Fetch all that forwards packets in the VPCs, and behind their endpoints.

    `vpcs` has the ids by account; `security_account` has the load balancers; `services` are those
    whose connections matter, whoever's; `security_vpcs` are those that load balancers may come to
    be in. What is refused beyond the VPCs themselves is noted, not raised. Raises NoSuchVpc,
    CloudError and TransportError.
    """
    facts = NetworkFacts()
    for account, ids in vpcs.items():
        await _BusinessSide(fetcher, facts, account).fetch(sorted(set(ids)))
    await FirewallSide(fetcher, facts, security_account).fetch(services, security_vpcs)
    return facts


class _BusinessSide(Side):
    """The lists of the forwarding resources in the business VPCs of one account."""

    async def fetch(self, ids: Sequence[str]) -> None:
        await self._vpcs(ids)
        await asyncio.gather(self._routes(ids), self._machines(ids), self._endpoints(ids))
        await self._other_ways_out(ids)
        await self._eip_holders()

    async def _vpcs(self, ids: Sequence[str]) -> None:
        list_name, detail_name = listings.VPCS.call.name, listings.VPC_DETAIL.call.name
        rows = await self.root(listings.VPCS)
        listed = {require_id(each, "VpcId", list_name): each for each in rows}
        if missing := [each for each in ids if each not in listed]:
            raise NoSuchVpc(f"there is no VPC {', '.join(missing)} in {self.fetcher.api.region}")
        for details in await self.per_parent(listings.VPC_DETAIL, ids):
            for each in details:
                key = require_id(each, "VpcId", detail_name)
                if key not in ids:
                    raise ReplyError(detail_name, f"it is about {key}, which was not requested")
                # The NAT gateways are in the list alone.
                self.facts.vpcs[key] = {**listed[key], **each}

    async def _routes(self, ids: Sequence[str]) -> None:
        """Subnets, gateways, tables and every entry of them."""
        vswitches, tables, gateways = await asyncio.gather(
            self.per_parent(listings.VSWITCHES, ids),
            self.per_parent(listings.ROUTE_TABLES, ids),
            self.root(listings.GATEWAYS),
        )
        self.facts.vswitches.extend(self._in_vpcs(vswitches, listings.VSWITCHES))
        read = self._in_vpcs(tables, listings.ROUTE_TABLES)
        self.facts.tables.extend(read)
        self.facts.gateways.extend([each for each in gateways if each.get("VpcId") in ids])
        entries = await asyncio.gather(*(self._entries(each) for each in read))
        for table, rows in zip(read, entries, strict=True):
            self.facts.entries[_table_id(table)] = rows

    def _in_vpcs(self, found: Sequence[Raws], listing: Listing) -> Raws:
        """The objects of all VPCs. Raises ReplyError for one in another VPC."""
        rows = [row for each in found for row in each]
        for row in rows:
            if (vpc := require_id(row, "VpcId", listing.call.name)) not in self.facts.vpcs:
                raise ReplyError(
                    listing.call.name, f"it lists what is in {vpc}, which was not requested"
                )
        return rows

    async def _entries(self, table: Raw) -> Raws:
        """The entries of a table, by the list that has those of its sort."""
        sorts = (listings.ENTRIES, listings.GATEWAY_ENTRIES)
        wanted = [each for each in sorts if each.parents(Found(table, self.account))]
        if wanted == [listings.ENTRIES] and self._has_ipv6(text_at(table, "VpcId")):
            wanted.append(listings.IPV6_ENTRIES)
        key = _table_id(table)
        found = await asyncio.gather(*(self.of_parent(each, key) for each in wanted))
        return [row for rows in found for row in rows]

    def _has_ipv6(self, vpc: str) -> bool:
        raw = self.facts.vpcs[vpc]
        return bool(raw.get("EnabledIpv6") or raw.get("Ipv6CidrBlock"))

    async def _machines(self, ids: Sequence[str]) -> None:
        """Instances, interfaces and public addresses."""
        eips = root_call(listings.EIPS, self.account)
        instances, interfaces, addresses = await asyncio.gather(
            self.per_parent(listings.INSTANCES, ids),
            self.per_parent(listings.INTERFACES, ids),
            self.if_allowed(eips, listings.EIPS, [eips.name]),
        )
        self.facts.instances.extend([row for rows in instances for row in rows])
        self.facts.interfaces.extend([row for rows in interfaces for row in rows])
        self.facts.eips.extend(addresses)

    async def _eip_holders(self) -> None:
        """What EIPs are bound to that is in no list: by type, and in as few calls as that takes."""
        eips = root_call(listings.EIPS, self.account)
        addresses = await self.if_allowed(eips, listings.EIPS, [eips.name])  # fetched before
        for kind, ids in unlisted_holders(self.facts, addresses).items():
            listing = HOLDER_TYPES[kind].listing
            whole = [(tuple(ids), root_call(listing, self.account))]
            calls = child_calls(listing, ids, self.account) if listing.parent_param else whole
            for batch, call in calls:
                rows = await self._by_id(call, listing, batch)
                self.facts.eip_holders.setdefault(kind, []).extend(rows)

    async def _by_id(self, call: Call, listing: Listing, about: Sequence[str]) -> Raws:
        """The objects of some ids; of all, where one that the API doesn't know refuses the batch.

        A product that can't be reached is noted like a refusal, as nothing else needs it.
        """
        try:
            return await self.fetcher.fetch(call, listing.items)
        except Missing:
            return await self.if_allowed(root_call(listing, self.account), listing, about)
        except (Denied, Rejected, TransportError) as failure:
            return self.noted(failure, about)

    async def _endpoints(self, ids: Sequence[str]) -> None:
        """The VPCs' Gateway Load Balancer endpoints and their zones."""
        listed = await self.root(listings.ENDPOINTS)
        rows = [each for each in listed if each.get("VpcId") in ids]
        self.facts.endpoints.extend(rows)
        keys = [require_id(each, "EndpointId", listings.ENDPOINTS.call.name) for each in rows]
        zones = await self.per_parent(listings.ENDPOINT_ZONES, keys)
        self.facts.endpoint_zones.update(zip(keys, zones, strict=True))

    async def _other_ways_out(self, ids: Sequence[str]) -> None:
        """NAT gateways and route target groups, where there is a trace of any."""
        hops = {kind for rows in self.facts.entries.values() for kind in _hop_types(rows)}
        nat_gateways: list[str] = []
        for vpc in ids:
            named = value_at(self.facts.vpcs[vpc], "NatGatewayIds.NatGatewayIds")
            if named or NAT_GATEWAY in hops:
                ((_, call),) = child_calls(listings.NAT_GATEWAYS, [vpc], self.account)
                rows = await self.if_allowed(call, listings.NAT_GATEWAYS, [call.name])
                self.facts.nat_gateways.extend(rows)
                nat_gateways += [require_id(each, "NatGatewayId", call.name) for each in rows]
        await asyncio.gather(
            self._entries_of_nat(nat_gateways, listings.SNAT_ENTRIES, self.facts.snat_entries),
            self._entries_of_nat(
                nat_gateways, listings.FORWARD_ENTRIES, self.facts.forward_entries
            ),
        )
        if TARGET_GROUP in hops:
            call = root_call(listings.TARGET_GROUPS, self.account)
            rows = await self.if_allowed(call, listings.TARGET_GROUPS, [call.name])
            self.facts.target_groups.extend(rows)

    async def _entries_of_nat(
        self, nat_gateways: Sequence[str], listing: Listing, found: dict[str, Raws]
    ) -> None:
        """The SNAT or DNAT entries of each NAT gateway."""
        calls = [call for _, call in child_calls(listing, nat_gateways, self.account)]
        rows = await asyncio.gather(
            *(self.unless_refused(call, listing, [call.name]) for call in calls)
        )
        read = zip(nat_gateways, rows, strict=True)
        found.update({key: each for key, each in read if each is not None})


def _table_id(table: Raw) -> str:
    return require_id(table, "RouteTableId", listings.ROUTE_TABLES.call.name)


def _hop_types(entries: Raws) -> set[str]:
    return {
        text_at(hop, "NextHopType")
        for entry in entries
        for hop in [entry, *objects(entry, "NextHops.NextHop"), *objects(entry, "NextHops")]
    }
