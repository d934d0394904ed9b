"""Checks of `sensitive`; the places of such values are checked while the file is read."""

from collections.abc import Iterator

from gwlbfw.topology.models import Topology
from gwlbfw.topology.validation.problem import Problem
from gwlbfw.topology.wording import quote, suggestion
from gwlbfw.topology.yaml.variables import VARIABLE_NAME


def sensitive(topology: Topology) -> Iterator[Problem]:
    """An entry names a variable of the file: one that is misspelt would hide nothing."""
    for index, each in enumerate(topology.sensitive):
        path = ("sensitive", index)
        if not VARIABLE_NAME.fullmatch(each):
            message = f"{quote(each)} does not name a variable"
            yield Problem("sensitive", path, message, "write it as env:NAME or var:KEY")
        elif each not in topology.variables:
            message = f"no value of the file uses {quote(each)}"
            hint = suggestion(each, sorted(topology.variables)) or "leave it out of `sensitive`"
            yield Problem("sensitive", path, message, hint)
