"""Deletion protection: what is protected can't be deleted or released.

Source: VPC API, DeletionProtection; InvalidOperation.DeletionProtection in the error tables of
ReleaseEipAddress and DeleteNatGateway.
"""

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.store.record import RECORD_TYPES, Record
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Reply

_KINDS = {"EIP": "eip", "NATGW": "nat_gateway", "CBWP": "bandwidth_package"}


@action("vpc", "DeletionProtection")
def set_deletion_protection(region: Region, request: Request) -> Reply:
    """Switch the protection of an EIP, a NAT gateway or an Internet Shared Bandwidth."""
    kind = _KINDS[request.one_of("Type", _KINDS)]
    record: Record = region.require(RECORD_TYPES[kind], request.text("InstanceId"))
    enabled = request.flag("ProtectionEnable")
    setattr(record, "deletion_protection", enabled)  # noqa: B010 - a field of these kinds alone
    return {}


def refuse_if_protected(record: Record) -> None:
    """Refuse to delete a record that is protected."""
    if getattr(record, "deletion_protection", False):
        code = "InvalidOperation.DeletionProtection"
        raise ApiError(code, "The instance cannot be deleted because of deletion protection.")
