"""The firewall itself: load balancer, server group, listener, and the endpoint service."""

from gwlbfw import layout
from gwlbfw.address import Ref
from gwlbfw.blueprint.graph_builder import DESCRIPTION, GraphBuilder
from gwlbfw.resources import (
    ConnectionDrain,
    EndpointService,
    EndpointServiceResource,
    HealthCheck,
    Listener,
    LoadBalancer,
    ServerGroup,
    ServerGroupMember,
)
from gwlbfw.topology.models import Topology
from gwlbfw.topology.parts import ManagedObject


def build(builder: GraphBuilder) -> None:
    """Add everything from the load balancer to the endpoint service."""
    choice = builder.topology.gateway_load_balancer
    # The parts have no place of their own in the file: its tags are theirs, its name is not.
    part = ManagedObject(tags=choice.tags, protect=choice.protect)
    _load_balancer(builder)
    _server_group(builder, part)
    _listener(builder, part)
    _endpoint_service(builder)
    _refuse_unlisted_account(builder)


def health_check(topology: Topology) -> HealthCheck:
    """The health check as the server group takes it."""
    check = topology.gateway_load_balancer.health_check
    http = check.protocol == "HTTP"
    return HealthCheck(
        enabled=check.enabled,
        protocol=check.protocol,
        port=check.port,
        interval_s=check.interval_s,
        timeout_s=check.timeout_s,
        healthy_threshold=check.healthy_threshold,
        unhealthy_threshold=check.unhealthy_threshold,
        path=check.path or "/" if http else None,
        domain=check.domain or "$SERVER_IP" if http else None,
        http_codes=tuple(sorted(check.http_codes or ("http_2xx",))) if http else (),
    )


def _load_balancer(builder: GraphBuilder) -> None:
    choice = builder.topology.gateway_load_balancer
    zones = builder.topology.security_vpc.zones
    balancer = LoadBalancer(
        vpc=Ref(layout.SECURITY_VPC),
        name=builder.name(choice),
        traffic_mode="LoadBalance",
        zones={zone: Ref(layout.security_subnet(zone)) for zone in zones},
    )
    builder.create(layout.LOAD_BALANCER, balancer, choice)


def _server_group(builder: GraphBuilder, part: ManagedObject) -> None:
    """The server group with a member for each appliance."""
    choice = builder.topology.gateway_load_balancer
    group = ServerGroup(
        vpc=Ref(layout.SECURITY_VPC),
        name=builder.name(part, "appliances"),
        scheduler=choice.scheduler,
        failover_mode="Rebalance" if choice.flow_failover == "rebalance" else "NoRebalance",
        health_check=health_check(builder.topology),
        connection_drain=ConnectionDrain(
            enabled=choice.connection_drain.enabled,
            timeout_s=choice.connection_drain.timeout_s,
        ),
    )
    builder.create(layout.SERVER_GROUP, group, part)
    for key in builder.topology.security_vpc.appliances:
        member = ServerGroupMember(
            group=Ref(layout.SERVER_GROUP), instance=Ref(layout.appliance(key))
        )
        builder.create(layout.server_group_member(key), member)


def _listener(builder: GraphBuilder, part: ManagedObject) -> None:
    listener = Listener(
        load_balancer=Ref(layout.LOAD_BALANCER),
        server_group=Ref(layout.SERVER_GROUP),
        description=DESCRIPTION,
        tcp_idle_timeout_s=builder.topology.gateway_load_balancer.tcp_idle_timeout_s,
    )
    builder.create(layout.LISTENER, listener, part)


def _endpoint_service(builder: GraphBuilder) -> None:
    """The endpoint service with the load balancer as its resource in each zone."""
    choice = builder.topology.endpoint_service
    service = EndpointService(
        auto_accept=choice.auto_accept,
        allowed_accounts=_allowed_accounts(builder.topology),
        payer="Endpoint" if choice.payer == "endpoint" else "EndpointService",
        description=builder.name(choice),
    )
    builder.create(layout.ENDPOINT_SERVICE, service, choice)
    for zone in builder.topology.security_vpc.zones:
        resource = EndpointServiceResource(
            service=Ref(layout.ENDPOINT_SERVICE),
            load_balancer=Ref(layout.LOAD_BALANCER),
            zone=zone,
        )
        builder.create(layout.endpoint_service_resource(zone), resource)


def _refuse_unlisted_account(builder: GraphBuilder) -> None:
    """Refuse endpoints of an account that is not on the service's list, as the cloud would.

    Only a role names its account; of the default one and of a profile the id is not known here.
    """
    topology = builder.topology
    if topology.endpoint_service.allowed_accounts:
        return
    service = topology.security_vpc.account
    for key, vpc in topology.business_vpcs.items():
        account = topology.accounts.get(vpc.account or "")
        if vpc.account != service and not (account and account.role_arn):
            builder.add_error(
                "unlisted-account",
                f"the endpoint service is in another account than the VPC {key}, whose account id "
                "is not known, so it can't be let in",
                *("business_vpcs", key),
                hint='name the id: `endpoint_service: {allowed_accounts: ["…"]}`',
            )


def _allowed_accounts(topology: Topology) -> tuple[str, ...]:
    """The accounts that may connect: those named, and those of business VPCs elsewhere.

    The service's own account may always (PrivateLink, basic concepts).
    """
    service = topology.security_vpc.account
    elsewhere = {vpc.account for vpc in topology.business_vpcs.values()} - {service, None}
    roles = (topology.accounts[key].role_arn for key in elsewhere if key in topology.accounts)
    ids = {arn.split(":")[3] for arn in roles if arn}
    return tuple(sorted({*topology.endpoint_service.allowed_accounts, *ids}))
