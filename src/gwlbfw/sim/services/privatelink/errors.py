"""Errors of the PrivateLink API that several actions share, or whose code is not documented.

All are HTTP 400, not-found ones too (PrivateLink API, error tables); only the calls for one
zone of a connection list 404s.
"""

from gwlbfw.sim.errors import ApiError


def zone_not_supported(service_id: str, zone_id: str) -> ApiError:
    """An endpoint in a zone in which its service has no resource."""
    return ApiError(
        "EndpointServiceNotSupportedZone", f"{service_id} has no resource in the zone {zone_id}."
    )


def no_such_balancer(resource_id: str) -> ApiError:
    """A resource that doesn't exist (UNVERIFIED for a gateway load balancer)."""
    return ApiError("LoadBalancerNotFound", f"The load balancer {resource_id} does not exist.")


def balancer_not_ready(resource_id: str) -> ApiError:
    """A resource that is being created or changed (UNVERIFIED)."""
    return ApiError("EndpointServiceOperationDenied", f"The status of {resource_id} denies this.")


def balancer_not_in_zone(resource_id: str, zone_id: str) -> ApiError:
    """A resource that is attached in a zone in which it isn't (UNVERIFIED)."""
    return ApiError("EndpointServiceNotSupportedZone", f"{resource_id} is not in {zone_id}.")


def has_endpoints(what: str) -> ApiError:
    """Deletion of a service or resource to which endpoints are connected."""
    return ApiError("EndpointServiceConnectionDependence", f"Endpoints are connected to {what}.")


def has_routes(endpoint_id: str) -> ApiError:
    """Deletion of an endpoint to which route entries lead (UNVERIFIED)."""
    return ApiError("EndpointDependenceViolation", f"Route entries lead to {endpoint_id}.")


def vswitch_elsewhere(vswitch_id: str, zone_id: str) -> ApiError:
    """A vSwitch in another zone or VPC than the endpoint's (UNVERIFIED)."""
    return ApiError("IllegalParamFormat.VSwitchId", f"{vswitch_id} does not fit zone {zone_id}.")


def connection_denies(endpoint_id: str, status: str) -> ApiError:
    """A change of a connection for which its status is the wrong one."""
    return ApiError(
        "EndpointConnectionOperationDenied", f"The connection of {endpoint_id} is {status}."
    )
