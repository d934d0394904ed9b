"""`gwlbfw validate FILE`."""

from typing import Annotated, Literal

from gwlbfw.cli.commands import command
from gwlbfw.cli.exit import DONE, FAILED
from gwlbfw.cli.options import FORMAT, Output, TopologyFile
from gwlbfw.cli.topology_options import TopologyOptions


@command
def validate(
    file: TopologyFile,
    *,
    form: Annotated[Literal["text", "json", "sarif"], FORMAT] = "text",
    options: TopologyOptions,
    output: Output,
) -> int:
    """Check a topology file alone, without the cloud: every error at its place, with a hint.

    Examples:
        gwlbfw validate topology.yaml
        gwlbfw validate topology.yaml --var env=prod --format json
    """
    from gwlbfw.blueprint import blueprint
    from gwlbfw.cli.plan_content import plan_instead_of_topology
    from gwlbfw.cli.views import validation
    from gwlbfw.topology.load import LoadResult, load

    problem = plan_instead_of_topology(file)
    if problem:
        loaded = LoadResult(None, (problem,))
    else:
        loaded = load(file, options.read_variables(), allow_outside=options.allow_outside)
    if loaded.topology is not None:
        loaded = loaded.with_more(blueprint(loaded.topology).diagnostics)
    validation.show(output.screen, str(file), loaded, form)
    return FAILED if loaded.errors else DONE
