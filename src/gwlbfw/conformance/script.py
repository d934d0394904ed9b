"""Scripts of the conformance suite, as their files have them.

    claim: A VPC has at most one IPv4 gateway.
    source: VPC API, CreateIpv4Gateway, error codes
    minutes: 1
    cost: none
    setup: vpc
    steps:
      - call: vpc.CreateIpv4Gateway
        params: {VpcId: "{vpc}", Ipv4GatewayName: "{run}"}
        name: {gateway: Ipv4GatewayId}
        undo: {call: vpc.DeleteIpv4Gateway, params: {Ipv4GatewayId: "{gateway}"}}
      - call: vpc.GetIpv4GatewayAttribute
        params: {Ipv4GatewayId: "{gateway}"}
        until: {Status: Created}
        through: {Status: Creating}
        expect: {Enabled: "false", CreateTime: <string>}
      - call: vpc.CreateIpv4Gateway
        params: {VpcId: "{vpc}-none"}
        refused: [InvalidVpcId.NotFound, ResourceNotFound.Vpc]
        unverified: vpc/ipv4_gateway

A step is a call as fixtures have them, with `name` and these keys:

- `expect`: what the reply holds, by path (see `expectation`): a text, a list of which one has to be
  there, `<present>`, `<absent>`, `<string>`, `<number>`, `<boolean>`, `<list>` or `<object>`; an
  empty text is for what is absent or empty.
- `until`: likewise, but the call is sent again until the reply holds it; `until: refused` sends it
  again until it is refused. `through` is what it may hold meanwhile.
- `refused`: the code with which the call is refused, or a list of which one has to come; an empty
  text in it stands for a call that is accepted.
- `undo`: the call, or calls, that remove what it made. They are sent in reverse order at the end,
  whatever happened, unless a step has carried them out.
- `unverified`: no source says what comes back; names the file below `src/gwlbfw/sim/services` (or
  `src/gwlbfw/sim`) that has the guess.

`setup` names a file of `setups`, whose steps go before the script's own. `{run}` is the name that
everything made has, unique to a run.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, TypeAlias

import yaml

from gwlbfw.conformance.expectation import Expectation
from gwlbfw.sim.errors import SimulatorError
from gwlbfw.sim.fixture.calls import FixtureCall, as_call, as_text, text_loader, yaml_items

_KEYS = frozenset({"claim", "source", "minutes", "cost", "steps"})
_CALL_KEYS = frozenset({"call", "params", "name"})
_STEP_KEYS = frozenset({"expect", "until", "through", "refused", "undo", "unverified"})
_GONE = "refused"
Data: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class Step:
    """One call, what has to come back, and what removes what it made."""

    call: FixtureCall
    expect: tuple[Expectation, ...] = ()
    until: tuple[Expectation, ...] = ()
    through: tuple[Expectation, ...] = ()
    refused: tuple[str, ...] = ()
    """The codes of which the call is refused with one; none if it is accepted."""
    until_refused: bool = False
    """True if it is sent until it is refused."""
    undo: tuple[FixtureCall, ...] = ()
    unverified: str = ""
    """The simulator's file that has the guess, if no source says what comes back."""


@dataclass(frozen=True)
class Script:
    """The calls that show one claim."""

    name: str
    """Its folder and file, such as `vpc/one-ipv4-gateway-per-vpc`."""
    claim: str
    source: str
    minutes: float
    """How long it takes on the real cloud, about."""
    cost: str
    """What it costs there, in words; `none`."""
    steps: tuple[Step, ...]

    @property
    def is_unverified(self) -> bool:
        """True if it settles something that no source says."""
        return any(each.unverified for each in self.steps)


def load_scripts() -> list[Script]:
    """Every script of the suite, by name."""
    return [load_script(file, name.partition("/")[0]) for name, file in sorted(_files().items())]


def script_names() -> list[str]:
    """The name of every script of the suite, without a look into its file."""
    return sorted(_files())


def _files() -> dict[str, Traversable]:
    """The file of every script, by the script's name."""
    return {
        f"{folder.name}/{file.name.removesuffix('.yaml')}": file
        for folder in _folder("scripts").iterdir()
        for file in folder.iterdir()
        if file.name.endswith(".yaml")
    }


def load_script(file: Traversable, folder: str = "") -> Script:
    """The script of a file. Raises SimulatorError for one that is not of this form."""
    text, data = _read(file)
    if data.keys() - {"setup"} != _KEYS or not data["steps"]:
        raise SimulatorError(f"The script {file} has to have {', '.join(sorted(_KEYS))}")
    name = "/".join(filter(None, (folder, file.name.removesuffix(".yaml"))))
    return Script(
        name=name,
        claim=as_text(data["claim"]),
        source=as_text(data["source"]),
        minutes=float(data["minutes"]),
        cost=as_text(data["cost"]),
        steps=(*_setup(as_text(data.get("setup"))), *_steps(f"{name}.yaml", text)),
    )


def _folder(name: str) -> Traversable:
    return resources.files(__name__.rpartition(".")[0]).joinpath(name)


def _read(file: Traversable) -> tuple[str, Data]:
    try:
        text = file.read_text(encoding="utf-8")
        data = yaml.load(text, text_loader())  # noqa: S506 - texts only
    except (OSError, ValueError, yaml.YAMLError) as problem:
        raise SimulatorError(f"The script {file} can't be read: {problem}") from problem
    if not isinstance(data, Mapping):
        raise SimulatorError(f"The script {file} is no mapping")
    return text, data


@cache
def _setup(name: str) -> tuple[Step, ...]:
    """The steps of a set-up, after those of the one that it stands on."""
    if not name:
        return ()
    text, data = _read(_folder("setups").joinpath(f"{name}.yaml"))
    return (*_setup(as_text(data.get("setup"))), *_steps(f"setups/{name}.yaml", text))


def _steps(file: str, text: str) -> list[Step]:
    return [_step(f"{file}:{line}", each) for line, each in yaml_items(file, text, "steps")]


def _step(place: str, data: Data) -> Step:
    if unknown := sorted(data.keys() - _CALL_KEYS - _STEP_KEYS):
        known = ", ".join(sorted(_CALL_KEYS | _STEP_KEYS))
        raise SimulatorError(f"{place}: there is no {unknown[0]}; there are {known}")
    undo = data.get("undo", ())
    listed: Iterable[Data] = [undo] if isinstance(undo, Mapping) else undo
    until_refused = data.get("until") == _GONE
    return Step(
        as_call(place, {name: each for name, each in data.items() if name in _CALL_KEYS}),
        expect=_expectations(place, data.get("expect")),
        until=() if until_refused else _expectations(place, data.get("until")),
        through=_expectations(place, data.get("through")),
        refused=_texts(data.get("refused")),
        until_refused=until_refused,
        undo=tuple(as_call(place, each) for each in listed),
        unverified=as_text(data.get("unverified")),
    )


def _expectations(place: str, data: object) -> tuple[Expectation, ...]:
    if data and not isinstance(data, Mapping):
        raise SimulatorError(f"{place}: what a reply holds is a mapping of paths")
    items = data.items() if isinstance(data, Mapping) else ()
    return tuple(Expectation(str(path), _texts(each, empty=True)) for path, each in items)


def _texts(data: object, *, empty: bool = False) -> tuple[str, ...]:
    if isinstance(data, list):
        return tuple(as_text(each) for each in data)
    return (as_text(data),) if data or empty else ()
