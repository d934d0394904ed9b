"""The effect of a plan on traffic, as values that it carries; `gwlbfw.forecast` makes them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from gwlbfw.reachability.flows import Direction, Judgement
from gwlbfw.reachability.summary import VerdictSummary
from gwlbfw.reachability.verdict import Verdict

LOST: frozenset[Judgement] = frozenset({"black_hole", "loop", "no_route"})
"""Verdicts on traffic that does not get through."""

Worst = Literal["unknown", "black_hole", "bypass", "asymmetric", "none"]


@dataclass(frozen=True)
class TransientFlow:
    """A class of a subnet's traffic between two calls, where it is not as before or at the end.

    Or it is lost from some call on, in a subnet that the file doesn't name.
    """

    vpc: str
    """The address, or the id where it has none; so is `subnet`."""
    subnet: str
    direction: Direction
    destinations: tuple[str, ...]
    before: Judgement
    """The verdict on it before the plan."""
    verdict: Judgement
    black_hole: bool
    """True if it worked before the plan, there and back, and is lost now."""
    after: tuple[str, ...]
    """The ids of the last steps done that matter to it."""
    until: tuple[str, ...]
    """The ids of the steps of which the next ends it."""
    seconds: float
    """The length that is expected at most: until the last of these steps is done."""


@dataclass(frozen=True)
class Forecast:
    """The traffic before a plan, between its calls, and at its end."""

    before: VerdictSummary
    after: VerdictSummary
    transient_flows: tuple[TransientFlow, ...] = ()
    """Those seen if the cloud takes every call that is only tried."""
    transient_if_refused: tuple[TransientFlow, ...] = ()
    """Those that a refusal of these calls adds."""
    states: int = 0
    """The number of states between the calls that were judged."""
    unjudged: tuple[str, ...] = ()
    """Subnets with too many states to judge each."""
    lossy_steps: frozenset[str] = frozenset()
    """Steps that lose traffic, needed only where the cloud refuses a better one."""
    end: Verdict | None = field(default=None, compare=False, repr=False)
    """The verdict on its end, with the network; None in a plan that was read from a file."""

    @property
    def proven(self) -> bool:
        """True if everything is inspected, both ways, at the plan's end."""
        return self.after.proven

    @property
    def worst(self) -> Worst:
        """The worst that traffic meets between the calls."""
        return worst_of(self.transient_flows, self.unjudged)


def worst_of(transient_flows: Sequence[TransientFlow], unjudged: Sequence[str]) -> Worst:
    """The worst of some transient flows; `none` where all is as before or at the end."""
    verdicts = {each.verdict for each in transient_flows}
    if unjudged or "unknown" in verdicts:
        return "unknown"
    if any(each.black_hole for each in transient_flows):
        return "black_hole"
    if "bypass" in verdicts:
        return "bypass"
    return "asymmetric" if "asymmetric" in verdicts else "none"
