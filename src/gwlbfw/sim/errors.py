"""How the simulated cloud says no, and how the simulator itself fails."""


class Refusal(Exception):
    """An API error: the cloud's code, its message, and the HTTP status."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


class SimulatorError(Exception):
    """The simulator can't work: its folder, its state or its port is unusable."""


MISSING_PARAMETER = {
    "vpc": "Missing{}",
    "ecs": "Missing{}",
    "gwlb": "MissingParam.{}",
    "privatelink": "MissingParam.{}",
}
"""Codes for a missing parameter by product (error tables of the products' APIs)."""

INVALID_PARAMETER = {
    "vpc": "IllegalParam.{}",
    "ecs": "InvalidParameter.{}",
    "gwlb": "IllegalParam.{}",
    "privatelink": "IllegalParamFormat.{}",
}
"""Codes for a malformed parameter by product; older VPC and ECS actions vary (UNVERIFIED)."""


def missing_parameter(product: str, name: str) -> Refusal:
    """The refusal of a call that lacks a required parameter."""
    code = MISSING_PARAMETER.get(product, "Missing{}").format(name)
    return Refusal(code, f"The parameter {name} is mandatory for this action.")


def invalid_parameter(product: str, name: str, why: str = "") -> Refusal:
    """The refusal of a parameter whose value can't be accepted."""
    code = INVALID_PARAMETER.get(product, "InvalidParameter.{}").format(name)
    return Refusal(code, f"The specified value of {name} is not valid{why and ': ' + why}.")
