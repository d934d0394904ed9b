"""The effect of a plan on traffic, as values that it carries; `gwlbfw.forecast` makes them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from gwlbfw.reachability.flows import Direction, Judgement
from gwlbfw.reachability.packets import Source
from gwlbfw.reachability.summary import VerdictSummary
from gwlbfw.reachability.verdict import Verdict

LOST: frozenset[Judgement] = frozenset({"black_hole", "loop", "no_route"})
"""Verdicts on traffic that does not get through."""

Reason = Literal["lost", "not_judged", "uninspected"]
"""The harm to a flow that works before a plan: it is lost, nobody knows, or it is not inspected any
more though it was."""
Worst = Literal["unknown", "black_hole", "bypass", "asymmetric", "none"]


@dataclass(frozen=True)
class TransientFlow:
    """A class of a subnet's traffic between two calls, where it is not as before or at the end.

    Or from some call on, where a flow that works before is harmed and stays so.
    """

    vpc: str
    """The address, or the id where it has none; so are `subnet` and `holder`."""
    subnet: str
    direction: Direction
    destinations: tuple[str, ...]
    before: Judgement
    """The verdict on it before the plan."""
    verdict: Judgement
    reason: Reason | None
    """The harm to it; None for what does not work before, or is no worse."""
    after: tuple[str, ...]
    """The ids of the last steps done that matter to it."""
    until: tuple[str, ...]
    """The ids of the steps of which the next ends it; none where it lasts."""
    seconds: float | None
    """The length that is expected at most, until the last of these steps is done; None for good."""
    holder: str = ""
    """The machine or interface that alone has this traffic; empty for the subnet's as a whole."""
    source: Source | None = None
    """The sort of machines that has it, in a subnet that machines of both sorts use."""

    @property
    def black_hole(self) -> bool:
        """True if it worked before the plan, there and back, and is lost now."""
        return self.reason == "lost"

    @property
    def accepted_as_uninspected(self) -> bool:
        """True if consent to an uninspected end covers it."""
        return self.reason == "uninspected" and self.seconds is None


@dataclass(frozen=True)
class AddedNeed:
    """A step that waits for another only so that less traffic is harmed."""

    step: str
    needs: str
    reason: Reason
    """The harm of which there would be more."""


@dataclass(frozen=True)
class Exposure:
    """The flows that a plan harms, each times the seconds that it does; not what it harms for good.

    `forecast/exposure.py` says how they are counted.
    """

    lost_s: float = 0.0
    not_judged_s: float = 0.0
    uninspected_s: float = 0.0
    least: Literal["possible", "found"] = "possible"
    """Whether no order of the plan's calls has less, or only none that was tried."""
    added: tuple[AddedNeed, ...] = ()
    """The edges by which it is so little."""


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
    consent: tuple[TransientFlow, ...] = ()
    """The harm to flows that work before and that somebody uses, which nobody may do unasked."""
    exposure: Exposure = Exposure()
    end: Verdict | None = field(default=None, compare=False, repr=False)
    """The verdict on its end, with the network; None in a plan that was read from a file."""

    @property
    def proven(self) -> bool:
        """True if everything is inspected, both ways, at the plan's end."""
        return self.after.proven

    @property
    def worst(self) -> Worst:
        """The worst that traffic meets between the calls, or at the end."""
        return worst_of((*self.transient_flows, *self.consent), self.unjudged)


def worst_of(flows: Sequence[TransientFlow], unjudged: Sequence[str]) -> Worst:
    """The worst of some transient flows; `none` where all is as before or at the end."""
    verdicts = {each.verdict for each in flows}
    if any(each.black_hole for each in flows):
        return "black_hole"
    if unjudged or "unknown" in verdicts:
        return "unknown"
    if "bypass" in verdicts:
        return "bypass"
    return "asymmetric" if "asymmetric" in verdicts else "none"
