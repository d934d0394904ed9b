"""The options that every command takes, before its name or after it, and the environment's."""

import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

F = TypeVar("F", bound=Callable[..., Any])

SIM_DIR = Path(".gwlbfw/sim")
STATE = ".gwlbfw/state"


@dataclass(frozen=True)
class Options:
    """Who the cloud is, where the record lies, and how output looks."""

    sim: bool = False
    sim_dir: Path = SIM_DIR
    endpoint_url: str | None = None
    profile: str | None = None
    state: str = STATE
    variables: dict[str, str] = field(default_factory=dict)
    colour: bool = True
    verbosity: int = 0
    format: str = "text"
    by_hand: tuple[str, ...] = ()
    """The words on the command line that chose cloud, records and variables."""


@dataclass
class Given:
    """What was given so far, and by whom; what stands later on the command line counts more."""

    values: dict[str, Any] = field(default_factory=dict)
    by_hand: set[str] = field(default_factory=set)
    """The names of those given on the command line rather than by the environment."""

    def take(self, name: str, value: Any, *, by_hand: bool) -> None:  # noqa: ANN401 - of any option
        """Keep what was given; repeatable options add up."""
        if name in self.by_hand and not by_hand:
            return
        if isinstance(value, tuple):
            value = (*self.values.get(name, ()), *value)
        elif name == "verbose":
            value += self.values.get(name, 0)
        self.values[name] = value
        if by_hand:
            self.by_hand.add(name)

    @property
    def verbosity(self) -> int:
        """How much is said: 1 for -v, 2 for -vv."""
        return int(self.values.get("verbose", 0))

    @property
    def colour(self) -> bool:
        """Whether colours are wanted where there is a terminal."""
        return not self.values.get("no_color", False)

    def options(self, output: str = "text") -> Options:
        """All of it put together. Raises UsageError where it contradicts itself."""
        values = self.values
        sim, url = self._cloud()
        return Options(
            sim=sim,
            sim_dir=values.get("sim_dir", SIM_DIR),
            endpoint_url=url,
            profile=values.get("profile"),
            state=values.get("state", STATE),
            variables=dict(values.get("var", ())),
            colour=self.colour,
            verbosity=self.verbosity,
            format=output,
            by_hand=tuple(self._words()),
        )

    def _words(self) -> Iterator[str]:
        for name in ("sim", "sim_dir", "endpoint_url", "profile", "state"):
            if name in self.by_hand:
                flag, value = f"--{name.replace('_', '-')}", self.values[name]
                yield flag if value is True else f"{flag} {shlex.quote(str(value))}"
        for key, _ in self.values.get("var", ()):
            yield f"--var {key}=…"  # the value may be a secret

    def _cloud(self) -> tuple[bool, str | None]:
        """Simulator or URL: what was said by hand counts more than the environment."""
        sim, url = bool(self.values.get("sim")), self.values.get("endpoint_url")
        if not (sim and url):
            return sim, url
        by_hand = {"sim", "endpoint_url"} & self.by_hand
        if len(by_hand) != 1:
            raise click.UsageError(
                "--sim and --endpoint-url (or GWLBFW_SIM and GWLBFW_ENDPOINT_URL) exclude each "
                "other: choose one cloud"
            )
        return (True, None) if "sim" in by_hand else (False, url)


def given() -> Given:
    """What the command line that is being read has given so far."""
    return click.get_current_context().find_root().ensure_object(Given)


def _remember(context: click.Context, parameter: click.Parameter, value: object) -> None:
    source = context.get_parameter_source(parameter.name or "")
    if source in (ParameterSource.COMMANDLINE, ParameterSource.ENVIRONMENT):
        by_hand = source is ParameterSource.COMMANDLINE
        context.find_root().ensure_object(Given).take(parameter.name or "", value, by_hand=by_hand)


def _variable(text: str) -> tuple[str, str]:
    """`KEY=VALUE` as a pair; the value may be a secret, so no message repeats it."""
    key, equals, value = text.partition("=")
    if not key or not equals:
        raise click.BadParameter("write it as KEY=VALUE")
    return key, value


def _state(text: str) -> str:
    """A folder, or a bucket of OSS, for records."""
    scheme, separator, _ = text.partition("://")
    if separator and scheme != "oss":
        raise click.BadParameter(f"there is no {scheme}:// here: name a folder or oss://BUCKET/…")
    return text


def _endpoint(text: str) -> str:
    """A URL without user and password, which no message repeats."""
    if "@" in text:
        raise click.BadParameter("write it as http://HOST:PORT, without user and password")
    return text


_Spec = tuple[tuple[str, ...], dict[str, Any]]

_COMMON: tuple[_Spec, ...] = (
    (
        ("--sim",),
        {
            "is_flag": True,
            "envvar": "GWLBFW_SIM",
            "help": "Use the built-in simulator of the cloud.",
        },
    ),
    (
        ("--sim-dir",),
        {
            "envvar": "GWLBFW_SIM_DIR",
            "type": click.Path(path_type=Path),
            "metavar": "DIR",
            "help": f"The simulator's state ({SIM_DIR}).",
        },
    ),
    (
        ("--endpoint-url",),
        {
            "envvar": "GWLBFW_ENDPOINT_URL",
            "type": _endpoint,
            "metavar": "URL",
            "help": "A server that speaks the cloud's APIs.",
        },
    ),
    (("--profile",), {"metavar": "NAME", "help": "Profile of the Alibaba Cloud CLI."}),
    (
        ("--state",),
        {
            "type": _state,
            "metavar": "DIR|URL",
            "help": f"Folder or oss://BUCKET/PREFIX of the records ({STATE}).",
        },
    ),
    (
        ("--var",),
        {
            "type": _variable,
            "multiple": True,
            "metavar": "KEY=VALUE",
            "help": "Value of ${var:KEY} in the topology; repeatable.",
        },
    ),
    (("--no-color",), {"is_flag": True, "help": "No colours (also NO_COLOR)."}),
    (
        ("-v", "--verbose"),
        {"count": True, "help": "Say which calls were sent; -vv: how an error arose."},
    ),
)
COMMON_NAMES = frozenset(
    {"sim", "sim_dir", "endpoint_url", "profile", "state", "var", "no_color", "verbose"}
)


def common_options(command: F) -> F:
    """Give a command the common options. The environment is read once, before the command."""
    for flags, settings in reversed(_COMMON):
        option = click.option(*flags, expose_value=False, callback=_remember, **settings)
        command = option(command)
    return command
