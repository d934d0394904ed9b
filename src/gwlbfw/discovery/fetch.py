"""The fetch layer: every list of the cloud is fetched once in an observation, whoever reads it.

Discovery makes resources of the replies, and reachability the forwarding model.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace

from gwlbfw.cloud.call import Call, JsonList, Raw, Value
from gwlbfw.cloud.client import ApiClient
from gwlbfw.resources.resource import Listing


class Fetcher:
    """Fetches the lists of one observation; a list that was fetched before is not fetched again."""

    def __init__(self, api: ApiClient) -> None:
        self.api = api
        self._lists: dict[str, asyncio.Task[list[Raw]]] = {}

    async def fetch(self, call: Call, items: str) -> list[Raw]:
        """The objects at the dotted path `items` of every page of a list, in order."""
        key = f"{call.account} {call.name} {items} {sorted(call.params.items())}"
        if key not in self._lists:
            self._lists[key] = asyncio.ensure_future(self.api.list_all(call, items))
        return await self._lists[key]

    def forget(self) -> None:
        """Begin another observation: every list is fetched again when it is next read."""
        self._lists.clear()


def root_call(listing: Listing, account: str) -> Call:
    """The call of a listing that has no parents."""
    return replace(listing.call, account=account)


def child_calls(
    listing: Listing, parents: Sequence[str], account: str
) -> Iterator[tuple[tuple[str, ...], Call]]:
    """The calls of a listing per parent, each with the ids of the parents that it is about."""
    for start in range(0, len(parents), listing.batch):
        batch = tuple(parents[start : start + listing.batch])
        params = {**listing.call.params, listing.parent_param: _parents_value(listing, batch)}
        yield batch, replace(listing.call, params=params, account=account)


def _parents_value(listing: Listing, batch: tuple[str, ...]) -> Value:
    """The ids of a batch of parents as the listing takes them."""
    if listing.batch == 1:
        return batch[0]
    if listing.batch_form == "json":
        return JsonList(batch)
    return ",".join(batch) if listing.batch_form == "commas" else list[Value](batch)
