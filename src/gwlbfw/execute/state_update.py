"""The state after a run, and what has changed outside gwlbfw since the last one."""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime

from gwlbfw.address import Address
from gwlbfw.diff import Change
from gwlbfw.drift import drift
from gwlbfw.execute.report import ApplyReport
from gwlbfw.plan import Plan
from gwlbfw.resources.graph import Live, Node, ResourceGraph
from gwlbfw.state import State
from gwlbfw.state.replay import JournalReplay


def drifted_addresses(
    applied: ResourceGraph, live: Live, changes: tuple[Change, ...]
) -> frozenset[Address]:
    """The addresses that change because live state has moved, not because the file asks for it."""
    if not applied:
        return frozenset()
    moved = {item.address for item in drift(applied, live).items}
    return frozenset(c.address for c in changes if c.action != "no_op" and c.address in moved)


def state_after(state: State, plan: Plan, report: ApplyReport) -> State:
    """The state after a run: what is done is as planned, the rest as it was."""
    unfinished = frozenset(each.step.address for each in report.results if each.outcome != "done")
    steered = {each.address for each in plan.changes if each.towards and not each.restores}
    newer = replace(
        state,
        applied=_applied_after(state, plan, report.ids, unfinished),
        before={a: was for a, was in state.before.items() if a in steered | unfinished},
        removed=_removed_after(state, report),
        saved_plan="" if report.outcome == "done" else state.saved_plan,
    )
    if not (created := _created_ids(plan, report)):
        return newer
    return replace(newer, created=created, created_at=report.ended.isoformat())


def _removed_after(state: State, report: ApplyReport) -> Mapping[Address, str]:
    """The times of removals that a run which goes on has to know; none where this one is done."""
    if report.outcome == "done":
        return {}
    removed = dict(state.removed)
    for each in (each for each in report.results if each.outcome == "done" and each.attempts):
        if each.step.drops:
            removed[each.step.address] = report.time_of(each.end_s).isoformat()
        elif each.step.phase == "create":
            removed.pop(each.step.address, None)
    return removed


def _applied_after(
    state: State, plan: Plan, ids: Mapping[Address, str], unfinished: frozenset[Address]
) -> ResourceGraph:
    """The graph that is applied after a run, with the ids that are known by now."""
    applied: dict[Address, Node] = {}
    for change in plan.changes:
        cloud_id = ids.get(change.address, "")
        if change.address in unfinished:
            node = _unfinished_node(change, state.applied.get(change.address), cloud_id)
        else:
            node = None if change.restores else change.towards
        if node is not None:
            applied[change.address] = replace(node, id=cloud_id or node.id, adopt=False)
    return {**applied, **_still_steered(state, plan)} if unfinished else applied


def _unfinished_node(change: Change, recorded: Node | None, cloud_id: str) -> Node | None:
    """The node to remember of a change that was not carried out to its end."""
    if change.towards is not None and cloud_id not in ("", change.id):
        return change.towards  # it was created, and then another of its steps failed
    if recorded is not None:
        return recorded
    return change.was if change.was and change.was.owned else None


def _still_steered(state: State, plan: Plan) -> ResourceGraph:
    """The nodes that the file no longer names, and that are remembered until they are restored."""
    planned = {each.address for each in plan.changes}
    return {
        address: node
        for address, node in state.applied.items()
        if not node.owned and address not in planned
    }


def _created_ids(plan: Plan, report: ApplyReport) -> tuple[str, ...]:
    """The ids of what the run created, sorted."""
    built = [each for each in plan.changes if each.towards]
    ids = ((each, report.ids.get(each.address, "")) for each in built)
    return tuple(sorted(cloud_id for each, cloud_id in ids if cloud_id not in ("", each.id)))


@dataclass(frozen=True)
class EventualConsistency:
    """Knows what earlier runs changed a moment ago and lists may not show yet.

    What they created may be missing, and what they deleted be there: not every list says of a thing
    that it is going.
    """

    state: State
    previous_runs: JournalReplay
    listed_before: Callable[[], datetime]
    """The time before which everything that was created is listed by now."""
    repeats: bool = True
    """True if the run sends the creates of earlier ones as they were: with the same parameters."""

    def __call__(self, live: Live) -> str:
        """The first resource that is not listed yet, or still, for people; empty if there is none.

        A create whose outcome nobody knows is sent again with its token, so only a destroy, or a
        run of another file, has to know whether it was carried out: with other parameters the token
        can't be used, and it would be made twice.
        """
        since = self.listed_before()
        late = self.previous_runs.since(since)
        listed = {node.id for node in live.nodes.values()}
        if absent := sorted((late.ids.keys() | self._created(since)) - listed):
            return f"{absent[0]} is not listed yet"
        if going := sorted(late.removed.keys() & live.nodes.keys()):
            return f"{going[0]} may be listed no longer in a moment"
        if not self.repeats:
            creates = [each for each in late.open_intents if each.creates]
            if unseen := [each for each in creates if Address(each.address) not in live.nodes]:
                return f"{unseen[0].address} may not be listed yet"
        return ""

    def _created(self, since: datetime) -> AbstractSet[str]:
        """The ids that the last run that ended has created, and no later one has deleted."""
        if not self.state.created_at or datetime.fromisoformat(self.state.created_at) <= since:
            return frozenset()
        gone = {each.address for each in self.previous_runs.intents.values() if each.drops}
        there = {i for i, address in self.state.ids.items() if address not in gone}
        return there.intersection(self.state.created)
