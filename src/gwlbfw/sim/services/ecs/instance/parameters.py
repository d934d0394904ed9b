"""Parameters that a launch and a later change of an instance share.

Sources: ECS API, RunInstances and ModifyInstanceAttribute, with their error tables.
"""

import base64
import binascii
import re

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.ecs.instance_type import INSTANCE_TYPES
from gwlbfw.sim.services.request import Request

USER_DATA_BYTES = 32 * 1024
"""Longest user data before encoding (ECS API, RunInstances)."""
_NAME = re.compile(r"(?!https?://)[^\W\d_][\w:.\-\[\], ]{1,127}")


def takes_jumbo_frames(instance_type: str) -> bool:
    """True if instances of a type can have jumbo frames.

    RunInstances enables them by default and documents that only some types have them; that it
    ignores the default for a type that has none, or does not state it, is UNVERIFIED.
    """
    return INSTANCE_TYPES[instance_type].jumbo_frames is True


def user_data(request: Request) -> str:
    """The user data of a call, as given; text that isn't Base64 is taken as it is."""
    text = request.text("UserData")
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raw = text.encode()
    if len(raw) > USER_DATA_BYTES:
        raise ApiError(
            "InvalidUserData.SizeExceeded", 'The specified parameter "UserData" exceeds the size.'
        )
    return text


def instance_name(request: Request) -> str:
    """The name that a call gives to an instance."""
    text = request.text("InstanceName")
    if text and not _NAME.fullmatch(text):
        raise ApiError(
            "InvalidInstanceName.Malformed",
            'The specified parameter "InstanceName" is not valid.',
        )
    return text
