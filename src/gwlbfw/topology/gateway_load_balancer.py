"""The gateway load balancer of the topology, and the endpoint service in front of it."""

from typing import Annotated, Literal

from pydantic import Field

from gwlbfw.topology.parts import ManagedObject, Model
from gwlbfw.topology.values import AccountId, Between, Flag, Whole


class HealthCheck(Model):
    """The GWLB's health check of the appliances (GWLB API, CreateServerGroup)."""

    enabled: Flag = Field(default=True, description="Check the health of the appliances.")
    protocol: Literal["TCP", "HTTP"] = Field("TCP", description="Protocol of the check.")
    port: Annotated[Whole, Between(1, 65535)] = Field(22, description="Port of the check.")
    interval_s: Annotated[Whole, Between(1, 50)] = Field(10, description="Seconds between checks.")
    timeout_s: Annotated[Whole, Between(1, 300)] = Field(
        5, description="Seconds to wait for a response."
    )
    healthy_threshold: Annotated[Whole, Between(2, 10)] = Field(
        2, description="Successes in a row that make an appliance healthy."
    )
    unhealthy_threshold: Annotated[Whole, Between(2, 10)] = Field(
        2, description="Failures in a row that make it unhealthy."
    )
    path: str | None = Field(None, description="HTTP only: path requested.")
    domain: str | None = Field(
        None, description="HTTP only: Host header; $SERVER_IP for the appliance's address."
    )
    http_codes: tuple[Literal["http_2xx", "http_3xx", "http_4xx", "http_5xx"], ...] | None = Field(
        None, description="HTTP only: responses that count as healthy."
    )


class ConnectionDrain(Model):
    """The time that flows stay on an appliance that leaves (GWLB API, CreateServerGroup)."""

    enabled: Flag = Field(default=True, description="Drain flows.")
    timeout_s: Annotated[Whole, Between(1, 3600)] = Field(300, description="Seconds.")


class GatewayLoadBalancer(ManagedObject):
    """The GWLB, its server group and its listener."""

    scheduler: Literal["5TCH", "3TCH", "2TCH"] = Field(
        "5TCH", description="Choice of a flow's appliance: by a hash of 5, 3 or 2 of its fields."
    )
    flow_failover: Literal["rebalance", "none"] = Field(
        "rebalance", description="Move flows of a failed appliance to others, or not."
    )
    tcp_idle_timeout_s: Annotated[Whole, Between(60, 6000)] = Field(
        350,
        description="Seconds until an idle TCP flow is forgotten; other than 350 only with 5TCH.",
    )
    health_check: HealthCheck = Field(
        default_factory=HealthCheck, description="Health check of the appliances."
    )
    connection_drain: ConnectionDrain = Field(
        default_factory=ConnectionDrain, description="Connection drain."
    )


class EndpointService(ManagedObject):
    """The PrivateLink service through which business VPCs reach the GWLB."""

    auto_accept: Flag = Field(default=True, description="Accept endpoints automatically.")
    allowed_accounts: tuple[AccountId, ...] = Field(
        (), description="Account ids that may connect, beside those of the stack."
    )
    payer: Literal["endpoint", "service"] = Field("endpoint", description="Payer of the endpoints.")
