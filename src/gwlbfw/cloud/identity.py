"""The cloud and the accounts that calls go to, as they say themselves.

Anybody may ask STS who a key is: GetCallerIdentity needs no permission (STS API 2015-04-01). The
simulator's reply also has an id of its data.
"""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from gwlbfw.cloud.call import Call
from gwlbfw.cloud.client import ApiClient
from gwlbfw.errors import ReplyError

_ACTION = "GetCallerIdentity"


@dataclass(frozen=True)
class CloudIdentity:
    """A cloud, and ids of accounts there."""

    accounts: Mapping[str, str] = field(default_factory=dict)
    """Account ids by the accounts' keys in the topology; that of the default account is empty."""
    simulator: str = ""
    """The id of a simulated cloud, `NAME.CONTENT`; empty for Alibaba Cloud."""

    @property
    def is_known(self) -> bool:
        """False for what a record of an earlier version says, which is nothing."""
        return bool(self.accounts)

    def is_same_cloud(self, other: "CloudIdentity") -> bool:
        """True if both are Alibaba Cloud, or one simulator, whatever its content is by now."""
        return self.simulator.partition(".")[0] == other.simulator.partition(".")[0]

    def updated(self, newer: "CloudIdentity") -> "CloudIdentity":
        """What another look at the same cloud has said, beside what was known before."""
        return replace(newer, accounts={**self.accounts, **newer.accounts})

    def account(self, key: str) -> str:
        """An account for people: its id, with its key where that is not the default one."""
        shown = f"account {self.accounts.get(key, 'unknown')}"
        return f"{shown} (`{key}`)" if key else shown

    def place(self, profiles: Mapping[str, str]) -> str:
        """Where calls go, for people; `profiles` are those of the CLI's file, by account key."""
        if self.simulator:
            return "on the simulator"
        shown = [
            f"{cloud_id}{_beside(key, profiles.get(key))}"
            for key, cloud_id in sorted(self.accounts.items())
        ]
        return f"in {'account' if len(shown) == 1 else 'accounts'} {', '.join(shown)}"


def _beside(key: str, profile: str | None) -> str:
    """The profile or the key of an account, behind its id."""
    if profile:
        return f" (profile {profile})"
    return f" (`{key}`)" if key else ""


async def fetch_identity(api: ApiClient, accounts: Collection[str]) -> CloudIdentity:
    """Fetch whose the accounts of these keys are. Raises CloudError, TransportError, ReplyError."""
    keys = sorted(accounts)
    calls = [Call("sts", _ACTION, account=key) for key in keys]
    replies = await asyncio.gather(*(api.read(each) for each in calls))
    ids = {key: str(reply.get("AccountId") or "") for key, reply in zip(keys, replies, strict=True)}
    if not all(ids.values()):
        raise ReplyError(calls[0].name, "there is no AccountId")
    return CloudIdentity(ids, str(replies[0].get("SimulatorId") or ""))
