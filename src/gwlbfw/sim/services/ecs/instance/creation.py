"""Creation of instances.

Sources: ECS API, RunInstances and CreateInstance, with their error tables.
"""

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.ecs.instance.launch import (
    Model,
    add_disks,
    build_instance,
    refuse_unsimulated,
)
from gwlbfw.sim.services.ecs.instance.record import Instance
from gwlbfw.sim.services.ecs.instance.site import (
    LAUNCH_CODES,
    Site,
    attach_interfaces,
    requested_site,
)
from gwlbfw.sim.services.ecs.network_interface import free_address_count
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Reply

_WITHOUT_EFFECT = (
    *("AutoPay", "AutoRenew", "AutoRenewPeriod", "Period", "PeriodUnit"),
    *("Password", "PasswordInherit", "SecurityEnhancementStrategy"),
)
"""Parameters of subscriptions, and such as no read shows."""


@action("ecs", "RunInstances", without_effect=_WITHOUT_EFFECT)
def run_instances(region: Region, request: Request) -> Reply:
    """Launch and start instances: at least MinAmount, as many of Amount as there are addresses."""
    refuse_unsimulated(request)
    amount = request.number("Amount", 1, 1, 100)
    least = request.number("MinAmount", amount, 1, amount)
    site = requested_site(region, request, amount)
    room = free_address_count(region, site.vswitch)
    possible = room // site.addresses if site.addresses else amount
    if possible < least:
        raise ApiError(LAUNCH_CODES[1], f"The vSwitch {site.vswitch.id} has {room} free addresses.")
    made = _launch(region, request, site, min(amount, possible))
    for instance in made:
        if instance.bandwidth_out:
            instance.take_public_ip()
        region.transition(instance, "Pending", "Starting", "Running")
    return {"InstanceIdSets": {"InstanceIdSet": [each.id for each in made]}}


@action("ecs", "CreateInstance", without_effect=(*_WITHOUT_EFFECT, "UseAdditionalService"))
def create_instance(region: Region, request: Request) -> Reply:
    """One instance, without a public address, which stays Stopped until it is started."""
    refuse_unsimulated(request)
    (instance,) = _launch(region, request, requested_site(region, request, 1), 1)
    region.transition(instance, "Pending", "Stopped")
    return {"InstanceId": instance.id}


def _launch(region: Region, request: Request, site: Site, amount: int) -> list[Instance]:
    model = Model.requested(region, request)
    made = []
    for index in range(amount):
        instance = build_instance(region, request, model, index, amount)
        attach_interfaces(region, request, site, instance, index)
        add_disks(region, request, model, instance)
        made.append(instance)
    return made
