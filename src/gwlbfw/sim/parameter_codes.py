"""The codes for a parameter that can't be accepted, where an action has one of its own.

Sources: error tables of the ECS API (CreateSecurityGroup, AuthorizeSecurityGroup, RunInstances,
RunCommand; `Discription` is spelled so there) and of the VPC API (`Invalid….Malformed` for names
and descriptions; for those of the newer actions UNVERIFIED).
"""

import re
from fnmatch import fnmatchcase

from gwlbfw.sim.errors import INVALID_PARAMETER

_DESCRIPTION = ("InvalidSecurityGroupDiscription.Malformed", 400)
_CODES = (
    ("vpc:*", "*Name", ("Invalid{}.Malformed", 400)),
    ("vpc:*", "*Description", ("Invalid{}.Malformed", 400)),
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


def code_of(product: str, action: str, parameter: str) -> tuple[str, int]:
    """Code and HTTP status for a value of a parameter that can't be accepted."""
    name = _INDEX.sub("", parameter)
    for actions, parameters, (code, status) in _CODES:
        if fnmatchcase(f"{product}:{action}", actions) and fnmatchcase(name, parameters):
            return code.format(name), status
    return INVALID_PARAMETER.get(product, "InvalidParameter.{}").format(parameter), 400
