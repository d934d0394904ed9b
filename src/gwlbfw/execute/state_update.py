"""What a run leaves to be remembered, and what has moved since the last one."""

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime

from gwlbfw.address import Address
from gwlbfw.diff import Change
from gwlbfw.drift import drift
from gwlbfw.execute.report import ApplyReport
from gwlbfw.plan import Plan
from gwlbfw.resources.graph import Live, Node
from gwlbfw.state import State
from gwlbfw.state.replay import JournalReplay


def drifted(record: State, live: Live, changes: tuple[Change, ...]) -> frozenset[Address]:
    """What changes although the file does not ask for it: live state has moved."""
    moved = (
        {item.address for item in drift(record.applied, live).items} if record.applied else set()
    )
    return frozenset(c.address for c in changes if c.action != "no_op" and c.address in moved)


def state_after(record: State, plan: Plan, report: ApplyReport) -> State:
    """The record after a run: what is done is as planned, the rest as it was."""
    unfinished = {each.step.address for each in report.results if each.outcome != "done"}
    applied: dict[Address, Node] = {}
    for change in plan.changes:
        old = record.applied.get(change.address)
        if change.address in unfinished:
            kept = old or (change.was if change.was and change.was.owned else None)
            made = report.ids.get(change.address, "")
            if change.towards is not None and made not in ("", change.id):
                kept = change.towards  # it was made, and then something else failed
        else:
            kept = change.towards if not change.restores else None
        if kept is not None:
            cloud_id = report.ids.get(change.address, kept.id)
            applied[change.address] = replace(kept, id=cloud_id, adopt=False)
    steered = {each.address for each in plan.changes if each.towards and not each.restores}
    if unfinished:
        # What the file names no longer has to be found again until it is put back.
        applied |= {
            address: node
            for address, node in record.applied.items()
            if not node.owned and address not in {each.address for each in plan.changes}
        }
    before = {a: was for a, was in record.before.items() if a in steered | unfinished}
    newer = replace(record, applied=applied, before=before)
    ids = {each.address: report.ids.get(each.address, "") for each in plan.changes if each.towards}
    new = sorted(ids[c.address] for c in plan.changes if ids.get(c.address) not in (None, "", c.id))
    return replace(newer, made=tuple(new), made_at=report.ended.isoformat()) if new else newer


@dataclass(frozen=True)
class EventualConsistency:
    """What earlier runs made a moment ago and the cloud does not list yet."""

    record: State
    story: JournalReplay
    since: Callable[[], datetime]
    """What was made before that is listed by now."""
    destroys: bool = False

    def __call__(self, live: Live) -> str:
        """The first of it in words; empty if there is none.

        A create whose answer nobody knows is sent again with its token, so only who destroys has
        to know whether it was carried out.
        """
        since = self.since()
        late = self.story.since(since)
        listed = {node.id for node in live.nodes.values()}
        if absent := sorted((late.ids.keys() | self._made(since)) - listed):
            return f"{absent[0]} is not listed yet"
        if self.destroys and (lost := [i for i in late.open if i.creates]):
            if unseen := [i for i in lost if Address(i.address) not in live.nodes]:
                return f"{unseen[0].address} may not be listed yet"
        return ""

    def _made(self, since: datetime) -> AbstractSet[str]:
        """What the last run that came to its end made, and nothing has taken down since."""
        if not self.record.made_at or datetime.fromisoformat(self.record.made_at) <= since:
            return frozenset()
        gone = {each.address for each in self.story.intents.values() if each.drops}
        there = {i for i, address in self.record.ids.items() if address not in gone}
        return there.intersection(self.record.made)
