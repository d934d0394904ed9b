"""The steps of a plan while their order is being found."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from gwlbfw.address import Address
from gwlbfw.diff import Change
from gwlbfw.plan.model import Step
from gwlbfw.resources.resource import Phase


@dataclass(frozen=True)
class Draft:
    """A step that has no edges yet: of which change, and whether it builds or takes down."""

    step: Step
    change: Change
    builds: bool
    phase: Phase


@dataclass(frozen=True)
class Work:
    """All steps of the changes, by address, with the edges found so far."""

    drafts: tuple[Draft, ...]
    edges: set[tuple[str, str]] = field(default_factory=set)

    def of(self, address: Address, *, builds: bool) -> list[Draft]:
        """The steps at an address that build, or that take down, in their order."""
        return [d for d in self.drafts if d.step.address == address and d.builds == builds]

    def join(self, first: Sequence[Draft], then: Sequence[Draft]) -> None:
        """All of `first` before all of `then`."""
        for one in first[-1:]:
            for other in then[:1]:
                if one.step.id != other.step.id:
                    self.edges.add((one.step.id, other.step.id))
