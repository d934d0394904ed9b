"""A stack's record held against the cloud that answers now: another one is refused."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from gwlbfw.cloud.identity import CloudIdentity
from gwlbfw.errors import AnotherCloud
from gwlbfw.resources.graph import Live
from gwlbfw.state.model import State
from gwlbfw.state.replay import JournalReplay


@dataclass(frozen=True)
class KnownCloud:
    """A record, what its journal adds, and the cloud and accounts that calls go to now."""

    record: State
    previous_runs: JournalReplay
    recorded: CloudIdentity
    """The cloud that the record names."""
    now: CloudIdentity
    location: str
    """The location of the record, for people."""

    @property
    def was_replaced(self) -> bool:
        """True for a simulator that was reset, or that another content was loaded into."""
        return self.recorded.is_known and self.recorded.simulator != self.now.simulator

    @property
    def bound(self) -> "KnownCloud":
        """The same with a record that names the cloud as it is now."""
        return replace(self, record=replace(self.record, cloud=self.recorded.updated(self.now)))

    @property
    def new_record(self) -> State:
        """A record in which nothing was applied yet, to be saved after this one."""
        state = self.record
        return State(state.stack, state.region, generation=state.generation, cloud=self.now)

    def refuse_another(self) -> None:
        """Raise AnotherCloud where the record is of another cloud, or of other accounts."""
        recorded, now = self.recorded, self.now
        if not recorded.is_known:
            return
        if not recorded.is_same_cloud(now):
            raise self._refusal(
                f"the record is {_of_cloud(recorded)}, and the calls go to {_cloud(now)}"
            )
        for key, mine in now.accounts.items():
            if recorded.accounts.get(key, mine) != mine:
                raise self._refusal(
                    f"the record is of {recorded.account(key)}, and these credentials are of "
                    f"account {mine}"
                )

    def refuse_vanished(self, live: Live) -> None:
        """Raise AnotherCloud where nothing of an account is there any more that should be.

        What the stack's own runs deleted does not count.
        """
        seen = _ids(live)
        for account, expected in self._expected().items():
            if not expected & seen:
                raise self._refusal(
                    f"nothing is there any more of the {len(expected)} resources that were last "
                    f"applied in {self.record.cloud.account(account)}, all at once"
                )

    def is_gone(self, live: Live) -> bool:
        """True if nothing of the record is there any more."""
        expected = self._expected()
        return not any(ids & _ids(live) for ids in expected.values())

    def _expected(self) -> dict[str, set[str]]:
        """The ids by account key that nobody but others can have deleted."""
        dropped = {*self.previous_runs.dropped, *self.record.removed}
        found: dict[str, set[str]] = {}
        for cloud_id, address in self.record.ids.items():
            if address not in dropped:
                found.setdefault(self.record.applied[address].account, set()).add(cloud_id)
        return found

    def _refusal(self, message: str) -> AnotherCloud:
        journal = f"{self.location.removesuffix('json')}journal"
        return AnotherCloud(
            message,
            hint="see that credentials, roles and endpoint are those of the stack; if it is meant "
            f"to be made anew here, remove {self.location}, and {journal} if there is one",
        )


def _ids(live: Live) -> AbstractSet[str]:
    return {*(each.id for each in live.nodes.values()), *live.others}


def _cloud(identity: CloudIdentity) -> str:
    return "another simulator" if identity.simulator else "Alibaba Cloud"


def _of_cloud(identity: CloudIdentity) -> str:
    return "of a simulator" if identity.simulator else "of Alibaba Cloud"
