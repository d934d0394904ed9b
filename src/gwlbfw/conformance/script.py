"""Scripts of the conformance suite, as their files have them.

    claim: A VPC has at most one IPv4 gateway.
    source: VPC API, CreateIpv4Gateway, error codes
    minutes: 1
    cost: none
    steps:
      - call: vpc.CreateVpc
        params: {CidrBlock: 10.0.0.0/16, VpcName: "{run}"}
        name: {vpc: VpcId}
        undo: {call: vpc.DeleteVpc, params: {VpcId: "{vpc}"}}
      - call: vpc.CreateIpv4Gateway
        params: {VpcId: "{vpc}-none"}
        refused: InvalidVpcId.NotFound
        unverified: true

A step is a call as fixtures have them, with two keys more: `undo`, the call (or calls) that remove
what it made, and `unverified`, which marks what no source says: there the cloud decides.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

import yaml

from gwlbfw.sim.errors import SimulatorError
from gwlbfw.sim.fixture.calls import FixtureCall, as_call, yaml_items

_KEYS = frozenset({"claim", "source", "minutes", "cost", "steps"})
_STEP_KEYS = frozenset({"undo", "unverified"})


@dataclass(frozen=True)
class Step:
    """One call, and what removes what it made."""

    call: FixtureCall
    undo: tuple[FixtureCall, ...] = ()
    unverified: bool = False
    """True if no source says what comes back."""


@dataclass(frozen=True)
class Script:
    """The calls that show one claim."""

    name: str
    claim: str
    source: str
    minutes: float
    """How long it takes on the real cloud, about."""
    cost: str
    """What it costs there, in words; `none`."""
    steps: tuple[Step, ...]

    @property
    def products(self) -> tuple[str, ...]:
        """The products that it calls."""
        return tuple(sorted({each.call.product for each in self.steps}))

    @property
    def is_unverified(self) -> bool:
        """True if it settles something that no source says."""
        return any(each.unverified for each in self.steps)


def load_scripts() -> list[Script]:
    """Every script of the suite, by name."""
    folder = resources.files(__name__.rpartition(".")[0]).joinpath("scripts")
    files = sorted(folder.iterdir(), key=lambda each: each.name)
    return [load_script(each) for each in files if each.name.endswith(".yaml")]


def load_script(file: Traversable) -> Script:
    """The script of a file. Raises SimulatorError for one that is not of this form."""
    try:
        data = yaml.load(file.read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506 - texts only
    except (OSError, ValueError, yaml.YAMLError) as problem:
        raise SimulatorError(f"The script {file} can't be read: {problem}") from problem
    if not isinstance(data, Mapping) or data.keys() != _KEYS or not data["steps"]:
        raise SimulatorError(f"The script {file} has to have {', '.join(sorted(_KEYS))}")
    lines = yaml_items(str(file), file.read_text(encoding="utf-8"), "steps")
    return Script(
        name=file.name.removesuffix(".yaml"),
        claim=str(data["claim"]),
        source=str(data["source"]),
        minutes=float(data["minutes"]),
        cost=str(data["cost"]),
        steps=tuple(_step(f"{file.name}:{number}", each) for number, each in lines),
    )


def _step(place: str, data: Mapping[str, Any]) -> Step:
    undo = data.get("undo", ())
    listed: Iterable[Mapping[str, Any]] = [undo] if isinstance(undo, Mapping) else undo
    call = {name: value for name, value in data.items() if name not in _STEP_KEYS}
    return Step(
        as_call(place, call),
        tuple(as_call(place, each) for each in listed),
        unverified=data.get("unverified") == "true",
    )
