"""Errors of the GWLB API whose codes are not documented for it.

Where the API's pages name no code, the one of the Network Load Balancer's API (2022-04-30), which
has the same family of backends, is used here, in the letter case of the GWLB's known codes.
"""

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.store.record import Record


def require_status(record: Record, *allowed: str) -> None:
    """Refuse a change of a record that is in none of these statuses.

    `IncorrectStatus.ServerGroup` is known (terraform-provider-alicloud,
    resource_alicloud_gwlb_server_group.go); the same for the other two kinds is UNVERIFIED.
    """
    if record.status not in allowed:
        code = record.not_found[0].replace("ResourceNotFound", "IncorrectStatus")
        raise ApiError(code, f"The status {record.status} of {record.id} does not allow this.")


def vswitch_not_ready(vswitch_id: str) -> ApiError:
    """A vSwitch that is still being created (UNVERIFIED)."""
    return ApiError("IncorrectStatus.VSwitch", f"The vSwitch {vswitch_id} is not available.")


def zone_in_use(load_balancer_id: str, zone_id: str) -> ApiError:
    """Removal of a zone that an endpoint service uses (UNVERIFIED)."""
    return ApiError(
        "OperationDenied.ZoneInUse",
        f"The zone {zone_id} of {load_balancer_id} is a resource of an endpoint service.",
    )


def has_listener(load_balancer_id: str) -> ApiError:
    """Deletion of a load balancer that still has its listener (UNVERIFIED)."""
    return ApiError("ResourceInUse.LoadBalancer", f"{load_balancer_id} has a listener.")


def serves_endpoints(load_balancer_id: str) -> ApiError:
    """Deletion of a load balancer that an endpoint service has as a resource (UNVERIFIED)."""
    return ApiError(
        "OperationDenied.LoadBalancerAttachedToEndpointService",
        f"{load_balancer_id} is a resource of an endpoint service.",
    )


def second_listener(load_balancer_id: str) -> ApiError:
    """A second listener for one load balancer (UNVERIFIED)."""
    return ApiError("DuplicatedParam.Listener", f"{load_balancer_id} has a listener already.")


def already_member(group_id: str, server_id: str) -> ApiError:
    """A server that is added twice (UNVERIFIED)."""
    return ApiError("DuplicatedParam.Server", f"The server {server_id} is in {group_id} already.")


def over_quota(what: str, limit: int) -> ApiError:
    """More of something than the default quota allows (UNVERIFIED)."""
    return ApiError(f"QuotaExceeded.{what}", f"The quota of {limit} is exceeded.")
