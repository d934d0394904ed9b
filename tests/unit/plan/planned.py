"""Plans made without a cloud, and questions to ask of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from gwlbfw.address import Address
from gwlbfw.diff import diff
from gwlbfw.plan import Plan, Step, build
from gwlbfw.resources.graph import Live, OriginalState, ResourceGraph
from gwlbfw.topology.models import Cutover


@dataclass(frozen=True)
class Planned:
    """The steps of a plan by id."""

    plan: Plan

    def __getitem__(self, step: str) -> Step:
        return self.steps[step]

    @property
    def steps(self) -> Mapping[str, Step]:
        return {each.id: each for each in self.plan.steps}

    def before(self, first: str, then: str) -> bool:
        """Whether `then` can't start until `first` is done."""
        needs = self.steps[then].needs
        return first in needs or any(self.before(first, each) for each in needs)

    def unordered(self, one: str, other: str) -> bool:
        """Whether two steps may run side by side."""
        return not self.before(one, other) and not self.before(other, one)


def planned(
    target: ResourceGraph,
    live: Live | None = None,
    *,
    before: OriginalState | None = None,
    known: ResourceGraph | None = None,
    cutover: Cutover | None = None,
    removed: Mapping[Address, str] | None = None,
) -> Planned:
    """The plan from `live` to `target`."""
    there = live or Live()
    changes = diff(target, there, before or {})
    hints = {**(known or {}), **target}
    steps = build(changes, target, there, hints, cutover or Cutover(), removed or {})
    return Planned(Plan("demo", "cn-wulanchabu", changes, steps, there.fingerprint, before or {}))
