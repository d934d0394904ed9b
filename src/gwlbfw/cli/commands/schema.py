"""`gwlbfw schema`."""

from gwlbfw.cli.commands import command
from gwlbfw.cli.exit import DONE
from gwlbfw.cli.options import Output


@command
def schema(*, output: Output) -> int:
    """Print the JSON Schema of topologies, for editors that check YAML while it is written.

    Examples:
        gwlbfw schema > gwlbfw.schema.json
    """
    from gwlbfw.topology.schema import json_schema

    output.screen.print_document(json_schema())
    return DONE
