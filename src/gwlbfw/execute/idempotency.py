"""The meaning of a refusal where a call is repeated: done already, or impossible for good."""

from collections.abc import Iterator
from dataclasses import dataclass

from gwlbfw.cloud.call import Call, Raw, objects
from gwlbfw.cloud.client import ApiClient
from gwlbfw.cloud.retry import Failure
from gwlbfw.errors import Busy, CloudError, GwlbfwError, Missing, Rejected
from gwlbfw.plan.model import Step
from gwlbfw.resources.dependents import DependentListing
from gwlbfw.resources.resource import kinds
from gwlbfw.resources.tags import STACK_TAG, read_tags


def is_already_done(step: Step, problem: CloudError) -> bool:
    """True if the refusal means that the step is done; its waits then make sure of it."""
    if isinstance(problem, Missing):
        return step.removes
    return step.phase != "create" or not kinds()[step.address.kind].id_field


@dataclass(frozen=True)
class DeletionBlockers:
    """The resources that block a deletion, as far as they are not the stack's own.

    What the stack owned lingers for a while after its own delete, and disappears by itself.
    """

    api: ApiClient
    stack: str
    ours: frozenset[str]
    """Ids of what the stack owns, or owned a moment ago."""

    async def check(self, failure: Failure, kind: str, deletion: Call) -> None:
        """Raise the refusal of a deletion as final where unmanaged resources are the reason."""
        if not isinstance(failure, Busy) or not failure.cloud_code.startswith(_IN_USE_CODES):
            return
        for listing in kinds()[kind].dependents:
            listed = await self._fetch(listing, deletion)
            if unmanaged := [*self._unmanaged(listing, listed, deletion)]:
                parent = str(deletion.params[listing.parent_param])
                raise _final_error(failure, parent, unmanaged, listing.remedy)

    async def _fetch(self, listing: DependentListing, deletion: Call) -> list[Raw]:
        """The resources inside; none where they can't be read, since then nothing is known."""
        try:
            return await self.api.list_all(listing.of(deletion), listing.items)
        except GwlbfwError:
            return []

    def _unmanaged(
        self, listing: DependentListing, listed: list[Raw], deletion: Call
    ) -> Iterator[str]:
        for raw in listed:
            name, instance = str(raw.get(listing.id) or ""), str(raw.get("InstanceId") or "")
            own = name in self.ours or instance in self.ours or self._is_tagged(raw)
            if not own and not listing.ignores(raw, deletion):
                yield instance or name

    def _is_tagged(self, raw: Raw) -> bool:
        tags = [*objects(raw, "Tags.Tag"), *objects(raw, "Tags")]
        named = {**read_tags(tags), **read_tags(tags, "TagKey", "TagValue")}
        return named.get(STACK_TAG) == self.stack


_IN_USE_CODES = ("DependencyViolation", "Forbbiden", "EndpointServiceConnectionDependence")


def _final_error(failure: CloudError, parent: str, unmanaged: list[str], remedy: str) -> Rejected:
    error = Rejected(
        failure.action,
        failure.cloud_code,
        failure.cloud_message,
        failure.request_id,
        status=failure.status,
    )
    named = ", ".join(sorted(set(unmanaged)))
    error.hint = f"{parent} still has what is not the stack's: {named}; {remedy}, then go on"
    return error
