"""`gwlbfw sim serve`."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from gwlbfw.cli.commands import command
from gwlbfw.cli.exit import DONE
from gwlbfw.cli.options import SIM_DIR, Output, SimDir, positive

if TYPE_CHECKING:
    from gwlbfw.sim.clock import Clock
    from gwlbfw.sim.server import Binding
    from gwlbfw.sim.settings import Settings


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """The keys and secrets in `KEY:SECRET,…`."""
    for each in filter(None, text.split(",")):
        key, _, secret = each.partition(":")
        yield key, secret


def _credentials(text: str) -> str:
    """`KEY:SECRET,…`, or a file of one a line; the message repeats none, as it may be a secret."""
    if text.startswith("@"):
        text = _content(Path(text[1:]))
    if not text or not all(key and secret for key, secret in _pairs(text)):
        raise typer.BadParameter("write it as KEY:SECRET, or @FILE for a file of one a line")
    return text


def _content(file: Path) -> str:
    """The lines of a file, as one list."""
    try:
        lines = file.read_text("utf-8").split()
    except (OSError, ValueError) as problem:
        raise typer.BadParameter(f"the file can't be read: {problem}") from None
    return ",".join(lines)


def _quota(text: str) -> str:
    """`NAME=N`."""
    name, _, number = text.partition("=")
    if not name or not number.isdecimal():
        raise typer.BadParameter("write it as NAME=N, N being a whole number")
    return text


@dataclass(frozen=True)
class SimulatedCloud:
    """The options for the behaviour of the simulated cloud."""

    region: Annotated[str, typer.Option(help="Region of calls that name none.")] = "cn-wulanchabu"
    credentials: Annotated[
        list[str] | None,
        typer.Option(
            parser=_credentials,
            envvar="GWLBFW_SIM_CREDENTIALS",
            metavar="KEY:SECRET|@FILE",
            help="The keys that may call; repeatable. A file has one a line. "
            "Without any, every key may.",
        ),
    ] = None
    quota: Annotated[
        list[str] | None,
        typer.Option(parser=_quota, metavar="NAME=N", help="Number of a quota; repeatable."),
    ] = None
    fixture: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="Calls that an empty cloud begins with; repeatable.",
        ),
    ] = None
    offer: Annotated[
        Path | None,
        typer.Option(
            dir_okay=False,
            exists=True,
            metavar="FILE",
            help="Images and instance types beside those built in.",
        ),
    ] = None
    transition: Annotated[
        float,
        typer.Option(
            min=0,
            metavar="SECONDS",
            help="How long each status lasts, where there is no --latency.",
        ),
    ] = 0.05
    latency: Annotated[
        Literal["none", "fast", "realistic"] | None,
        typer.Option(
            help="How long calls and statuses take: not at all, a moment, or about as in the cloud."
        ),
    ] = None
    speed: Annotated[
        float,
        typer.Option(
            metavar="FACTOR",
            callback=positive,
            help="Factor by which the latency profile is sped up.",
        ),
    ] = 1.0
    seed: Annotated[str, typer.Option(help="Seed of ids, latencies and faults.")] = "gwlbfw"
    list_lag: Annotated[
        float,
        typer.Option(min=0, metavar="SECONDS", help="How long new resources are missing in lists."),
    ] = 0.0
    strict: Annotated[
        bool, typer.Option("--strict", help="Refuse parameters that the cloud ignores.")
    ] = False
    activity: Annotated[
        Path | None,
        typer.Option(
            dir_okay=False, metavar="PATH", help="Write every call to this file, as JSON lines."
        ),
    ] = None

    def settings(self) -> "Settings":
        """These choices as the simulator takes them."""
        from gwlbfw.sim.latency import profile
        from gwlbfw.sim.settings import Settings

        return Settings(
            region=self.region,
            credentials=dict(pair for text in self.credentials or () for pair in _pairs(text)),
            quotas={name: int(n) for name, _, n in (q.partition("=") for q in self.quota or ())},
            fixtures=tuple(self.fixture or ()),
            offer_file=self.offer,
            transition=self.transition,
            latency=profile(self.latency, self.speed, self.seed) if self.latency else None,
            seed=self.seed,
            list_lag=self.list_lag,
            strict=self.strict,
            activity_file=self.activity,
        )


@dataclass(frozen=True)
class Listener:
    """The options for the address and port of the server."""

    port: Annotated[
        int, typer.Option(min=0, max=65535, metavar="N", help="Port; 0 is any free one.")
    ] = 0
    listen: Annotated[
        str, typer.Option(metavar="ADDR", help="Address to listen at, such as 0.0.0.0.")
    ] = "127.0.0.1"
    allow_host: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="A host name that is answered to, beside the loopback's; repeatable.",
        ),
    ] = None

    def binding(self) -> "Binding":
        """These choices as the server takes them."""
        from gwlbfw.sim.server import Binding

        return Binding(self.port, self.listen, tuple(self.allow_host or ()))


@command
def serve(
    *,
    listener: Listener,
    data: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The state's folder (--sim-dir).")
    ] = None,
    cloud: SimulatedCloud,
    faults: Annotated[
        Path | None,
        typer.Option(
            dir_okay=False,
            metavar="PATH",
            help="A YAML or JSON file of rules: which calls fail, how.",
        ),
    ] = None,
    clock: Annotated[
        Literal["running", "standing"],
        typer.Option(help="A standing clock advances only on request, at the path /-/clock."),
    ] = "running",
    sim_dir: SimDir = SIM_DIR,
    output: Output,
) -> int:
    """Serve the simulated cloud on this machine until interrupted.

    Examples:
        gwlbfw sim serve --port 8080
        gwlbfw sim serve --data cloud --latency realistic --speed 10
        gwlbfw sim serve --fixture account.yaml
    """
    from gwlbfw.cli.views.simulator import show_address
    from gwlbfw.sim.errors import SimulatorError
    from gwlbfw.sim.faults import from_file
    from gwlbfw.sim.server.attach import attach_or_serve

    folder, rules = data or sim_dir, from_file(faults) if faults else ()
    with attach_or_serve(
        folder,
        cloud.settings(),
        clock=start_clock(clock),
        binding=listener.binding(),
        faults=rules,
    ) as simulator:
        if not simulator.serving:
            raise SimulatorError(f"{folder} is served already, at {simulator.url}")
        if cloud.fixture and not simulator.fixtures_played:
            output.screen.print_message(f"{folder} is not empty: the fixtures are not run again")
        if not listener.binding().is_loopback:
            output.screen.print_message(_exposure(listener.listen, cloud))
        show_address(output.screen, simulator.url, folder, simulator.ca_file)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            output.screen.print_message("stopped")
    return DONE


def _exposure(address: str, cloud: SimulatedCloud) -> str:
    """The warning about a port that other machines can reach."""
    keys = "these keys" if cloud.credentials else "any key (see --credentials)"
    return f"warning: whoever reaches {address} may call, with {keys}"


def start_clock(kind: Literal["running", "standing"]) -> "Clock":
    """Start the simulator's clock."""
    from gwlbfw.sim.clock import RealClock, TurnedClock

    return RealClock() if kind == "running" else TurnedClock(RealClock().now())
