"""Users of an endpoint service: the accounts on its whitelist.

Source: PrivateLink API, AddUserToVpcEndpointService, RemoveUserFromVpcEndpointService,
ListVpcEndpointServiceUsers; help page "PrivateLink basic concepts" (the owner needs no entry).
"""

from gwlbfw.sim.errors import missing_parameter
from gwlbfw.sim.services.paging import page_by_token
from gwlbfw.sim.services.privatelink.concurrency import account_subject, refuse_if_busy
from gwlbfw.sim.services.privatelink.endpoint_service.record import EndpointService
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Reply


@action("privatelink", "AddUserToVpcEndpointService")
def add_user_to_vpc_endpoint_service(region: Region, request: Request) -> Reply:
    """Allow an account; one that is listed stays so (UNVERIFIED: no code is documented)."""
    service, user, arn = _service(region, request)
    service.users = _appended(service.users, user)
    service.user_arns = _appended(service.user_arns, arn)
    return {}


@action("privatelink", "RemoveUserFromVpcEndpointService")
def remove_user_from_vpc_endpoint_service(region: Region, request: Request) -> Reply:
    """Disallow new endpoints of an account; existing ones stay connected."""
    service, user, arn = _service(region, request)
    service.users = tuple(each for each in service.users if each != user)
    service.user_arns = tuple(each for each in service.user_arns if each != arn)
    return {}


@action("privatelink", "ListVpcEndpointServiceUsers")
def list_vpc_endpoint_service_users(region: Region, request: Request) -> Reply:
    """The accounts listed, then the ARNs; account ids are numbers here."""
    service = region.require(EndpointService, request.text("ServiceId"))
    wanted = request.text("UserId")
    users = [each for each in service.users if wanted in ("", each)]
    arns = [] if wanted else list(service.user_arns)
    page = page_by_token(request, [*users, *arns], default=50, maximum=50)
    return {
        **page.fields,
        "TotalCount": str(page.fields["TotalCount"]),
        "Users": [{"UserId": int(each)} for each in page.items if each in users],
        "UserARNs": [{"UserARN": each} for each in page.items if each in arns],
    }


def _service(region: Region, request: Request) -> tuple[EndpointService, str, str]:
    """The service that a call is about, the account and the ARN that it names."""
    service = region.require(EndpointService, request.text("ServiceId"))
    user, arn = request.text("UserId"), request.text("UserARN")
    if not (user or arn):
        raise missing_parameter(request.product, "UserId")
    if arn and len(arn.split(":")) < 4:
        raise request.invalid("UserARN")
    refuse_if_busy(region, account_subject(region), service.id)
    return service, user, arn


def _appended(listed_already: tuple[str, ...], new: str) -> tuple[str, ...]:
    return listed_already if not new or new in listed_already else (*listed_already, new)
