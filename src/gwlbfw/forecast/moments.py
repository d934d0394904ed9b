"""The moments of a plan at which somebody is harmed for a while."""

from typing import NamedTuple

from gwlbfw.forecast.orders import Region
from gwlbfw.plan.forecast import TransientFlow


class HarmfulMoments(NamedTuple):
    """Moments of a plan at which a flow is harmed, though not for good."""

    flow: TransientFlow
    region: Region
    relevant: int
    """The steps that decide it, as bits."""
