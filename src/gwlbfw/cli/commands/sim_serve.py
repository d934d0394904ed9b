"""`gwlbfw sim serve`."""

from pathlib import Path

import click

from gwlbfw.cli.command import command
from gwlbfw.cli.options import Options
from gwlbfw.cli.serving import serve_until_interrupted
from gwlbfw.cli.views.screen import Screen
from gwlbfw.sim.settings import Settings


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
    help="How long each status lasts.",
)
def serve(
    options: Options,
    *,
    port: int,
    data: Path | None,
    region: str,
    credentials: dict[str, str],
    transition: float,
) -> int:
    """Serve the simulated cloud on this machine until interrupted."""
    settings = Settings(region=region, credentials=credentials, transition=transition)
    screen = Screen(colour=options.colour)
    return serve_until_interrupted(screen, data or options.sim_dir, port, settings)
