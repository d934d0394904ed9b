"""Parameters that a launch and a later change of an instance share.

Sources: ECS API, RunInstances, ModifyInstanceAttribute and ModifyInstanceAutoReleaseTime, with
their error tables.
"""

import base64
import binascii
import re
from datetime import UTC, datetime

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.ecs.instance.record import Instance
from gwlbfw.sim.services.ecs.offer.loading import offer_of
from gwlbfw.sim.services.ecs.offer.record import InstanceType
from gwlbfw.sim.services.ecs.parameters import mandatory
from gwlbfw.sim.services.ram.role import account_role
from gwlbfw.sim.services.request import Params, Request
from gwlbfw.sim.store.region import Region

USER_DATA_BYTES = 32 * 1024
"""Longest user data before encoding (ECS API, RunInstances)."""
_SERVICE = "ecs.aliyuncs.com"
_SOONEST, _LATEST = 30 * 60, 3 * 366 * 86400
"""Seconds from now between which an automatic release can lie."""
_NAME = re.compile(r"(?!https?://)[^\W\d_][\w:.\-\[\], ]{1,127}")


def takes_jumbo_frames(kind: InstanceType) -> bool:
    """True if instances of a type can have jumbo frames.

    RunInstances enables them by default and documents that only some types have them; that it
    ignores the default for a type that has none, or does not state it, is UNVERIFIED.
    """
    return kind.jumbo_frames is True


def user_data(request: Request) -> str:
    """The user data of a call, which has to be in Base64."""
    text = request.text("UserData")
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ApiError(
            "InvalidUserData.Base64FormatInvalid", "The specified UserData is not valid."
        ) from None
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


def instance_type(region: Region, params: Params) -> InstanceType:
    """The type that a call names, which has to exist."""
    text = mandatory(params, "InstanceType")
    if (found := offer_of(region).instance_types.get(text)) is None:
        raise ApiError(
            "InvalidInstanceType.ValueNotSupported",
            f"The specified InstanceType {text} does not exist or beyond the permitted range.",
        )
    return found


def ram_role(region: Region, name: str) -> str:
    """The name of a role that ECS may take on; none for none."""
    if not name:
        return ""
    role = account_role(region, name)
    if role is None:
        raise ApiError(
            "InvalidRamRole.NotFound", 'The specified parameter "RAMRoleName" does not exist.', 404
        )
    if not role.trusts_service(_SERVICE):
        raise ApiError(
            "InvalidRamRole.NotEcsRole",
            "The specified ram role is not authorized for ecs, please check your role policy.",
            401,
        )
    return role.name


def credit_specification(params: Params, kind: InstanceType, before: str = "") -> str:
    """The credits of a burstable instance; no other has any.

    UNVERIFIED: that a type which is not burstable ignores them, and that Standard is the default.
    """
    if not kind.credits:
        params.text("CreditSpecification")
        return ""
    return params.text("CreditSpecification", before or "Standard")


def schedule_release(region: Region, request: Request, instance: Instance) -> None:
    """Release an instance at the instant of AutoReleaseTime, or no more if it names none."""
    text = request.text("AutoReleaseTime")
    if not text:
        region.transition(instance, "", field="auto_release")
        return
    try:
        at = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC, second=0)
    except ValueError:
        at = None
    ahead = at.timestamp() - region.now if at else 0.0
    # The minute that has begun counts.
    if at is None or not _SOONEST - 60 < ahead < _LATEST:
        raise ApiError(
            "InvalidAutoReleaseTime.Malformed",
            "The specified parameter AutoReleaseTime is not valid.",
        )
    shown = at.strftime("%Y-%m-%dT%H:%MZ")
    region.transition(instance, shown, "", after=ahead, field="auto_release")
