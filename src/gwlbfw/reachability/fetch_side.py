"""One account's side of the facts: how lists are fetched, and what becomes of a refusal."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from gwlbfw.cloud.advice import advice
from gwlbfw.cloud.call import Call
from gwlbfw.cloud.reply_fields import text_at
from gwlbfw.discovery.fetch import Fetcher, child_calls, root_call
from gwlbfw.errors import CloudError, Denied, Missing, Rejected, TransportError
from gwlbfw.reachability.facts import NetworkFacts, Raws
from gwlbfw.resources.resource import Listing


@dataclass(frozen=True)
class Side:
    """One account's side of the facts."""

    fetcher: Fetcher
    facts: NetworkFacts
    account: str

    async def root(self, listing: Listing) -> Raws:
        """The objects of a list that has no parents."""
        return await self.fetcher.fetch(root_call(listing, self.account), listing.items)

    async def of_parent(self, listing: Listing, parent: str) -> Raws:
        """The objects of one parent."""
        ((_, call),) = child_calls(listing, [parent], self.account)
        return await self.fetcher.fetch(call, listing.items)

    async def per_parent(self, listing: Listing, parents: Sequence[str]) -> list[Raws]:
        """The objects of each parent, in the order of the parents."""
        return await asyncio.gather(*(self.of_parent(listing, each) for each in parents))

    async def if_allowed(self, call: Call, listing: Listing, about: Sequence[str]) -> Raws:
        """The objects of a list; none where it is refused, which is noted for what it is about."""
        return await self.unless_refused(call, listing, about) or []

    async def unless_refused(
        self, call: Call, listing: Listing, about: Sequence[str]
    ) -> Raws | None:
        """The objects of a list; None where it is refused, which is noted likewise."""
        try:
            return await self.fetcher.fetch(call, listing.items)
        except (Denied, Missing, Rejected) as refusal:
            self.noted(refusal, about)
            return None

    def noted(self, failure: CloudError | TransportError, about: Sequence[str]) -> Raws:
        """Nothing, for a list that was not answered: why, and what to do, is kept."""
        what_to_do = advice(failure) if isinstance(failure, CloudError) else None
        reason = f"{failure}; {what_to_do}" if what_to_do else str(failure)
        self.facts.unread.update(dict.fromkeys(about, reason))
        return []


def ids_in(rows: Raws, field: str) -> list[str]:
    """The ids that a field of some objects names, each once."""
    return sorted({text_at(each, field) for each in rows} - {""})
