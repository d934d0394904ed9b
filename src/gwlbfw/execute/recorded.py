"""What a run leaves to be remembered, and what has moved since the last one."""

from dataclasses import replace

from gwlbfw.address import Address
from gwlbfw.diff import Change
from gwlbfw.drift import drift
from gwlbfw.execute.report import ApplyReport
from gwlbfw.plan import Plan
from gwlbfw.record import Record
from gwlbfw.resources.graph import Live, Node


def drifted(record: Record, live: Live, changes: tuple[Change, ...]) -> frozenset[Address]:
    """What changes although the file does not ask for it: live state has moved."""
    moved = (
        {item.address for item in drift(record.applied, live).items} if record.applied else set()
    )
    return frozenset(c.address for c in changes if c.action != "no_op" and c.address in moved)


def applied_record(record: Record, plan: Plan, report: ApplyReport) -> Record:
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
    return replace(record, applied=applied, before=before)
