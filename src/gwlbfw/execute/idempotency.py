"""After a refusal: whether the work is done all the same, and whether it can ever be done."""

from collections.abc import Iterator
from dataclasses import dataclass

from gwlbfw.cloud.call import Raw, objects
from gwlbfw.cloud.client import ApiClient
from gwlbfw.cloud.retry import Failure
from gwlbfw.errors import Busy, CloudError, GwlbfwError, Missing, Rejected
from gwlbfw.plan.model import Step
from gwlbfw.resources.dependents import Inside
from gwlbfw.resources.resource import kinds
from gwlbfw.resources.tags import STACK_TAG, read_tags

TAKES_AWAY = ("dissociate", "remove-", "leave-", "untag", "revoke")
"""Phases, by how their names begin, that are done where there is nothing to take away."""
SHOWN = ("start", "stop")
"""Phases that are refused where they are done already, as if it were not the time for them.

That they are done, their waits show.
"""


def is_done_already(step: Step, problem: CloudError) -> bool:
    """Whether the refusal means that the work is done; the waits then make sure of it."""
    if isinstance(problem, Missing):
        return step.drops or step.phase.removeprefix("replace-").startswith(TAKES_AWAY)
    return step.phase != "create" or not kinds()[step.address.kind].id_field


@dataclass(frozen=True)
class DeletionBlockers:
    """What keeps a resource from being deleted, as far as it is not the stack's own.

    What was the stack's lingers for a while after its own delete, and goes by itself.
    """

    api: ApiClient
    stack: str
    ours: frozenset[str]
    """Ids of what is, or was a moment ago, the stack's."""

    async def refuse(self, failure: Failure, kind: str, cloud_id: str, account: str) -> None:
        """Raise the refusal for good where strangers are the reason for it."""
        if not isinstance(failure, Busy) or not failure.cloud_code.startswith(_STILL_USED):
            return
        strangers = [
            name
            for inside in kinds()[kind].inside
            for name in self._strangers(inside, await self._listed(inside, cloud_id, account))
        ]
        if strangers:
            raise _for_good(failure, cloud_id, strangers)

    async def _listed(self, inside: Inside, cloud_id: str, account: str) -> list[Raw]:
        """What lies in it; nothing where that can't be read, since then it is not known."""
        try:
            return await self.api.list_all(inside.of(cloud_id, account), inside.items)
        except GwlbfwError:
            return []

    def _strangers(self, inside: Inside, listed: list[Raw]) -> Iterator[str]:
        for raw in listed:
            name, instance = str(raw.get(inside.id) or ""), str(raw.get("InstanceId") or "")
            own = name in self.ours or instance in self.ours or self._tagged(raw)
            if not own and not inside.passes(raw):
                yield instance or name

    def _tagged(self, raw: Raw) -> bool:
        tags = [*objects(raw, "Tags.Tag"), *objects(raw, "Tags")]
        named = {**read_tags(tags), **read_tags(tags, "TagKey", "TagValue")}
        return named.get(STACK_TAG) == self.stack


_STILL_USED = ("DependencyViolation", "Forbbiden")


def _for_good(failure: CloudError, cloud_id: str, strangers: list[str]) -> Rejected:
    error = Rejected(
        failure.action,
        failure.cloud_code,
        failure.cloud_message,
        failure.request_id,
        status=failure.status,
    )
    named = ", ".join(sorted(set(strangers)))
    error.hint = f"{cloud_id} still has what is not the stack's: {named}; remove it, then go on"
    return error
