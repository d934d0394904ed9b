"""Parameters that several actions of ECS share."""

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.request import Params


def mandatory(params: Params, name: str) -> str:
    """The text of a parameter without which the action can't be. Raises MissingParameter."""
    if text := params.text(name):
        return text
    raise ApiError(
        "MissingParameter",
        f'The input parameter "{params.path}{name}" that is mandatory for processing this request '
        "is not supplied.",
    )
