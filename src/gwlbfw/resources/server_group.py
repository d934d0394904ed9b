"""Server group of a Gateway Load Balancer: how flows are spread over the appliances."""

from collections.abc import Iterator
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict

from gwlbfw.address import Address, Ref
from gwlbfw.cloud.call import Call, Field, Raw, Value, Wait
from gwlbfw.cloud.reply_fields import is_true, struct_at
from gwlbfw.resources.durations import (
    FIRST_POLL,
    GWLB_CREATE,
    POLLED,
    TAGGING,
    Duration,
    Durations,
    takes,
)
from gwlbfw.resources.facts import (
    MADE,
    MODIFIED,
    TAGGED,
    DriftImpact,
    Forwarding,
    PlanGroup,
    PlanPosition,
    TagForm,
    Verbs,
)
from gwlbfw.resources.forwarding import ForwardingFact, Probe, ServerGroupFact
from gwlbfw.resources.names import Names
from gwlbfw.resources.resource import (
    GWLB,
    Fixed,
    Found,
    Listing,
    Phase,
    Product,
    Resource,
    register,
    value_of,
)
from gwlbfw.resources.tags import pairs, tagging, tags_of
from gwlbfw.resources.vpc import Vpc


class HealthCheck(BaseModel):
    """The health check of appliances; times in seconds, the last three for HTTP only."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool
    protocol: str = "TCP"
    port: int = 80
    interval_s: int = 10
    timeout_s: int = 5
    healthy_threshold: int = 2
    unhealthy_threshold: int = 2
    path: str | None = None
    domain: str | None = None
    http_codes: tuple[str, ...] = ()

    @property
    def probe(self) -> Probe:
        """The part of it that an appliance answers, or does not."""
        request = (self.path or "", self.domain or "", *self.http_codes)
        return Probe(self.enabled, self.protocol, self.port, request)

    def parameter(self) -> dict[str, Value]:
        """The whole struct: what a part of it would do to the rest is UNVERIFIED."""
        struct: dict[str, Value] = {
            "HealthCheckEnabled": self.enabled,
            "HealthCheckProtocol": self.protocol,
            "HealthCheckConnectPort": self.port,
            "HealthCheckInterval": self.interval_s,
            "HealthCheckConnectTimeout": self.timeout_s,
            "HealthyThreshold": self.healthy_threshold,
            "UnhealthyThreshold": self.unhealthy_threshold,
        }
        if self.protocol == "HTTP":
            optional = {"HealthCheckPath": self.path, "HealthCheckDomain": self.domain}
            struct |= {key: text for key, text in optional.items() if text}
            struct["HealthCheckHttpCode"] = list[Value](self.http_codes)
        return struct

    @classmethod
    def read(cls, raw: Raw) -> "HealthCheck":
        """The health check of a reply; what concerns HTTP only where it is HTTP."""
        http = raw.get("HealthCheckProtocol") == "HTTP"
        codes = raw.get("HealthCheckHttpCode")
        return cls(
            enabled=is_true(raw.get("HealthCheckEnabled")),
            protocol=str(raw.get("HealthCheckProtocol") or "TCP"),
            port=_number(raw, "HealthCheckConnectPort"),
            interval_s=_number(raw, "HealthCheckInterval"),
            timeout_s=_number(raw, "HealthCheckConnectTimeout"),
            healthy_threshold=_number(raw, "HealthyThreshold"),
            unhealthy_threshold=_number(raw, "UnhealthyThreshold"),
            path=str(raw.get("HealthCheckPath") or "") or None if http else None,
            domain=str(raw.get("HealthCheckDomain") or "") or None if http else None,
            http_codes=tuple(sorted(map(str, codes))) if http and isinstance(codes, list) else (),
        )


class ConnectionDrain(BaseModel):
    """The drain of a removed appliance: whether it keeps its flows, and for how many seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool
    timeout_s: int = 300


@register
class ServerGroup(Resource):
    """All but its VPC changes in place."""

    kind: ClassVar = "server_group"
    id_field: ClassVar = "ServerGroupId"
    tag_type: ClassVar = "servergroup"
    tag_form: ClassVar = TagForm(path="Tags")
    product: ClassVar[Product] = GWLB
    listings: ClassVar = (Listing(GWLB.call("ListServerGroups"), "ServerGroups", of="security"),)
    usable_after: ClassVar = "create"
    forwarding: ClassVar = Forwarding.INSPECTION
    interrupts_traffic: ClassVar = True
    affects_health: ClassVar = True
    vpc_side: ClassVar = None
    plan_position: ClassVar = PlanPosition(PlanGroup.FIREWALL, 2)
    verbs: ClassVar[Verbs] = {**MADE, **MODIFIED, **TAGGED}
    durations: ClassVar[Durations] = {
        **takes("create", call=GWLB_CREATE, status=POLLED),
        **takes("modify", status=Duration(20.0, FIRST_POLL)),
        **takes("delete"),
        **TAGGING,
    }
    drift: ClassVar = DriftImpact("high", "appliances are selected or health-checked differently")
    original_state_letter: ClassVar = ""
    refusal_loses_traffic: ClassVar = False
    output: ClassVar = None
    dependents: ClassVar = ()

    vpc: Fixed[Ref[Vpc]]
    scheduler: str
    failover_mode: str
    health_check: HealthCheck
    connection_drain: ConnectionDrain
    name: str | None = None

    @classmethod
    def read(cls, found: Found, names: Names) -> Self:
        drain = struct_at(found.raw, "ConnectionDrainConfig")
        return cls(
            vpc=names.ref(found.text("VpcId")),
            scheduler=found.text("Scheduler"),
            failover_mode=found.text("ServerFailoverMode"),
            health_check=HealthCheck.read(struct_at(found.raw, "HealthCheckConfig")),
            connection_drain=ConnectionDrain(
                enabled=is_true(drain.get("ConnectionDrainEnabled")),
                timeout_s=_number(drain, "ConnectionDrainTimeout"),
            ),
            name=found.text("ServerGroupName"),
            tags=tags_of(cls, found),
        )

    @property
    def _settings(self) -> dict[str, Value]:
        drain: dict[str, Value] = {
            "ConnectionDrainEnabled": self.connection_drain.enabled,
            "ConnectionDrainTimeout": self.connection_drain.timeout_s,
        }
        return {
            "Scheduler": self.scheduler,
            "ServerFailoverMode": self.failover_mode,
            "HealthCheckConfig": self.health_check.parameter(),
            "ConnectionDrainConfig": drain,
        }

    def forwarding_facts(self, at: Ref[Any]) -> tuple[ForwardingFact, ...]:
        return (ServerGroupFact(at, self.health_check.probe),)

    def create(self, at: Address) -> Iterator[Phase]:
        call = GWLB.call(
            "CreateServerGroup",
            VpcId=value_of(self.vpc),
            ServerGroupName=self.name,
            ServerGroupType="Instance",
            Protocol="GENEVE",
            Tag=pairs(self.tags),
            **self._settings,
        )
        yield Phase("create", call, (available(at),))

    def update(self, at: Address, was: Self, changed: frozenset[str]) -> Iterator[Phase]:
        if changed - {"tags"}:
            call = GWLB.call(
                "UpdateServerGroupAttribute",
                ServerGroupId=Field(at, "ServerGroupId"),
                ServerGroupName=self.name,
                **self._settings,
            )
            yield Phase("modify", call, (available(at),), serial=f"server_group {at}")
        if "tags" in changed:
            yield from tagging(self, at, was)

    def delete(self, at: Address) -> Iterator[Phase]:
        call = GWLB.call("DeleteServerGroup", ServerGroupId=Field(at, "ServerGroupId"))
        yield Phase("delete", call, (Wait(_read(at), "ServerGroups", gone=True),))


def _read(at: Address) -> Call:
    return GWLB.call("ListServerGroups", ServerGroupIds=[Field(at, "ServerGroupId")])


def available(at: Address) -> Wait:
    """Until the group takes the next change."""
    return Wait(_read(at), "ServerGroups", until={"ServerGroupStatus": ["Available"]})


def _number(raw: Raw, name: str) -> int:
    return int(str(raw.get(name) or 0))
