"""API errors of the simulated cloud, and failures of the simulator itself.

Sources: error tables of the ECS API (CreateSecurityGroup, AuthorizeSecurityGroup, RunInstances,
RunCommand; `Discription` is spelled so there) and of the VPC API (`Invalid….Malformed` for names
and descriptions; for those of the newer actions UNVERIFIED).
"""

import re
from fnmatch import fnmatchcase

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
_DESCRIPTION = ("InvalidSecurityGroupDiscription.Malformed", 400)
_CODES = (
    ("vpc:*", "*Name", ("Invalid{}.Malformed", 400)),
    ("vpc:*", "*Description", ("Invalid{}.Malformed", 400)),
    ("vpc:AllocateEip*", "InternetChargeType", ("InvalidParameter", 400)),
    ("ecs:*", "InstanceName", ("InvalidInstanceName.Malformed", 400)),
    ("ecs:*", "SecurityGroupName", ("InvalidSecurityGroupName.Malformed", 400)),
    ("ecs:*SecurityGroup*", "Description", _DESCRIPTION),
    ("ecs:*SecurityGroup*", "Permissions.Description", _DESCRIPTION),
    ("ecs:*SecurityGroup*", "*Policy", ("InvalidPolicy.Malformed", 400)),
    ("ecs:*", "SystemDisk.Category", ("InvalidSystemDiskCategory.ValueNotSupported", 400)),
    ("ecs:RunCommand", "Type", ("InvalidCmdType.NotFound", 403)),
    ("ecs:RunCommand", "InstanceId", ("InstanceIds.ExceedLimit", 403)),
    ("ecs:DescribeCloudAssistantStatus", "InstanceId", ("InstanceIds.ExceedLimit", 403)),
)
"""Pattern of the action, pattern of the parameter, code and HTTP status; the first that fits."""
_INDEX = re.compile(r"\.\d+(?=\.|$)")


class ApiError(Exception):
    """An API error: the cloud's code, its message, and the HTTP status.

    `echo` is what the message brings back of the request; it may hold secrets, so it is answered
    and never logged.
    """

    def __init__(self, code: str, message: str, status: int = 400, echo: str = "") -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message + echo
        self.status = status


class SimulatorError(Exception):
    """The simulator can't work: its folder, its state or its port is unusable."""


def missing_parameter(product: str, name: str) -> ApiError:
    """The error for a call that lacks a required parameter."""
    code = MISSING_PARAMETER.get(product, "Missing{}").format(name)
    return ApiError(code, f"The parameter {name} is mandatory for this action.")


def invalid_parameter(product: str, name: str, why: str = "") -> ApiError:
    """The error for a parameter whose value is refused."""
    code = INVALID_PARAMETER.get(product, "InvalidParameter.{}").format(name)
    return ApiError(code, f"The specified value of {name} is not valid{why and ': ' + why}.")


def not_simulated(name: str, what: str) -> ApiError:
    """The error for a parameter that asks for what the simulator doesn't carry out."""
    why = f"The simulator does not carry out {what}: leave it out or take a real account."
    return ApiError(f"NotSimulated.{name}", why)


def invalid_parameter_code(product: str, action: str, parameter: str) -> tuple[str, int]:
    """Code and HTTP status for a value of a parameter that is refused."""
    name = _INDEX.sub("", parameter)
    for actions, parameters, (code, status) in _CODES:
        if fnmatchcase(f"{product}:{action}", actions) and fnmatchcase(name, parameters):
            return code.format(name), status
    return INVALID_PARAMETER.get(product, "InvalidParameter.{}").format(parameter), 400
