"""Names of instances that are launched together.

Sources: ECS API, RunInstances (InstanceName, HostName, HostNames, UniqueSuffix), and the help page
"Specify sequential instance names or hostnames".
"""

import re

from gwlbfw.sim.services.request import Params

_SEQUENCE = re.compile(r"(?P<prefix>[^\[\]]*)\[(?P<begin>\d{0,6}),(?P<bits>[1-6]?)\](?P<suffix>.*)")
_BITS = 6
"""Digits of a number where the pattern says none."""


def numbered_name(params: Params, pattern: str, index: int, amount: int) -> str:
    """The name of one of several instances, the first of which has index 0.

    `w[1,3]x` becomes w001x, w002x, …; UniqueSuffix adds 001, 002, … to a name of another form, or
    to one with something behind the number.
    """
    found = _SEQUENCE.fullmatch(pattern)
    unique = params.flag("UniqueSuffix") and amount > 1 and bool(pattern)
    name, counted = pattern, False
    if found is not None:
        number = int(found["begin"] or 0) + index
        name = f"{found['prefix']}{number:0{int(found['bits'] or _BITS)}}{found['suffix']}"
        counted = not found["suffix"]
    return f"{name}{index + 1:03}" if unique and not counted else name


def host_name(params: Params, index: int, amount: int) -> str:
    """The host name that a launch asks for; none where it asks for none."""
    several = params.texts("HostNames")
    if several:
        return several[index] if index < len(several) else ""
    return numbered_name(params, params.text("HostName"), index, amount)
