"""The plan as a value: it can be printed, saved, judged and carried out."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from gwlbfw.address import Address
from gwlbfw.cloud.call import Call, Json, Wait
from gwlbfw.diagnostics import Diagnostic
from gwlbfw.diff import ACTIONS, Change
from gwlbfw.plan.forecast import Forecast
from gwlbfw.resources.graph import OriginalState

REPLACE = "replace-"
"""The mark of a phase of the deletion in a replacement, which begins its name."""
BACK = ":back"
"""The end of the name of a group that turns traffic off the firewall, or off a gateway."""
_NUMBERED = re.compile(r"-\d+$")


@dataclass(frozen=True)
class Pause:
    """The time in which something comes to its end by itself, from a moment on."""

    seconds: float
    since: str = ""
    """The moment in UTC (ISO 8601); empty where it is not known: then the step's own begin."""


@dataclass(frozen=True)
class Step:
    """One call of a plan with the waits that follow it; a gate has no call and only waits.

    `needs` names the steps that must be done before. Steps with the same `serial` key run one at a
    time, the key being held until the waits are over where `through` is set.
    """

    id: str
    address: Address
    phase: str
    call: Call | None
    waits: tuple[Wait, ...] = ()
    needs: frozenset[str] = frozenset()
    serial: str = ""
    through: bool = True
    timeout_s: float = 900.0
    drops: bool = False
    """True if the address is empty once this step is done."""
    completes: bool = False
    """True for the last step of its change."""
    cuts_over: bool = False
    """True if it changes the path of traffic."""
    group: str = ""
    """The VPC and zone whose traffic it cuts over, as one with the others of the group.

    With `BACK` after it where that leads off the firewall; without zone for an IPv4 gateway.
    """
    undo: Call | None = None
    """The call that rolls it back, if another step of its group fails."""
    undo_waits: tuple[Wait, ...] = ()
    removes: bool = False
    """True if it is done already where the cloud says that what it names is missing."""
    busy_when_done: bool = False
    """True if the cloud refuses it as busy where it is done already."""
    attempt: bool = False
    """True if a refusal is an answer, and no failure."""
    unless: str = ""
    """The attempt whose success makes this step needless."""
    pause: Pause | None = None
    """The time that has to pass before what it waits for counts."""

    @property
    def turns_back(self) -> bool:
        """True if its group turns traffic off the firewall, or off a gateway."""
        return self.group.endswith(BACK)

    @property
    def kind_phase(self) -> str:
        """The phase as its kind names it: without a number, or the mark of a replacement."""
        return _NUMBERED.sub("", self.phase).removeprefix(REPLACE)


@dataclass(frozen=True)
class Plan:
    """The changes to make, their calls in order, and the live state that they were planned from."""

    stack: str
    region: str
    changes: tuple[Change, ...]
    steps: tuple[Step, ...]
    """In an order in which they can be carried out one by one."""
    fingerprint: str
    """Digest of the live state the plan was made from."""
    before: OriginalState = field(default_factory=dict)
    warnings: tuple[Diagnostic, ...] = ()
    drifted: frozenset[Address] = frozenset()
    """The addresses whose live state is no longer what was last applied."""
    destroys: bool = False
    forecast: Forecast | None = None
    """The plan's effect on traffic; None in one that only compares."""
    account: str = ""
    """The account whose credentials it was made with; empty in one that only compares."""
    place: str = ""
    """The cloud and accounts that its calls go to, for people; not part of a saved plan."""
    source: str = ""
    """The path of the topology file."""
    source_digest: str = ""
    """Digest of the topology after its variables were filled in, and of its user data."""
    document: Mapping[str, Json] | None = field(default=None, compare=False, repr=False)
    """The JSON that it was read from. Such a plan is data: what is carried out in its place is one
    that the stack makes anew, where that is the same."""
    carries_out: str = ""
    """Digest of the saved plan that it was found to be the same as; empty where there is none."""

    def __repr__(self) -> str:
        counts = [f"{number} to {action}" for action, number in self.summary.items() if number]
        what = ", ".join(each for each in counts if not each.endswith("no_op")) or "no changes"
        return (
            f"<Plan {'to destroy ' if self.destroys else ''}{self.stack} in {self.region}: {what}>"
        )

    @property
    def summary(self) -> Mapping[str, int]:
        """The number of changes of each action."""
        count = Counter(change.action for change in self.changes)
        return {action: count[action] for action in ACTIONS}

    @property
    def is_empty(self) -> bool:
        """True if there is nothing to do."""
        return all(change.action == "no_op" for change in self.changes)

    def change(self, address: Address) -> Change | None:
        """The change at an address."""
        return next((each for each in self.changes if each.address == address), None)

    def to_json(self) -> dict[str, Json]:
        """The plan as `gwlbfw plan --format json` prints it, and `--out` saves it."""
        from gwlbfw.plan.serialization import plan_to_json  # noqa: PLC0415 - it knows plans

        return plan_to_json(self)
