"""The firewall's side of the facts: services, load balancers, appliances, health."""

import asyncio
from collections.abc import Sequence

from gwlbfw.cloud.reply_fields import text_at, texts_at
from gwlbfw.cloud.reply_validation import require_id
from gwlbfw.discovery.fetch import child_calls, root_call
from gwlbfw.reachability import listings
from gwlbfw.reachability.facts import Raws
from gwlbfw.reachability.fetch_side import Side, ids_in
from gwlbfw.resources.resource import Listing

_ELSEWHERE = (
    "; a service of another account can't be read with these credentials: verify with the topology "
    "that names its account, or there"
)
"""PrivateLink API, GetVpcEndpointServiceAttribute: to others a service is not there."""


class FirewallSide(Side):
    """The lists of what lies behind the endpoints: services, load balancers, appliances, health."""

    async def fetch(self, services: Sequence[str], vpcs: Sequence[str]) -> None:
        await asyncio.gather(self._services(), self._connections(services))
        await self._balancers()
        named = ids_in([*self.facts.balancers.values()], "VpcId")
        await self._network_acls(sorted({*named, *vpcs}))

    async def _connections(self, services: Sequence[str]) -> None:
        """The connections to the stack's own services."""
        name = listings.CONNECTIONS.call.name
        for service, call in child_calls(listings.CONNECTIONS, services, self.account):
            rows = await self.if_allowed(call, listings.CONNECTIONS, [name])
            self.facts.connections[service[0]] = rows

    async def _services(self) -> None:
        """The services behind the endpoints, and the load balancers behind the services."""
        keys = ids_in(self.facts.endpoints, "ServiceId")
        details, resources = await asyncio.gather(
            self._behind(listings.SERVICE, keys), self._behind(listings.SERVICE_RESOURCES, keys)
        )
        for key in keys:
            if key in self.facts.unread and not details[key]:
                self.facts.unread[key] += _ELSEWHERE
            if details[key] and key not in self.facts.unread:
                self.facts.services[key] = details[key][0]
                self.facts.service_resources[key] = resources[key]

    async def _balancers(self) -> None:
        """Load balancers, listeners, server groups, appliances and their health."""
        rows = [row for each in self.facts.service_resources.values() for row in each]
        details = await self._behind(listings.LOAD_BALANCER, ids_in(rows, "ResourceId"))
        self.facts.balancers.update({key: rows[0] for key, rows in details.items() if rows})
        listeners = await self._behind(listings.LISTENERS, list(self.facts.balancers))
        self.facts.listeners.extend([row for rows in listeners.values() for row in rows])
        await asyncio.gather(self._groups(), self._health())
        await self._appliances()

    async def _appliances(self) -> None:
        """The instances among the servers, and the rules of their security groups."""
        members = {
            text_at(each, "ServerId") for rows in self.facts.members.values() for each in rows
        }
        if not members:
            return
        vpcs = ids_in([*self.facts.balancers.values()], "VpcId")
        found = await self._behind(listings.INSTANCES, vpcs)
        instances = [row for rows in found.values() for row in rows]
        self.facts.appliances.extend(e for e in instances if text_at(e, "InstanceId") in members)
        guards = {
            group
            for each in self.facts.appliances
            for group in texts_at(each, "SecurityGroupIds.SecurityGroupId")
        }
        rules = await self._behind(listings.RULES, sorted(guards))
        self.facts.rules.update(
            {key: rows for key, rows in rules.items() if key not in self.facts.unread}
        )

    async def _network_acls(self, vpcs: Sequence[str]) -> None:
        """The network ACLs of the subnets that load balancers and appliances may be in."""
        found = await self._behind(listings.VSWITCHES, vpcs)
        rows = [row for each in found.values() for row in each]
        self.facts.firewall_vswitches.extend(rows)
        acls = await self._behind(listings.NETWORK_ACL, ids_in(rows, "NetworkAclId"))
        self.facts.acls.update({key: rows[0] for key, rows in acls.items() if rows})

    async def _groups(self) -> None:
        keys = ids_in(self.facts.listeners, "ServerGroupId")
        if not keys:
            return
        call = root_call(listings.SERVER_GROUPS, self.account)
        groups, members = await asyncio.gather(
            self.if_allowed(call, listings.SERVER_GROUPS, keys),
            self._behind(listings.MEMBERS, keys),
        )
        self.facts.groups.extend([each for each in groups if each.get("ServerGroupId") in keys])
        self.facts.members.update(members)

    async def _health(self) -> None:
        name = listings.LISTENERS.call.name
        keys = [require_id(each, "ListenerId", name) for each in self.facts.listeners]
        self.facts.health.update(await self._behind(listings.HEALTH, keys))

    async def _behind(self, listing: Listing, parents: Sequence[str]) -> dict[str, Raws]:
        """The objects of a list per parent, or per batch of parents by the first of each."""
        calls = list(child_calls(listing, parents, self.account))
        found = await asyncio.gather(
            *(self.if_allowed(call, listing, batch) for batch, call in calls)
        )
        return {batch[0]: rows for (batch, _), rows in zip(calls, found, strict=True)}
