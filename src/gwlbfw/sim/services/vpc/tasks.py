"""One task at a time: writes to a VPC's vSwitches, entries and associations are serialised.

Sources: VPC API, DeleteVSwitch and DeleteRouteEntry ("not while the VPC creates or deletes
vSwitches or entries"); terraform-provider-alicloud, which holds a lock and retries these codes.
"""

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.store.region import Region

CONFLICT = "TaskConflict"


def refuse_if_busy(region: Region, vpc_id: str, code: str = CONFLICT) -> None:
    """Refuse while a vSwitch, association or entry of the VPC is being changed."""
    for user in region.users(vpc_id):
        if user.kind == "vswitch" and user.in_transition():
            raise ApiError(code, f"The operation is too frequent: {user.id} is being changed.")
    busy = entry_in_transition(region, vpc_id)
    if busy:
        raise ApiError(code, f"The operation is too frequent: {busy} is being changed.")


def entry_in_transition(region: Region, vpc_id: str) -> str:
    """An entry of the VPC's route tables that is being changed; empty if there is none."""
    for kind in ("route_entry", "gateway_route_entry"):
        for entry in region.all_of_kind(kind):
            if entry.in_transition() and getattr(entry, "vpc_id", "") == vpc_id:
                return entry.id
    return ""
