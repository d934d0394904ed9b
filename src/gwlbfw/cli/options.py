"""The options that several commands take: each declared once, in the groups in which they come."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import typer

from gwlbfw.cli.topology_options import COMMON, TopologyOptions
from gwlbfw.cli.views.screen import Screen

SIM_DIR = Path(".gwlbfw/sim")
STATE = ".gwlbfw/state"
FORMAT = typer.Option("--format", help="Form of the output.")


def _note_color(context: typer.Context, no_color: bool) -> bool:  # noqa: FBT001 - Typer's callback
    context.ensure_object(Output).no_color = no_color
    return no_color


def _note_verbosity(context: typer.Context, verbose: int) -> int:
    context.ensure_object(Output).verbose = verbose
    return verbose


def _is_typed(context: typer.Context, name: str) -> bool:
    """True if an option stands on the command line, rather than in the environment."""
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def _sim_unless_url_is_typed(context: typer.Context, sim: bool) -> bool:  # noqa: FBT001 - as above
    return sim and (_is_typed(context, "sim") or not _is_typed(context, "endpoint_url"))


def _url_unless_sim_is_typed(context: typer.Context, url: str | None) -> str | None:
    return url if _is_typed(context, "endpoint_url") or not _is_typed(context, "sim") else None


def _url(text: str) -> str:
    """A URL without user and password, which no message repeats."""
    if "@" in text:
        raise typer.BadParameter("write it as http://HOST:PORT, without user and password")
    return text


def _state(text: str) -> str:
    """A folder, or a bucket of OSS."""
    scheme, separator, _ = text.partition("://")
    if separator and scheme != "oss":
        raise typer.BadParameter(f"there is no {scheme}:// here: name a folder or oss://BUCKET/…")
    return text


def positive(value: float | None) -> float | None:
    """A number above 0, or none. Raises BadParameter."""
    if value is not None and not value > 0:
        raise typer.BadParameter("it must be above 0")
    return value


TopologyFile: TypeAlias = Annotated[Path, typer.Argument(metavar="FILE", help="The topology.")]
AutoApprove: TypeAlias = Annotated[
    bool, typer.Option("--auto-approve", "-y", "--yes", help="Don't ask for approval.")
]
TextOrJson: TypeAlias = Annotated[Literal["text", "json"], FORMAT]

Sim: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--sim",
        envvar="GWLBFW_SIM",
        callback=_sim_unless_url_is_typed,
        help="Use the built-in simulator of the cloud.",
        rich_help_panel=COMMON,
    ),
]
SimDir: TypeAlias = Annotated[
    Path,
    typer.Option(
        "--sim-dir",
        envvar="GWLBFW_SIM_DIR",
        metavar="DIR",
        help="Folder of the simulator's state.",
        rich_help_panel=COMMON,
    ),
]
EndpointUrl: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--endpoint-url",
        envvar="GWLBFW_ENDPOINT_URL",
        parser=_url,
        callback=_url_unless_sim_is_typed,
        metavar="URL",
        help="A server that speaks the cloud's APIs.",
        rich_help_panel=COMMON,
    ),
]
Profile: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--profile",
        metavar="NAME",
        help="Profile of the Alibaba Cloud CLI.",
        rich_help_panel=COMMON,
    ),
]
Timeout: TypeAlias = Annotated[
    float | None,
    typer.Option(
        "--timeout",
        callback=positive,
        metavar="SECONDS",
        help="Longest time of one call to the cloud (15).",
        show_default=False,
        rich_help_panel=COMMON,
    ),
]
State: TypeAlias = Annotated[
    str,
    typer.Option(
        "--state",
        parser=_state,
        metavar="DIR|URL",
        help="Folder, or oss://BUCKET/PREFIX, of the state.",
        rich_help_panel=COMMON,
    ),
]
LockTimeout: TypeAlias = Annotated[
    float,
    typer.Option(
        "--lock-timeout",
        min=0.0,
        metavar="SECONDS",
        help="Wait so long for a lock that is held.",
        rich_help_panel=COMMON,
    ),
]
NoColor: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--no-color",
        is_eager=True,
        callback=_note_color,
        help="No colours (also NO_COLOR).",
        rich_help_panel=COMMON,
    ),
]
Verbose: TypeAlias = Annotated[
    int,
    typer.Option(
        "-v",
        "--verbose",
        count=True,
        is_eager=True,
        callback=_note_verbosity,
        metavar="",
        show_default=False,
        help="List the calls sent; -vv: show tracebacks.",
        rich_help_panel=COMMON,
    ),
]


@dataclass
class Output:
    """The output of a command to its user.

    The one of a command line is noted while it is read, so that an error in it is shown likewise.
    """

    no_color: NoColor = False
    verbose: Verbose = 0

    @cached_property
    def screen(self) -> Screen:
        """The two streams of the command."""
        return Screen(colour=not self.no_color)


@dataclass(frozen=True)
class SimulatorOptions:
    """The options that name a simulator: its folder, or a URL.

    Raises BadParameter where both the simulator and a URL are chosen.
    """

    sim: Sim = False
    sim_dir: SimDir = SIM_DIR
    endpoint_url: EndpointUrl = None

    def __post_init__(self) -> None:
        if self.sim and self.endpoint_url:
            raise typer.BadParameter(
                "--sim and --endpoint-url (or GWLBFW_SIM and GWLBFW_ENDPOINT_URL) exclude each "
                "other: choose one cloud"
            )


@dataclass(frozen=True)
class CloudOptions(SimulatorOptions):
    """The options that name a cloud, and the credentials for it."""

    profile: Profile = None
    timeout: Timeout = None


@dataclass(frozen=True)
class StackOptions(TopologyOptions, CloudOptions):
    """The options that name a stack: its cloud, its state, the values of its variables."""

    state: State = STATE

    def words(self) -> Iterator[str]:
        """These options as words of a command line, to give them again."""
        for name in ("sim", "sim_dir", "endpoint_url", "profile", "timeout", "state"):
            value = getattr(self, name)
            if value != type(self).__dataclass_fields__[name].default:
                flag = f"--{name.replace('_', '-')}"
                yield flag if value is True else f"{flag} {shlex.quote(str(value))}"
        yield from self.topology_words()


@dataclass(frozen=True)
class RunOptions(StackOptions):
    """The options of a command that works on a stack under its lock, by a topology or a plan."""

    lock_timeout: LockTimeout = 0.0
