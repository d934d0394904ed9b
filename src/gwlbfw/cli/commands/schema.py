"""`gwlbfw schema`."""

from gwlbfw.cli.command import command
from gwlbfw.cli.exit import DONE
from gwlbfw.cli.options import Options
from gwlbfw.cli.views.screen import Screen
from gwlbfw.topology.schema import json_schema


@command("schema")
def schema(options: Options) -> int:
    """Print the JSON Schema of topologies, for editors that check YAML while it is written."""
    Screen(colour=options.colour).document(json_schema())
    return DONE
