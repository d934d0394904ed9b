"""`gwlbfw sim serve`."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypedDict, Unpack

import click

from gwlbfw.cli.command import command
from gwlbfw.cli.options import Options
from gwlbfw.cli.serving import serve_until_interrupted
from gwlbfw.cli.views.screen import Screen
from gwlbfw.sim.clock import Clock, RealClock, TurnedClock
from gwlbfw.sim.faults import from_file
from gwlbfw.sim.latency import PROFILES, profile
from gwlbfw.sim.settings import Settings

_CLOCKS: dict[str, Callable[[], Clock]] = {
    "running": RealClock,
    "standing": lambda: TurnedClock(time.time()),
}
_FILE = click.Path(path_type=Path, dir_okay=False)


class _Chosen(TypedDict):
    region: str
    credentials: dict[str, str]
    transition: float
    latency: str | None
    speed: float
    seed: str
    list_lag: float
    strict: bool
    activity: Path | None


def _credentials(
    context: click.Context, parameter: click.Parameter, texts: tuple[str, ...]
) -> dict[str, str]:
    """Secrets by key. The message repeats no value: it may be a secret."""
    del context, parameter
    pairs = [text.partition(":") for entry in texts for text in entry.split(",") if text]
    if not all(key and secret for key, _, secret in pairs):
        raise click.BadParameter("write it as KEY:SECRET")
    return {key: secret for key, _, secret in pairs}


@command("serve")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="0: any free one.")
@click.option("--data", type=click.Path(path_type=Path), help="The state's folder (--sim-dir).")
@click.option("--region", default="cn-wulanchabu", show_default=True, help="Of calls without one.")
@click.option(
    "--credentials",
    multiple=True,
    callback=_credentials,
    envvar="GWLBFW_SIM_CREDENTIALS",
    metavar="KEY:SECRET",
    help="The keys that may call; repeatable. Without any, every key may.",
)
@click.option(
    "--transition",
    type=click.FloatRange(min=0),
    default=Settings.transition,
    show_default=True,
    metavar="SECONDS",
    help="How long each status lasts, where there is no --latency.",
)
@click.option(
    "--latency",
    type=click.Choice(list(PROFILES)),
    help="How long calls and statuses take: not at all, a moment, or about as in the cloud.",
)
@click.option(
    "--speed",
    type=click.FloatRange(min=0, min_open=True),
    default=1.0,
    show_default=True,
    metavar="FACTOR",
    help="How many times faster than the latency profile.",
)
@click.option(
    "--seed", default=Settings.seed, show_default=True, help="Of ids, latencies and faults."
)
@click.option(
    "--list-lag",
    type=click.FloatRange(min=0),
    default=0.0,
    show_default=True,
    metavar="SECONDS",
    help="How long new resources are missing in lists.",
)
@click.option("--strict", is_flag=True, help="Refuse parameters that the cloud ignores.")
@click.option("--faults", type=_FILE, help="A YAML or JSON file of rules: which calls fail, how.")
@click.option("--activity", type=_FILE, help="Write every call to this file, as JSON lines.")
@click.option(
    "--clock",
    type=click.Choice(list(_CLOCKS)),
    default="running",
    show_default=True,
    help="A standing one passes only when told, at the path /-/clock.",
)
def serve(
    options: Options,
    *,
    port: int,
    data: Path | None,
    faults: Path | None,
    clock: str,
    **chosen: Unpack[_Chosen],
) -> int:
    """Serve the simulated cloud on this machine until interrupted."""
    return serve_until_interrupted(
        Screen(colour=options.colour),
        data or options.sim_dir,
        port,
        _settings(chosen),
        faults=from_file(faults) if faults else (),
        clock=_CLOCKS[clock](),
    )


def _settings(chosen: _Chosen) -> Settings:
    name, speed, seed = chosen["latency"], chosen["speed"], chosen["seed"]
    return Settings(
        region=chosen["region"],
        credentials=chosen["credentials"],
        transition=chosen["transition"],
        latency=profile(name, speed, seed) if name else None,
        seed=seed,
        list_lag=chosen["list_lag"],
        strict=chosen["strict"],
        activity_file=chosen["activity"],
    )
