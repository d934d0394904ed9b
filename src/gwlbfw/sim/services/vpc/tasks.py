"""One task at a time: writes to a VPC's vSwitches, entries and associations are serialised.

Sources: VPC API, DeleteVSwitch and DeleteRouteEntry ("not while the VPC creates or deletes
vSwitches or entries"); terraform-provider-alicloud, which holds a lock and retries these codes.
"""

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.store.record import RECORD_TYPES
from gwlbfw.sim.store.region import Region

CONFLICT = "TaskConflict"
CHANGING = ("Pending", "Modifying", "Deleting")
"""The statuses of what is being changed."""


def refuse_if_busy(region: Region, vpc_id: str, code: str = CONFLICT) -> None:
    """Refuse while a vSwitch, association or entry of the VPC is being changed."""
    busy = _in_transition(region, vpc_id, "vswitch") or entry_in_transition(region, vpc_id)
    if busy:
        raise ApiError(code, f"The operation is too frequent: {busy} is being changed.")


def entry_in_transition(region: Region, vpc_id: str) -> str:
    """An entry of the VPC's route tables that is being changed; empty if there is none."""
    kinds = ("route_entry", "gateway_route_entry")
    return next((busy for kind in kinds if (busy := _in_transition(region, vpc_id, kind))), "")


def _in_transition(region: Region, vpc_id: str, kind: str) -> str:
    # Records are found by their status, since few are in the middle of anything.
    for status in CHANGING:
        for record in region.where(RECORD_TYPES[kind], status=status, vpc_id=vpc_id):
            return record.id
    return ""
