"""Variables marked sensitive; where their values may stand is seen while the file is read."""

from collections.abc import Iterator

from gwlbfw.topology.models import Topology
from gwlbfw.topology.validation.finding import Finding
from gwlbfw.topology.wording import quoted, suggestion
from gwlbfw.topology.yaml.variables import NAMED


def sensitive(topology: Topology) -> Iterator[Finding]:
    """A mark names a variable of the file: one that is misspelt would hide nothing."""
    for index, each in enumerate(topology.sensitive):
        path = ("sensitive", index)
        if not NAMED.fullmatch(each):
            message = f"{quoted(each)} names no variable"
            yield Finding("sensitive", path, message, "write it as env:NAME or var:KEY")
        elif each not in topology.variables:
            message = f"no value of the file has the variable {quoted(each)}"
            hint = suggestion(each, sorted(topology.variables)) or "leave it out of `sensitive`"
            yield Finding("sensitive", path, message, hint)
