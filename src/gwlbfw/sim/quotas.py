"""Quotas: how many of something there may be, each declared beside the resource it bounds."""

from collections.abc import Mapping
from dataclasses import dataclass

from gwlbfw.sim.errors import SimulatorError

QUOTAS: dict[str, "Quota"] = {}
"""Every quota that is enforced, by name."""


@dataclass(frozen=True)
class Quota:
    """A quota: its name, and its number in an account that had none raised."""

    name: str
    default: int


def quota(name: str, default: int) -> Quota:
    """Declare a quota; `Settings.quotas` may give it another number."""
    QUOTAS[name] = Quota(name, default)
    return QUOTAS[name]


def check_names(numbers: Mapping[str, int]) -> None:
    """Raise SimulatorError for a quota that the simulator does not enforce."""
    if unknown := sorted(set(numbers) - set(QUOTAS)):
        raise SimulatorError(
            f"There is no quota {', '.join(unknown)} here: name one of {', '.join(sorted(QUOTAS))}"
        )
